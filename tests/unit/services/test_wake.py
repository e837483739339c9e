"""Timers longer than a queue can wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.conversation.events import Event, Kind, Timer
from tests.support import apple_requests as apple
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.support.world import World


def timer(world: World, seconds: float) -> Timer:
    return Timer(apple.BUSINESS, CONVERSATION, world.clock() + seconds)


def test_a_timer_that_is_due_wakes_its_conversation(world: World) -> None:
    for late in (0, -0.5, -1000):
        assert world.wake(timer(world, late)) is True

    assert [event for event, _ in world.events.sent] == [Event(Kind.WAKE, apple.BUSINESS, CONVERSATION)] * 3


@pytest.mark.parametrize("kind", [Kind.PROBE, Kind.REPLAY_RUN])
def test_a_timer_passes_on_what_it_was_set_for(world: World, kind: Kind) -> None:
    waiting = Timer(apple.BUSINESS, "", world.clock(), kind=kind, endpoint_id="default", run_id="run-7")

    assert world.wake(waiting) is True

    ((event, _),) = world.events.sent
    assert event == Event(kind, apple.BUSINESS, "", endpoint_id="default", run_id="run-7")


def test_every_wake_up_is_a_new_note_to_the_queue(world: World) -> None:
    for _ in range(3):
        world.wake(timer(world, 0))

    assert len(world.events) == 3
    assert len({deduplication_id for _, deduplication_id in world.events.sent}) == 3


def test_a_timer_that_is_not_due_waits_on(world: World) -> None:
    waiting = timer(world, 0.1)

    assert world.wake(waiting) is False
    assert world.timers.sent == [(waiting, world.clock())]
    assert world.events.sent == []


def test_a_wait_of_ten_hours_is_made_of_many_short_ones(world: World) -> None:
    world.timers.set(timer(world, 36_000), now=world.clock())
    passes = 0
    while not world.events.sent:
        world.clock.now = world.timers.next_at() or 0
        world.pump_timers()
        passes += 1

    assert passes == 40
    assert world.events.sent[0][0].kind is Kind.WAKE
