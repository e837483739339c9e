"""A business's conversations, the one with the latest event first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parley.services.seek import seek

if TYPE_CHECKING:
    from parley.conversation.records import Conversation, ConversationState
    from parley.conversation.ulids import Span
    from parley.services import ports

LOOKED_AT_ONCE: Final = 100
MOST_LOOKED_AT: Final = 500
"""Conversations looked at for one page, however few of them are wanted."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations; all conditions together."""

    state: ConversationState | None = None
    handler: str | None = None
    intent: str | None = None
    group: str | None = None

    @property
    def is_everything(self) -> bool:
        """Whether there is no condition."""
        return self == Wanted()

    def takes(self, known: Conversation) -> bool:
        """Whether this is one of them."""
        return (
            self.state in (None, known.state)
            and self.handler in (None, known.handler)
            and self.intent in (None, known.intent)
            and self.group in (None, known.group)
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """One page. `reached` is the place of the last conversation looked at; None at the end."""

    conversations: list[Conversation]
    reached: str | None


class ConversationList:
    """Reads only. One that moves up while pages are read may be shown twice, or not again; it is never lost."""

    def __init__(self, *, store: ports.ConversationList) -> None:
        self._store = store

    def find(self, business_id: str, wanted: Wanted, span: Span | None, *, limit: int) -> Listed:
        """The newest `limit` of a span, or those among the first 500 looked at."""
        conversations, reached = seek(
            span,
            places=lambda rest: self._store.places(
                business_id, span=rest, limit=limit if wanted.is_everything else LOOKED_AT_ONCE
            ),
            read=lambda ids: self._store.read(business_id, ids),
            takes=wanted.takes,
            limit=limit,
            most=MOST_LOOKED_AT,
        )
        return Listed(conversations, reached)
