"""Breakers: what all functions together count, and who may open, probe and close."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.business.model import Breaker, Business
from parley.conversation.records import Overdue
from parley.errors import ParleyError
from parley.storage.breakers import HEAL_AFTER_SECONDS, ROW_SECONDS
from parley.storage.businesses import DynamoBusinesses
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE

if TYPE_CHECKING:
    from tests.support.cloud import Cloud
    from tests.unit.storage.conftest import Store

ENDPOINT = "default"


def fail(store: Store, conversation: str = "c1", *, endpoint: str = ENDPOINT) -> Breaker:
    return store.breakers.failed(apple.BUSINESS, endpoint, conversation, at=store.clock())


def open_it(store: Store, *, wait: float = 5.0) -> bool:
    now = store.clock()
    return store.breakers.open(apple.BUSINESS, ENDPOINT, at=now, probe_at=now + wait)


def take(store: Store, *, seen: float, wait: float = 10.0) -> bool:
    return store.breakers.take_probe(apple.BUSINESS, ENDPOINT, seen=seen, next_at=store.clock() + wait)


def found(store: Store) -> Breaker:
    return store.breakers.get(apple.BUSINESS, ENDPOINT)


def test_of_an_endpoint_that_never_failed_nothing_is_known(store: Store) -> None:
    assert found(store) == Breaker(ENDPOINT)
    assert not found(store).is_open


def test_failures_in_a_row_are_counted_with_whose_they_were(store: Store) -> None:
    counted = [fail(store, conversation).failures for conversation in ("c1", "c2", "c1")]

    assert counted == [1, 2, 3]
    assert found(store) == Breaker(ENDPOINT, failures=3, conversations=frozenset({"c1", "c2"}))


def test_a_failure_comes_back_as_it_was_counted(store: Store) -> None:
    fail(store)

    assert fail(store) == found(store)


@pytest.mark.parametrize(("seconds", "failures"), [(ROW_SECONDS - 1, 2), (ROW_SECONDS, 1), (10 * ROW_SECONDS, 1)])
def test_a_row_ends_when_nothing_failed_for_a_minute(store: Store, seconds: float, failures: int) -> None:
    fail(store, "c1")
    store.clock.advance(seconds)

    fail(store, "c2")

    assert found(store).failures == failures
    assert found(store).conversations == (frozenset({"c1", "c2"}) if failures == 2 else frozenset({"c2"}))


def test_a_minute_counts_from_the_last_failure_not_the_first(store: Store) -> None:
    for _ in range(4):
        fail(store)
        store.clock.advance(ROW_SECONDS - 1)

    assert fail(store).failures == 5


def test_what_is_open_goes_on_counting_however_long_nothing_failed(store: Store) -> None:
    for _ in range(5):
        fail(store)
    open_it(store)
    store.clock.advance(10 * ROW_SECONDS)

    assert fail(store).failures == 6
    assert found(store).is_open


def test_endpoints_and_businesses_are_counted_apart(store: Store) -> None:
    fail(store)
    fail(store, endpoint="other")
    store.breakers.failed(apple.OTHER_BUSINESS, ENDPOINT, "c1", at=store.clock())

    assert found(store).failures == 1


def test_it_is_opened_once(store: Store) -> None:
    fail(store)
    began = store.clock()

    assert open_it(store)
    store.clock.advance(1)
    assert open_it(store, wait=99) is False

    breaker = found(store)
    assert breaker.is_open
    assert (breaker.open_since, breaker.probe_at, breaker.probes) == (began, began + 5, 0)


def test_a_probe_is_taken_by_one_of_all_who_saw_it(store: Store) -> None:
    fail(store)
    open_it(store)
    seen = found(store).probe_at or 0
    store.clock.advance(5)

    assert [take(store, seen=seen), take(store, seen=seen, wait=11)] == [True, False]
    breaker = found(store)
    assert (breaker.probes, breaker.probe_at) == (1, store.clock() + 10)
    assert take(store, seen=breaker.probe_at or 0)
    assert found(store).probes == 2


@pytest.mark.parametrize("fraction", [0.0, 0.123456, 0.1 + 0.2])
def test_a_time_with_a_fraction_is_recognised_again(store: Store, fraction: float) -> None:
    store.clock.advance(fraction)
    open_it(store, wait=5.1)

    assert take(store, seen=found(store).probe_at or 0)


def test_of_what_is_closed_no_probe_can_be_taken(store: Store) -> None:
    assert take(store, seen=0) is False
    fail(store)
    assert take(store, seen=0) is False
    open_it(store)
    seen = found(store).probe_at or 0
    store.breakers.close(apple.BUSINESS, ENDPOINT)

    assert take(store, seen=seen) is False
    assert found(store) == Breaker(ENDPOINT)


def test_what_is_closed_forgets_everything(store: Store) -> None:
    for _ in range(7):
        fail(store)
    open_it(store)

    store.breakers.close(apple.BUSINESS, ENDPOINT)

    assert found(store) == Breaker(ENDPOINT)
    assert fail(store, "c9") == Breaker(ENDPOINT, failures=1, conversations=frozenset({"c9"}))


def test_closing_what_is_closed_changes_nothing(store: Store) -> None:
    store.breakers.close(apple.BUSINESS, ENDPOINT)

    assert found(store) == Breaker(ENDPOINT)


def test_a_probe_that_is_a_minute_late_is_overdue_and_one_that_was_taken_is_not(store: Store) -> None:
    fail(store)
    began = store.clock()
    open_it(store)
    store.clock.advance(5 + HEAL_AFTER_SECONDS - 1)
    assert store.overdue() == []

    store.clock.advance(1)
    (overdue,) = store.due.overdue(store.clock(), limit=10)
    assert overdue == Overdue("BREAKER", apple.BUSINESS, ENDPOINT, began + 5 + HEAL_AFTER_SECONDS)

    take(store, seen=began + 5)
    assert store.overdue() == []
    store.clock.advance(10 + HEAL_AFTER_SECONDS)
    assert store.overdue() == [ENDPOINT]


def test_an_overdue_probe_can_be_claimed_and_dropped(store: Store) -> None:
    open_it(store)
    store.clock.advance(1000)
    (overdue,) = store.due.overdue(store.clock(), limit=10)

    assert store.due.claim(overdue, until=store.clock() + 600)
    assert store.due.claim(overdue, until=store.clock() + 600) is False
    store.clock.advance(600)
    (again,) = store.due.overdue(store.clock(), limit=10)
    store.due.drop(again)

    assert store.overdue() == []
    assert found(store).is_open


def test_what_is_closed_is_never_overdue(store: Store) -> None:
    fail(store)
    open_it(store)
    store.breakers.close(apple.BUSINESS, ENDPOINT)
    fail(store)
    store.clock.advance(10_000)

    assert store.overdue() == []


def test_without_a_table_everything_is_a_fault_of_ours(dynamo: Store, cloud: Cloud) -> None:
    cloud.dynamodb.delete_table(TableName=TABLE)

    for ask in (
        lambda: found(dynamo),
        lambda: fail(dynamo),
        lambda: open_it(dynamo),
        lambda: take(dynamo, seen=0),
        lambda: dynamo.breakers.close(apple.BUSINESS, ENDPOINT),
    ):
        with pytest.raises(ParleyError):
            ask()


def test_it_is_read_with_the_settings_of_its_business(dynamo: Store, cloud: Cloud) -> None:
    businesses = DynamoBusinesses(cloud.dynamodb, table=TABLE, clock=dynamo.clock)
    businesses.put(Business(apple.BUSINESS, "Bikes"))
    for _ in range(5):
        fail(dynamo)
    open_it(dynamo)

    assert businesses.get(apple.BUSINESS).breakers == {ENDPOINT: found(dynamo)}
