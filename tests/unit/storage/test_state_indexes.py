"""Which messages an operator finds: all of a business, and those that are held, failed or unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from parley.apple.inbound import InboundMessage
from parley.conversation.records import EXCEPTIONAL, Attempt, Direction, Message, State
from parley.storage import keys
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE
from tests.support.world import CONVERSATION
from tests.unit.storage.conftest import a_message

if TYPE_CHECKING:
    from tests.support.cloud import Cloud
    from tests.unit.storage.conftest import Store


def index(cloud: Cloud, name: str, shards: list[str]) -> list[str]:
    """The ids of the messages in these partitions of an index."""
    attribute = name.replace("-", "_")
    found: list[str] = []
    for shard in shards:
        page = cloud.dynamodb.query(
            TableName=TABLE,
            IndexName=name,
            KeyConditionExpression="#hash = :shard",
            ExpressionAttributeNames={"#hash": attribute},
            ExpressionAttributeValues={":shard": {"S": shard}},
        )
        found += [item["pk"]["S"].rpartition("#")[2] for item in page["Items"]]
    return sorted(found)


def exceptional(cloud: Cloud) -> dict[State, list[str]]:
    """What the index `by-state` says, without the states in which it knows of nobody."""
    found = {
        state: index(cloud, keys.BY_STATE, keys.state_shards(apple.BUSINESS, state)) for state in State
    }  # fmt: skip
    return {state: ids for state, ids in found.items() if ids}


def stored(store: Store, **changed: object) -> Message:
    message = a_message(store.clock, **{"sequence": 1} | changed)
    store.messages.add(message)
    return message


def fail(store: Store, message: Message) -> None:
    content = apple.envelope()
    event = InboundMessage(content["id"], "text", apple.CUSTOMER, apple.BUSINESS, content, "")
    known = store.conversations.apply(CONVERSATION, event, at=store.clock())
    store.mailbox.fail(message, known, Attempt("default", 1, store.clock(), 503, "", 1, store.clock() + 2))


@pytest.mark.parametrize("direction", list(Direction))
def test_every_message_is_found_by_its_business(dynamo: Store, cloud: Cloud, direction: Direction) -> None:
    names = [f"m{number}" for number in range(40)]
    for name in names:
        stored(dynamo, id=name, direction=direction)
    stored(dynamo, id="other", business_id=apple.OTHER_BUSINESS)

    shards = keys.business_shards(apple.BUSINESS)

    assert index(cloud, keys.BY_BUSINESS, shards) == sorted(names)
    assert all(index(cloud, keys.BY_BUSINESS, [shard]) for shard in shards), "spread over all partitions"


@pytest.mark.parametrize("state", [State.RECEIVED, State.QUEUED, State.SUPPRESSED])
def test_what_is_on_its_way_is_nothing_to_worry_about(dynamo: Store, cloud: Cloud, state: State) -> None:
    stored(dynamo, state=state)

    assert exceptional(cloud) == {}


@pytest.mark.parametrize("way", ["hold", "fail"])
def test_a_held_message_is_found_until_it_is_delivered(dynamo: Store, cloud: Cloud, way: str) -> None:
    message = stored(dynamo)
    if way == "hold":
        dynamo.mailbox.hold(message)
    else:
        fail(dynamo, message)
    assert exceptional(cloud) == {State.HELD: ["m1"]}

    dynamo.mailbox.leave(replace(message, state=State.DELIVERED))

    assert exceptional(cloud) == {}


def test_one_that_failed_stays_visible_and_moves_when_it_is_replayed(dynamo: Store, cloud: Cloud) -> None:
    message = stored(dynamo)
    fail(dynamo, message)
    dynamo.mailbox.leave(replace(message, state=State.FAILED, error_code="x", error_message="y"))
    assert exceptional(cloud) == {State.FAILED: ["m1"]}

    known = dynamo.conversations.get(CONVERSATION)
    assert known is not None
    dynamo.mailbox.replay(message, known, at=dynamo.clock())
    assert exceptional(cloud) == {State.HELD: ["m1"]}

    dynamo.mailbox.leave(replace(message, state=State.DELIVERED))
    assert exceptional(cloud) == {}


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.UNKNOWN, State.CANCELLED])
def test_what_became_of_a_message_to_apple_is_found_when_it_is_no_good(
    dynamo: Store, cloud: Cloud, state: State
) -> None:
    message = stored(dynamo, direction=Direction.OUTBOUND, state=State.QUEUED)

    dynamo.messages.settle(replace(message, state=state), from_state=State.QUEUED)

    assert exceptional(cloud) == ({state: ["m1"]} if state in EXCEPTIONAL else {})


def test_a_message_delivered_at_once_was_never_exceptional(dynamo: Store, cloud: Cloud) -> None:
    message = stored(dynamo)

    dynamo.messages.settle(replace(message, state=State.DELIVERED), from_state=State.RECEIVED)

    (item,) = cloud.items()
    assert "by_state" not in item
    assert item["by_business"] == {"S": keys.business_shard(apple.BUSINESS, "m1")}


def test_the_oldest_comes_first_in_both(dynamo: Store, cloud: Cloud) -> None:
    same = [name for name in (f"m{n}" for n in range(100)) if keys.business_shard("b", name).endswith("#3")][:3]
    for name, ulid in zip(same, ("03", "01", "02"), strict=True):
        dynamo.mailbox.hold(stored(dynamo, id=name, ulid=ulid))

    for by, shard in (
        (keys.BY_BUSINESS, keys.business_shard(apple.BUSINESS, same[0])),
        (keys.BY_STATE, keys.state_shard(apple.BUSINESS, State.HELD, same[0])),
    ):
        page = cloud.dynamodb.query(
            TableName=TABLE,
            IndexName=by,
            KeyConditionExpression="#hash = :shard",
            ExpressionAttributeNames={"#hash": by.replace("-", "_")},
            ExpressionAttributeValues={":shard": {"S": shard}},
        )
        assert [item["received_ulid"]["S"] for item in page["Items"]] == ["01", "02", "03"]
