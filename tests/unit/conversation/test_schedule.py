"""When things are tried again (design §5, Delivery 4)."""

from __future__ import annotations

import pytest

from parley.conversation import schedule

MIDDLE = 0.5


def test_a_webhook_is_tried_again_by_the_published_table() -> None:
    waits = [schedule.delivery_wait(attempt, chance=MIDDLE) for attempt in range(1, 14)]

    assert waits == [2, 4, 8, 30, 120, 600, 1800, 3600, 7200, 18_000, 36_000, 36_000, 36_000]


def test_a_message_is_tried_for_at_least_76_hours_before_it_fails() -> None:
    assert not schedule.delivery_exhausted(1000, 1000 + 76 * 3600 - 1)
    assert schedule.delivery_exhausted(1000, 1000 + 76 * 3600)


@pytest.mark.parametrize(("chance", "factor"), [(0.0, 0.8), (0.5, 1.0), (0.999999, 1.2)])
def test_waits_are_spread_by_a_fifth_either_way(chance: float, factor: float) -> None:
    assert schedule.delivery_wait(5, chance=chance) == pytest.approx(120 * factor, rel=1e-5)
    assert schedule.send_wait(4, chance=chance) == pytest.approx(60 * factor, rel=1e-5)


@pytest.mark.parametrize(
    ("asked", "waited"), [(None, 2.0), (0.0, 2.0), (1.0, 2.0), (90.0, 90.0), (36_000.0, 36_000.0), (1e9, 36_000.0)]
)
def test_an_endpoint_may_ask_for_more_time_but_not_for_ever(asked: float | None, waited: float) -> None:
    assert schedule.delivery_wait(1, chance=MIDDLE, retry_after=asked) == waited


def test_an_endpoint_that_is_away_is_asked_again_within_a_minute() -> None:
    waits = [schedule.probe_wait(probes, chance=MIDDLE) for probes in range(8)]

    assert waits == [5, 10, 20, 40, 60, 60, 60, 60]


@pytest.mark.parametrize(("chance", "factor"), [(0.0, 0.8), (0.5, 1.0), (0.999999, 1.2)])
def test_probes_are_spread_by_a_fifth_either_way(chance: float, factor: float) -> None:
    for probes, wait in enumerate((5, 10, 20, 40, 60, 60)):
        assert schedule.probe_wait(probes, chance=chance) == pytest.approx(wait * factor, rel=1e-5)


@pytest.mark.parametrize(
    ("asked", "waited"), [(None, 5.0), (0.0, 5.0), (4.0, 5.0), (90.0, 90.0), (3600.0, 3600.0), (1e9, 3600.0)]
)
def test_an_endpoint_that_is_away_may_ask_for_an_hour_at_most(asked: float | None, waited: float) -> None:
    assert schedule.probe_wait(0, chance=MIDDLE, retry_after=asked) == waited


def test_who_waits_for_a_breaker_looks_no_sooner_than_a_probe_would() -> None:
    waits = [schedule.quiet_wait(attempt, chance=MIDDLE) for attempt in range(1, 9)]

    assert waits == [60, 60, 60, 60, 120, 600, 1800, 3600]


def test_apple_is_tried_seven_times() -> None:
    waits = [schedule.send_wait(attempt, chance=MIDDLE) for attempt in range(1, 9)]

    assert waits == [1, 4, 15, 60, 300, 900, None, None]


@pytest.mark.parametrize(("asked", "waited"), [(None, 1.0), (0.0, 1.0), (30.0, 30.0), (1e9, 3600.0)])
def test_apple_may_ask_for_an_hour_at_most(asked: float | None, waited: float) -> None:
    assert schedule.send_wait(1, chance=MIDDLE, retry_after=asked) == waited
