"""The sparse index of everything that should have moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from parley.apple.inbound import InboundMessage
from parley.conversation.records import Attempt, Overdue, State
from parley.storage import keys
from tests.support import apple_requests as apple
from tests.support.world import CONVERSATION
from tests.unit.storage.conftest import a_message

if TYPE_CHECKING:
    from tests.unit.storage.conftest import Store


def found(store: Store, *, limit: int = 100) -> list[Overdue]:
    return sorted(store.due.overdue(store.clock(), limit=limit), key=lambda overdue: (overdue.due_at, overdue.id))


def hold_a_conversation(store: Store) -> None:
    content = apple.envelope()
    event = InboundMessage(content["id"], "text", apple.CUSTOMER, apple.BUSINESS, content, "")
    known = store.conversations.apply(CONVERSATION, event, at=store.clock())
    message = a_message(store.clock, id="held", sequence=1)
    store.messages.add(message)
    store.mailbox.fail(message, known, Attempt("default", 1, store.clock(), 503, "", 1, store.clock() + 2))


def test_messages_and_conversations_are_found_with_all_that_healing_needs(store: Store) -> None:
    store.messages.add(a_message(store.clock))
    hold_a_conversation(store)
    began = store.clock()
    store.clock.advance(62)

    assert found(store) == [
        Overdue("MSG", apple.BUSINESS, "m1", began + 60),
        Overdue("CONV", None, CONVERSATION, began + 62),
    ]


def test_nothing_is_found_before_its_time(store: Store) -> None:
    store.messages.add(a_message(store.clock))
    hold_a_conversation(store)
    store.clock.advance(59)

    assert found(store) == []


def test_all_shards_are_looked_through_and_each_gives_no_more_than_asked(dynamo: Store) -> None:
    for number in range(60):
        dynamo.messages.add(a_message(dynamo.clock, id=f"m{number}"))
    dynamo.clock.advance(61)
    shards = {keys.due_shard(f"m{number}") for number in range(60)}

    assert shards == set(keys.due_shards())
    assert len(found(dynamo)) == 60
    assert len(found(dynamo, limit=1)) == len(shards)


def test_the_oldest_of_a_shard_come_first(dynamo: Store) -> None:
    for number in range(40):
        dynamo.messages.add(a_message(dynamo.clock, id=f"m{number}"))
        dynamo.clock.advance(1)
    dynamo.clock.advance(100)
    first: dict[str, str] = {}
    for number in range(40):
        first.setdefault(keys.due_shard(f"m{number}"), f"m{number}")

    assert {overdue.id for overdue in found(dynamo, limit=1)} == set(first.values())


def test_a_claimed_item_is_due_again_later(store: Store) -> None:
    store.messages.add(a_message(store.clock))
    store.clock.advance(61)
    (overdue,) = found(store)

    assert store.due.claim(overdue, until=store.clock() + 600)

    assert found(store) == []
    store.clock.advance(600)
    assert [again.id for again in found(store)] == ["m1"]


@pytest.mark.parametrize("fraction", [0.0, 0.123456, 0.1 + 0.2])
def test_an_item_is_claimed_once(store: Store, fraction: float) -> None:
    store.clock.advance(fraction)
    store.messages.add(a_message(store.clock))
    hold_a_conversation(store)
    store.clock.advance(100)

    for overdue in found(store):
        assert store.due.claim(overdue, until=store.clock() + 600) is True
        assert store.due.claim(overdue, until=store.clock() + 700) is False


def test_an_item_that_moved_meanwhile_cannot_be_claimed(store: Store) -> None:
    message = a_message(store.clock)
    store.messages.add(message)
    store.clock.advance(61)
    (overdue,) = found(store)
    store.messages.settle(replace(message, state=State.DELIVERED), from_state=State.RECEIVED)

    assert store.due.claim(overdue, until=store.clock() + 600) is False
    assert found(store) == []
