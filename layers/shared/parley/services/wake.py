"""A timer fires: pass its note on, or wait on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.conversation.events import Event, Timer

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.services import ports


class Wake:
    """Timers are delayed notes of at most 15 minutes, sent again until they are due.

    A delayed note is not in flight, so a long outage cannot use up the queue (design §5, Delivery 4).
    """

    def __init__(
        self,
        *,
        events: ports.Events,
        timers: ports.Timers,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._events = events
        self._timers = timers
        self._clock = clock
        self._new_id = new_id

    def __call__(self, timer: Timer) -> bool:
        """True when its note was passed on, False when its time has not come."""
        if timer.at > self._clock():
            self._timers.set(timer, now=self._clock())
            return False
        # Through the conversation's own queue group, so that there is still only one writer. The id is
        # new each time: the queue must not take this wake-up for the last one.
        wake = Event(
            kind=timer.kind,
            business_id=timer.business_id,
            conversation_id=timer.conversation_id,
            endpoint_id=timer.endpoint_id,
            run_id=timer.run_id,
        )
        self._events.send(wake, deduplication_id=f"wake-{self._new_id()}")
        return True
