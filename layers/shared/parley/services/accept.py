"""Take a message from a business: checked, stored once, queued for Apple."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parley.apple.enclosures import ids_of
from parley.conversation.events import Departure
from parley.conversation.identity import conversation_id, is_opaque_id, message_id, ulid
from parley.conversation.records import Direction, Message, State
from parley.errors import Conflict, Fault, Invalid, Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parley.business.kinds.base import Send
    from parley.conversation.records import Conversation
    from parley.services import ports
    from parley.services.filled import Filled
    from parley.services.prepare import Part, Prepare, Prepared

INLINE_CHARS: Final = 200_000
"""Larger contents go to S3: an item holds 400 KB (design §8)."""

_TESTS: Final = "\0test\0"
"""Before the keys of test calls. An `Idempotency-Key` is visible characters, so that of no live call begins so."""

TELEPHONE: Final = "tel:+"
_BY_TELEPHONE: Final = frozenset({"invitation", "apple", "template"})
"""An invitation, Apple's own JSON or a template of one: nothing else goes to a phone number."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The stored messages in order. `replayed`: the call was answered before. `queued` False: the sweeper will."""

    messages: list[Message]
    replayed: bool
    queued: bool
    notes: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Address:
    conversation_id: str
    opaque_id: str | None
    conversation: Conversation | None
    erased_at: float
    """When the customer was last forgotten, 0 for never."""


class Accept:
    """`POST /v1/messages`: the table's put is the promise; queueing it is only speed."""

    def __init__(
        self,
        *,
        messages: ports.Messages,
        conversations: ports.Conversations,
        payloads: ports.Payloads,
        outbox: ports.Outbox,
        fill: ports.Fill,
        prepare: Prepare,
        enclosable: ports.Enclosable,
        shared: ports.SharedIdentifiers,
        topics: ports.Topics,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._messages = messages
        self._conversations = conversations
        self._payloads = payloads
        self._outbox = outbox
        self._fill = fill
        self._prepare = prepare
        self._enclosable = enclosable
        self._shared = shared
        self._topics = topics
        self._clock = clock
        self._new_id = new_id

    def __call__(
        self,
        business_id: str,
        send: Send,
        *,
        idempotency_key: str | None,
        asks_about: Sequence[str] | None = None,
        is_test: bool = False,
    ) -> Accepted:
        """`asks_about`: the topics that this message has the customer choose from.

        What `is_test` is checked, prepared and stored like all others, as sent, and goes nowhere.
        Raises Invalid (faults with paths), Rejected (`opted_out`, `not_subscribed`, `unsupported_by_device`) or
        Conflict.
        """
        key = idempotency_key or self._new_id()
        if is_test:
            key = f"{_TESTS}{key}"
        request_hash = hashlib.sha256(send.model_dump_json().encode()).hexdigest()
        if idempotency_key is not None:
            # First of all: whatever has changed since, and whatever pictures would have to be fetched again.
            replayed = self._replay(business_id, key, request_hash)
            if replayed is not None:
                return replayed
        address = self._address(business_id, send)
        opaque_id = _writable(address)
        filled, consent, prepared = self._ready(business_id, send, address)
        send = filled.send
        parts = [self._shared(business_id, address.conversation_id, part) for part in prepared.parts]
        messages = [
            self._message(business_id, send, part, number=number, key=key, conversation_id=address.conversation_id)
            for number, part in enumerate(parts)
        ]
        for message in messages:
            message.opaque_id, message.erasure_seen = opaque_id, address.erased_at
            message.topic, message.consent = send.topic, consent
            if is_test:
                message.is_test, message.state, message.sent_at = True, State.SENT, message.received_at
        self._mark(messages, filled, prepared, request_hash)
        messages[0].asks_about = list(asks_about) if asks_about is not None else None
        asks = prepared.offered is not None and prepared.form == "text" and not is_test
        if not self._messages.add_all(messages, asks=asks):
            # The same call at the same time was quicker.
            replayed = self._replay(business_id, key, request_hash)
            if replayed is None and self._messages.erased(business_id, messages[0].id):
                words = "this Idempotency-Key was used for a message whose customer has been forgotten; take a new key"
                raise Conflict(words, code="message_erased")
            if replayed is None:
                raise Retryable("the message is being stored; call again", code="in_progress", after=1)
            return replayed
        waiting = [message for message in messages if message.state is State.QUEUED]
        return Accepted(messages, replayed=False, queued=self._queue(waiting), notes=filled.notes(prepared.notes))

    def _ready(self, business_id: str, send: Send, address: _Address) -> tuple[Filled, str | None, Prepared]:
        """The message itself, when a template was sent; that the customer wants it; and what Apple is sent of it."""
        customer = address.conversation
        filled = self._fill(business_id, send, locale=customer.locale if customer else None)
        with filled.told():
            if send.to.startswith(TELEPHONE) and getattr(filled.send, "type", "") not in _BY_TELEPHONE:
                raise Invalid([_nobody()])
            consent = self._consent(business_id, filled.send, customer)
            prepared = self._prepare(filled.send, customer.capabilities if customer else None, business_id=business_id)
            files = _enclosed(prepared)
            self._enclosable(business_id, files, conversation_id=address.conversation_id, at=prepared.at)
        return filled, consent, prepared

    def _address(self, business_id: str, send: Send) -> _Address:
        """Who `to` is; another business's conversation is as unknown as none."""
        named = is_opaque_id(send.to) or (send.to.startswith(TELEPHONE) and getattr(send, "type", "") in _BY_TELEPHONE)
        identity = conversation_id(business_id, send.to) if named else send.to
        conversation, erased_at = self._conversations.look_up(identity)
        if conversation is not None and (conversation.business_id != business_id or not conversation.is_with_customer):
            conversation = None
        opaque_id = send.to if named else conversation.opaque_id if conversation else None
        return _Address(identity, opaque_id, conversation, erased_at)

    def _consent(self, business_id: str, send: Send, conversation: Conversation | None) -> str | None:
        """What the topic of a notification needs, which this customer has given. Raises Rejected otherwise."""
        if send.topic is None:
            return None
        from parley.conversation.preferences import consent_of, permits

        topic = self._topics(business_id, send.topic)
        if topic is None:
            raise Invalid([Fault("/topic", "unknown_topic", "use the id of one of the channel's topics")])
        needed = consent_of(topic)
        if not permits(conversation.preferences if conversation else {}, topic.id, needed):
            raise Rejected("the customer does not want to be notified of this", code="not_subscribed", path="/topic")
        return needed.value

    def _message(
        self, business_id: str, send: Send, part: Part, *, number: int, key: str, conversation_id: str
    ) -> Message:
        now = self._clock() + number / 1000  # a millisecond apart, so that lists keep their order
        identity = message_id(business_id, key if number == 0 else f"{key}\0{number}")
        payload = json.dumps(part.content, separators=(",", ":"))
        large = len(payload) > INLINE_CHARS
        return Message(
            id=identity,
            business_id=business_id,
            conversation_id=conversation_id,
            direction=Direction.OUTBOUND,
            type=part.type,
            state=State.QUEUED,
            received_at=now,
            ulid=ulid(now),
            payload=None if large else payload,
            payload_key=self._payloads.put(business_id, _place(identity, payload), payload) if large else None,
            auto_reply=send.auto_reply,
            agent=send.agent,
            kind=part.kind,
            door=part.door,
            headers=part.headers or None,
            construct=json.dumps(part.construct) if part.construct is not None else None,
            request_identifier=part.request_identifier,
            session_identifier=part.session_identifier,
            reference_id=part.reference_id,
        )

    @staticmethod
    def _mark(messages: list[Message], filled: Filled, prepared: Prepared, request_hash: str) -> None:
        """What belongs to the call as a whole stands on its first message."""
        first = messages[0]
        first.request_hash = request_hash
        first.parts = [message.id for message in messages] if len(messages) > 1 else None
        first.kind = str(getattr(filled.send, "type", ""))
        first.template = filled.used
        if prepared.reason is not None:
            first.form, first.form_reason = prepared.form, prepared.reason
        if prepared.offered is not None:
            from parley.conversation import fallback

            first.offered = fallback.stored(prepared.offered)

    def _replay(self, business_id: str, key: str, request_hash: str) -> Accepted | None:
        """What the call was answered before; None when it was not."""
        stored = self._messages.get(business_id, message_id(business_id, key))
        if stored is None:
            return None
        if stored.request_hash != request_hash:
            raise Conflict(
                "this Idempotency-Key was used for another message; take a new key",
                code="idempotency_conflict",
            )
        others = [self._messages.get(business_id, identity) for identity in (stored.parts or [])[1:]]
        messages = [stored, *(message for message in others if message is not None)]
        waiting = [message for message in messages if message.state is State.QUEUED]
        return Accepted(messages, replayed=True, queued=self._queue(waiting))

    def _queue(self, messages: list[Message]) -> bool:
        try:
            for message in messages:
                departure = Departure(message.business_id, message.conversation_id, message.id)
                self._outbox.send(departure, deduplication_id=message.id)
        except Retryable:
            # Said yes to from here on, so the business's next message must not overtake them.
            for message in messages:
                self._conversations.leave_behind(
                    message.conversation_id, message.business_id, message.opaque_id or "", message=message
                )
            return False
        return True


def _enclosed(prepared: Prepared) -> list[str]:
    """The files of all messages the call becomes, in order."""
    return [each for part in prepared.parts for each in ids_of(part.content)]


def _place(identity: str, payload: str) -> str:
    """Named by its content too: a call that turns out to be a repeat must not replace what is on its way."""
    return f"{identity}-{hashlib.sha256(payload.encode()).hexdigest()[:16]}"


def _writable(address: _Address) -> str:
    """The opaque id to write to. Raises Invalid (nobody is known there) or Rejected (they have left)."""
    if address.opaque_id is None:
        raise Invalid([_nobody()])
    if address.conversation is not None and address.conversation.opted_out:
        raise Rejected(
            "the customer closed the conversation; wait until they write again",
            code="opted_out",
            path="/to",
        )
    return address.opaque_id


def _nobody() -> Fault:
    message = "no such conversation; use the conversation_id or the customer.opaque_id of a webhook"
    return Fault("/to", "unknown_conversation", message)
