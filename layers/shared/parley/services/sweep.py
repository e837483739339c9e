"""Heal what a crash between two writes left behind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parley.apple import parts
from parley.conversation.arrivals import Arrival
from parley.conversation.events import Departure, Event, Forgetting, Kind, Transfer
from parley.conversation.records import Direction, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.conversation.records import Message, Overdue
    from parley.services import ports

LIMIT: Final = 100
"""Overdue items of each shard per sweep; the rest waits for the next minute."""

AGAIN_SECONDS: Final = 600.0
"""When an item that was healed is looked at again, if it still has not moved."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep found. `oldest` is the age of the most overdue item in seconds."""

    healed: int
    oldest: float


class Sweep:
    """Look through the `due` index and put everything overdue back into its queue."""

    def __init__(
        self,
        *,
        due: ports.DueItems,
        messages: ports.Messages,
        conversations: ports.Conversations,
        events: ports.Events,
        outbox: ports.Outbox,
        attachments: ports.Attachments,
        transfers: ports.Transfers,
        arrivals: ports.Arrivals,
        erasures: ports.ErasureNotes,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._due = due
        self._messages = messages
        self._conversations = conversations
        self._events = events
        self._outbox = outbox
        self._attachments = attachments
        self._transfers = transfers
        self._arrivals = arrivals
        self._erasures = erasures
        self._clock = clock
        self._new_id = new_id

    def __call__(self, *, deadline: float) -> Swept:
        """Sweep until nothing is overdue or `deadline` (Unix seconds) has come."""
        healed, oldest = 0, 0.0
        for overdue in self._due.overdue(self._clock(), limit=LIMIT):
            if self._clock() >= deadline:
                break
            oldest = max(oldest, self._clock() - overdue.due_at)
            if not self._heal(overdue):
                self._due.drop(overdue)
            # Claimed after it is queued: the other way round, a crash here would lose ten minutes.
            elif self._due.claim(overdue, until=self._clock() + AGAIN_SECONDS):
                healed += 1
        return Swept(healed, oldest)

    def _heal(self, overdue: Overdue) -> bool:
        """Queue again what it stands for; False when there is nothing left to do."""
        if overdue.business_id is None:
            return self._wake(overdue.id)
        if overdue.kind == "BREAKER":
            return self._probe(overdue.business_id, overdue.id)
        if overdue.kind == "ATT":
            return self._fetch(overdue.business_id, overdue.id)
        if overdue.kind == "ERASE":
            self._erasures.send(Forgetting(overdue.business_id, overdue.id))
            return True
        message = self._messages.get(overdue.business_id, overdue.id)
        return message is not None and self._queue(message)

    def _queue(self, message: Message) -> bool:
        fresh_id = f"sweep-{self._new_id()}"  # the id of the first note may still be remembered by the queue
        if message.direction is Direction.OUTBOUND and message.state is State.QUEUED:
            departure = Departure(message.business_id, message.conversation_id, message.id, again=True)
            self._outbox.send(departure, deduplication_id=fresh_id)
            return True
        if message.state is not State.RECEIVED:
            return False
        if message.direction is Direction.INBOUND and _may_have_parts(message):
            self._transfers.send(Transfer(message.business_id, message.conversation_id, message.id))
        event = Event(
            kind=Kind.MESSAGE,
            business_id=message.business_id,
            conversation_id=message.conversation_id,
            message_id=message.id,
            recheck=True,
        )
        self._events.send(event, deduplication_id=fresh_id)
        return True

    def _fetch(self, business_id: str, attachment_id: str) -> bool:
        """A transfer, either way, whose worker went silent, or whose note was lost."""
        attachment = self._attachments.get(business_id, attachment_id)
        if attachment is None or attachment.settled:
            return False
        if attachment.direction is Direction.OUTBOUND:
            self._arrivals.send(Arrival(business_id, attachment_id))
            return True
        note = Transfer(business_id, attachment.conversation_id or "", attachment.message_id or "")
        self._transfers.send(note)
        return True

    def _probe(self, business_id: str, endpoint_id: str) -> bool:
        probe = Event(kind=Kind.PROBE, business_id=business_id, conversation_id="", endpoint_id=endpoint_id)
        self._events.send(probe, deduplication_id=f"sweep-{self._new_id()}")
        return True

    def _wake(self, conversation_id: str) -> bool:
        conversation = self._conversations.get(conversation_id)
        if conversation is None or not conversation.is_held:
            return False
        wake = Event(kind=Kind.WAKE, business_id=conversation.business_id, conversation_id=conversation_id)
        self._events.send(wake, deduplication_id=f"sweep-{self._new_id()}")
        return True


def _may_have_parts(message: Message) -> bool:
    """Whether something is to be fetched from Apple; of a body that lies in the bucket it is not known here."""
    if message.payload is None:
        return True
    raw = json.loads(message.payload)
    return bool(parts.files(raw)) or parts.reference(raw) is not None
