"""Heal what a crash between two writes left behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parley.conversation.events import Departure, Event, Kind
from parley.conversation.records import Direction, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.conversation.records import Overdue
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
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._due = due
        self._messages = messages
        self._conversations = conversations
        self._events = events
        self._outbox = outbox
        self._clock = clock
        self._new_id = new_id

    def __call__(self, *, deadline: float) -> Swept:
        """Sweep until nothing is overdue or `deadline` (Unix seconds) has come."""
        healed, oldest = 0, 0.0
        for overdue in self._due.overdue(self._clock(), limit=LIMIT):
            if self._clock() >= deadline:
                break
            oldest = max(oldest, self._clock() - overdue.due_at)
            # Claimed after it is queued: the other way round, a crash here would lose ten minutes.
            if self._heal(overdue) and self._due.claim(overdue, until=self._clock() + AGAIN_SECONDS):
                healed += 1
        return Swept(healed, oldest)

    def _heal(self, overdue: Overdue) -> bool:
        if overdue.business_id is None:
            return self._wake(overdue.id)
        message = self._messages.get(overdue.business_id, overdue.id)
        if message is None:
            return False
        fresh_id = f"sweep-{self._new_id()}"  # the id of the first note may still be remembered by the queue
        if message.direction is Direction.OUTBOUND and message.state is State.QUEUED:
            departure = Departure(message.business_id, message.conversation_id, message.id)
            self._outbox.send(departure, deduplication_id=fresh_id)
            return True
        if message.state is not State.RECEIVED:
            return False
        event = Event(
            kind=Kind.MESSAGE,
            business_id=message.business_id,
            conversation_id=message.conversation_id,
            message_id=message.id,
            recheck=True,
        )
        self._events.send(event, deduplication_id=fresh_id)
        return True

    def _wake(self, conversation_id: str) -> bool:
        conversation = self._conversations.get(conversation_id)
        if conversation is None or not conversation.is_held:
            return False
        wake = Event(kind=Kind.WAKE, business_id=conversation.business_id, conversation_id=conversation_id)
        self._events.send(wake, deduplication_id=f"sweep-{self._new_id()}")
        return True
