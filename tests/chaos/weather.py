"""Which misfortunes a run has, how often each strikes, and how often each has."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from random import Random
from typing import Final

AWS: Final = (
    "aws_error_before",
    "aws_error_after",
    "aws_timeout_before",
    "aws_timeout_after",
    "aws_late_effect",
    "aws_throttle",
    "aws_sdk_repeats",
    "aws_slow",
    "pause",
    "crash_before",
    "crash_after",
)
"""One of these may strike any call of a function to AWS."""

HTTP: Final = (
    "http_refused",
    "http_reset_before",
    "http_reset_after",
    "http_timeout_before",
    "http_timeout_after",
    "http_late_effect",
    "http_error_before",
    "http_error_after",
    "http_throttle",
    "http_slow",
    "pause",
    "crash_before",
    "crash_after",
)
"""One of these may strike any request of a function to an endpoint or to Apple."""

CONFLICT: Final = ("aws_conflict",)
BATCH: Final = ("aws_unprocessed",)
READ: Final = ("stale_read",)
INDEX: Final = ("index_lag",)
QUEUE: Final = ("duplicate_delivery", "late_delivery")
"""In a standard queue: shown twice, or much later than asked for."""

INVOCATION: Final = ("delete_lost", "answer_lost", "killed_idle", "clock_jump")
"""Around an invocation: the finished batch is not deleted, the answer of an API is not heard, the process is
replaced by a new one, its clock jumps."""

KINDS: Final = tuple(dict.fromkeys((*AWS, *HTTP, *CONFLICT, *BATCH, *READ, *INDEX, *QUEUE, *INVOCATION)))

_HIGHEST: Final = 0.02
_OFTEN: Final = {
    "stale_read": 0.3,
    "index_lag": 0.3,
    "duplicate_delivery": 0.2,
    "late_delivery": 0.2,
    "killed_idle": 0.05,
    "clock_jump": 0.05,
}
"""Ordinary life more than misfortune, or seldom asked for, so it may come often."""


def seeded(seed: int) -> Random:
    """All the chance of one run: predictable on purpose, for a seed that fails has to fail again."""
    return Random(seed)  # noqa: S311


class Weather:
    """Rates by kind. `calm` ends all of it."""

    def __init__(self, chance: Random, rates: dict[str, float]) -> None:
        self._chance = chance
        self._rates = rates
        self._tables: dict[tuple[str, ...], list[float]] = {}
        self.struck: Counter[str] = Counter()

    @classmethod
    def of(cls, chance: Random) -> Weather:
        """A weather of its own for every seed: some kinds never, some seldom, some often; every fifth is a storm."""
        rates = {}
        harshness = chance.choice((1.0, 1.0, 1.0, 1.0, 3.0))
        for kind in KINDS:
            highest = min(_OFTEN.get(kind, _HIGHEST * harshness), 0.3)
            rates[kind] = chance.choice((0.0, 0.0, highest / 8, highest / 2, highest))
        return cls(chance, rates)

    def strike(self, among: tuple[str, ...]) -> str | None:
        """At most one of these, now."""
        table = self._tables.get(among)
        if table is None:
            table = self._tables[among] = list(accumulate(self._rates.get(kind, 0.0) for kind in among))
        if not table[-1]:
            return None
        drawn = self._chance.random()
        if drawn >= table[-1]:
            return None
        kind = next(kind for kind, upto in zip(among, table, strict=True) if drawn < upto)
        self.struck[kind] += 1
        return kind

    def calm(self) -> None:
        """Nothing goes wrong from now on."""
        self._rates = {}
        self._tables = {}
