"""The process may die between any two steps, before or after each: nothing is lost, nothing overtakes.

Every port call of a scenario is one place to die at. The scenarios are run once for each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.conversation.records import Direction, State
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, GONE, NOT_NOW, OK, UNCERTAIN, Endpoint
from tests.support.faults import When
from tests.support.world import CONVERSATION, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.gateway import GatewayAnswer


def straight(world: World) -> None:
    """Three messages go out at once."""
    for body in "123":
        world.customer_sends(body=body)


def held(world: World) -> None:
    """One fails, the others wait, then all go out."""
    world.endpoint.script = [DOWN]
    straight(world)


def held_again(world: World) -> None:
    """The drain fails in the middle, twice."""
    world.endpoint.script = [DOWN, OK, DOWN, DOWN]
    straight(world)


def lost_timer(world: World) -> None:
    """The timer is late, and a new message wakes the conversation."""
    world.endpoint.script = [DOWN]
    world.customer_sends(body="1")
    world.pump_events()
    world.clock.advance(30)
    world.timers.waiting.clear()
    world.customer_sends(body="2")
    world.customer_sends(body="3")


SCENARIOS = [straight, held, held_again, lost_timer]


def steps_of(scenario: Callable[[World], None]) -> int:
    """How many port calls the scenario makes after its messages are stored."""
    world = World()
    scenario(world)
    world.faults.calls.clear()
    world.settle()
    return len(world.faults.calls)


def first_seen(endpoint: Endpoint) -> list[str]:
    """The texts in the order in which the endpoint first took each."""
    return list(dict.fromkeys(endpoint.texts()))


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_dying_anywhere_while_delivering_loses_nothing_and_keeps_the_order(
    scenario: Callable[[World], None], when: When
) -> None:
    for number in range(1, steps_of(scenario) + 1):
        world = World()
        scenario(world)
        world.faults.crash_at(number, when)

        world.settle()

        where = f"{when} call {number}, {world.faults.calls[-1]}"
        assert not world.faults.pending, where
        assert first_seen(world.endpoint) == ["1", "2", "3"], where
        assert set(world.table.states()) == {State.DELIVERED}, where
        assert world.table.markers.get(CONVERSATION, {}) == {}, where
        assert not world.table.conversations[CONVERSATION].is_held, where
        ids = {posted.data["sequence"]: posted.webhook_id for posted in world.endpoint.posts}
        assert len({(posted.data["sequence"], posted.webhook_id) for posted in world.endpoint.posts}) == 3, where
        assert sorted(ids) == [1, 2, 3], where


@pytest.mark.parametrize("when", list(When))
def test_dying_while_receiving_is_healed_by_the_sweeper_even_if_apple_never_tries_again(when: When) -> None:
    content = apple.envelope(body="once")
    for number in (1, 2):
        world = World()
        world.faults.crash_at(number, when)
        with pytest.raises(Exception, match="call"):
            world.receive(apple.request(content))
        stored = bool(world.table.messages)

        world.settle()

        assert world.endpoint.texts() == (["once"] if stored else [])
        assert stored is not (number == 1 and when is When.BEFORE)


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("answers", [[], [NOT_NOW], [UNCERTAIN, NOT_NOW]])
def test_dying_anywhere_while_sending_sends_the_same_id_and_leaves_nothing_out(
    when: When, answers: list[GatewayAnswer]
) -> None:
    def ready() -> World:
        made = World()
        made.gateway.script = list(answers)
        for body in "123":
            made.business_sends(body)
        made.faults.calls.clear()
        return made

    counted = ready()
    counted.settle()
    for number in range(1, len(counted.faults.calls) + 1):
        world = ready()
        world.faults.crash_at(number, when)

        world.settle()

        where = f"{when} call {number}, {world.faults.calls[-1]}"
        bodies = [message.content["body"] for message in world.gateway.accepted]
        ids = {message.content["body"]: message.id for message, _ in world.gateway.posts}
        assert list(dict.fromkeys(bodies)) == ["1", "2", "3"], where
        assert len({(message.content["body"], message.id) for message, _ in world.gateway.posts}) == len(ids), where
        assert world.table.states(Direction.OUTBOUND) == [State.SENT] * 3, where
        told = [posted.data["message"]["id"] for posted in world.endpoint.taken]
        assert list(dict.fromkeys(told)) == list(ids.values()), where
        assert len({posted.webhook_id for posted in world.endpoint.taken}) == 3, where
        assert set(world.table.states(Direction.NOTICE)) == {State.DELIVERED}, where


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_call_that_died_may_be_made_again_with_its_key(number: int, when: When) -> None:
    world = World()
    world.faults.crash_at(number, when)
    with pytest.raises(Exception, match="call"):
        world.business_sends("once", key="k")

    again = world.business_sends("once", key="k")
    world.settle()

    assert [message.id for message in world.gateway.accepted] == [again.messages[0].id]


@pytest.mark.parametrize("when", list(When))
def test_dying_while_a_customer_turns_out_to_be_gone_stops_what_is_queued(when: When) -> None:
    for number in range(1, 7):
        world = World()
        world.gateway.standing = GONE
        for body in "12":
            world.business_sends(body)
        world.faults.crash_at(number, when)

        world.settle()

        assert world.table.conversations[CONVERSATION].opted_out
        assert world.gateway.accepted == []
        first, second = world.table.states(Direction.OUTBOUND)
        assert first in {State.FAILED, State.UNKNOWN}, "whoever tried it may have died before it could say"
        assert second in {State.CANCELLED, State.UNKNOWN}
