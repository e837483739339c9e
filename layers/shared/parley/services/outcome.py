"""What one note led to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parley.conversation.records import Message
    from parley.services.bring import Tried


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ids and codes are safe to log."""

    result: str
    """delivered, held, waiting, failed, suppressed, skipped, dropped, released, early, continued or told."""
    conversation_id: str
    message_id: str | None = None
    endpoint_id: str | None = None
    status: int | None = None
    reason: str | None = None
    ms: int | None = None
    next_attempt_at: float | None = None


def outcome(result: str, stored: Message, tried: Tried, *, next_attempt_at: float | None = None) -> Outcome:
    """Of one try with one message."""
    return Outcome(
        result,
        stored.conversation_id,
        stored.id,
        endpoint_id=tried.endpoint.id if tried.endpoint else None,
        status=tried.answer.status,
        reason=tried.answer.reason,
        ms=tried.answer.ms,
        next_attempt_at=next_attempt_at,
    )
