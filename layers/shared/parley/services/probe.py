"""An endpoint that was away: see whether it is back, and wake what waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parley.conversation.events import Event, Kind, Timer

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.services import ports
    from parley.services.health import Health

PAGE: Final = 100
"""Conversations read and woken at once."""

CANDIDATES: Final = 25
"""Those that have waited longest take turns: one message the endpoint cannot stand must not keep it shut."""

EARLY_SECONDS: Final = 1.0
"""A timer may be this much ahead of the clock of the one who reads it."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of one note about an endpoint; safe to log."""

    result: str
    """closed, early, taken, probing, nothing_waits, woken or continued."""
    business_id: str
    endpoint_id: str
    woken: int = 0


class Probe:
    """Handle PROBE: let a waiting conversation try an endpoint whose breaker is open, each time another."""

    def __init__(
        self,
        *,
        health: Health,
        breakers: ports.Breakers,
        waiting: ports.Waiting,
        events: ports.Events,
        timers: ports.Timers,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._health = health
        self._breakers = breakers
        self._waiting = waiting
        self._events = events
        self._timers = timers
        self._clock = clock
        self._new_id = new_id

    def __call__(self, event: Event) -> Probed:
        """Raises Retryable when the note has to come back."""
        business_id, endpoint_id = event.business_id, event.endpoint_id or ""
        breaker = self._breakers.get(business_id, endpoint_id)
        if not breaker.is_open or breaker.probe_at is None:
            return Probed("closed", business_id, endpoint_id)
        if breaker.probe_at > self._clock() + EARLY_SECONDS:
            timer = Timer(business_id, "", breaker.probe_at, kind=Kind.PROBE, endpoint_id=endpoint_id)
            self._timers.set(timer, now=self._clock())
            return Probed("early", business_id, endpoint_id)
        page = self._waiting.page(business_id, endpoint_id, limit=CANDIDATES, cursor=None)
        if not page.conversation_ids:
            # Nobody is left to find out; the next message will.
            self._breakers.close(business_id, endpoint_id)
            return Probed("nothing_waits", business_id, endpoint_id)
        if not self._health.take_probe(business_id, breaker):
            return Probed("taken", business_id, endpoint_id)
        chosen = page.conversation_ids[breaker.probes % len(page.conversation_ids)]
        wake = Event(Kind.WAKE, business_id, chosen, forced=True, probe=True)
        self._events.send(wake, deduplication_id=f"probe-{self._new_id()}")
        return Probed("probing", business_id, endpoint_id)


class Release:
    """Handle RELEASE: wake every conversation that waits for an endpoint, page by page."""

    def __init__(
        self,
        *,
        waiting: ports.Waiting,
        events: ports.Events,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._waiting = waiting
        self._events = events
        self._clock = clock
        self._new_id = new_id

    def __call__(self, event: Event, *, deadline: float) -> Probed:
        """Goes on in a note of its own when `deadline` (Unix seconds) comes."""
        business_id, endpoint_id = event.business_id, event.endpoint_id or ""
        cursor, woken = event.cursor, 0
        while True:
            page = self._waiting.page(business_id, endpoint_id, limit=PAGE, cursor=cursor)
            self._events.send_all(
                [
                    (Event(Kind.WAKE, business_id, conversation_id, forced=True), f"release-{self._new_id()}")
                    for conversation_id in page.conversation_ids
                ]
            )
            woken += len(page.conversation_ids)
            cursor = page.cursor
            if cursor is None:
                return Probed("woken", business_id, endpoint_id, woken)
            if self._clock() >= deadline:
                rest = Event(Kind.RELEASE, business_id, "", endpoint_id=endpoint_id, cursor=cursor)
                self._events.send(rest, deduplication_id=f"release-{self._new_id()}")
                return Probed("continued", business_id, endpoint_id, woken)
