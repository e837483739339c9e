"""Usage by day: counted once, in as many calls as it takes, and never more than asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from parley.business import tiers
from parley.business.tiers import Limits
from parley.conversation.days import Count, DayCount, day_of
from parley.errors import Fatal, Invalid
from parley.services.usage import Usage
from tests.support import apple_requests as apple
from tests.support.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Mapping

TIERS = {"standard": Limits(20, 40), "plus": Limits(100, 200)}
NOON = Clock(Clock()() + 43_200)
TODAY = day_of(NOON())
YESTERDAY = TODAY - timedelta(days=1)


@dataclass
class Store:
    """`services.ports.UsageStore`: two partitions, each day of which takes `pages` to read."""

    messages: dict[tuple[str, date], Count] = field(default_factory=dict)
    pages: int = 1
    plan: str | None = None
    kept: dict[date, DayCount] = field(default_factory=dict)
    read: list[tuple[str, date]] = field(default_factory=list)

    def tier(self, business_id: str) -> str | None:
        return self.plan

    def counted(self, business_id: str, first: date, last: date) -> dict[date, DayCount]:
        return {day: each for day, each in self.kept.items() if first <= day <= last}

    def keep(self, business_id: str, counted: DayCount, *, at: float) -> None:
        self.kept[counted.day] = counted

    def shards(self, business_id: str) -> list[str]:
        return ["0", "1"]

    def count(self, shard: str, day: date, *, pages: int) -> tuple[Count, int] | None:
        if pages < self.pages:
            return None
        self.read.append((shard, day))
        return self.messages.get((shard, day), Count()), self.pages


def usage(store: Store, *, clock: Clock | None = None, pages: int = 300) -> Usage:
    return Usage(store=store, tiers=TIERS, clock=clock or Clock(NOON()), pages=pages)


def figures(used: object) -> list[tuple[date, int, int, int, bool]]:
    return [
        (each.day, each.count.inbound, each.count.outbound, each.count.test, each.is_over)
        for each in used.days  # type: ignore[attr-defined]
    ]


def test_a_day_is_the_sum_of_its_partitions() -> None:
    store = Store({("0", TODAY): Count(1, 2, 3), ("1", TODAY): Count(10, 20, 30)})

    used = usage(store)(apple.BUSINESS, TODAY, TODAY)

    assert figures(used) == [(TODAY, 11, 22, 33, False)]
    assert used.following is None


def test_without_days_it_is_the_week_up_to_today() -> None:
    used = usage(Store())(apple.BUSINESS, None, None)

    assert [each.day for each in used.days] == [TODAY - timedelta(days=back) for back in range(6, -1, -1)]


def test_days_to_come_are_left_out() -> None:
    used = usage(Store())(apple.BUSINESS, YESTERDAY, TODAY + timedelta(days=9))

    assert [each.day for each in used.days] == [YESTERDAY, TODAY]


def test_a_day_that_is_over_is_read_once_and_today_every_time() -> None:
    store = Store({("0", YESTERDAY): Count(inbound=5), ("0", TODAY): Count(inbound=1)})
    first = usage(store)(apple.BUSINESS, YESTERDAY, TODAY)
    store.read.clear()

    again = usage(store)(apple.BUSINESS, YESTERDAY, TODAY)

    assert figures(first) == figures(again) == [(YESTERDAY, 5, 0, 0, True), (TODAY, 1, 0, 0, False)]
    assert {day for _, day in store.read} == {TODAY}
    assert set(store.kept) == {YESTERDAY}


def test_a_day_is_over_an_hour_after_its_end() -> None:
    store, clock = Store(), Clock(NOON())
    seconds_left = 86_400 - clock() % 86_400
    clock.advance(seconds_left + 3599)
    assert not usage(store, clock=clock)(apple.BUSINESS, TODAY, TODAY).days[0].is_over
    assert store.kept == {}

    clock.advance(1)
    assert usage(store, clock=clock)(apple.BUSINESS, TODAY, TODAY).days[0].is_over
    assert set(store.kept) == {TODAY}


def test_what_is_too_much_for_one_call_goes_on_in_the_next_where_it_was() -> None:
    days = [TODAY - timedelta(days=back) for back in (3, 2, 1)]
    store = Store({(shard, day): Count(inbound=1) for shard in "01" for day in days}, pages=2)
    seen: list[tuple[date, int, int, int, bool]] = []
    first: date | None = days[0]
    calls = 0

    while first is not None:
        used = usage(store, pages=3)(apple.BUSINESS, first, days[-1])
        seen += figures(used)
        first, calls = used.following, calls + 1

    assert seen == [(day, 2, 0, 0, True) for day in days]
    assert sorted(store.read) == sorted((shard, day) for shard in "01" for day in days)
    assert calls > 1


def test_a_day_that_goes_on_and_is_too_much_for_a_call_is_told_as_far_as_it_was_counted() -> None:
    store = Store({(shard, TODAY): Count(inbound=1) for shard in "01"}, pages=2)

    whole = usage(store, pages=4)(apple.BUSINESS, TODAY, TODAY)
    half = usage(store, pages=3)(apple.BUSINESS, TODAY, TODAY)
    behind = usage(store, pages=7)(apple.BUSINESS, YESTERDAY, TODAY)

    assert figures(whole) == [(TODAY, 2, 0, 0, False)]
    assert figures(half) == [(TODAY, 1, 0, 0, False)]
    assert (len(behind.days), behind.following) == (1, TODAY)


def test_every_call_does_something() -> None:
    store = Store(pages=3)

    used = usage(store, pages=3)(apple.BUSINESS, YESTERDAY, YESTERDAY)
    assert (used.days, used.following) == ([], YESTERDAY)
    used = usage(store, pages=3)(apple.BUSINESS, YESTERDAY, YESTERDAY)
    assert (len(used.days), used.following) == (1, None)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (TODAY, YESTERDAY, "out_of_order"),
        (TODAY + timedelta(days=1), None, "out_of_order"),
        (TODAY - timedelta(days=31), TODAY, "too_long"),
    ],
)
def test_other_spans_are_refused(first: date, last: date | None, code: str) -> None:
    store = Store()

    with pytest.raises(Invalid) as caught:
        usage(store)(apple.BUSINESS, first, last)

    assert [(fault.path, fault.code) for fault in caught.value.faults] == [("?since", code)]
    assert store.read == []


def test_31_days_are_not_too_many() -> None:
    assert len(usage(Store())(apple.BUSINESS, TODAY - timedelta(days=30), TODAY).days) == 31


@pytest.mark.parametrize(
    ("plan", "tier"), [(None, "standard"), ("standard", "standard"), ("plus", "plus"), ("abolished", "standard")]
)
def test_the_limits_are_those_of_the_tier(plan: str | None, tier: str) -> None:
    used = usage(Store(plan=plan))(apple.BUSINESS, TODAY, TODAY)

    assert (used.tier, used.limits) == (tier, TIERS[tier])


def test_the_tiers_of_the_template_are_read() -> None:
    assert tiers.read('{"standard":[20,40],"plus":[100,200]}') == TIERS


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"standard":[20,40]}', '{"standard":[20],"plus":[1,2]}', '{"plus":1}']
)
def test_tiers_that_are_not_all_there_are_a_fault_of_the_set_up(text: str) -> None:
    with pytest.raises(Fatal):
        tiers.read(text)


def test_counts_are_added() -> None:
    found: Mapping[str, Count] = {"a": Count(1, 2, 3), "b": Count(4, 5, 6)}

    assert DayCount(TODAY, found).total == Count(5, 7, 9)
    assert DayCount(TODAY).total == Count()
