"""A message goes out again: under its own id, at its own place in line, with a schedule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.business.model import Endpoint
from parley.conversation.events import Event, Kind
from parley.conversation.records import Direction, Message, State
from tests.support.counterparts import DOWN, OK
from tests.support.faults import When
from tests.support.world import CONVERSATION, URL, World, business

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = 3600.0


def writes(world: World, *bodies: str) -> list[Message]:
    receipts = []
    for body in bodies:
        receipts.append(world.customer_sends(body=body))
        world.pump_events()
    return [world.table.message(receipt.message_id) for receipt in receipts]


def replay(world: World, message: Message) -> None:
    """Somebody asks for this message again."""
    note = Event(Kind.REPLAY, message.business_id, message.conversation_id, message_id=message.id)
    world.events.send(note, deduplication_id=f"replay-{world.new_id()}")


def failed(world: World, *bodies: str) -> list[Message]:
    """Messages whose time was over; the endpoint is well again, and has forgotten that it was not."""
    world.endpoint.standing = DOWN
    messages = writes(world, *bodies)
    world.clock.advance(76 * HOUR)
    world.pump_timers()
    world.pump_events()
    assert {message.state for message in messages} == {State.FAILED}
    world.endpoint.standing = OK
    world.endpoint.posts.clear()
    world.outcomes.clear()
    return messages


@pytest.mark.parametrize("prepared", ["delivered", "failed"])
def test_a_settled_message_goes_out_again_under_its_id(world: World, prepared: str) -> None:
    (message,) = failed(world, "1") if prepared == "failed" else writes(world, "1")
    world.clock.advance(100)

    replay(world, message)
    world.pump_events()

    posted = world.endpoint.taken[-1]
    assert (posted.webhook_id, posted.data["sequence"], posted.data["message"]["body"]) == (message.id, 1, "1")
    assert (message.state, message.replayed_at, message.delivered_at) == (
        State.DELIVERED,
        world.clock(),
        world.clock(),
    )
    assert (message.error_code, message.error_message) == (None, None)
    assert not world.table.conversations[CONVERSATION].is_held


def test_it_is_dated_when_it_came_not_when_it_was_asked_for_again(world: World) -> None:
    (message,) = writes(world, "1")
    world.clock.advance(1000)
    replay(world, message)
    world.pump_events()

    first, again = world.endpoint.taken
    assert first.event == again.event
    assert first.headers["webhook-timestamp"] != again.headers["webhook-timestamp"]


def test_it_stands_at_its_old_place_before_what_waits_and_came_later(world: World) -> None:
    first, second = failed(world, *"12")
    world.endpoint.standing = DOWN
    writes(world, "3")
    for message in (second, first):
        replay(world, message)
    world.pump_events()
    assert sorted(world.table.markers[CONVERSATION]) == [1, 2, 3]
    world.endpoint.taken.clear()
    world.endpoint.standing = OK

    world.settle()

    assert world.endpoint.texts() == ["1", "2", "3"]


def test_it_is_tried_at_once_although_the_conversation_waits(world: World) -> None:
    (old,) = writes(world, "1")
    world.endpoint.standing = DOWN
    writes(world, "2")
    world.clock.advance(0.5)
    world.endpoint.standing = OK

    replay(world, old)
    world.pump_events()

    assert world.endpoint.texts() == ["1", "1", "2"]


def test_its_waits_begin_anew_and_its_attempts_are_counted_on(world: World) -> None:
    (message,) = failed(world, "1")
    before = message.attempts
    world.endpoint.standing = DOWN

    replay(world, message)
    world.pump_events()

    assert (message.state, message.attempts) == (State.HELD, before + 1), "no attempt is written over another"
    known = world.table.conversations[CONVERSATION]
    assert (known.attempts, known.next_attempt_at) == (1, world.clock() + 2)


def test_its_76_hours_count_from_when_it_was_asked_for(world: World) -> None:
    (message,) = failed(world, "1")
    world.clock.advance(1000 * HOUR)
    world.endpoint.standing = DOWN
    replay(world, message)
    world.pump_events()
    began = message.replayed_at or 0

    world.clock.now = began + 76 * HOUR - 1
    replay(world, message)
    world.pump_events()
    assert message.id in world.table.markers[CONVERSATION].values()
    assert message.replayed_at == began, "asking for what waits is no new beginning"

    world.clock.now = began + 76 * HOUR
    replay(world, message)
    world.pump_events()
    assert message.state is State.FAILED


def test_one_that_waits_is_only_tried_at_once(world: World) -> None:
    world.endpoint.standing = DOWN
    first, second = writes(world, *"12")
    world.endpoint.standing = OK

    replay(world, second)
    world.pump_events()

    assert world.endpoint.texts() == ["1", "2"]
    assert (first.replayed_at, second.replayed_at) == (None, None)
    assert (first.attempts, second.attempts) == (2, 1)


def test_what_the_business_sent_is_never_sent_again(world: World) -> None:
    message = world.table.message(world.business_sends("Hi").messages[0].id)
    world.settle(within=86_400)
    world.outcomes.clear()
    calls = len(world.endpoint.posts)

    replay(world, message)
    world.settle(within=86_400)

    assert [outcome.result for outcome in world.outcomes] == ["skipped"]
    assert len(world.gateway.posts) == 1
    assert len(world.endpoint.posts) == calls


@pytest.mark.parametrize("state", [State.RECEIVED, State.SUPPRESSED])
def test_what_was_never_settled_by_a_delivery_is_not_replayed(world: World, state: State) -> None:
    (message,) = writes(world, "1")
    message.state = state
    world.outcomes.clear()

    replay(world, message)
    world.pump_events()

    assert [outcome.result for outcome in world.outcomes] == ["skipped"]
    assert len(world.endpoint.posts) == 1
    assert message.state is state


def test_one_that_never_had_a_place_in_line_is_not_replayed(world: World) -> None:
    (message,) = writes(world, "1")
    message.sequence = None
    world.outcomes.clear()

    replay(world, message)
    world.pump_events()

    assert [outcome.result for outcome in world.outcomes] == ["skipped"]


@pytest.mark.parametrize("gone", ["message", "conversation"])
def test_what_is_gone_is_not_replayed(world: World, gone: str) -> None:
    (message,) = writes(world, "1")
    if gone == "message":
        world.table.messages.clear()
    else:
        world.table.conversations.clear()
    world.outcomes.clear()

    replay(world, message)
    world.pump_events()

    assert [outcome.result for outcome in world.outcomes] == ["skipped"]


def test_a_replay_to_an_endpoint_that_is_stopped_waits_for_it(world: World) -> None:
    (message,) = writes(world, "1")
    world.businesses.put(business(endpoints={"default": Endpoint("default", URL, state="paused")}))

    replay(world, message)
    world.pump_events()

    assert message.state is State.HELD
    assert (world.outcomes[-1].result, world.outcomes[-1].reason) == ("held", "endpoint_paused")


def test_it_goes_where_its_conversation_is_routed_now(world: World) -> None:
    (message,) = writes(world, "1")
    moved = {"default": Endpoint("default", "https://new.example/")}
    world.businesses.put(business(endpoints=moved))

    replay(world, message)
    world.pump_events()

    assert [posted.url for posted in world.endpoint.taken] == [URL, "https://new.example/"]


def delivered(world: World) -> list[Message]:
    return writes(world, *"123")


def all_failed(world: World) -> list[Message]:
    return failed(world, *"123")


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("prepare", [delivered, all_failed])
def test_dying_anywhere_while_replaying_brings_all_of_them_in_order(
    prepare: Callable[[World], list[Message]], when: When
) -> None:
    def ready() -> tuple[World, list[Message]]:
        made = World()
        messages = prepare(made)
        made.endpoint.taken.clear()
        made.faults.calls.clear()
        for message in messages:
            replay(made, message)
        return made, messages

    counted, _ = ready()
    counted.settle()
    for number in range(1, len(counted.faults.calls) + 1):
        world, messages = ready()
        world.faults.crash_at(number, when)

        world.settle()

        where = f"{when} call {number}, {world.faults.calls[number - 1]}"
        first_seen = list(dict.fromkeys(posted.webhook_id for posted in world.endpoint.taken))
        assert first_seen == [message.id for message in messages], where
        assert set(world.table.states(Direction.INBOUND)) == {State.DELIVERED}, where
        assert not any(world.table.markers.values()), where
        assert {posted.data["sequence"] for posted in world.endpoint.taken} == {1, 2, 3}, where
