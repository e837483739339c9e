"""Bring a customer's events to the business: in order, at least once, nothing lost.

The table is the mailbox, the queue only wakes it. All notes of one conversation come through one
queue group, so exactly one Deliver at a time works on a conversation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.conversation.events import Event, Kind
from parley.conversation.records import Conversation, Direction, Message, State, Wait
from parley.errors import Fatal, NotFound
from parley.services.drain import settle
from parley.services.left_behind import left_behind
from parley.services.outcome import Outcome, outcome
from parley.services.tell import HANDED_OVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.services import ports
    from parley.services.automate import Automate
    from parley.services.bring import Bring
    from parley.services.drain import Drain
    from parley.services.hold import Hold
    from parley.services.spread import Spread
    from parley.services.tell import Tell


class Deliver:
    """Handle one note about a conversation."""

    def __init__(
        self,
        *,
        messages: ports.Messages,
        conversations: ports.Conversations,
        mailbox: ports.Mailbox,
        parts: ports.Parts,
        bring: Bring,
        drain: Drain,
        hold: Hold,
        tell: Tell,
        automate: Automate,
        spread: Spread,
        redact: ports.Redact,
        clock: Callable[[], float],
    ) -> None:
        self._messages = messages
        self._conversations = conversations
        self._mailbox = mailbox
        self._parts = parts
        self._bring = bring
        self._drain = drain
        self._hold = hold
        self._tell = tell
        self._automate = automate
        self._spread = spread
        self._redact = redact
        self._clock = clock

    def __call__(self, event: Event, *, redelivered: bool, deadline: float) -> list[Outcome]:
        """`redelivered`: SQS showed this note before. `deadline`: when to stop draining (Unix seconds).

        Raises Retryable or Fatal when the note has to come back.
        """
        match event.kind:
            case Kind.TYPING:
                return [self._typing(event)]
            case Kind.WAKE:
                return self._drain(
                    event.business_id, event.conversation_id, deadline=deadline, forced=event.forced, probe=event.probe
                )
            case Kind.MESSAGE:
                return self._message(event, recheck=redelivered or event.recheck, deadline=deadline)
            case Kind.PARTS:
                return self._parts_settled(event, deadline)
            case Kind.REPLAY:
                return self._replay(event, deadline)
            case _:
                raise Fatal(f"a note of kind {event.kind} is not about a conversation")

    def _message(self, event: Event, *, recheck: bool, deadline: float) -> list[Outcome]:
        stored = self._open(event, recheck=recheck)
        if stored is None:
            return [Outcome("skipped", event.conversation_id, event.message_id)]
        try:
            conversation = self._apply(stored)
        except NotFound as gone:
            # The note is older than the erasure of its customer.
            return [Outcome("skipped", event.conversation_id, event.message_id, reason=gone.code)]
        if conversation.left_in:
            return self._with_those_left_behind(stored, conversation, deadline)
        self._welcome(stored, opted_out=conversation.was_opted_out)
        self._automate(stored, conversation, last_at=conversation.before_at)
        return self._line_up(stored, conversation, deadline)

    def _open(self, event: Event, *, recheck: bool) -> Message | None:
        """The message behind a note; None when it is settled, waiting already, or gone."""
        # A large body is asked for first in the table: what was erased has none, and would be looked for for ever.
        if not recheck and event.payload_key is None:
            return _message_of(event)
        stored = self._messages.get(event.business_id, event.message_id or "")
        return stored if stored is not None and stored.state is State.RECEIVED else None

    def _apply(self, stored: Message) -> Conversation:
        """The conversation as this message leaves it; the message has its place in line then."""
        if stored.direction is Direction.NOTICE:
            conversation = self._conversations.number(stored.conversation_id, stored, at=stored.received_at)
        else:
            message = self._bring.read(stored)
            stored.opaque_id = message.source_id
            conversation = self._conversations.apply(stored.conversation_id, message, at=stored.received_at)
        stored.sequence = conversation.sequence
        return conversation

    def _welcome(self, stored: Message, *, opted_out: bool) -> None:
        """Tell that a customer who was `opted_out` is back, if it is this message that they came with."""
        if opted_out and stored.direction is Direction.INBOUND and self._bring.read(stored).is_authored:
            self._tell(self._tell.about(stored, "conversation.reopened", {"message": {"id": stored.id}}))

    def _with_those_left_behind(self, stored: Message, conversation: Conversation, deadline: float) -> list[Outcome]:
        """What was accepted before this message while the queue was away goes first."""
        left, outcomes = conversation.left_in, list[Outcome]()
        earlier, later = left_behind(self._messages, stored, left - {stored.id}, waiting=State.RECEIVED)
        opted_out = conversation.was_opted_out
        last_at = conversation.last_inbound_at if stored.direction is Direction.NOTICE else conversation.before_at
        for other in earlier:
            # Before it is applied, and not by what that finds: this message has been applied before its time.
            self._welcome(other, opted_out=opted_out)
            opted_out = self._leaves_opted_out(other, opted_out=opted_out)
            applied = self._apply(other)
            self._automate(other, applied, last_at=last_at)
            last_at = last_at if other.direction is Direction.NOTICE else other.received_at
            outcomes += self._line_up(other, applied, deadline)
        if earlier:
            # Numbered once more, behind those it took along: `sequence` may skip a number, but never goes back.
            conversation = self._apply(stored)
        self._welcome(stored, opted_out=opted_out)
        self._automate(stored, conversation, last_at=last_at)
        outcomes += self._line_up(stored, conversation, deadline)
        if done := left - {other.id for other in later}:
            self._conversations.took_along(conversation.id, done, direction=Direction.INBOUND)
        return outcomes

    def _leaves_opted_out(self, stored: Message, *, opted_out: bool) -> bool:
        if stored.direction is Direction.NOTICE:
            return opted_out
        message = self._bring.read(stored)
        return message.closes or (opted_out and not message.is_authored)

    def _line_up(self, stored: Message, conversation: Conversation, deadline: float) -> list[Outcome]:
        """Straight out if nothing waits, else behind what does."""
        if stored.type == HANDED_OVER and stored.only_for is None:
            self._spread(stored, conversation)
        if not conversation.is_held:
            return [self._first_try(stored, conversation)]
        self._mailbox.hold(stored)
        waiting = Outcome("waiting", conversation.id, stored.id)
        if (conversation.next_attempt_at or 0) > self._clock():
            return [waiting]
        # Its timer is late or lost: the new message is as good a wake-up.
        return [waiting, *self._drain(stored.business_id, conversation.id, deadline=deadline)]

    def _first_try(self, stored: Message, conversation: Conversation) -> Outcome:
        tried = self._bring(stored, conversation)
        if not tried.settled:
            return self._hold(stored, conversation, tried)
        settle(stored, tried, now=self._clock())
        if tried.redacted is not None:
            self._redact(stored, tried.redacted)
        self._messages.settle(stored, from_state=State.RECEIVED)
        return outcome(stored.state.value, stored, tried)

    def _parts_settled(self, event: Event, deadline: float) -> list[Outcome]:
        """The attachments of a message are there, or will never be."""
        stored = self._messages.get(event.business_id, event.message_id or "")
        if stored is None:
            return [Outcome("skipped", event.conversation_id, event.message_id)]
        if stored.state is State.HELD:
            conversation = self._conversations.get(event.conversation_id)
            waits = conversation is not None and conversation.waits_for == Wait.PARTS
            return self._drain(event.business_id, event.conversation_id, deadline=deadline, forced=waits)
        if stored.state is State.DELIVERED and stored.pending:
            return [self._tell_of_parts(stored)]
        return [Outcome("skipped", event.conversation_id, event.message_id)]

    def _tell_of_parts(self, stored: Message) -> Outcome:
        """Attachments that were pending when their message went out."""
        arrived = self._parts(stored, self._bring.read(stored))
        for shown in arrived.attachments:
            if shown["id"] in (stored.pending or ()) and shown["id"] not in arrived.pending:
                event_type = "attachment.ready" if shown["status"] == "ready" else "attachment.failed"
                data = {"message": {"id": stored.id}, "attachment": shown}
                self._tell(self._tell.about(stored, event_type, data, which=shown["id"]))
        if stored.redacted is not None and arrived.content is not None:
            self._redact_late(stored)
        stored.pending = [each for each in stored.pending or () if each in arrived.pending]
        self._messages.told(stored)
        return Outcome("told", stored.conversation_id, stored.id)

    def _redact_late(self, stored: Message) -> None:
        """The answer came in its message and beside it, and only the one was there when it was taken out."""
        conversation = self._conversations.get(stored.conversation_id)
        redacted = self._bring.redacted(stored, conversation) if conversation is not None else None
        if redacted is not None:
            self._redact(stored, redacted)

    def _replay(self, event: Event, deadline: float) -> list[Outcome]:
        """A settled message goes out again under its own id, in line with what else waits."""
        stored = self._messages.get(event.business_id, event.message_id or "")
        conversation = self._conversations.get(event.conversation_id)
        if stored is None or conversation is None or stored.direction is Direction.OUTBOUND:
            return [Outcome("skipped", event.conversation_id, event.message_id)]
        if stored.state is not State.HELD and (
            stored.sequence is None or not self._mailbox.replay(stored, conversation, at=self._clock())
        ):
            return [Outcome("skipped", event.conversation_id, event.message_id)]
        return self._drain(event.business_id, event.conversation_id, deadline=deadline, forced=True)

    def _typing(self, event: Event) -> Outcome:
        """One try, never kept: by the time a retry came it would be untrue."""
        conversation = self._conversations.get(event.conversation_id)
        if conversation is not None and conversation.is_held:
            return Outcome("dropped", event.conversation_id, event.message_id, reason="conversation_held")
        stored = _message_of(event)
        message = self._bring.read(stored)
        known = conversation or Conversation(
            event.conversation_id,
            message.destination_id,
            message.source_id,
            intent=message.intent,
            group=message.group,
        )
        stored.received_at = event.received_at or self._clock()
        tried = self._bring(stored, known)
        return outcome("delivered" if tried.answer.ok else "dropped", stored, tried)


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
