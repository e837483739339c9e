"""Invitations: what came of asking somebody, by telephone number, to begin a conversation (protocol/13 §2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parley.conversation.records import Message


class Outcome(StrEnum):
    """What the person said, or did."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Invited:
    """One person under one reference: the message that invited them last, and what is known of their answer.

    `answered_in` is the conversation the answer came in, which is not the one of the number.
    """

    message: Message
    answer: str | None = None
    answered_at: float | None = None
    answered_in: str | None = None
    closed_at: float | None = None

    @property
    def state(self) -> str:
        """A no stands, whatever is closed after it; before any answer it is what became of the message."""
        if self.answer == Outcome.DECLINED:
            return Outcome.DECLINED.value
        if self.closed_at is not None and self.closed_at >= (self.answered_at or 0.0):
            return Outcome.CLOSED.value
        return self.answer or self.message.state.value
