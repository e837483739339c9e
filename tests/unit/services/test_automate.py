"""What a message sets off is decided while it is delivered: the same whatever dies in between, and never held up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parley.business.channel import channel_of
from parley.conversation.automations import Deed
from parley.conversation.records import State
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN
from tests.support.faults import When
from tests.support.world import World

HELLO = {"greeting": {"messages": {"en": {"body": "Hello!"}}}}


@pytest.fixture
def world() -> World:
    made = World()
    known = made.businesses.known[apple.BUSINESS]
    made.businesses.known[apple.BUSINESS] = replace(known, channel=channel_of(HELLO))
    return made


def set_off(world: World) -> list[tuple[str, list[Deed]]]:
    return [(note.message_id, [act.deed for act in note.acts]) for note in world.automations.sent]


def told(world: World) -> list[str]:
    return [posted.event["type"] for posted in world.endpoint.taken]


def test_the_first_message_greets_and_the_second_does_not(world: World) -> None:
    first = world.customer_sends().message_id
    world.customer_sends()
    world.pump_events()

    assert set_off(world) == [(first, [Deed.GREET])]


def test_a_business_without_settings_sets_nothing_off(world: World) -> None:
    known = world.businesses.known[apple.BUSINESS]
    world.businesses.known[apple.BUSINESS] = replace(known, channel=None)
    world.customer_sends(body="agent")
    world.pump_events()

    assert set_off(world) == []
    assert told(world) == ["message.received"]


def test_who_is_greeted_does_not_wait_for_the_endpoint(world: World) -> None:
    world.endpoint.standing = DOWN
    first = world.customer_sends().message_id
    world.pump_events()

    assert set_off(world) == [(first, [Deed.GREET])]
    assert world.table.message(first).state is State.HELD


def test_when_the_note_cannot_be_left_the_message_is_not_delivered_yet(world: World) -> None:
    world.faults.break_down("automations.send")
    first = world.customer_sends().message_id
    world.pump_events()
    assert (world.table.message(first).state, world.endpoint.taken) == (State.RECEIVED, [])

    world.faults.mend()
    world.settle()

    assert set_off(world) == [(first, [Deed.GREET])]
    assert world.table.message(first).state is State.DELIVERED


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("number", range(1, 9))
def test_dying_anywhere_greets_under_one_key(world: World, number: int, when: When) -> None:
    first = world.customer_sends(body="agent").message_id
    world.faults.crash_at(number, when)
    world.pump_events()
    world.restart()
    world.settle()

    assert {(note.message_id, act.deed) for note in world.automations.sent for act in note.acts} == {
        (first, Deed.GREET)
    }
    assert len({act.key for note in world.automations.sent for act in note.acts}) == 1
    assert list(dict.fromkeys(told(world))) == ["message.received", "trigger.matched"]


def test_the_first_of_those_left_behind_is_greeted(world: World) -> None:
    world.faults.break_down("events.send")
    first = world.customer_sends().message_id
    world.clock.advance(1)
    world.customer_sends()
    world.faults.mend()
    world.clock.advance(1)
    world.customer_sends()
    world.pump_events()

    assert set_off(world) == [(first, [Deed.GREET])]
    assert told(world) == ["message.received"] * 3


def test_a_business_that_is_gone_sets_nothing_off(world: World) -> None:
    world.customer_sends()
    del world.businesses.known[apple.BUSINESS]
    world.pump_events()

    assert set_off(world) == []


def test_a_text_without_words_greets_and_is_no_trigger(world: World) -> None:
    world.customer_sends(body=None)
    world.pump_events()

    assert [deeds for _, deeds in set_off(world)] == [[Deed.GREET]]
    assert told(world) == ["message.received"]


@pytest.mark.parametrize("kind", ["close", "typing_start", "somethingNew"])
def test_what_is_not_written_greets_nobody(world: World, kind: str) -> None:
    world.customer_sends(kind)
    world.pump_events()

    assert set_off(world) == []
