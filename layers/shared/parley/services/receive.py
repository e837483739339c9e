"""Apple hands over one customer event."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parley.apple import inbound, tokens
from parley.conversation.events import Event, Kind, Transfer
from parley.conversation.identity import conversation_id, ulid
from parley.conversation.records import Direction, Message, State
from parley.errors import Forbidden, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from parley.apple.inbound import InboundMessage
    from parley.services import ports

TWIN_WINDOW_SECONDS: Final = 10.0
"""Replies were seen twice within 2 s, with different ids (protocol/01 §2.3)."""

INLINE_CHARS: Final = 200_000
"""Larger bodies go to S3: an item holds 400 KB, a queue's message 1 MiB (design §8)."""


@dataclass(frozen=True, slots=True)
class AppleRequest:
    """One POST of Apple's: header names in lower case, the body as it arrived (inflated on demand)."""

    headers: Mapping[str, str] = field(repr=False)
    body: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of it. `queued` is False when only the table has it: the sweeper will queue it."""

    message_id: str
    business_id: str
    conversation_id: str
    type: str
    fresh: bool = True
    queued: bool = True
    state: State = State.RECEIVED


class Receive:
    """Store one customer event once, wake routing, and only then say yes."""

    def __init__(
        self,
        *,
        credentials: ports.Credentials,
        businesses: ports.Businesses,
        messages: ports.Messages,
        conversations: ports.Conversations,
        payloads: ports.Payloads,
        events: ports.Events,
        transfers: ports.Transfers,
        clock: Callable[[], float],
    ) -> None:
        self._credentials = credentials
        self._businesses = businesses
        self._messages = messages
        self._conversations = conversations
        self._payloads = payloads
        self._events = events
        self._transfers = transfers
        self._clock = clock

    def __call__(self, request: AppleRequest) -> Receipt:
        """Raises Unauthorized, Forbidden, Rejected (malformed) or NotFound (business); then nothing is stored."""
        self._authenticate(request.headers.get("authorization"))
        message = inbound.read(request.body(), request.headers)
        self._businesses.require(message.destination_id)
        conversation = conversation_id(message.destination_id, message.source_id)
        if message.is_typing:
            return self._pass_on(message, conversation)
        stored = self._stored(message, conversation)
        fresh = self._store(message, stored)
        queued = stored.state is State.SUPPRESSED or self._queue(message, stored, fresh=fresh)
        return Receipt(message.id, message.destination_id, conversation, message.type, fresh, queued, stored.state)

    def _authenticate(self, authorization: str | None) -> None:
        now = self._clock()
        try:
            tokens.verify(authorization, self._credentials.active(), now=now)
        except Forbidden as refusal:
            # A rotation may have begun since the secret was read; anything else stays refused.
            if refusal.code not in {"token_signature", "token_audience"}:
                raise
            renewed = self._credentials.refetch()
            if renewed is None:
                raise
            tokens.verify(authorization, renewed, now=now)

    def _stored(self, message: InboundMessage, conversation: str) -> Message:
        now = self._clock()
        large = len(message.text) > INLINE_CHARS
        return Message(
            id=message.id,
            business_id=message.destination_id,
            conversation_id=conversation,
            direction=Direction.INBOUND,
            type=message.type,
            state=State.RECEIVED,
            received_at=now,
            ulid=ulid(now),
            payload=None if large else message.text,
            payload_key=self._payloads.put(message.destination_id, message.id, message.text) if large else None,
            opaque_id=message.source_id,
            capabilities=message.capabilities,
        )

    def _store(self, message: InboundMessage, stored: Message) -> bool:
        digest = twin_digest(message)
        if digest is None:
            return self._messages.add(stored)

        def redact(twin: Message) -> None:
            if marks := self._businesses.marks(twin.business_id):
                from parley.services.redact import suppress  # only who marks anything loads it

                suppress(marks, twin, self._payloads, message.text)

        return self._messages.add_unless_twin(stored, digest=digest, window=TWIN_WINDOW_SECONDS, redact=redact)

    def _queue(self, message: InboundMessage, stored: Message, *, fresh: bool) -> bool:
        """A duplicate is queued again: that heals a crash between the two writes."""
        try:
            if message.needs_transfer:
                self._transfers.send(Transfer(stored.business_id, stored.conversation_id, stored.id))
            self._events.send(_event(stored, recheck=not fresh), deduplication_id=stored.id)
        except Retryable:
            # Said yes to from here on, so the customer's next message must not overtake it.
            self._conversations.leave_behind(
                stored.conversation_id, stored.business_id, message.source_id, message=stored
            )
            return False
        return True

    def _pass_on(self, message: InboundMessage, conversation: str) -> Receipt:
        """Typing is worth nothing later, so it is not stored; if the queue is away it is gone."""
        now = self._clock()
        event = Event(
            kind=Kind.TYPING,
            business_id=message.destination_id,
            conversation_id=conversation,
            message_id=message.id,
            received_at=now,
            ulid=ulid(now),
            payload=message.text,
            capabilities=message.capabilities,
        )
        try:
            self._events.send(event, deduplication_id=message.id)
        except Retryable:
            return Receipt(message.id, message.destination_id, conversation, message.type, queued=False)
        return Receipt(message.id, message.destination_id, conversation, message.type)


def twin_digest(message: InboundMessage) -> str | None:
    """What two posts of one interactive reply have in common (protocol/01 §2.3); None for other types."""
    if message.type != inbound.INTERACTIVE:
        return None
    reference = message.raw.get("interactiveDataRef")
    content = message.raw.get("interactiveData")
    if content is None and isinstance(reference, dict):
        content = reference.get("signature") or reference.get("signature-base64")
    if content is None:
        return None
    parts = [message.destination_id, message.source_id, message.session, content]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _event(stored: Message, *, recheck: bool) -> Event:
    return Event(
        kind=Kind.MESSAGE,
        business_id=stored.business_id,
        conversation_id=stored.conversation_id,
        message_id=stored.id,
        received_at=stored.received_at,
        ulid=stored.ulid,
        payload=stored.payload,
        payload_key=stored.payload_key,
        capabilities=stored.capabilities,
        recheck=recheck,
    )
