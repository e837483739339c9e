"""What a crash between two writes left behind is found by its due time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.conversation.events import Departure, Event, Kind
from parley.conversation.records import State
from parley.errors import Retryable
from parley.services.sweep import AGAIN_SECONDS, Swept
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, OK
from tests.support.memory_table import MemoryDue
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.support.world import World


def sweep(world: World, *, seconds: float = 50) -> Swept:
    return world.sweep(deadline=world.clock() + seconds)


def forget_events(world: World) -> None:
    world.events.groups.clear()
    world.events.sent.clear()


def test_with_nothing_overdue_nothing_happens(world: World) -> None:
    world.customer_sends()
    world.clock.advance(59)

    assert sweep(world) == Swept(healed=0, oldest=0.0)


def test_a_message_nobody_was_told_of_is_queued_again(world: World) -> None:
    receipt = world.customer_sends(body="kept")
    forget_events(world)
    world.clock.advance(61)

    assert sweep(world) == Swept(healed=1, oldest=1.0)

    ((event, deduplication_id),) = world.events.sent
    assert event == Event(Kind.MESSAGE, apple.BUSINESS, CONVERSATION, message_id=receipt.message_id, recheck=True)
    assert deduplication_id != receipt.message_id
    world.settle()
    assert world.endpoint.texts() == ["kept"]


def test_a_message_on_its_way_out_is_queued_again(world: World) -> None:
    accepted = world.business_sends("hello")
    world.outbox.groups.clear()
    world.clock.advance(61)

    assert sweep(world).healed == 1

    note, _ = world.outbox.sent[-1]
    assert note == Departure(apple.BUSINESS, CONVERSATION, accepted.messages[0].id, again=True)
    world.settle()
    assert [message.id for message in world.gateway.accepted] == [accepted.messages[0].id]


def test_a_conversation_whose_timer_was_lost_is_woken(world: World) -> None:
    world.endpoint.standing = DOWN
    world.customer_sends(body="kept")
    world.pump_events()
    world.timers.waiting.clear()
    world.endpoint.standing = OK
    world.clock.advance(2 + 61)
    world.events.sent.clear()

    assert sweep(world).healed == 1

    ((event, _),) = world.events.sent
    assert event == Event(Kind.WAKE, apple.BUSINESS, CONVERSATION)
    world.settle()
    assert world.endpoint.texts() == ["kept"]


def test_what_was_healed_is_looked_at_again_only_after_a_while(world: World) -> None:
    world.customer_sends()
    forget_events(world)
    world.clock.advance(61)
    sweep(world)

    world.clock.advance(AGAIN_SECONDS - 1)
    assert sweep(world).healed == 0

    world.clock.advance(1)
    assert sweep(world).healed == 1


def test_each_round_is_a_new_note_to_the_queue(world: World) -> None:
    world.customer_sends()
    for _ in range(3):
        world.clock.advance(AGAIN_SECONDS)
        sweep(world)

    assert len({deduplication_id for _, deduplication_id in world.events.sent}) == 4


@pytest.mark.parametrize("state", [State.HELD, State.DELIVERED, State.SUPPRESSED, State.FAILED])
def test_what_has_moved_meanwhile_is_left_alone(world: World, state: State) -> None:
    receipt = world.customer_sends()
    forget_events(world)
    world.table.message(receipt.message_id).state = state  # the index has not heard of it yet
    world.clock.advance(61)

    assert sweep(world).healed == 0
    assert world.events.sent == []
    assert world.table.due == {}, "and nobody looks at it again"


def test_what_is_gone_meanwhile_is_left_alone(world: World) -> None:
    world.customer_sends()
    forget_events(world)
    world.table.messages.clear()
    world.table.due["CONV", None, "gone"] = world.clock()
    world.clock.advance(61)

    assert sweep(world).healed == 0
    assert world.events.sent == []
    assert world.table.due == {}


def test_a_conversation_that_is_free_again_is_left_alone(world: World) -> None:
    world.customer_sends()
    world.pump_events()
    world.events.sent.clear()
    world.table.due["CONV", None, CONVERSATION] = world.clock()

    assert sweep(world).healed == 0
    assert world.events.sent == []
    assert world.table.due == {}


def test_a_probe_that_is_late_is_asked_for_again_and_looked_at_later(world: World) -> None:
    world.table.due["BREAKER", apple.BUSINESS, "default"] = world.clock()
    world.clock.advance(1)

    assert sweep(world) == Swept(healed=1, oldest=1.0)

    ((event, deduplication_id),) = world.events.sent
    assert event == Event(Kind.PROBE, apple.BUSINESS, "", endpoint_id="default")
    assert deduplication_id.startswith("sweep-")
    assert sweep(world).healed == 0


def test_a_sweep_ends_in_time(world: World) -> None:
    for _ in range(5):
        world.customer_sends()
    world.clock.advance(100)

    assert sweep(world, seconds=0) == Swept(healed=0, oldest=0.0)


def test_the_oldest_overdue_item_is_reported(world: World) -> None:
    world.customer_sends()
    world.clock.advance(1000)
    world.customer_sends(sourceId=apple.OTHER_CUSTOMER)
    world.clock.advance(100)

    assert sweep(world) == Swept(healed=2, oldest=1040.0)


def test_a_sweep_that_cannot_queue_claims_nothing(world: World) -> None:
    world.customer_sends(body="kept")
    forget_events(world)
    world.clock.advance(61)
    world.faults.break_down("events.send")
    with pytest.raises(Retryable):
        sweep(world)
    world.faults.mend()

    assert sweep(world).healed == 1


def test_an_item_that_moved_while_it_was_queued_counts_as_healed_by_whoever_moved_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.customer_sends()
    world.clock.advance(61)
    monkeypatch.setattr(MemoryDue, "claim", lambda *_args, **_more: False)

    assert sweep(world) == Swept(healed=0, oldest=1.0)


def test_two_sweeps_at_once_claim_an_item_once(world: World) -> None:
    world.customer_sends(body="once")
    forget_events(world)
    world.clock.advance(61)
    (overdue,) = list(world.sweep._due.overdue(world.clock(), limit=10))
    sweep(world)

    assert world.sweep._due.claim(overdue, until=world.clock() + 1) is False
