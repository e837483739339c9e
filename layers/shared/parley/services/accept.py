"""Take a message from a business: checked, stored once, queued for Apple."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parley.apple import outbound
from parley.business.api import canonical
from parley.conversation.events import Departure
from parley.conversation.identity import conversation_id, is_opaque_id, message_id, ulid
from parley.conversation.records import Direction, Message, State
from parley.errors import Conflict, Fault, Invalid, Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.api import SendText
    from parley.conversation.records import Conversation
    from parley.services import ports


@dataclass(frozen=True, slots=True)
class Accepted:
    """The stored message. `replayed`: this very call was answered before. `queued` False: the sweeper will."""

    message: Message
    replayed: bool
    queued: bool


class Accept:
    """`POST /v1/messages`: the table's put is the promise; queueing it is only speed."""

    def __init__(
        self,
        *,
        messages: ports.Messages,
        conversations: ports.Conversations,
        outbox: ports.Outbox,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._messages = messages
        self._conversations = conversations
        self._outbox = outbox
        self._clock = clock
        self._new_id = new_id

    def __call__(self, business_id: str, send: SendText, *, idempotency_key: str | None) -> Accepted:
        """Raises Invalid (faults with paths), Rejected (`opted_out`) or Conflict (`idempotency_conflict`)."""
        message = self._compose(business_id, send, idempotency_key or self._new_id())
        refusal = self._refusal(message)
        if refusal is not None or not self._messages.add(message):
            # Whatever has changed since, a call that was answered gets the same answer again.
            return self._replay(message, refusal)
        return Accepted(message, replayed=False, queued=self._queue(message))

    def _compose(self, business_id: str, send: SendText, key: str) -> Message:
        content = outbound.text(send.body, send.subject)
        now = self._clock()
        known = is_opaque_id(send.to)
        return Message(
            id=message_id(business_id, key),
            business_id=business_id,
            conversation_id=conversation_id(business_id, send.to) if known else send.to,
            direction=Direction.OUTBOUND,
            type=send.type,
            state=State.QUEUED,
            received_at=now,
            ulid=ulid(now),
            payload=json.dumps(content, separators=(",", ":")),
            opaque_id=send.to if known else None,
            auto_reply=send.auto_reply,
            agent=send.agent,
            request_hash=hashlib.sha256(canonical(send).encode()).hexdigest(),
        )

    def _refusal(self, message: Message) -> Rejected | None:
        conversation = self._conversations.get(message.conversation_id)
        if conversation is not None and conversation.business_id != message.business_id:
            conversation = None
        if message.opaque_id is None:
            if conversation is None:
                return Invalid([Fault("/to", "unknown_conversation", _UNKNOWN)])
            message.opaque_id = conversation.opaque_id
        if _has_left(conversation):
            return Rejected(
                "the customer closed the conversation; wait until they write again",
                code="opted_out",
                path="/to",
            )
        return None

    def _replay(self, message: Message, refusal: Rejected | None) -> Accepted:
        stored = self._messages.get(message.business_id, message.id)
        if stored is None:
            raise refusal or Retryable("the message is being stored; call again", code="in_progress", after=1)
        if stored.request_hash != message.request_hash:
            raise Conflict(
                "this Idempotency-Key was used for another message; take a new key",
                code="idempotency_conflict",
            )
        queued = stored.state is not State.QUEUED or self._queue(stored)
        return Accepted(stored, replayed=True, queued=queued)

    def _queue(self, message: Message) -> bool:
        departure = Departure(message.business_id, message.conversation_id, message.id)
        try:
            self._outbox.send(departure, deduplication_id=message.id)
        except Retryable:
            return False
        return True


_UNKNOWN = "no such conversation; use the conversation_id or the customer.opaque_id of a webhook"


def _has_left(conversation: Conversation | None) -> bool:
    return conversation is not None and conversation.opted_out
