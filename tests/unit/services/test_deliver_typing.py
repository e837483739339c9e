"""Typing indicators: at most once, never kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, OK
from tests.support.faults import When
from tests.support.world import CONVERSATION, business

if TYPE_CHECKING:
    from tests.support.world import World


@pytest.mark.parametrize(("kind", "event"), [("typing_start", "typing.started"), ("typing_end", "typing.ended")])
def test_typing_is_shown_without_a_sequence(world: World, kind: str, event: str) -> None:
    world.customer_sends()
    receipt = world.customer_sends(kind)

    world.pump_events()

    posted = world.endpoint.posts[-1]
    assert posted.event["type"] == event
    assert posted.webhook_id == receipt.message_id
    assert "sequence" not in posted.data
    assert posted.data["message"] == {"id": receipt.message_id, "type": kind}
    assert world.table.conversations[CONVERSATION].sequence == 1


def test_typing_may_be_the_first_that_is_ever_heard_of_a_customer(world: World) -> None:
    world.customer_sends("typing_start", intent="sales", locale="de_DE")

    world.pump_events()

    (posted,) = world.endpoint.posts
    customer = posted.data["customer"]
    assert (customer["opaque_id"], customer["intent"], customer["locale"]) == (apple.CUSTOMER, "sales", "de_DE")
    assert world.table.conversations == {}


def test_typing_is_not_put_before_messages_that_wait(world: World) -> None:
    world.endpoint.standing = DOWN
    world.customer_sends(body="1")
    world.pump_events()
    world.endpoint.standing = OK

    world.customer_sends("typing_start")
    world.pump_events()

    assert len(world.endpoint.posts) == 1
    assert (world.outcomes[-1].result, world.outcomes[-1].reason) == ("dropped", "conversation_held")


@pytest.mark.parametrize("settings", [{}, {"rules": ()}])
def test_typing_that_was_not_taken_is_dropped(world: World, settings: dict[str, Any]) -> None:
    world.businesses.put(business(**settings))
    world.endpoint.standing = DOWN

    world.customer_sends("typing_start")
    world.settle()

    assert world.outcomes[-1].result == "dropped"
    assert world.table.messages == {}
    assert world.table.attempts == []
    assert world.timers.sent == []


@pytest.mark.parametrize("when", list(When))
def test_a_fault_in_the_table_only_brings_the_note_back(world: World, when: When) -> None:
    world.faults.break_down("conversations.get", when)
    world.customer_sends("typing_start")
    world.pump_events()
    assert len(world.events) == 1

    world.faults.mend()
    world.settle()

    assert len(world.endpoint.posts) == 1
