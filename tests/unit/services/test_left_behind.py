"""A queue was away when messages were accepted: whoever comes next takes them along, in order, and none twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.business.previews import Preview
from parley.conversation.events import Departure
from parley.conversation.records import Direction, Message, State
from parley.errors import Retryable
from parley.services.left_behind import left_behind
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, GONE, NOT_NOW, OK, UNCERTAIN
from tests.support.faults import When
from tests.support.world import CONVERSATION, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.gateway import GatewayAnswer
    from parley.services.receive import Receipt


def writes(world: World, *bodies: str, kind: str = "text") -> list[Receipt]:
    """The customer writes these, a moment apart."""
    receipts = []
    for body in bodies:
        world.clock.advance(0.01)
        receipts.append(world.customer_sends(kind, body=body))
    return receipts


def answers(world: World, *bodies: str) -> list[Message]:
    """The business writes these, a moment apart."""
    messages = []
    for body in bodies:
        world.clock.advance(0.01)
        messages.append(world.table.message(world.business_sends(body, key=body).messages[0].id))
    return messages


def away(world: World, queue: str, act: Callable[[], object], *, when: When = When.BEFORE) -> None:
    """Act while a queue does not answer."""
    world.faults.break_down(f"{queue}.send", when)
    act()
    world.faults.mend()


def left_in(world: World) -> set[str]:
    return world.table.conversations[CONVERSATION].left_in


def left_out(world: World) -> set[str]:
    return world.table.conversations[CONVERSATION].left_out


def first_seen(world: World) -> list[str]:
    """The texts in the order in which the business first took each."""
    return list(dict.fromkeys(world.endpoint.texts()))


def reached(world: World) -> list[str]:
    """The texts in the order in which Apple first took each."""
    return list(dict.fromkeys(message.content["body"] for message in world.gateway.accepted))


def rising(world: World) -> bool:
    """Whether what the business first saw of each message is in order by its own account."""
    first: dict[str, int] = {}
    for posted in world.endpoint.taken:
        first.setdefault(posted.webhook_id, posted.data["sequence"])
    return list(first.values()) == sorted(set(first.values()))


# --- who is left behind ----------------------------------------------------------------------------------


def a_message(world: World, identity: str, ulid: str, state: State = State.RECEIVED) -> Message:
    message = Message(
        identity, apple.BUSINESS, CONVERSATION, Direction.INBOUND, "text", state, world.clock(), ulid, payload="{}"
    )
    world.receive._messages.add(message)
    return message


def test_those_before_and_those_behind_are_told_apart_by_when_they_were_accepted(world: World) -> None:
    for name, place in (("c", "3"), ("a", "1"), ("e", "5"), ("b", "2")):
        a_message(world, name, place)
    mine = a_message(world, "d", "4")

    earlier, later = left_behind(world.receive._messages, mine, {"e", "b", "c", "a"}, waiting=State.RECEIVED)

    assert [[message.id for message in part] for part in (earlier, later)] == [["a", "b", "c"], ["e"]]


def test_those_that_moved_or_are_gone_are_no_longer_left(world: World) -> None:
    mine = a_message(world, "z", "9")
    for number, state in enumerate(State):
        a_message(world, state, str(number), state)

    found = left_behind(world.receive._messages, mine, [*State, "gone"], waiting=State.QUEUED)

    assert [[message.id for message in part] for part in found] == [["queued"], []]


# --- customers' messages -----------------------------------------------------------------------------------


def test_apple_hears_yes_although_the_queue_is_away_and_the_message_is_remembered(world: World) -> None:
    world.faults.break_down("events.send")

    (receipt,) = writes(world, "1")

    assert (receipt.fresh, receipt.queued) == (True, False)
    assert left_in(world) == {receipt.message_id}


def test_what_could_not_even_be_remembered_is_not_acknowledged(world: World) -> None:
    world.faults.break_down("events.send")
    world.faults.break_down("conversations.leave_behind")

    with pytest.raises(Retryable):
        writes(world, "1")


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_next_message_takes_all_of_them_along_in_order(world: World, count: int) -> None:
    bodies = [str(number) for number in range(count)]
    away(world, "events", lambda: writes(world, *bodies))
    writes(world, "next")

    world.pump_events()

    assert world.endpoint.texts() == [*bodies, "next"]
    assert rising(world)
    assert left_in(world) == set()
    assert set(world.table.states()) == {State.DELIVERED}


def test_so_they_do_when_what_went_wrong_was_only_the_answer_of_the_queue(world: World) -> None:
    away(world, "events", lambda: writes(world, *"12"), when=When.AFTER)
    writes(world, "3")

    world.settle()

    assert world.endpoint.texts() == ["1", "2", "3"]
    assert left_in(world) == set()


def test_messages_queued_before_are_not_overtaken_by_those_left_behind(world: World) -> None:
    writes(world, "1")
    away(world, "events", lambda: writes(world, "2"))
    writes(world, "3")

    world.pump_events()

    assert world.endpoint.texts() == ["1", "2", "3"]
    assert rising(world)


def test_those_behind_the_one_that_comes_are_left_for_the_next(world: World) -> None:
    writes(world, "1")
    away(world, "events", lambda: writes(world, "2"))

    world.pump_events()

    assert world.endpoint.texts() == ["1"]
    assert len(left_in(world)) == 1

    writes(world, "3")
    world.pump_events()
    assert world.endpoint.texts() == ["1", "2", "3"]
    assert left_in(world) == set()


@pytest.mark.parametrize("count", [1, 2, 12])
def test_without_a_next_message_the_sweeper_brings_them_in_order(world: World, count: int) -> None:
    bodies = [str(number) for number in range(count)]
    away(world, "events", lambda: writes(world, *bodies))
    world.clock.advance(61)

    world.run_sweep()
    world.pump_events()

    assert world.endpoint.texts() == bodies
    assert rising(world)
    world.settle()
    assert world.endpoint.texts() == bodies
    assert left_in(world) == set()


def test_notes_of_the_sweeper_in_any_order_bring_them_in_theirs(world: World) -> None:
    away(world, "events", lambda: writes(world, *"123"))
    world.clock.advance(61)
    world.run_sweep()
    for group in world.events.groups.values():
        group.reverse()

    world.pump_events()

    assert world.endpoint.texts() == ["1", "2", "3"]
    assert [outcome.result for outcome in world.outcomes] == ["delivered"] * 3 + ["skipped"] * 2


def test_the_sweeper_after_a_message_that_took_them_along_finds_nothing(world: World) -> None:
    away(world, "events", lambda: writes(world, *"12"))
    writes(world, "3")
    world.clock.advance(61)
    world.run_sweep()

    world.settle()

    assert world.endpoint.texts() == ["1", "2", "3"]


def test_when_the_endpoint_is_down_they_are_held_in_order(world: World) -> None:
    world.endpoint.standing = DOWN
    away(world, "events", lambda: writes(world, *"12"))
    writes(world, "3")
    world.pump_events()
    assert world.table.states() == [State.HELD] * 3
    assert len(world.endpoint.posts) == 1

    world.endpoint.standing = OK
    world.settle()

    assert world.endpoint.texts() == ["1", "2", "3"]
    assert rising(world)


def test_when_others_wait_they_go_behind_them(world: World) -> None:
    world.endpoint.standing = DOWN
    writes(world, "0")
    world.pump_events()
    away(world, "events", lambda: writes(world, *"12"))
    writes(world, "3")
    world.pump_events()

    world.endpoint.standing = OK
    world.settle()

    assert world.endpoint.texts() == ["0", "1", "2", "3"]
    assert rising(world)


def test_a_customer_who_left_after_it_is_not_taken_for_one_who_came_back(world: World) -> None:
    away(world, "events", lambda: writes(world, "before"))
    writes(world, "", kind="close")

    world.settle()

    assert world.endpoint.types() == ["message.received", "conversation.closed"]
    assert world.table.conversations[CONVERSATION].opted_out


def test_a_customer_who_left_and_came_back_meanwhile_is_back(world: World) -> None:
    away(world, "events", lambda: writes(world, "", kind="close"))
    writes(world, "back")

    world.settle()

    assert world.endpoint.types() == ["conversation.closed", "message.received", "conversation.reopened"]
    assert not world.table.conversations[CONVERSATION].opted_out


def test_a_customer_whose_return_was_left_behind_is_back_once(world: World) -> None:
    writes(world, "", kind="close")
    world.pump_events()
    away(world, "events", lambda: writes(world, "back"))
    writes(world, "again")

    world.settle()

    assert world.endpoint.types().count("conversation.reopened") == 1
    assert not world.table.conversations[CONVERSATION].opted_out


@pytest.mark.parametrize("opted_out", [False, True])
def test_a_notice_that_is_left_behind_goes_along_too(world: World, *, opted_out: bool) -> None:
    writes(world, "", kind="close" if opted_out else "text")
    world.pump_events()
    world.endpoint.taken.clear()
    world.clock.advance(1)
    notice = world.tell.about(next(iter(world.table.messages.values())), "message.sent", {"message": {"id": "x"}})
    world.receive._messages.add(notice)
    world.receive._conversations.leave_behind(CONVERSATION, apple.BUSINESS, apple.CUSTOMER, message=notice)
    writes(world, "next")

    world.pump_events()

    back = ["conversation.reopened"] if opted_out else []
    assert world.endpoint.types() == ["message.sent", "message.received", *back]
    assert left_in(world) == set()


def outage(world: World) -> None:
    """Two are left behind, the third comes through."""
    away(world, "events", lambda: writes(world, *"12"))
    writes(world, "3")


def outage_only(world: World) -> None:
    """All three are left behind, and nobody comes."""
    away(world, "events", lambda: writes(world, *"123"))


def outage_of_answers(world: World) -> None:
    """The queue took them, but nobody heard of it."""
    away(world, "events", lambda: writes(world, *"12"), when=When.AFTER)
    writes(world, "3")


def outage_in_between(world: World) -> None:
    """The one in the middle is left behind."""
    writes(world, "1")
    away(world, "events", lambda: writes(world, "2"))
    writes(world, "3")


def outage_of_both(world: World) -> None:
    """The endpoint is down for a while too."""
    world.endpoint.script = [DOWN, OK, DOWN]
    outage(world)


SCENARIOS = [outage, outage_only, outage_of_answers, outage_in_between, outage_of_both]


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_dying_anywhere_loses_nothing_and_keeps_the_order(scenario: Callable[[World], None], when: When) -> None:
    counted = World()
    scenario(counted)
    counted.faults.calls.clear()
    counted.settle()
    for number in range(1, len(counted.faults.calls) + 1):
        world = World()
        scenario(world)
        world.faults.crash_at(number, when)

        world.settle()

        where = f"{when} call {number}, {world.faults.calls[number - 1]}"
        assert not world.faults.pending, where
        assert first_seen(world) == ["1", "2", "3"], where
        assert rising(world), where
        assert set(world.table.states()) == {State.DELIVERED}, where
        assert not any(world.table.markers.values()), where
        ids = {posted.data["message"]["body"]: set[str]() for posted in world.endpoint.posts}
        for posted in world.endpoint.posts:
            ids[posted.data["message"]["body"]].add(posted.webhook_id)
        assert all(len(each) == 1 for each in ids.values()), where


# --- the business's messages ----------------------------------------------------------------------------


def test_a_business_hears_yes_although_the_queue_is_away(world: World) -> None:
    world.faults.break_down("outbox.send")

    accepted = world.business_sends("1")

    assert accepted.queued is False
    assert left_out(world) == {accepted.messages[0].id}


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_next_departure_takes_all_of_them_along_in_order(world: World, count: int) -> None:
    bodies = [str(number) for number in range(count)]
    away(world, "outbox", lambda: answers(world, *bodies))
    answers(world, "next")

    world.pump_outbox()

    assert [message.content["body"] for message in world.gateway.accepted] == [*bodies, "next"]
    assert left_out(world) == set()


def test_all_that_were_sent_are_told_of(world: World) -> None:
    away(world, "outbox", lambda: answers(world, "1"))
    (last,) = answers(world, "2")

    sent = world.send(Departure(apple.BUSINESS, CONVERSATION, last.id), redelivered=False)

    assert [(each.state, each.status) for each in sent] == [(State.SENT, 200)] * 2
    assert sent[-1].message_id == last.id


def test_a_departure_whose_message_is_done_takes_nobody_along(world: World) -> None:
    (done,) = answers(world, "1")
    world.settle(within=86_400)
    away(world, "outbox", lambda: answers(world, "2"))

    (sent,) = world.send(Departure(apple.BUSINESS, CONVERSATION, done.id), redelivered=False)

    assert sent.state is None
    assert len(left_out(world)) == 1


def test_those_accepted_after_the_one_that_goes_are_left_for_the_next(world: World) -> None:
    answers(world, "1")
    away(world, "outbox", lambda: answers(world, "2"))
    world.pump_outbox()
    assert reached(world) == ["1"]
    assert len(left_out(world)) == 1

    answers(world, "3")
    world.pump_outbox()

    assert reached(world) == ["1", "2", "3"]
    assert left_out(world) == set()


def test_the_sweeper_brings_them_in_order(world: World) -> None:
    away(world, "outbox", lambda: answers(world, *"123"))
    world.clock.advance(61)
    world.run_sweep()
    for group in world.outbox.groups.values():
        group.reverse()

    world.pump_outbox()

    assert reached(world) == ["1", "2", "3"]
    assert len(world.gateway.posts) == 3


@pytest.mark.parametrize("answer", [NOT_NOW, UNCERTAIN])
def test_while_apple_does_not_take_the_first_none_behind_it_is_tried(world: World, answer: GatewayAnswer) -> None:
    away(world, "outbox", lambda: answers(world, *"12"))
    answers(world, "3")
    world.gateway.script = [answer]

    world.pump_outbox()
    assert len(world.gateway.posts) == 1
    assert len(left_out(world)) == 2, "nobody is on their way yet"

    world.settle(within=86_400)
    assert reached(world) == ["1", "2", "3"]
    assert left_out(world) == set()


def test_a_customer_who_turns_out_to_be_gone_gets_none_of_those_behind(world: World) -> None:
    away(world, "outbox", lambda: answers(world, *"12"))
    answers(world, "3")
    world.gateway.script = [GONE]

    world.settle(within=86_400)

    assert len(world.gateway.posts) == 1
    states = [message.state for message in world.table.messages.values() if message.direction is Direction.OUTBOUND]
    assert states == [State.FAILED, State.CANCELLED, State.CANCELLED]


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("script", [[], [NOT_NOW], [UNCERTAIN, NOT_NOW]])
def test_dying_anywhere_on_the_way_out_sends_each_under_its_id_and_in_order(
    when: When, script: list[GatewayAnswer]
) -> None:
    def ready() -> World:
        made = World()
        made.gateway.script = list(script)
        away(made, "outbox", lambda: answers(made, *"12"))
        answers(made, "3")
        made.faults.calls.clear()
        return made

    counted = ready()
    counted.settle()
    for number in range(1, len(counted.faults.calls) + 1):
        world = ready()
        world.faults.crash_at(number, when)

        world.settle()

        where = f"{when} call {number}, {world.faults.calls[number - 1]}"
        assert not world.faults.pending, where
        assert reached(world) == ["1", "2", "3"], where
        assert len({(message.content["body"], message.id) for message, _ in world.gateway.posts}) == 3, where
        assert world.table.states(Direction.OUTBOUND) == [State.SENT] * 3, where
        assert len({posted.webhook_id for posted in world.endpoint.taken}) == 3, where
        assert set(world.table.states(Direction.NOTICE)) == {State.DELIVERED}, where


def test_the_parts_of_one_call_are_left_behind_together(world: World) -> None:
    shop = "https://shop.example/9"
    world.previews.pages[shop] = Preview(shop, "Cargo 9")
    world.faults.break_down("outbox.send")
    accepted = world.business_asks({"body": f"Look: {shop} soon"})
    world.faults.mend()
    ids = [message.id for message in accepted.messages]
    assert len(ids) > 1
    assert left_out(world) == set(ids)

    (last,) = answers(world, "next")
    world.pump_outbox()

    assert [message.id for message in world.gateway.accepted] == [*ids, last.id]
