"""Is an endpoint well? One breaker per endpoint, shared by all functions, costing nothing while it is."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from parley.conversation import schedule
from parley.conversation.events import Event, Kind, Timer
from parley.errors import Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.model import Breaker, Business, Endpoint
    from parley.business.webhook_client import WebhookAnswer
    from parley.services import ports

OPENS_AFTER: Final = 5
"""Failures in a row, counted over all functions."""

WITNESSES: Final = 3
"""So many conversations must have seen it before the others believe them: one message an endpoint cannot stand
stops its own conversation only."""

TRUSTED_SECONDS: Final = 2.0
"""So long what the table said of a breaker is not asked again."""

_AWAY: Final = frozenset({"timeout", "connection_failed", "dns_failed"})
_BUSY: Final = frozenset({408, 429})
GONE: Final = 410


def is_away(answer: WebhookAnswer) -> bool:
    """Nobody is there, or in no state to answer. A refusal of one message says nothing about the others."""
    return answer.status >= 500 or answer.status in _BUSY or answer.reason in _AWAY


def is_there(answer: WebhookAnswer) -> bool:
    """Somebody answered, whatever the answer was."""
    return answer.status > 0 and not is_away(answer)


def _is_believed(breaker: Breaker) -> bool:
    return len(breaker.conversations) >= WITNESSES


@dataclass(slots=True)
class _Seen:
    """What this process has seen: it forgets the failures of others only when it knows of them."""

    failures: int
    is_open: bool
    at: float = float("-inf")
    believed: bool = False


class Health:
    """One per process, shared by threads."""

    def __init__(
        self,
        *,
        breakers: ports.Breakers,
        events: ports.Events,
        timers: ports.Timers,
        clock: Callable[[], float],
        chance: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._breakers = breakers
        self._events = events
        self._timers = timers
        self._clock = clock
        self._chance = chance
        self._new_id = new_id
        self._seen: dict[tuple[str, str], _Seen] = {}

    def may_call(self, business: Business, endpoint: Endpoint, conversation_id: str, *, probe: bool) -> bool:
        """Whether to call at all. `probe`: this message was chosen to see whether the endpoint is back."""
        known = business.breakers.get(endpoint.id)
        seen = self._seen.get((business.id, endpoint.id))
        is_open = (known is not None and known.is_open) or (seen is not None and seen.is_open)
        if not is_open and not probe:
            return True
        if seen is not None and not seen.is_open and self._clock() - seen.at < TRUSTED_SECONDS:
            return True
        # What is cached may be old, and holding a message back on old news would be a pity. A probe looks too, for
        # a process that has not heard of the breaker would not close it.
        breaker = self._breakers.get(business.id, endpoint.id)
        self._remember(business.id, breaker)
        if probe or not breaker.is_open:
            return True
        if not _is_believed(breaker) and conversation_id not in breaker.conversations:
            return True
        # Its probe is late, so its timer was lost: this message is as good a probe.
        late = breaker.probe_at is not None and breaker.probe_at + schedule.PROBE_LAST_WAIT <= self._clock()
        return late and self.take_probe(business.id, breaker)

    def take_probe(self, business_id: str, breaker: Breaker) -> bool:
        """Take the probe that is due, and set the time of the next; False when somebody else has taken it."""
        now = self._clock()
        next_at = now + schedule.probe_wait(breaker.probes + 1, chance=self._chance())
        if not self._breakers.take_probe(business_id, breaker.endpoint_id, seen=breaker.probe_at or 0, next_at=next_at):
            return False
        self._set_timer(business_id, breaker.endpoint_id, next_at)
        return True

    def answered(self, business_id: str, endpoint: Endpoint, conversation_id: str, answer: WebhookAnswer) -> None:
        """Learn from an answer. What cannot be written down now shows again: it is no reason to post twice."""
        with contextlib.suppress(Retryable):
            if is_away(answer):
                self._failed(business_id, endpoint, conversation_id, answer)
            elif is_there(answer):
                self._well(business_id, endpoint)

    def _failed(self, business_id: str, endpoint: Endpoint, conversation_id: str, answer: WebhookAnswer) -> None:
        seen = self._seen.get((business_id, endpoint.id))
        if seen is not None and seen.is_open and seen.believed:
            return  # a probe failed; the next one has its time already
        breaker = self._breakers.failed(business_id, endpoint.id, conversation_id, at=self._clock())
        if breaker.failures >= OPENS_AFTER and not breaker.is_open:
            now = self._clock()
            probe_at = now + schedule.probe_wait(0, chance=self._chance(), retry_after=answer.retry_after)
            if self._breakers.open(business_id, endpoint.id, at=now, probe_at=probe_at):
                self._set_timer(business_id, endpoint.id, probe_at)
            breaker = replace(breaker, open_since=now, probe_at=probe_at)
        self._remember(business_id, breaker)

    def _remember(self, business_id: str, breaker: Breaker) -> None:
        seen = _Seen(breaker.failures, breaker.is_open, self._clock(), _is_believed(breaker))
        self._seen[business_id, breaker.endpoint_id] = seen

    def _well(self, business_id: str, endpoint: Endpoint) -> None:
        seen = self._seen.get((business_id, endpoint.id))
        if seen is None or not (seen.failures or seen.is_open):
            return
        if seen.is_open:
            # Told before it is forgotten: the other way round a crash would leave everybody waiting.
            self.release(business_id, endpoint.id)
        self._breakers.close(business_id, endpoint.id)
        self._seen[business_id, endpoint.id] = _Seen(0, is_open=False, at=self._clock())

    def release(self, business_id: str, endpoint_id: str) -> None:
        """Have every conversation woken that waits for this endpoint."""
        event = Event(kind=Kind.RELEASE, business_id=business_id, conversation_id="", endpoint_id=endpoint_id)
        self._events.send(event, deduplication_id=f"release-{self._new_id()}")

    def _set_timer(self, business_id: str, endpoint_id: str, at: float) -> None:
        timer = Timer(business_id, "", at, kind=Kind.PROBE, endpoint_id=endpoint_id)
        self._timers.set(timer, now=self._clock())
