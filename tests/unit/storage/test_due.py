"""The sparse index of everything that should have moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from parley.apple.inbound import InboundMessage
from parley.conversation.records import Attempt, Overdue, State
from parley.errors import ParleyError
from parley.storage import keys
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE
from tests.support.world import CONVERSATION
from tests.unit.storage.conftest import a_message

if TYPE_CHECKING:
    from tests.support.cloud import Cloud
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


def test_a_dropped_item_is_never_due_again(store: Store) -> None:
    store.messages.add(a_message(store.clock))
    hold_a_conversation(store)
    before = store.messages.get(apple.BUSINESS, "m1"), store.conversations.get(CONVERSATION)
    store.clock.advance(100)

    for overdue in found(store):
        store.due.drop(overdue)

    assert found(store) == []
    store.clock.advance(10**6)
    assert found(store) == []
    assert (store.messages.get(apple.BUSINESS, "m1"), store.conversations.get(CONVERSATION)) == before


def test_an_item_that_moved_meanwhile_is_not_dropped(store: Store) -> None:
    store.messages.add(a_message(store.clock))
    store.clock.advance(61)
    (seen,) = found(store)
    store.due.claim(seen, until=store.clock() + 10)

    store.due.drop(seen)

    store.clock.advance(10)
    assert [overdue.id for overdue in found(store)] == ["m1"]


def test_without_a_table_everything_is_a_fault_of_ours(dynamo: Store, cloud: Cloud) -> None:
    overdue = Overdue("BREAKER", apple.BUSINESS, "default", dynamo.clock())
    cloud.dynamodb.delete_table(TableName=TABLE)

    for ask in (lambda: found(dynamo), lambda: dynamo.due.claim(overdue, until=0), lambda: dynamo.due.drop(overdue)):
        with pytest.raises(ParleyError):
            ask()


@pytest.mark.parametrize("kind", ["MSG", "CONV", "BREAKER", "ATT"])
def test_every_kind_of_overdue_item_is_known_by_its_key(dynamo: Store, cloud: Cloud, kind: str) -> None:
    """Found, claimed and dropped as what it is, whatever else has the same id."""
    at = {
        "MSG": keys.message(apple.BUSINESS, "x"),
        "CONV": keys.conversation("x"),
        "BREAKER": keys.breaker(apple.BUSINESS, "x"),
        "ATT": keys.attachment(apple.BUSINESS, "x"),
    }
    for name, key in at.items():
        due = {"due_shard": {"S": keys.due_shard("x")}, "due_at": {"N": str(1000 if name == kind else 10**12)}}
        cloud.dynamodb.put_item(TableName=TABLE, Item={**key, **due})
    owner = None if kind == "CONV" else apple.BUSINESS

    assert found(dynamo) == [Overdue(kind, owner, "x", 1000)]
    assert dynamo.due.claim(found(dynamo)[0], until=2000)
    (again,) = found(dynamo)
    dynamo.due.drop(again)

    assert found(dynamo) == []
    assert [item["pk"] for item in cloud.items() if "due_at" not in item] == [at[kind]["pk"]]


def test_an_item_that_is_gone_is_not_made_by_dropping_it(dynamo: Store, cloud: Cloud) -> None:
    dynamo.due.drop(Overdue("MSG", apple.BUSINESS, "gone", dynamo.clock()))

    assert cloud.items() == []


def test_an_item_that_moved_meanwhile_cannot_be_claimed(store: Store) -> None:
    message = a_message(store.clock)
    store.messages.add(message)
    store.clock.advance(61)
    (overdue,) = found(store)
    store.messages.settle(replace(message, state=State.DELIVERED), from_state=State.RECEIVED)

    assert store.due.claim(overdue, until=store.clock() + 600) is False
    assert found(store) == []
