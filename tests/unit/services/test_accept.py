"""`POST /v1/messages`: checked, stored once, queued."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from parley.conversation.events import Departure
from parley.conversation.identity import message_id
from parley.conversation.records import Conversation, Direction, State
from parley.errors import Conflict, Invalid, Rejected, Retryable
from tests.support import apple_requests as apple
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.support.world import World


def know_customer(world: World, *, opted_out: bool = False) -> None:
    world.table.conversations[CONVERSATION] = Conversation(
        CONVERSATION, apple.BUSINESS, apple.CUSTOMER, opted_out=opted_out
    )


def test_a_message_to_an_opaque_id_is_stored_and_queued(world: World) -> None:
    accepted = world.business_asks({"body": "Hi", "subject": "S", "auto_reply": True, "agent": "bot"})

    stored = world.table.message(accepted.messages[0].id)
    assert (accepted.replayed, accepted.queued) == (False, True)
    assert (stored.direction, stored.state, stored.type) == (Direction.OUTBOUND, State.QUEUED, "text")
    assert (stored.opaque_id, stored.conversation_id) == (apple.CUSTOMER, CONVERSATION)
    assert (stored.auto_reply, stored.agent) == (True, "bot")
    assert json.loads(stored.payload or "") == {"body": "Hi", "subject": "S"}
    assert world.outbox.sent == [(Departure(apple.BUSINESS, CONVERSATION, stored.id), stored.id)]


def test_a_message_to_a_conversation_finds_its_customer(world: World) -> None:
    know_customer(world)

    accepted = world.business_sends("Hi", to=CONVERSATION)

    assert accepted.messages[0].opaque_id == apple.CUSTOMER
    assert accepted.messages[0].conversation_id == CONVERSATION


def test_both_names_of_a_customer_lead_to_the_same_queue_group(world: World) -> None:
    know_customer(world)
    world.business_sends("1", to=CONVERSATION)
    world.business_sends("2", to=apple.CUSTOMER)

    world.settle()

    assert [message.content["body"] for message in world.gateway.accepted] == ["1", "2"]
    assert {message.opaque_id for message in world.gateway.accepted} == {apple.CUSTOMER}


@pytest.mark.parametrize("to", ["nowhere", "tel:+15550100", "URN:MBID:x"])
def test_an_unknown_conversation_is_pointed_out(world: World, to: str) -> None:
    with pytest.raises(Invalid) as caught:
        world.business_sends("Hi", to=to)

    assert (caught.value.path, caught.value.code) == ("/to", "unknown_conversation")
    assert world.table.messages == {}


def test_another_business_conversation_looks_unknown(world: World) -> None:
    world.table.conversations[CONVERSATION] = Conversation(CONVERSATION, apple.OTHER_BUSINESS, apple.CUSTOMER)

    with pytest.raises(Invalid) as caught:
        world.business_sends("Hi", to=CONVERSATION)

    assert caught.value.code == "unknown_conversation"


@pytest.mark.parametrize("to", [CONVERSATION, apple.CUSTOMER])
def test_a_customer_who_left_gets_nothing(world: World, to: str) -> None:
    know_customer(world, opted_out=True)

    with pytest.raises(Rejected) as caught:
        world.business_sends("Hi", to=to)

    assert (caught.value.path, caught.value.code) == ("/to", "opted_out")
    assert world.table.messages == {}
    assert world.outbox.sent == []


def test_a_customer_who_writes_again_can_be_answered(world: World) -> None:
    know_customer(world, opted_out=True)
    world.customer_sends()
    world.pump_events()

    assert world.business_sends("Hi").queued


def test_a_close_stops_the_business(world: World) -> None:
    world.customer_sends("close")
    world.pump_events()

    with pytest.raises(Rejected) as caught:
        world.business_sends("Hi")

    assert caught.value.code == "opted_out"


@pytest.mark.parametrize(("body", "code"), [(" ", "blank"), ("\x00", "unprintable")])
def test_apples_rules_are_checked_before_anything_is_stored(world: World, body: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        world.business_sends(body)

    assert caught.value.code == code
    assert world.table.messages == {}


def test_every_call_without_a_key_is_a_message_of_its_own(world: World) -> None:
    ids = {world.business_sends("Hi").messages[0].id for _ in range(3)}

    assert len(ids) == 3


def test_the_same_key_and_message_give_the_first_answer_again(world: World) -> None:
    first = world.business_sends("Hi", key="k")
    world.clock.advance(3600)

    again = world.business_sends("Hi", key="k")

    assert again.messages[0].id == first.messages[0].id == message_id(apple.BUSINESS, "k")
    assert again.replayed
    assert again.messages[0].received_at == first.messages[0].received_at
    assert len(world.table.messages) == 1


def test_a_replay_of_a_message_that_is_done_queues_nothing(world: World) -> None:
    world.business_sends("Hi", key="k")
    world.settle()
    world.outbox.sent.clear()

    again = world.business_sends("Hi", key="k")

    assert (again.messages[0].state, again.queued) == (State.SENT, True)
    assert world.outbox.sent == []


def test_a_replay_of_a_message_that_still_waits_queues_it_again(world: World) -> None:
    world.faults.break_down("outbox.send")
    assert world.business_sends("Hi", key="k").queued is False
    world.faults.mend()

    assert world.business_sends("Hi", key="k").queued is True
    assert len(world.outbox) == 1


def test_the_same_key_with_another_message_is_a_conflict(world: World) -> None:
    know_customer(world)
    world.business_sends("Hi", key="k")

    for body, to in (("Hello", apple.CUSTOMER), ("Hi", CONVERSATION)):
        with pytest.raises(Conflict) as caught:
            world.business_sends(body, key="k", to=to)
        assert caught.value.code == "idempotency_conflict"
    assert len(world.table.messages) == 1


def test_the_same_key_of_another_business_is_another_message(world: World) -> None:
    first = world.business_sends("Hi", key="k")

    other = world.business_asks({"body": "Hi"}, key="k", business_id=apple.OTHER_BUSINESS)

    assert other.messages[0].id != first.messages[0].id
    assert other.messages[0].conversation_id != first.messages[0].conversation_id


def test_an_answered_call_is_answered_the_same_after_the_customer_left(world: World) -> None:
    first = world.business_sends("Hi", key="k")
    know_customer(world, opted_out=True)

    assert world.business_sends("Hi", key="k").messages[0].id == first.messages[0].id
    with pytest.raises(Conflict):
        world.business_sends("Hello", key="k")


def test_a_message_that_can_neither_be_stored_nor_read_is_asked_for_again(world: World) -> None:
    world.business_sends("Hi", key="k")
    world.clock.advance(91 * 86_400)  # expired, but not deleted yet

    with pytest.raises(Retryable) as caught:
        world.business_sends("Hi", key="k")

    assert caught.value.code == "in_progress"


def test_the_table_is_the_promise_and_the_queue_only_speed(world: World) -> None:
    world.faults.break_down("outbox.send")
    accepted = world.business_sends("Hi")
    assert accepted.queued is False

    world.faults.mend()
    world.settle()

    assert [message.id for message in world.gateway.accepted] == [accepted.messages[0].id]


def test_what_could_not_be_stored_is_not_accepted(world: World) -> None:
    world.faults.break_down("messages.add_all")

    with pytest.raises(Retryable):
        world.business_sends("Hi")

    assert world.outbox.sent == []
