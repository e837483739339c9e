"""Bring a customer's events to the business: in order, at least once, nothing lost.

The table is the mailbox, the queue only wakes it. All notes of one conversation come through one
queue group, so exactly one Deliver at a time works on a conversation.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parley.apple.inbound import InboundMessage
from parley.conversation import schedule
from parley.conversation.events import Event, Kind, Timer
from parley.conversation.records import Attempt, Conversation, Direction, Message, State
from parley.conversation.routing import route
from parley.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.model import Endpoint
    from parley.business.webhook_client import WebhookAnswer
    from parley.services import ports
    from parley.services.notify import Notify
    from parley.services.understand import Understand

PAGE: Final = 25
"""Held messages read at once while draining."""

NO_ENDPOINT: Final = "-"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one note led to; the ids and codes are safe to log."""

    result: str
    """delivered, held, waiting, failed, skipped, dropped, released, early or continued."""
    conversation_id: str
    message_id: str | None = None
    endpoint_id: str | None = None
    status: int | None = None
    reason: str | None = None
    ms: int | None = None
    next_attempt_at: float | None = None


@dataclass(slots=True)
class _Delivery:
    """One message on its way: what is stored, what Apple sent, and the conversation as it is now."""

    stored: Message
    message: InboundMessage = field(repr=False)


class Deliver:
    """Handle one note of `events.fifo`."""

    def __init__(
        self,
        *,
        messages: ports.Messages,
        conversations: ports.Conversations,
        mailbox: ports.Mailbox,
        businesses: ports.Businesses,
        payloads: ports.Payloads,
        timers: ports.Timers,
        understand: Understand,
        notify: Notify,
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self._messages = messages
        self._conversations = conversations
        self._mailbox = mailbox
        self._businesses = businesses
        self._payloads = payloads
        self._timers = timers
        self._understand = understand
        self._notify = notify
        self._clock = clock
        self._chance = chance

    def __call__(self, event: Event, *, redelivered: bool, deadline: float) -> list[Outcome]:
        """`redelivered`: SQS showed this note before. `deadline`: when to stop draining (Unix seconds).

        Raises Retryable or Fatal when the note has to come back.
        """
        match event.kind:
            case Kind.TYPING:
                return [self._typing(event)]
            case Kind.WAKE:
                return self._drain(event.business_id, event.conversation_id, deadline)
            case Kind.MESSAGE:
                return self._message(event, recheck=redelivered or event.recheck, deadline=deadline)

    def _message(self, event: Event, *, recheck: bool, deadline: float) -> list[Outcome]:
        delivery = self._open(event, recheck=recheck)
        if delivery is None:
            return [Outcome("skipped", event.conversation_id, event.message_id)]
        stored = delivery.stored
        conversation = self._conversations.apply(stored.conversation_id, delivery.message, at=stored.received_at)
        stored.sequence = conversation.sequence
        if conversation.is_held:
            self._mailbox.hold(stored)
            waiting = Outcome("waiting", conversation.id, stored.id)
            if (conversation.next_attempt_at or 0) > self._clock():
                return [waiting]
            # Its timer is late or lost: the new message is as good a wake-up.
            return [waiting, *self._drain(event.business_id, conversation.id, deadline)]
        return [self._first_try(delivery, conversation)]

    def _open(self, event: Event, *, recheck: bool) -> _Delivery | None:
        """The message behind a note; None when it is settled, waiting already, or gone."""
        if recheck:
            stored = self._messages.get(event.business_id, event.message_id or "")
            if stored is None or stored.state is not State.RECEIVED:
                return None
        else:
            stored = _message_of(event)
        return _Delivery(stored, self._read(stored))

    def _read(self, stored: Message) -> InboundMessage:
        text = stored.payload if stored.payload is not None else self._payloads.get(stored.payload_key or "")
        raw = json.loads(text)
        return InboundMessage(
            id=stored.id,
            type=raw["type"],
            source_id=raw["sourceId"],
            destination_id=stored.business_id,
            raw=raw,
            text=text,
            capabilities=stored.capabilities,
        )

    def _first_try(self, delivery: _Delivery, conversation: Conversation) -> Outcome:
        stored = delivery.stored
        endpoint, answer = self._post(delivery, conversation)
        stored.attempts += 1
        if not answer.ok:
            return self._hold(stored, conversation, endpoint, answer, number=1)
        stored.state, stored.delivered_at = State.DELIVERED, self._clock()
        self._messages.settle(stored, from_state=State.RECEIVED)
        return _outcome("delivered", stored, endpoint, answer)

    def _drain(self, business_id: str, conversation_id: str, deadline: float) -> list[Outcome]:
        """Deliver what is held, first in line first, until one fails, none is left, or time is up."""
        conversation = self._conversations.get(conversation_id)
        if conversation is None or not conversation.is_held:
            return [Outcome("skipped", conversation_id)]
        if (conversation.next_attempt_at or 0) > self._clock() + 1:
            return [Outcome("early", conversation_id, next_attempt_at=conversation.next_attempt_at)]
        outcomes: list[Outcome] = []
        while page := self._mailbox.held(conversation_id, limit=PAGE):
            for held in page:
                if self._clock() >= deadline:
                    self._timers.set(Timer(business_id, conversation_id, self._clock()), now=self._clock())
                    return [*outcomes, Outcome("continued", conversation_id)]
                stored = self._messages.get(business_id, held.message_id)
                if stored is None or stored.state is not State.HELD:
                    self._mailbox.forget(conversation_id, held.sequence)
                    continue
                stored.sequence = held.sequence
                outcomes.append(self._try_again(stored, conversation))
                if outcomes[-1].result != "delivered":
                    return outcomes
        self._conversations.release(conversation_id)
        return [*outcomes, Outcome("released", conversation_id)]

    def _try_again(self, stored: Message, conversation: Conversation) -> Outcome:
        endpoint, answer = self._post(_Delivery(stored, self._read(stored)), conversation)
        stored.attempts += 1
        if answer.ok:
            stored.state, stored.delivered_at = State.DELIVERED, self._clock()
            self._mailbox.delivered(stored)
            conversation.attempts = 0
            return _outcome("delivered", stored, endpoint, answer)
        held = self._hold(stored, conversation, endpoint, answer, number=conversation.attempts + 1)
        if not schedule.delivery_exhausted(stored.received_at, self._clock()):
            return held
        stored.error_code = f"delivery_{answer.reason or 'failed'}"
        stored.error_message = f"not delivered within {schedule.DELIVERY_GIVE_UP / schedule.HOUR:.0f} hours"
        self._mailbox.give_up(stored)
        return _outcome("failed", stored, endpoint, answer)

    def _post(self, delivery: _Delivery, conversation: Conversation) -> tuple[Endpoint | None, WebhookAnswer]:
        endpoint = self._endpoint(conversation)
        stored = delivery.stored
        answer = self._notify(
            endpoint,
            delivery.message,
            conversation,
            understood=self._understand(delivery.message, conversation),
            sequence=stored.sequence,
            received_at=stored.received_at,
        )
        return endpoint, answer

    def _endpoint(self, conversation: Conversation) -> Endpoint | None:
        try:
            business = self._businesses.get(conversation.business_id)
        except NotFound:
            return None  # removed while a customer wrote: held, in case it comes back
        return route(business, intent=conversation.intent, group=conversation.group, handler=conversation.handler)

    def _hold(
        self,
        stored: Message,
        conversation: Conversation,
        endpoint: Endpoint | None,
        answer: WebhookAnswer,
        *,
        number: int,
    ) -> Outcome:
        now = self._clock()
        wait = schedule.delivery_wait(number, chance=self._chance(), retry_after=answer.retry_after)
        attempt = Attempt(
            endpoint_id=endpoint.id if endpoint else NO_ENDPOINT,
            number=number,
            at=now,
            status=answer.status,
            words=answer.words,
            ms=answer.ms,
            next_at=now + wait,
        )
        self._mailbox.fail(stored, conversation, attempt)
        self._timers.set(Timer(stored.business_id, conversation.id, attempt.next_at), now=now)
        return _outcome("held", stored, endpoint, answer, next_attempt_at=attempt.next_at)

    def _typing(self, event: Event) -> Outcome:
        """One try, never kept: by the time a retry came it would be untrue."""
        conversation = self._conversations.get(event.conversation_id)
        if conversation is not None and conversation.is_held:
            return Outcome("dropped", event.conversation_id, event.message_id, reason="conversation_held")
        message = self._read(_message_of(event))
        known = conversation or Conversation(
            event.conversation_id,
            message.destination_id,
            message.source_id,
            intent=message.intent,
            group=message.group,
        )
        endpoint = self._endpoint(known)
        answer = self._notify(
            endpoint,
            message,
            known,
            understood=self._understand(message, known),
            sequence=None,
            received_at=event.received_at or self._clock(),
        )
        return Outcome(
            "delivered" if answer.ok else "dropped",
            event.conversation_id,
            event.message_id,
            endpoint_id=endpoint.id if endpoint else None,
            status=answer.status,
            reason=answer.reason,
            ms=answer.ms,
        )


def _outcome(
    result: str,
    stored: Message,
    endpoint: Endpoint | None,
    answer: WebhookAnswer,
    *,
    next_attempt_at: float | None = None,
) -> Outcome:
    return Outcome(
        result,
        stored.conversation_id,
        stored.id,
        endpoint_id=endpoint.id if endpoint else None,
        status=answer.status,
        reason=answer.reason,
        ms=answer.ms,
        next_attempt_at=next_attempt_at,
    )


def _message_of(event: Event) -> Message:
    """What the note alone says, which is all the first try needs: no read on the happy path."""
    return Message(
        id=event.message_id or "",
        business_id=event.business_id,
        conversation_id=event.conversation_id,
        direction=Direction.INBOUND,
        type="",  # stands in the payload
        state=State.RECEIVED,
        received_at=event.received_at or 0.0,
        ulid=event.ulid or "",
        payload=event.payload,
        payload_key=event.payload_key,
        capabilities=event.capabilities,
    )
