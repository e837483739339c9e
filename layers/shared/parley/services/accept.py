"""Take a message from a business: checked, stored once, queued for Apple."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parley.apple.enclosures import ids_of
from parley.conversation.events import Departure
from parley.conversation.identity import message_id
from parley.conversation.records import State
from parley.errors import Conflict, Fault, Invalid, Rejected, Retryable
from parley.services.address import address_of, require_reachable
from parley.services.draft import Draft, mark_first

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parley.business.kinds.base import Send
    from parley.conversation.records import Conversation, Message
    from parley.services import ports
    from parley.services.address import Address
    from parley.services.filled import Filled
    from parley.services.prepare import Prepare, Prepared

_TESTS: Final = "\0test\0"
"""Before the keys of test calls. An `Idempotency-Key` is visible characters, so that of no live call begins so."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The stored messages in order. `replayed`: the call was answered before. `queued` False: the sweeper will."""

    messages: list[Message]
    replayed: bool
    queued: bool
    notes: list[dict[str, str]] = field(default_factory=list)


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
        self._outbox = outbox
        self._fill = fill
        self._prepare = prepare
        self._enclosable = enclosable
        self._shared = shared
        self._topics = topics
        self._draft = Draft(payloads=payloads, clock=clock)
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
        address = address_of(business_id, send, conversations=self._conversations)
        opaque_id = address.writable()
        filled, consent, prepared = self._ready(business_id, send, address)
        send = filled.send
        parts = [self._shared(business_id, address.conversation_id, part) for part in prepared.parts]
        messages = self._draft(business_id, send, parts, key=key, conversation_id=address.conversation_id)
        for message in messages:
            message.opaque_id, message.erasure_seen = opaque_id, address.erased_at
            message.topic, message.consent = send.topic, consent
            if is_test:
                message.is_test, message.state, message.sent_at = True, State.SENT, message.received_at
        mark_first(messages, filled, prepared, request_hash)
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

    def _ready(self, business_id: str, send: Send, address: Address) -> tuple[Filled, str | None, Prepared]:
        """The message itself, when a template was sent; that the customer wants it; and what Apple is sent of it."""
        customer = address.conversation
        filled = self._fill(business_id, send, locale=customer.locale if customer else None)
        with filled.told():
            require_reachable(filled.send)
            consent = self._consent(business_id, filled.send, customer)
            prepared = self._prepare(filled.send, customer.capabilities if customer else None, business_id=business_id)
            files = _enclosed(prepared)
            self._enclosable(business_id, files, conversation_id=address.conversation_id, at=prepared.at)
        return filled, consent, prepared

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
