"""Messages whose files are still being fetched: they wait in order, not for long, and nobody loses track of them."""

from __future__ import annotations

from typing import Any

import pytest

from parley.conversation.events import Event, Kind
from parley.conversation.records import Direction, Message, State
from parley.services.parts import Arrived
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, OK
from tests.support.faults import When
from tests.support.world import CONVERSATION, World

FILE = {"name": "a.heic", "mimeType": "image/heic", "size": 5, "url": "https://x", "key": "00", "owner": "M1"}


def shown(identity: str, status: str = "ready", **more: Any) -> dict[str, Any]:
    """One file as a webhook tells it."""
    return {"id": identity, "name": "a.heic", "mime_type": "image/heic", "size": 5, "status": status, **more}


def arrives(world: World, message: Message, *pending: str, **settled: str) -> None:
    """What is there of a message's files now: `pending` ids, and `settled` ones with what became of them."""
    files = [shown(name, status) for name, status in settled.items()] + [shown(name, "pending") for name in pending]
    world.parts.known[message.id] = Arrived(settled=not pending, attachments=files, pending=list(pending))


def with_files(world: World, *pending: str, body: str = "with files") -> Message:
    """A customer's message whose files are on their way."""
    receipt = world.customer_sends(body=body, attachments=[FILE] * len(pending))
    message = world.table.message(receipt.message_id)
    arrives(world, message, *pending)
    world.pump_events()
    return message


def settles(world: World, message: Message, **settled: str) -> None:
    """The worker has fetched them, and says so."""
    arrives(world, message, **settled)
    tell(world, message)


def tell(world: World, message: Message) -> None:
    note = Event(Kind.PARTS, apple.BUSINESS, message.conversation_id, message_id=message.id)
    world.events.send(note, deduplication_id=f"parts-{world.new_id()}")
    world.pump_events()


def attachments(world: World) -> list[dict[str, Any]]:
    """What the webhook of the last message said of its files."""
    found: list[dict[str, Any]] = world.endpoint.taken[-1].data["message"]["attachments"]
    return found


# --- waiting -------------------------------------------------------------------------------------------


def test_a_message_whose_files_are_there_goes_straight_out_with_them(world: World) -> None:
    receipt = world.customer_sends(attachments=[FILE])
    arrives(world, world.table.message(receipt.message_id), a1="ready")

    world.pump_events()

    assert attachments(world) == [shown("a1")]
    assert world.table.message(receipt.message_id).pending is None


def test_a_message_whose_files_are_not_there_waits_without_a_call(world: World) -> None:
    message = with_files(world, "a1")

    assert world.endpoint.posts == []
    assert (message.state, message.attempts) == (State.HELD, 0)
    known = world.table.conversations[CONVERSATION]
    assert (known.waits_for, known.attempts) == ("parts", 0)
    assert known.next_attempt_at == message.received_at + 60
    assert world.table.attempts == []
    assert (world.outcomes[-1].result, world.outcomes[-1].reason) == ("held", "parts_pending")


def test_what_comes_behind_it_waits_too(world: World) -> None:
    message = with_files(world, "a1")
    world.customer_sends(body="later")
    world.pump_events()
    assert world.endpoint.posts == []

    settles(world, message, a1="ready")

    assert world.endpoint.texts() == ["with files", "later"]
    assert not world.table.conversations[CONVERSATION].is_held


def test_as_soon_as_they_are_there_it_goes_out(world: World) -> None:
    message = with_files(world, "a1", "a2")
    world.clock.advance(3)

    settles(world, message, a1="ready", a2="failed")

    assert attachments(world) == [shown("a1"), shown("a2", "failed")]
    assert (message.state, message.pending) == (State.DELIVERED, None)


def test_one_file_of_two_is_not_enough(world: World) -> None:
    message = with_files(world, "a1", "a2")

    arrives(world, message, "a2", a1="ready")
    tell(world, message)

    assert world.endpoint.posts == []
    assert world.table.conversations[CONVERSATION].next_attempt_at == message.received_at + 60


def test_files_of_a_message_behind_bring_out_nothing_before_its_turn(world: World) -> None:
    first = with_files(world, "a1")
    second = with_files(world, "b1", body="second")

    settles(world, second, b1="ready")
    assert world.endpoint.posts == []

    settles(world, first, a1="ready")
    assert world.endpoint.texts() == ["with files", "second"]


def test_after_a_minute_it_goes_out_with_what_is_pending(world: World) -> None:
    message = with_files(world, "a1", "a2")
    arrives(world, message, "a2", a1="ready")
    world.clock.advance(60)

    world.pump_timers()
    world.pump_events()

    assert attachments(world) == [shown("a1"), shown("a2", "pending")]
    assert (message.state, message.pending) == (State.DELIVERED, ["a2"])


def test_the_minute_counts_from_when_the_customer_wrote(world: World) -> None:
    receipt = world.customer_sends(attachments=[FILE])
    message = world.table.message(receipt.message_id)
    arrives(world, message, "a1")
    world.clock.advance(60)

    world.pump_events()

    assert attachments(world) == [shown("a1", "pending")]
    assert message.pending == ["a1"]


def test_a_conversation_that_waits_for_its_endpoint_is_not_hurried_by_files(world: World) -> None:
    world.endpoint.standing = DOWN
    world.customer_sends(body="first")
    world.pump_events()
    message = with_files(world, "a1")
    calls = len(world.endpoint.posts)

    settles(world, message, a1="ready")

    assert world.outcomes[-1].result == "early"
    assert len(world.endpoint.posts) == calls


def test_a_failure_after_the_files_came_waits_for_the_endpoint(world: World) -> None:
    message = with_files(world, "a1")
    world.endpoint.standing = DOWN

    settles(world, message, a1="ready")

    known = world.table.conversations[CONVERSATION]
    assert (known.waits_for, known.attempts, known.next_attempt_at) == ("endpoint", 1, world.clock() + 2)
    assert message.attempts == 1


def test_a_message_with_files_behind_one_that_goes_out_waits_for_them_then(world: World) -> None:
    world.endpoint.standing = DOWN
    world.customer_sends(body="first")
    world.pump_events()
    message = with_files(world, "a1")
    world.endpoint.standing = OK
    world.clock.advance(2)

    world.pump_timers()
    world.pump_events()

    assert world.endpoint.texts() == ["first"]
    known = world.table.conversations[CONVERSATION]
    assert (known.waits_for, known.next_attempt_at) == ("parts", message.received_at + 60)
    settles(world, message, a1="ready")
    assert world.endpoint.texts() == ["first", "with files"]


def test_it_waits_no_longer_when_a_probe_brought_out_those_before_it(world: World) -> None:
    world.endpoint.standing = DOWN
    world.customer_sends(body="first")
    world.pump_events()
    for _ in range(6):
        world.clock.now = world.table.conversations[CONVERSATION].next_attempt_at or 0
        world.deliver(Event(Kind.WAKE, apple.BUSINESS, CONVERSATION), redelivered=False, deadline=world.clock() + 100)
    message = with_files(world, "a1")
    world.endpoint.standing = OK
    world.timers.waiting.clear()

    probe = Event(Kind.WAKE, apple.BUSINESS, CONVERSATION, forced=True, probe=True)
    world.deliver(probe, redelivered=False, deadline=world.clock() + 100)

    known = world.table.conversations[CONVERSATION]
    assert (known.waits_for, known.next_attempt_at) == ("parts", message.received_at + 60)
    world.clock.advance(60)
    world.pump_timers()
    world.pump_events()
    assert world.endpoint.texts() == ["first", "with files"]


def test_news_of_files_that_come_before_the_message_was_looked_at_are_not_lost(world: World) -> None:
    receipt = world.customer_sends(attachments=[FILE])
    message = world.table.message(receipt.message_id)
    note = Event(Kind.PARTS, apple.BUSINESS, CONVERSATION, message_id=message.id)
    arrives(world, message, a1="ready")
    (outcome,) = world.deliver(note, redelivered=False, deadline=world.clock() + 100)
    assert outcome.result == "skipped"

    world.pump_events()

    assert attachments(world) == [shown("a1")]


def test_news_of_files_of_a_message_nobody_knows_are_skipped(world: World) -> None:
    note = Event(Kind.PARTS, apple.BUSINESS, CONVERSATION, message_id="gone")

    (outcome,) = world.deliver(note, redelivered=False, deadline=world.clock() + 100)

    assert outcome.result == "skipped"


# --- told later ------------------------------------------------------------------------------------------


def delivered_pending(world: World, *pending: str) -> Message:
    """A message that went out before its files were there."""
    message = with_files(world, *pending)
    world.clock.advance(60)
    world.pump_timers()
    world.pump_events()
    assert message.pending == list(pending)
    return message


@pytest.mark.parametrize(("status", "event"), [("ready", "attachment.ready"), ("failed", "attachment.failed")])
def test_a_file_that_comes_later_is_told_of(world: World, status: str, event: str) -> None:
    message = delivered_pending(world, "a1")
    world.clock.advance(30)

    settles(world, message, a1=status)

    told = world.endpoint.taken[-1]
    assert told.event["type"] == event
    assert told.data == {
        "business_id": apple.BUSINESS,
        "conversation_id": CONVERSATION,
        "customer": {"opaque_id": apple.CUSTOMER},
        "sequence": 2,
        "message": {"id": message.id},
        "attachment": shown("a1", status),
    }
    assert message.pending == []


def test_each_file_is_told_of_once_under_an_id_of_its_own(world: World) -> None:
    message = delivered_pending(world, "a1", "a2")
    arrives(world, message, "a2", a1="ready")
    tell(world, message)
    assert message.pending == ["a2"]
    settles(world, message, a1="ready", a2="failed")

    for _ in range(3):
        tell(world, message)

    assert world.endpoint.types() == ["message.received", "attachment.ready", "attachment.failed"]
    assert len({posted.webhook_id for posted in world.endpoint.taken}) == 3
    assert message.pending == []


def test_a_file_that_was_there_when_the_message_went_out_is_not_told_of_again(world: World) -> None:
    message = with_files(world, "a1", "a2")
    arrives(world, message, "a2", a1="ready")
    world.clock.advance(60)
    world.pump_timers()
    world.pump_events()

    settles(world, message, a1="ready", a2="ready")

    told = [posted.data["attachment"]["id"] for posted in world.endpoint.taken[1:]]
    assert told == ["a2"]


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("step", range(1, 9))
def test_dying_anywhere_while_telling_tells_each_file_once(step: int, when: When) -> None:
    world = World()
    message = delivered_pending(world, "a1", "a2")
    arrives(world, message, a1="ready", a2="failed")
    note = Event(Kind.PARTS, apple.BUSINESS, CONVERSATION, message_id=message.id)
    world.events.send(note, deduplication_id="parts")
    world.faults.crash_at(step, when)

    world.settle()

    assert not world.faults.pending
    files = {posted.webhook_id: posted.data["attachment"]["id"] for posted in world.endpoint.taken[1:]}
    assert sorted(files.values()) == ["a1", "a2"]
    assert message.pending == []
    assert set(world.table.states(Direction.NOTICE)) == {State.DELIVERED}


def test_a_file_is_told_of_in_line_behind_what_waits(world: World) -> None:
    message = delivered_pending(world, "a1")
    world.endpoint.standing = DOWN
    world.customer_sends(body="waits")
    world.pump_events()

    settles(world, message, a1="ready")
    world.endpoint.standing = OK
    world.settle()

    assert world.endpoint.types() == ["message.received", "message.received", "attachment.ready"]


def test_when_it_is_delivered_again_its_files_are_with_it(world: World) -> None:
    message = delivered_pending(world, "a1")
    settles(world, message, a1="ready")
    world.endpoint.taken.clear()

    world.events.send(
        Event(Kind.REPLAY, apple.BUSINESS, CONVERSATION, message_id=message.id), deduplication_id="replay"
    )
    world.pump_events()

    assert attachments(world) == [shown("a1")]
