"""A record of every call an MSP made, for tests to read. Never holds Authorization or bodies."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from local.web.changes import Changes
from local.web.timestamps import iso_utc

if TYPE_CHECKING:
    from collections.abc import Callable

CAPACITY = 10_000
"""Older calls are forgotten."""


@dataclass
class Call:
    """One call. `status` is None while it runs and when the connection was cut."""

    n: int
    at: str
    method: str
    path: str
    id: str | None
    source_id: str | None
    destination_id: str | None
    type: str | None = None
    status: int | None = None
    error: str | None = None
    """The error line of an answer that is not 2xx."""
    fault: str | None = None
    """What a fault did to the call: answered, delayed, dropped before or after, cut, corrupted, slowed down …"""
    ms: int | None = None
    violations: list[str] = field(default_factory=list)


class Journal:
    """The calls, oldest first."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._calls: deque[Call] = deque(maxlen=CAPACITY)
        self._last_n = 0
        self.changes = Changes()

    def begin(self, **details: Any) -> Call:
        """Open the record of a call. `details` are fields of Call."""
        self._last_n += 1
        at = iso_utc(self._clock())
        call = Call(self._last_n, at, **details)
        self._calls.append(call)
        return call

    def finish(self, call: Call, *, ms: int) -> None:
        """Close the record of a call."""
        call.ms = ms
        self.changes.announce()

    def since(self, n: int) -> list[dict[str, Any]]:
        """Describe all calls after number `n`."""
        return [asdict(call) for call in self._calls if call.n > n]

    def clear(self) -> None:
        """Forget all calls; numbering goes on."""
        self._calls.clear()
