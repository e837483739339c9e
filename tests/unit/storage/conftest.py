"""The table twice: in moto with the schema of template.yaml, and in memory as the other suites use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from parley.conversation.records import Direction, Message, State
from parley.storage.breakers import DynamoBreakers
from parley.storage.conversations import DynamoConversations
from parley.storage.due import DynamoDue
from parley.storage.mailbox import DynamoMailbox
from parley.storage.messages import DynamoMessages
from parley.storage.questions import DynamoQuestions
from parley.storage.waiting import DynamoWaiting
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.cloud import TABLE
from tests.support.fixtures import cloud
from tests.support.memory_table import (
    MemoryBreakers,
    MemoryConversations,
    MemoryDue,
    MemoryMailbox,
    MemoryMessages,
    MemoryQuestions,
    MemoryWaiting,
    Table,
)
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from parley.services import ports
    from tests.support.cloud import Cloud

__all__ = ["cloud"]


@dataclass
class Store:
    """One implementation of everything that lives in the table."""

    clock: Clock
    messages: ports.Messages
    conversations: ports.Conversations
    mailbox: ports.Mailbox
    due: ports.DueItems
    questions: ports.Questions
    breakers: ports.Breakers
    waiting: ports.Waiting

    def overdue(self) -> list[str]:
        """The ids of what is overdue now."""
        return [found.id for found in self.due.overdue(self.clock(), limit=100)]


def in_dynamodb(cloud: Cloud, clock: Clock) -> Store:
    client = cloud.dynamodb
    messages = DynamoMessages(client, table=TABLE, retention_days=lambda _: 90, clock=clock)
    return Store(
        clock=clock,
        messages=messages,
        conversations=DynamoConversations(client, table=TABLE),
        mailbox=DynamoMailbox(client, table=TABLE, retention_days=lambda _: 90),
        due=DynamoDue(client, table=TABLE),
        questions=DynamoQuestions(client, table=TABLE, messages=messages),
        breakers=DynamoBreakers(client, table=TABLE),
        waiting=DynamoWaiting(client, table=TABLE),
    )


def in_memory(clock: Clock) -> Store:
    table = Table()
    messages = MemoryMessages(table, clock=clock)
    return Store(
        clock=clock,
        messages=messages,
        conversations=MemoryConversations(table),
        mailbox=MemoryMailbox(table),
        due=MemoryDue(table),
        questions=MemoryQuestions(table, messages=messages),
        breakers=MemoryBreakers(table),
        waiting=MemoryWaiting(table),
    )


@pytest.fixture(params=["dynamodb", "memory"])
def store(request: pytest.FixtureRequest) -> Store:
    """Both implementations, one after the other: what the one does the other has to do."""
    if request.param == "memory":
        return in_memory(Clock())
    return in_dynamodb(request.getfixturevalue("cloud"), Clock())


@pytest.fixture
def dynamo(cloud: Cloud) -> Store:
    """Only the real one, for what can only be seen in the table itself."""
    return in_dynamodb(cloud, Clock())


def a_message(clock: Clock, **changed: Any) -> Message:
    """A received text, as `receive` stores it."""
    facts: dict[str, Any] = {
        "id": "m1",
        "business_id": apple.BUSINESS,
        "conversation_id": CONVERSATION,
        "direction": Direction.INBOUND,
        "type": "text",
        "state": State.RECEIVED,
        "received_at": clock(),
        "ulid": "01KDVDNA000000000000000000",
        "payload": '{"type":"text","body":"Hi \\ud83d\\ude00"}',
        "opaque_id": apple.CUSTOMER,
        "capabilities": ["LIST"],
    }
    return Message(**facts | changed)
