"""A business's conversations in the index: where each stands, and that nobody else's are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parley.apple.inbound import InboundMessage
from parley.conversation.identity import place_of
from parley.conversation.ulids import Span
from parley.storage import keys
from parley.storage.conversation_list import DynamoConversationList
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE
from tests.unit.storage.conftest import a_message

if TYPE_CHECKING:
    from tests.support.cloud import Cloud
    from tests.unit.storage.conftest import Store


@pytest.fixture
def listed(cloud: Cloud) -> DynamoConversationList:
    return DynamoConversationList(cloud.dynamodb, table=TABLE)


def write(store: Store, conversation: str, *, business: str = apple.BUSINESS, at: float = 0.0, **fields: Any) -> None:
    content = apple.envelope(destinationId=business, **fields)
    event = InboundMessage(content["id"], content["type"], content["sourceId"], business, content, "")
    store.conversations.apply(conversation, event, at=store.clock() + at)


def found(listed: DynamoConversationList, span: Span | None = None, *, limit: int = 100) -> list[str]:
    page = listed.places(apple.BUSINESS, span=span or Span(), limit=limit)
    return [place.id for place in page.places]


def test_conversations_stand_by_their_latest_event_in_all_partitions(
    dynamo: Store, listed: DynamoConversationList
) -> None:
    names = [f"c{number:02d}" for number in range(40)]
    for number, name in enumerate(names):
        write(dynamo, name, at=number)
    write(dynamo, "elsewhere", business=apple.OTHER_BUSINESS)
    write(dynamo, "c07", at=100)

    assert found(listed) == ["c07", *(name for name in reversed(names) if name != "c07")]
    assert len({keys.conversation_shard(apple.BUSINESS, name) for name in names}) == keys.BUSINESS_SHARDS


def test_a_span_leads_to_what_comes_next(dynamo: Store, listed: DynamoConversationList) -> None:
    for number in range(5):
        write(dynamo, f"c{number}", at=number)

    page = listed.places(apple.BUSINESS, span=Span(), limit=2)
    rest = Span().up_to(page.places[-1].ulid)

    assert ([place.id for place in page.places], page.more) == (["c4", "c3"], True)
    assert found(listed, rest) == ["c2", "c1", "c0"]
    assert found(listed, Span(first="1", last="0")) == []


def test_the_same_event_again_moves_nothing(dynamo: Store, cloud: Cloud) -> None:
    content = apple.envelope()
    event = InboundMessage(content["id"], "text", content["sourceId"], apple.BUSINESS, content, "")
    for later in (0, 60):
        dynamo.conversations.apply("c", event, at=dynamo.clock() + later)

    (item,) = cloud.items()
    assert item["received_ulid"]["S"] == place_of("c", dynamo.clock())


def test_news_move_a_customers_conversation_and_make_none_of_other_lines(
    dynamo: Store, listed: DynamoConversationList
) -> None:
    write(dynamo, "older")
    write(dynamo, "newer", at=1)
    news = a_message(dynamo.clock, id="n1", conversation_id="older", opaque_id=apple.CUSTOMER)
    dynamo.conversations.number("older", news, at=dynamo.clock() + 2)
    dynamo.conversations.number("line", a_message(dynamo.clock, id="n2", opaque_id=None), at=dynamo.clock() + 3)

    assert found(listed) == ["older", "newer"]


def test_only_a_businesss_own_are_read(dynamo: Store, listed: DynamoConversationList) -> None:
    write(dynamo, "mine", intent="sales")
    write(dynamo, "theirs", business=apple.OTHER_BUSINESS)

    known = listed.read(apple.BUSINESS, ["mine", "theirs", "nobodys", "mine"])

    assert list(known) == ["mine"]
    assert (known["mine"].intent, known["mine"].last_inbound_at) == ("sales", dynamo.clock())
    assert known["mine"].received_ulid == place_of("mine", dynamo.clock())


def test_a_conversation_is_in_no_partition_that_a_message_is_in() -> None:
    assert not set(keys.business_shards("b")) & set(keys.conversation_shards("b"))
    assert keys.identity(keys.conversation("c")["pk"]["S"]) == "c"
    assert keys.identity(keys.message("b", "m#1")["pk"]["S"]) == "m#1"
