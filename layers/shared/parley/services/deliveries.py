"""What became of a business's messages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from parley.business.model import REDACTED
from parley.conversation.records import EXCEPTIONAL, Message, State
from parley.errors import NotFound
from parley.services.seek import seek

if TYPE_CHECKING:
    from parley.conversation.listing import PastAttempt
    from parley.conversation.ulids import Span
    from parley.services import ports

LOOKED_AT_ONCE: Final = 100
MOST_LOOKED_AT: Final = 500
"""Messages looked at for one page, however few of them are wanted."""

MOST_ATTEMPTS: Final = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages; all conditions together."""

    state: State | None = None
    endpoint_id: str | None = None
    conversation_id: str | None = None

    @property
    def is_found_by_index(self) -> bool:
        """Whether what the index gives is all wanted, but for what has moved a moment ago."""
        by_state = self.state is None or (self.state in EXCEPTIONAL and self.conversation_id is None)
        return by_state and self.endpoint_id is None

    def takes(self, message: Message) -> bool:
        """Whether this is one of them."""
        return (
            self.state in (None, message.state)
            and self.endpoint_id in (None, message.endpoint_id)
            and self.conversation_id in (None, message.in_conversation)
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """One page. `reached` is the ULID of the last message looked at; None at the end."""

    messages: list[Message]
    reached: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message and, when it is held, when it is tried again (Unix seconds)."""

    message: Message
    next_attempt_at: float | None = None


class Deliveries:
    """Reads only; what is another business's is never found."""

    def __init__(self, *, store: ports.Deliveries, conversations: ports.Conversations) -> None:
        self._store = store
        self._conversations = conversations

    def find(self, business_id: str, wanted: Wanted, span: Span | None, *, limit: int) -> Listed:
        """The newest `limit` of a span, or those among the first 500 looked at."""
        messages, reached = seek(
            span,
            places=lambda rest: self._store.places(
                business_id,
                span=rest,
                limit=limit if wanted.is_found_by_index else LOOKED_AT_ONCE,
                newest_first=True,
                state=wanted.state,
                conversation_id=wanted.conversation_id,
            ),
            read=lambda ids: self._store.read(business_id, ids),
            takes=wanted.takes,
            limit=limit,
            most=MOST_LOOKED_AT,
        )
        return Listed(messages, reached)

    def get(self, business_id: str, message_id: str) -> Delivery:
        """One message. Raises NotFound (`message_unknown`)."""
        message = self._store.read(business_id, [message_id]).get(message_id)
        if message is None:
            raise unknown()
        if message.state is not State.HELD:
            return Delivery(message)
        conversation = self._conversations.get(message.conversation_id)
        return Delivery(message, conversation.next_attempt_at if conversation is not None else None)

    def attempts(self, business_id: str, message_id: str) -> list[PastAttempt]:
        """The newest failed tries first, at most 200; their words only while all of the message is kept.

        Raises NotFound (`message_unknown`).
        """
        message = self._store.read(business_id, [message_id]).get(message_id)
        if message is None:
            raise unknown()
        found = self._store.attempts(business_id, message_id)[:MOST_ATTEMPTS]
        return found if message.redacted is None else [replace(each, words=REDACTED) for each in found]


def unknown() -> NotFound:
    """Nobody's message, or another business's."""
    return NotFound("no such message", code="message_unknown")
