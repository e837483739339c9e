"""How much a business uses: its messages by day, and what its plan allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from parley.business.bounds import MAX_USAGE_DAYS
from parley.business.tiers import STANDARD
from parley.conversation.days import DayCount, day_of, days, is_over
from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from parley.business.tiers import Limits
    from parley.conversation.days import Count
    from parley.services import ports

PAGES: Final = 300
"""Of the index, a megabyte each, that one call reads at most."""


@dataclass(frozen=True, slots=True)
class Day:
    """`is_over`: it is counted, and nothing more will be."""

    day: date
    count: Count
    is_over: bool


@dataclass(frozen=True, slots=True)
class Used:
    """Up to `last`; `following` is the first day that could not be counted in this call."""

    tier: str
    limits: Limits
    days: list[Day]
    last: date
    following: date | None = None


class Usage:
    """A day that is over is counted once. Nothing of this is on the way of a message."""

    def __init__(
        self,
        *,
        store: ports.UsageStore,
        tiers: Mapping[str, Limits],
        clock: Callable[[], float],
        pages: int = PAGES,
    ) -> None:
        self._store = store
        self._tiers = tiers
        self._clock = clock
        self._pages = pages

    def __call__(self, business_id: str, first: date | None, last: date | None) -> Used:
        """From the first day to the last, both included; without them the week up to today. Raises Invalid."""
        today = day_of(self._clock())
        last = min(last, today) if last is not None else today
        first = first if first is not None else last - timedelta(days=6)
        if first > last:
            raise Invalid([Fault("?since", "out_of_order", "name a day that has begun and is not behind until")])
        if (last - first).days >= MAX_USAGE_DAYS:
            raise Invalid([Fault("?since", "too_long", f"ask for {MAX_USAGE_DAYS} days at most")])
        stored = self._store.tier(business_id)
        tier = stored if stored is not None and stored in self._tiers else STANDARD
        known, left = self._store.counted(business_id, first, last), self._pages
        found: list[Day] = []
        for day in days(first, last):
            over, fresh = is_over(day, now=self._clock()), left == self._pages
            counted, left = self._counted(business_id, known.get(day, DayCount(day)), over=over, left=left)
            # A day that goes on is kept nowhere, so one too large for a whole call is told as far as it was counted.
            if left < 0 and (over or not fresh):
                return Used(tier, self._tiers[tier], found, last, following=day)
            found.append(Day(day, counted.total, is_over=over))
        return Used(tier, self._tiers[tier], found, last)

    def _counted(self, business_id: str, counted: DayCount, *, over: bool, left: int) -> tuple[DayCount, int]:
        """The day and the pages that are left; less than none when they did not suffice for all of it."""
        shards = dict(counted.shards)
        for shard in self._store.shards(business_id):
            if shard in shards:
                continue
            read = self._store.count(shard, counted.day, pages=left)
            if read is None:
                left = -1
                break
            shards[shard], pages = read
            left -= pages
        found = DayCount(counted.day, shards)
        if over and shards != counted.shards:
            self._store.keep(business_id, found, at=self._clock())
        return found, left
