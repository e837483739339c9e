"""Conversations that wait: who may wake them, when their time is over, and what nobody asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from parley.business.model import Endpoint, Rule
from parley.conversation.events import Event, Kind, Timer
from parley.conversation.records import Message, State
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, OK
from tests.support.world import CONVERSATION, URL, business

if TYPE_CHECKING:
    from tests.support.world import World

WAKE = Event(Kind.WAKE, apple.BUSINESS, CONVERSATION)
FORCED = replace(WAKE, forced=True)
HOUR = 3600.0


def hold(world: World, *bodies: str, apart: float = 0.0) -> list[Message]:
    """The endpoint is down while these come in; the messages."""
    world.endpoint.standing = DOWN
    found = []
    for body in bodies:
        receipt = world.customer_sends(body=body)
        world.pump_events()
        world.clock.advance(apart)
        found.append(world.table.message(receipt.message_id))
    return found


def fail_often(world: World) -> None:
    """The first message fails five times more; then nothing is known of its endpoint's health any more."""
    for _ in range(5):
        world.clock.now = world.table.conversations[CONVERSATION].next_attempt_at or 0
        world.table.breakers.clear()
        world.restart()
        deliver(world)
    world.table.breakers.clear()
    world.restart()


def deliver(world: World, event: Event = WAKE, *, seconds: float = 1000) -> list[str]:
    """Deliver one note; what it led to."""
    outcomes = world.deliver(event, redelivered=False, deadline=world.clock() + seconds)
    world.outcomes += outcomes
    return [outcome.result for outcome in outcomes]


def set_endpoint(world: World, **changed: Any) -> None:
    world.businesses.put(business(endpoints={"default": Endpoint("default", URL, **changed)}))


# --- when a conversation is woken ------------------------------------------------------------------


def test_a_forced_wake_up_does_not_wait_for_the_timer(world: World) -> None:
    hold(world, *"12")
    world.endpoint.standing = OK

    assert deliver(world, WAKE) == ["early"]
    assert deliver(world, FORCED) == ["delivered", "delivered", "released"]


def test_a_forced_wake_up_asks_the_breaker_all_the_same(world: World) -> None:
    for number in range(5):
        world.endpoint.standing = DOWN
        world.customer_sends(sourceId=f"urn:mbid:{number}")
    world.pump_events()
    world.customer_sends(body="1")
    world.pump_events()
    world.endpoint.standing = OK
    calls = len(world.endpoint.posts)

    assert deliver(world, FORCED) == ["held"]
    assert world.outcomes[-1].reason == "breaker_open"
    assert len(world.endpoint.posts) == calls

    assert deliver(world, replace(FORCED, probe=True)) == ["delivered", "released"]


@pytest.mark.parametrize("event", [FORCED, Event(Kind.REPLAY, apple.BUSINESS, CONVERSATION)])
def test_whoever_hurries_has_news_so_the_waits_begin_anew(world: World, event: Event) -> None:
    (message,) = hold(world, "1")
    fail_often(world)

    assert deliver(world, replace(event, message_id=message.id)) == ["held"]

    known = world.table.conversations[CONVERSATION]
    assert (known.attempts, known.next_attempt_at) == (1, world.clock() + 2)


def test_a_probe_that_fails_leaves_the_conversations_own_time_as_it_was(world: World) -> None:
    (message,) = hold(world, "1")
    fail_often(world)
    before = replace(world.table.conversations[CONVERSATION])
    world.timers.sent.clear()
    world.clock.advance(5)

    assert deliver(world, replace(FORCED, probe=True)) == ["held"]

    known = world.table.conversations[CONVERSATION]
    assert (known.attempts, known.next_attempt_at) == (before.attempts, before.next_attempt_at)
    assert world.timers.sent == [], "its timer is under way"
    assert message.attempts == 7, "and the try is kept like any other"
    assert world.table.attempts[-1]["number"] == 7
    assert world.outcomes[-1].next_attempt_at == before.next_attempt_at


def test_a_probe_that_fails_when_it_was_time_anyway_sets_the_next(world: World) -> None:
    hold(world, "1")
    world.clock.advance(2)
    world.timers.sent.clear()

    assert deliver(world, replace(FORCED, probe=True)) == ["held"]

    known = world.table.conversations[CONVERSATION]
    assert (known.attempts, known.next_attempt_at) == (2, world.clock() + 4)
    assert [timer.at for timer, _ in world.timers.sent] == [world.clock() + 4]


def test_a_failure_behind_what_a_probe_brought_out_is_tried_again_soon(world: World) -> None:
    hold(world, *"12")
    fail_often(world)
    world.clock.advance(1)
    world.endpoint.script = [OK, DOWN]

    assert deliver(world, replace(FORCED, probe=True)) == ["delivered", "held"]

    known = world.table.conversations[CONVERSATION]
    assert (known.attempts, known.next_attempt_at) == (1, world.clock() + 2)
    assert world.timers.sent[-1][0].at == world.clock() + 2


def test_a_message_that_wakes_a_conversation_whose_timer_is_late_is_no_probe(world: World) -> None:
    hold(world, "1")
    for number in range(5):
        world.customer_sends(sourceId=f"urn:mbid:{number}")
    world.pump_events()
    calls = len(world.endpoint.posts)
    world.clock.advance(3)

    world.customer_sends(body="2")
    world.pump_events()

    assert [outcome.result for outcome in world.outcomes[-2:]] == ["waiting", "held"]
    assert len(world.endpoint.posts) == calls


def test_waking_what_holds_nothing_is_no_work(world: World) -> None:
    for event in (WAKE, FORCED, replace(FORCED, probe=True)):
        assert deliver(world, event) == ["skipped"]
    assert world.faults.calls == ["conversations.get"] * 3


def test_a_drain_that_goes_on_begins_its_waits_anew(world: World) -> None:
    hold(world, *"123")
    for _ in range(4):
        world.clock.now = world.table.conversations[CONVERSATION].next_attempt_at or 0
        deliver(world)
    world.endpoint.standing = OK
    world.clock.now = world.table.conversations[CONVERSATION].next_attempt_at or 0

    assert deliver(world, seconds=0) == ["continued"]

    known = world.table.conversations[CONVERSATION]
    assert (known.attempts, known.next_attempt_at) == (0, world.clock())
    assert world.timers.sent[-1] == (Timer(apple.BUSINESS, CONVERSATION, world.clock()), world.clock())
    assert world.table.due["CONV", None, CONVERSATION] == world.clock() + 60
    assert world.endpoint.texts() == []


def test_a_drain_stops_between_two_messages_when_its_time_is_over(world: World) -> None:
    hold(world, *"123")
    world.endpoint.standing = OK
    world.clock.advance(2)
    deadline = world.clock() + 10
    real = world.endpoint.post

    def slow(url: str, *, body: bytes, headers: dict[str, str]) -> Any:
        world.clock.advance(6)
        return real(url, body=body, headers=headers)

    world.endpoint.post = slow  # type: ignore[method-assign]
    outcomes = world.deliver(WAKE, redelivered=False, deadline=deadline)

    assert [outcome.result for outcome in outcomes] == ["delivered", "delivered", "continued"]
    assert sorted(world.table.markers[CONVERSATION]) == [3]


def test_a_failure_after_some_went_out_waits_two_seconds_again(world: World) -> None:
    hold(world, *"123")
    for _ in range(3):
        world.clock.now = world.table.conversations[CONVERSATION].next_attempt_at or 0
        deliver(world)
    world.clock.now = world.table.conversations[CONVERSATION].next_attempt_at or 0
    world.endpoint.script = [OK, DOWN]

    assert deliver(world) == ["delivered", "held"]

    known = world.table.conversations[CONVERSATION]
    assert (known.attempts, known.next_attempt_at) == (1, world.clock() + 2)


# --- when the time of a message is over --------------------------------------------------------------


def test_when_76_hours_are_over_all_whose_time_it_was_fail_together_and_no_call_is_made_for_them(world: World) -> None:
    old = hold(world, *"1234", apart=60)
    world.clock.advance(75 * HOUR)
    young = hold(world, *"56", apart=60)
    assert deliver(world, FORCED) == ["held"]
    world.clock.advance(2 * HOUR)
    calls = len(world.endpoint.posts)

    assert deliver(world, FORCED) == ["held", "failed", "failed", "failed", "failed"]

    assert len(world.endpoint.posts) == calls + 1, "the first was tried once more, and spoke for the others"
    assert [message.state for message in old] == [State.FAILED] * 4
    assert {(message.error_code, message.error_message) for message in old} == {
        ("delivery_status", "not delivered within 76 hours")
    }
    assert {message.endpoint_id for message in old} == {"default"}
    assert [message.state for message in young] == [State.HELD] * 2
    assert sorted(world.table.markers[CONVERSATION]) == [5, 6]
    assert world.table.conversations[CONVERSATION].is_held


def test_those_that_had_more_time_are_delivered_in_order_later(world: World) -> None:
    hold(world, *"12", apart=60)
    world.clock.advance(75 * HOUR)
    hold(world, *"34", apart=60)
    world.clock.advance(2 * HOUR)
    deliver(world, FORCED)
    world.endpoint.standing = OK

    world.settle()

    assert world.endpoint.texts() == ["3", "4"]


def test_a_message_that_can_be_delivered_at_the_last_moment_is(world: World) -> None:
    hold(world, *"12")
    world.clock.advance(100 * HOUR)
    world.endpoint.standing = OK

    assert deliver(world, FORCED) == ["delivered", "delivered", "released"]


def test_when_all_have_failed_the_conversation_is_free(world: World) -> None:
    hold(world, *"12")
    world.clock.advance(76 * HOUR)

    assert deliver(world, FORCED) == ["held", "failed", "failed", "released"]

    assert not world.table.conversations[CONVERSATION].is_held
    assert world.table.markers[CONVERSATION] == {}
    world.endpoint.standing = OK
    world.customer_sends(body="3")
    world.pump_events()
    assert world.endpoint.texts() == ["3"]


def test_giving_up_stops_in_time_too_and_goes_on(world: World) -> None:
    messages = hold(world, *"1234")
    world.clock.advance(76 * HOUR)
    deadline = world.clock() + 1
    real = world.endpoint.post

    def slow(url: str, *, body: bytes, headers: dict[str, str]) -> Any:
        world.clock.advance(2)
        return real(url, body=body, headers=headers)

    world.endpoint.post = slow  # type: ignore[method-assign]
    outcomes = world.deliver(FORCED, redelivered=False, deadline=deadline)
    assert [outcome.result for outcome in outcomes] == ["held", "failed", "continued"]

    world.settle()
    assert {message.state for message in messages} == {State.FAILED}


@pytest.mark.parametrize("state", ["paused", "disabled"])
def test_while_its_endpoint_is_stopped_no_message_fails(world: World, state: str) -> None:
    set_endpoint(world, state=state)
    (message,) = hold(world, "1")
    for _ in range(20):
        world.clock.advance(10 * HOUR)
        assert deliver(world, FORCED) == ["held"]

    assert message.state is State.HELD
    assert world.outcomes[-1].reason == f"endpoint_{state}"
    assert message.attempts == 0
    assert world.endpoint.posts == []


def test_without_a_route_no_message_fails(world: World) -> None:
    world.businesses.put(business(rules=()))
    (message,) = hold(world, "1")
    world.clock.advance(1000 * HOUR)

    assert deliver(world, FORCED) == ["held"]
    assert message.state is State.HELD


def test_when_it_is_resumed_the_clock_of_what_waited_starts_anew(world: World) -> None:
    set_endpoint(world, state="paused")
    (message,) = hold(world, "1")
    world.clock.advance(200 * HOUR)
    set_endpoint(world, resumed_at=world.clock())

    assert deliver(world, FORCED) == ["held"]
    world.clock.advance(76 * HOUR - 1)
    assert deliver(world, FORCED) == ["held"]

    world.clock.advance(1)
    assert deliver(world, FORCED) == ["held", "failed", "released"]
    assert message.state is State.FAILED


def test_what_is_held_because_the_breaker_is_open_fails_after_76_hours_too(world: World) -> None:
    (message,) = hold(world, "1")
    for number in range(5):
        world.customer_sends(sourceId=f"urn:mbid:{number}")
    world.pump_events()
    world.clock.advance(76 * HOUR)
    world.table.breakers = {
        key: (replace(known, probe_at=world.clock() + 60), at) for key, (known, at) in world.table.breakers.items()
    }
    calls = len(world.endpoint.posts)

    assert deliver(world, FORCED) == ["held", "failed", "released"]
    assert message.error_code == "delivery_breaker_open"
    assert len(world.endpoint.posts) == calls


# --- what nobody asked for -----------------------------------------------------------------------------


def test_events_an_endpoint_did_not_ask_for_are_settled_without_a_call(world: World) -> None:
    set_endpoint(world, events=("message.sent",))
    receipts = [world.customer_sends(kind) for kind in ("text", "close", "text")]

    world.pump_events()

    states = [world.table.message(receipt.message_id).state for receipt in receipts]
    assert states == [State.DELIVERED, State.SUPPRESSED, State.DELIVERED]
    assert world.endpoint.types() == ["message.received", "message.received"]
    assert world.outcomes[1].result == "suppressed"
    assert (world.outcomes[1].reason, world.outcomes[1].endpoint_id) == ("not_subscribed", "default")
    assert not world.table.conversations[CONVERSATION].is_held


def test_they_do_not_stop_the_line_of_what_waits(world: World) -> None:
    set_endpoint(world, events=("message.sent",))
    world.endpoint.standing = DOWN
    receipts = [world.customer_sends(kind) for kind in ("text", "close", "close", "text")]
    world.pump_events()
    assert world.table.states()[:4] == [State.HELD] * 4
    world.endpoint.standing = OK
    world.clock.advance(2)

    news_that_the_customer_is_back = "suppressed"
    assert deliver(world) == [
        "delivered",
        "suppressed",
        "suppressed",
        "delivered",
        news_that_the_customer_is_back,
        "released",
    ]
    states = [world.table.message(receipt.message_id) for receipt in receipts]
    assert [message.attempts for message in states] == [2, 0, 0, 1]


def test_what_nobody_asked_for_is_settled_while_the_endpoint_is_stopped(world: World) -> None:
    set_endpoint(world, state="paused", events=("message.sent",))
    receipt = world.customer_sends("close")

    world.pump_events()

    assert world.table.message(receipt.message_id).state is State.SUPPRESSED


def test_typing_nobody_asked_for_is_not_posted(world: World) -> None:
    set_endpoint(world, events=("message.sent",))

    world.customer_sends("typing_start")
    world.pump_events()

    assert world.endpoint.posts == []
    assert (world.outcomes[-1].result, world.outcomes[-1].reason) == ("dropped", "not_subscribed")


def test_an_endpoint_that_names_nothing_gets_everything(world: World) -> None:
    for kind in ("text", "close", "typing_start"):
        world.customer_sends(kind)

    world.pump_events()

    assert world.endpoint.types() == ["message.received", "conversation.closed", "typing.started"]


# --- where it was delivered ----------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["straight", "from hold"])
def test_a_delivered_message_says_where(world: World, way: str) -> None:
    if way == "straight":
        receipt = world.customer_sends()
        world.pump_events()
        message = world.table.message(receipt.message_id)
    else:
        world.businesses.put(business(rules=()))
        (message,) = hold(world, "1")
        assert message.endpoint_id is None
        world.businesses.put(business())
        world.endpoint.standing = OK
        deliver(world, FORCED)

    assert (message.state, message.endpoint_id) == (State.DELIVERED, "default")


def test_a_message_says_where_it_was_delivered_or_tried_last(world: World) -> None:
    endpoints = {"default": Endpoint("default", URL), "sales": Endpoint("sales", "https://sales.example/")}
    rules = (Rule("default"), Rule("sales", intent="sales"))
    world.businesses.put(business(endpoints=endpoints, rules=rules))
    (message,) = hold(world, "1")
    assert message.endpoint_id == "default"
    world.table.conversations[CONVERSATION].intent = "sales"

    deliver(world, FORCED)
    assert (message.state, message.endpoint_id) == (State.HELD, "sales")

    world.endpoint.standing = OK
    deliver(world, FORCED)
    assert (message.state, message.endpoint_id) == (State.DELIVERED, "sales")


@pytest.mark.parametrize("settings", [{"rules": ()}, {"endpoints": {}}])
def test_without_an_endpoint_it_says_none(world: World, settings: dict[str, Any]) -> None:
    world.businesses.put(business(**settings))
    (message,) = hold(world, "1")

    assert message.endpoint_id is None
    assert world.table.conversations[CONVERSATION].held_endpoint == f"EP#{apple.BUSINESS}#-"
