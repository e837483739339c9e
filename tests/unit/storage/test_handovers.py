"""Who handles a conversation: set once for what was seen, together with the news of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from parley.apple.inbound import InboundMessage
from parley.conversation.records import Conversation, Direction, State
from parley.storage import keys
from parley.storage.handovers import DynamoHandovers
from parley.storage.messages import DynamoMessages
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE
from tests.support.memory_table import MemoryHandovers, MemoryMessages
from tests.support.world import CONVERSATION
from tests.unit.storage.conftest import a_message

if TYPE_CHECKING:
    from parley.conversation.records import Message
    from parley.services import ports
    from tests.support.cloud import Cloud
    from tests.unit.storage.conftest import Store


@dataclass
class Desk:
    """One implementation, with a conversation in it."""

    store: Store
    handovers: ports.Handovers

    def seen(self) -> Conversation:
        known = self.store.conversations.get(CONVERSATION)
        assert known is not None
        return known

    def notice(self, number: int) -> Message:
        return a_message(
            self.store.clock,
            id=f"n{number}",
            direction=Direction.NOTICE,
            type="news",
            state=State.RECEIVED,
            sequence=None,
        )


@pytest.fixture
def desk(store: Store) -> Desk:
    content = apple.envelope()
    event = InboundMessage(content["id"], "text", content["sourceId"], apple.BUSINESS, content, "")
    store.conversations.apply(CONVERSATION, event, at=store.clock())
    if isinstance(store.messages, MemoryMessages):
        return Desk(store, MemoryHandovers(store.messages._table, messages=store.messages))
    assert isinstance(store.messages, DynamoMessages)
    client = store.messages._client
    return Desk(store, DynamoHandovers(client, table=TABLE, messages=store.messages))


def test_the_handler_is_set_counted_and_told(desk: Desk) -> None:
    assert desk.handovers.hand_over(desk.seen(), "desk", notice=desk.notice(1))
    assert (desk.seen().handler, desk.seen().handovers) == ("desk", 1)
    assert desk.handovers.hand_over(desk.seen(), None, notice=None)

    assert (desk.seen().handler, desk.seen().handovers, desk.seen().sequence) == (None, 2, 1)
    told = desk.store.messages.get(apple.BUSINESS, "n1")
    assert told is not None
    desk.store.clock.advance(61)
    assert "n1" in desk.store.overdue(), "the sweeper finds it, should nobody queue it"


def test_what_changed_since_it_was_seen_is_left_alone(desk: Desk) -> None:
    seen = desk.seen()
    desk.handovers.hand_over(seen, "desk", notice=None)

    assert not desk.handovers.hand_over(seen, "archive", notice=desk.notice(1))
    assert not desk.handovers.hand_over(
        Conversation(CONVERSATION, apple.OTHER_BUSINESS, "x", handovers=1), "theirs", notice=desk.notice(2)
    )
    assert not desk.handovers.hand_over(Conversation("nobody", apple.BUSINESS, "x"), "desk", notice=desk.notice(3))

    assert desk.seen().handler == "desk"
    assert [desk.store.messages.get(apple.BUSINESS, f"n{number}") for number in (1, 2, 3)] == [None] * 3
    assert desk.store.conversations.get("nobody") is None


def test_the_same_news_are_not_told_twice(desk: Desk) -> None:
    assert desk.handovers.hand_over(desk.seen(), "desk", notice=desk.notice(1))

    assert not desk.handovers.hand_over(desk.seen(), "archive", notice=desk.notice(1))

    assert desk.seen().handler == "desk"


def test_news_in_another_line_are_found_with_their_conversation(dynamo: Store, cloud: Cloud) -> None:
    dynamo.messages.add(a_message(dynamo.clock, id="n1", conversation_id="line", about_conversation=CONVERSATION))

    page = cloud.dynamodb.query(
        TableName=TABLE,
        IndexName=keys.BY_CONVERSATION,
        KeyConditionExpression="by_conversation = :conversation",
        ExpressionAttributeValues={":conversation": {"S": f"CONV#{CONVERSATION}"}},
    )

    assert [keys.identity(item["pk"]["S"]) for item in page["Items"]] == ["n1"]
    kept = dynamo.messages.get(apple.BUSINESS, "n1")
    assert kept is not None
    assert (kept.conversation_id, kept.in_conversation) == ("line", CONVERSATION)
