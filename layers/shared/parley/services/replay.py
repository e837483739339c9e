"""Deliver the webhooks of a span of time again: step by step, at a steady rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parley.conversation.events import Event, Kind, Timer
from parley.conversation.runs import Run, RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.services import ports

PAGE: Final = 100
"""Messages read at once."""

STEP_SECONDS: Final = 2
"""How much of its time one step replays at once; a timer is no finer than a second."""

MOST_EXAMINED: Final = 2000
"""Messages one step looks at, however few of them are wanted: it must be over long before its note comes back."""

EARLY_SECONDS: Final = 1.0
"""A timer may be this much ahead of the clock of the one who reads it."""


class ReplayRun:
    """Handle REPLAY_RUN: one step of a replay. Doing a step again is harmless: the webhooks' ids are the same."""

    def __init__(
        self,
        *,
        runs: ports.Runs,
        store: ports.Deliveries,
        events: ports.Events,
        timers: ports.Timers,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._runs = runs
        self._store = store
        self._events = events
        self._timers = timers
        self._clock = clock
        self._new_id = new_id

    def __call__(self, event: Event) -> None:
        """Raises Retryable when the note has to come back.

        The timer of the next step is set before this one's end is stored. So a step that is stored always has a
        successor, and a note that comes too early has nothing to do: its work is another note's.
        """
        run = self._runs.get(event.business_id, event.run_id or "")
        if run is None or run.state is not RunState.RUNNING or run.next_at > self._clock() + EARLY_SECONDS:
            return
        begun = self._clock()
        sent = self._page(run)
        if run.left is None:
            run.state, run.finished_at = RunState.COMPLETED, self._clock()
        else:
            run.next_at = begun + max(STEP_SECONDS, sent / run.rate)
            timer = Timer(run.business_id, "", run.next_at, kind=Kind.REPLAY_RUN, run_id=run.id)
            self._timers.set(timer, now=self._clock())
        self._runs.save(run)  # refused when it was cancelled meanwhile, or another note did this step: that one counts

    def _page(self, run: Run) -> int:
        """Send what this step may, and move on in the run. Returns how many were sent."""
        quota, sent, examined = run.rate * STEP_SECONDS, 0, 0
        while (span := run.left) is not None and sent < quota and examined < MOST_EXAMINED:
            page = self._store.places(
                run.business_id, span=span, limit=PAGE, newest_first=False, state=run.state_to_find
            )
            messages = self._store.read(run.business_id, (place.message_id for place in page.places))
            notes: list[tuple[Event, str]] = []
            for place in page.places:
                if sent + len(notes) == quota:
                    break
                examined, run.reached = examined + 1, place.ulid
                message = messages.get(place.message_id)
                if message is not None and run.wants(message):
                    again = Event(Kind.REPLAY, run.business_id, message.conversation_id, message_id=message.id)
                    notes.append((again, f"replay-{self._new_id()}"))
            else:
                if not page.more:
                    run.reached = run.last
            self._events.send_all(notes)
            sent += len(notes)
        run.examined += examined
        run.replayed += sent
        return sent
