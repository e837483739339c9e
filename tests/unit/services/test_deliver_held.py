"""Conversations that wait: order, timers, draining, giving up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.conversation.events import Event, Kind, Timer
from parley.conversation.records import State
from parley.services import drain
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, OK
from tests.support.world import CONVERSATION, DAY

if TYPE_CHECKING:
    from tests.support.world import World

WAKE = Event(Kind.WAKE, apple.BUSINESS, CONVERSATION)
HOUR = 3600.0


def hold(world: World, *bodies: str) -> None:
    """The endpoint is down while these come in."""
    world.endpoint.standing = DOWN
    for body in bodies:
        world.customer_sends(body=body)
    world.pump_events()


def wake(world: World, *, seconds: float = 1000) -> list[str]:
    """Deliver one wake-up; what it led to."""
    outcomes = world.deliver(WAKE, redelivered=False, deadline=world.clock() + seconds)
    return [outcome.result for outcome in outcomes]


def test_what_comes_behind_a_held_message_waits_without_a_call(world: World) -> None:
    hold(world, "1", "2", "3")

    assert len(world.endpoint.posts) == 1
    assert [outcome.result for outcome in world.outcomes] == ["held", "waiting", "waiting"]
    assert world.table.states() == [State.HELD] * 3
    assert sorted(world.table.markers[CONVERSATION]) == [1, 2, 3]


def test_another_conversation_does_not_wait_for_it(world: World) -> None:
    hold(world, "1")
    world.endpoint.standing = OK

    world.customer_sends(body="other", sourceId=apple.OTHER_CUSTOMER)
    world.pump_events()

    assert world.endpoint.texts() == ["other"]


def test_a_wake_up_drains_everything_in_order_and_sets_the_conversation_free(world: World) -> None:
    hold(world, *"123")
    world.endpoint.standing = OK
    world.clock.advance(2)

    assert wake(world) == ["delivered"] * 3 + ["released"]
    assert world.endpoint.texts() == ["1", "2", "3"]
    known = world.table.conversations[CONVERSATION]
    assert (known.is_held, known.attempts, known.next_attempt_at) == (False, 0, None)
    assert world.table.markers[CONVERSATION] == {}
    assert world.table.due == {}


def test_after_that_the_next_message_goes_straight_out(world: World) -> None:
    hold(world, "1")
    world.endpoint.standing = OK
    world.clock.advance(2)
    wake(world)

    world.customer_sends(body="2")
    world.pump_events()

    assert world.endpoint.texts() == ["1", "2"]
    assert world.outcomes[-1].result == "delivered"


def test_a_drain_longer_than_one_page_stays_in_order(world: World) -> None:
    bodies = [str(number) for number in range(2 * drain.PAGE + 3)]
    hold(world, *bodies)
    world.endpoint.standing = OK
    world.clock.advance(2)

    wake(world)

    assert world.endpoint.texts() == bodies


def test_a_wake_up_that_comes_too_early_does_nothing(world: World) -> None:
    hold(world, "1")
    world.endpoint.standing = OK
    world.clock.advance(0.9)

    assert wake(world) == ["early"]
    assert world.endpoint.texts() == []


def test_a_wake_up_a_moment_early_is_good_enough(world: World) -> None:
    hold(world, "1")
    world.endpoint.standing = OK
    world.clock.advance(1)

    assert wake(world) == ["delivered", "released"]


@pytest.mark.parametrize("prepared", ["never written", "all delivered"])
def test_a_wake_up_for_a_conversation_that_holds_nothing_is_skipped(world: World, prepared: str) -> None:
    if prepared == "all delivered":
        world.customer_sends()
        world.pump_events()

    assert wake(world) == ["skipped"]


def test_each_failure_waits_longer_and_the_first_message_stays_first(world: World) -> None:
    hold(world, "1", "2")
    waits = []
    for _ in range(5):
        known = world.table.conversations[CONVERSATION]
        assert known.next_attempt_at is not None
        waits.append(known.next_attempt_at - world.clock())
        world.clock.now = known.next_attempt_at
        assert wake(world) == ["held"]

    assert waits == [2, 4, 8, 30, 120]
    assert {posted.data["message"]["body"] for posted in world.endpoint.posts} == {"1"}
    assert {posted.webhook_id for posted in world.endpoint.posts} == {world.endpoint.posts[0].webhook_id}
    assert [attempt["number"] for attempt in world.table.attempts] == [1, 2, 3, 4, 5, 6]
    assert world.table.conversations[CONVERSATION].attempts == 6


def test_a_failure_in_the_middle_keeps_the_rest_and_starts_the_waits_anew(world: World) -> None:
    hold(world, *"1234")
    for _ in range(4):
        world.clock.now = world.table.conversations[CONVERSATION].next_attempt_at or 0
        wake(world)
    world.clock.now = world.table.conversations[CONVERSATION].next_attempt_at or 0
    world.endpoint.script = [OK, OK, DOWN]

    assert wake(world) == ["delivered", "delivered", "held"]
    known = world.table.conversations[CONVERSATION]
    assert (known.attempts, known.next_attempt_at) == (1, world.clock() + 2)
    assert sorted(world.table.markers[CONVERSATION]) == [3, 4]


def test_a_new_message_wakes_a_conversation_whose_timer_is_late(world: World) -> None:
    hold(world, "1")
    world.endpoint.standing = OK
    world.clock.advance(3)

    world.customer_sends(body="2")
    world.pump_events()

    assert world.endpoint.texts() == ["1", "2"]
    assert [outcome.result for outcome in world.outcomes[-4:]] == ["waiting", "delivered", "delivered", "released"]


def test_a_drain_stops_in_time_and_goes_on_at_once(world: World) -> None:
    hold(world, *"12")
    world.endpoint.standing = OK
    world.clock.advance(2)

    assert wake(world, seconds=0) == ["continued"]
    assert world.timers.sent[-1] == (Timer(apple.BUSINESS, CONVERSATION, world.clock()), world.clock())

    world.settle()
    assert world.endpoint.texts() == ["1", "2"]


def test_a_message_that_expired_while_it_waited_makes_way(world: World) -> None:
    hold(world, *"12")
    first = next(iter(world.table.messages.values()))
    del world.table.messages[first.business_id, first.id]
    world.endpoint.standing = OK
    world.clock.advance(2)

    assert wake(world) == ["delivered", "released"]
    assert world.endpoint.texts() == ["2"]


def test_a_message_that_was_settled_already_makes_way(world: World) -> None:
    hold(world, *"12")
    next(iter(world.table.messages.values())).state = State.DELIVERED
    world.endpoint.standing = OK
    world.clock.advance(2)

    assert wake(world) == ["delivered", "released"]
    assert world.endpoint.texts() == ["2"]


def test_after_76_hours_a_message_fails_visibly_and_the_next_moves_up(world: World) -> None:
    hold(world, "old")
    first = next(iter(world.table.messages.values()))
    world.clock.advance(75 * HOUR)
    world.endpoint.standing = DOWN
    wake(world)
    world.customer_sends(body="new")
    world.pump_events()
    assert world.table.states()[0] is State.HELD

    world.clock.advance(12 * HOUR)
    assert wake(world) == ["held", "failed"]

    assert world.table.states()[0] is State.FAILED
    assert first.error_code == "delivery_status"
    assert first.error_message == "not delivered within 76 hours"
    assert list(world.table.markers[CONVERSATION].values()) != [first.id]

    world.endpoint.standing = OK
    world.settle()
    assert world.endpoint.texts() == ["new"]


@pytest.mark.parametrize("days", [0.01, 1, 3])
def test_an_outage_of_days_loses_nothing_and_keeps_the_order(world: World, days: float) -> None:
    world.endpoint.standing = DOWN
    sent: list[str] = []
    until = world.clock() + days * DAY
    while world.clock() < until:
        sent.append(f"message {len(sent)}")
        world.customer_sends(body=sent[-1])
        world.pump_events()
        world.clock.advance(days * DAY / 20)
        world.pump_timers()
        world.pump_events()
    assert world.endpoint.texts() == []

    world.endpoint.standing = OK
    world.settle()

    assert world.endpoint.texts() == sent
    assert [posted.data["sequence"] for posted in world.endpoint.taken] == list(range(1, len(sent) + 1))
    assert set(world.table.states()) == {State.DELIVERED}


def test_an_endpoint_that_never_comes_back_costs_no_message_its_visibility(world: World) -> None:
    hold(world, *"123")

    world.settle(within=400 * DAY)

    assert world.table.states() == [State.FAILED] * 3
    assert world.table.markers[CONVERSATION] == {}
    assert not world.table.conversations[CONVERSATION].is_held
