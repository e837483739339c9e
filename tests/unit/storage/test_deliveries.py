"""Messages found by state, conversation or time; replays: in DynamoDB and in memory alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from parley.conversation.identity import ulid
from parley.conversation.listing import PastAttempt
from parley.conversation.records import Attempt, Direction, State
from parley.conversation.runs import Run, RunState
from parley.conversation.ulids import FIRST, LAST, Span
from parley.errors import Fatal, Retryable
from parley.storage.deliveries import DynamoDeliveries
from parley.storage.replays import KEPT_SECONDS, DynamoReplays
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.cloud import TABLE
from tests.support.memory_replays import MemoryDeliveries, MemoryReplays
from tests.support.memory_table import MemoryConversations, MemoryMailbox, MemoryMessages, Table
from tests.support.world import CONVERSATION
from tests.unit.storage.conftest import a_message, in_dynamodb

if TYPE_CHECKING:
    from parley.conversation.records import Message
    from parley.services import ports
    from tests.support.cloud import Cloud

ALL = Span(FIRST, LAST)


@dataclass
class Shelf:
    """One implementation of what a list reads, and of what puts it there."""

    clock: Clock
    messages: ports.Messages
    mailbox: ports.Mailbox
    conversations: ports.Conversations
    deliveries: ports.Deliveries
    runs: ports.Runs

    def ids(self, *, span: Span = ALL, limit: int = 100, newest_first: bool = True, **narrowed: Any) -> list[str]:
        page = self.deliveries.places(apple.BUSINESS, span=span, limit=limit, newest_first=newest_first, **narrowed)
        return [place.message_id for place in page.places]


@pytest.fixture(params=["dynamodb", "memory"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    clock = Clock()
    if request.param == "memory":
        table = Table()
        return Shelf(
            clock,
            MemoryMessages(table, clock=clock),
            MemoryMailbox(table),
            MemoryConversations(table),
            MemoryDeliveries(table, clock=clock),
            MemoryReplays(clock=clock),
        )
    cloud: Cloud = request.getfixturevalue("cloud")
    store = in_dynamodb(cloud, clock)
    return Shelf(
        clock,
        store.messages,
        store.mailbox,
        store.conversations,
        DynamoDeliveries(cloud.dynamodb, table=TABLE, clock=clock),
        DynamoReplays(cloud.dynamodb, table=TABLE, clock=clock),
    )


def stored(shelf: Shelf, number: int, **changed: Any) -> Message:
    at = shelf.clock() + number
    message = a_message(shelf.clock, id=f"m#{number:02d}", received_at=at, ulid=ulid(at), **changed)
    assert shelf.messages.add(message)
    return message


def test_a_business_finds_its_messages_in_order_over_all_shards(shelf: Shelf) -> None:
    made = [stored(shelf, number).id for number in range(20)]
    stored(shelf, 30, business_id=apple.OTHER_BUSINESS)

    assert shelf.ids() == made[::-1]
    assert shelf.ids(newest_first=False) == made
    assert shelf.ids(limit=3) == made[:-4:-1]
    assert shelf.ids(newest_first=False, limit=3) == made[:3]


def test_a_page_says_whether_others_follow(shelf: Shelf) -> None:
    for number in range(4):
        stored(shelf, number)

    def more(limit: int) -> bool:
        return shelf.deliveries.places(apple.BUSINESS, span=ALL, limit=limit, newest_first=True).more

    assert more(3)
    assert not more(5)
    assert not shelf.deliveries.places(apple.OTHER_BUSINESS, span=ALL, limit=3, newest_first=True).more


def test_a_span_is_read_with_both_its_ends(shelf: Shelf) -> None:
    made = [stored(shelf, number) for number in range(5)]

    assert shelf.ids(span=Span(made[1].ulid, made[3].ulid)) == [made[3].id, made[2].id, made[1].id]
    assert shelf.ids(span=Span(made[3].ulid, made[1].ulid)) == []


def test_a_conversation_has_a_list_of_its_own(shelf: Shelf) -> None:
    mine = [stored(shelf, 0).id, stored(shelf, 2).id]
    other = stored(shelf, 1, conversation_id="other").id

    assert shelf.ids(conversation_id=CONVERSATION) == mine[::-1]
    assert shelf.ids(conversation_id="other") == [other]
    assert shelf.ids(conversation_id="nobody") == []


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
def test_what_went_wrong_is_found_by_its_state(shelf: Shelf, state: State) -> None:
    wrong, fine = (stored(shelf, each, direction=Direction.OUTBOUND, state=State.QUEUED) for each in range(2))
    wrong.state, fine.state = state, State.SENT
    for message in (wrong, fine):
        assert shelf.messages.settle(message, from_state=State.QUEUED)

    assert shelf.ids(state=state) == [wrong.id]
    assert shelf.ids(state=State.HELD) == []


def test_what_is_held_is_found_until_it_is_delivered(shelf: Shelf) -> None:
    message = stored(shelf, 0, sequence=1)
    shelf.mailbox.hold(message)
    assert shelf.ids(state=State.HELD) == [message.id]

    message.state = State.DELIVERED
    shelf.mailbox.leave(message)

    assert shelf.ids(state=State.HELD) == []


def test_messages_are_read_without_what_they_say(shelf: Shelf) -> None:
    made = [stored(shelf, number) for number in range(3)]
    stored(shelf, 9, business_id=apple.OTHER_BUSINESS)

    found = shelf.deliveries.read(apple.BUSINESS, [made[0].id, made[2].id, "gone", made[0].id, "m#09"])

    assert set(found) == {made[0].id, made[2].id}
    assert found[made[2].id].ulid == made[2].ulid
    assert found[made[2].id].state is State.RECEIVED


def test_what_a_list_reads_has_no_contents(cloud: Cloud) -> None:
    clock = Clock()
    in_dynamodb(cloud, clock).messages.add(a_message(clock))

    found = DynamoDeliveries(cloud.dynamodb, table=TABLE, clock=clock).read(apple.BUSINESS, ["m1"])["m1"]

    assert (found.payload, found.opaque_id) == (None, None)


def test_more_than_a_hundred_messages_are_read_in_several_calls(cloud: Cloud) -> None:
    clock = Clock()
    messages = in_dynamodb(cloud, clock).messages
    for number in range(105):
        messages.add(a_message(clock, id=f"m{number}"))

    found = DynamoDeliveries(cloud.dynamodb, table=TABLE, clock=clock).read(
        apple.BUSINESS, [f"m{number}" for number in range(105)]
    )

    assert len(found) == 105


def test_what_dynamodb_does_not_give_at_once_is_asked_for_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    in_dynamodb(cloud, clock).messages.add(a_message(clock))
    deliveries = DynamoDeliveries(cloud.dynamodb, table=TABLE, clock=clock)
    real = cloud.dynamodb.batch_get_item
    asked: list[int] = []

    def grudging(**wanted: Any) -> Any:
        asked.append(1)
        if len(asked) < 3:
            return {"Responses": {}, "UnprocessedKeys": wanted["RequestItems"]}
        return real(**wanted)

    monkeypatch.setattr(cloud.dynamodb, "batch_get_item", grudging)
    assert set(deliveries.read(apple.BUSINESS, ["m1"])) == {"m1"}

    monkeypatch.setattr(
        cloud.dynamodb, "batch_get_item", lambda **wanted: {"Responses": {}, "UnprocessedKeys": wanted["RequestItems"]}
    )
    with pytest.raises(Retryable):
        deliveries.read(apple.BUSINESS, ["m1"])


def test_what_has_expired_is_gone(shelf: Shelf) -> None:
    message = stored(shelf, 0)
    shelf.clock.advance(90 * 86_400)

    assert shelf.deliveries.read(apple.BUSINESS, [message.id]) == {}


def test_failed_attempts_are_listed_the_newest_first(shelf: Shelf) -> None:
    message = stored(shelf, 0, sequence=1)
    conversation = shelf.conversations.number(CONVERSATION, message, at=shelf.clock())
    for number, endpoint in enumerate(("b", "a", "a"), start=1):
        message.attempts = number
        attempt = Attempt(endpoint, number, shelf.clock() + number, 503, "down", 12, shelf.clock() + 60)
        shelf.mailbox.fail(message, conversation, attempt)

    found = shelf.deliveries.attempts(apple.BUSINESS, message.id)

    assert [(each.target, each.number, each.at) for each in found] == [
        ("a", 3, shelf.clock() + 3),
        ("a", 2, shelf.clock() + 2),
        ("b", 1, shelf.clock() + 1),
    ]
    assert isinstance(found[0], PastAttempt)
    assert (found[0].status, found[0].words) == (503, "down")
    assert shelf.deliveries.attempts(apple.BUSINESS, "nobody") == []


def test_a_message_to_the_customer_is_queued_again_once(shelf: Shelf) -> None:
    message = stored(shelf, 0, direction=Direction.OUTBOUND, state=State.QUEUED)
    message.state, message.error_code, message.error_message = State.FAILED, "apple_refused", "400"
    shelf.messages.settle(message, from_state=State.QUEUED)
    shelf.clock.advance(100)

    assert shelf.deliveries.requeue(message, at=shelf.clock())
    assert not shelf.deliveries.requeue(message, at=shelf.clock())

    found = shelf.messages.get(apple.BUSINESS, message.id)
    assert found is not None
    assert (found.state, found.replayed_at) == (State.QUEUED, shelf.clock())
    assert (found.error_code, found.error_message) == (None, None)
    assert shelf.ids(state=State.FAILED) == []
    found.state = State.SENT
    assert shelf.messages.settle(found, from_state=State.QUEUED)


def test_a_message_that_is_queued_again_stands_in_due(cloud: Cloud) -> None:
    store = in_dynamodb(cloud, Clock())
    message = a_message(store.clock, direction=Direction.OUTBOUND, state=State.UNKNOWN)
    store.messages.add(message)

    DynamoDeliveries(cloud.dynamodb, table=TABLE, clock=store.clock).requeue(message, at=store.clock())

    assert store.overdue() == []
    store.clock.advance(61)
    assert store.overdue() == [message.id]


def a_run(shelf: Shelf, number: int = 0, **changed: Any) -> Run:
    facts: dict[str, Any] = {
        "id": ulid(shelf.clock() + number),
        "business_id": apple.BUSINESS,
        "wanted": "failed",
        "since": 1.0,
        "until": 2.5,
        "first": FIRST,
        "last": LAST,
        "rate": 20,
        "created_at": shelf.clock(),
    }
    return Run(**facts | changed)


def test_a_replay_comes_back_as_it_was_stored(shelf: Shelf) -> None:
    run = a_run(shelf, endpoint_id="default", reached=FIRST, examined=5, replayed=3, next_at=7.5)

    assert shelf.runs.save(run)

    assert run.version == 1
    assert shelf.runs.get(apple.BUSINESS, run.id) == run
    assert shelf.runs.get(apple.OTHER_BUSINESS, run.id) is None
    assert shelf.runs.get(apple.BUSINESS, "nobody") is None


def test_of_two_writers_of_a_replay_one_is_refused(shelf: Shelf) -> None:
    run = a_run(shelf)
    assert shelf.runs.save(run)
    assert not shelf.runs.save(a_run(shelf, id=run.id))
    one, other = shelf.runs.get(apple.BUSINESS, run.id), shelf.runs.get(apple.BUSINESS, run.id)
    assert one is not None
    assert other is not None

    one.state = RunState.CANCELLED
    other.examined = 100

    assert shelf.runs.save(one)
    assert not shelf.runs.save(other)
    assert shelf.runs.get(apple.BUSINESS, run.id) == one


def test_the_newest_replays_come_first(shelf: Shelf) -> None:
    runs = [a_run(shelf, number) for number in range(3)]
    for run in runs:
        shelf.runs.save(run)
    shelf.runs.save(a_run(shelf, business_id=apple.OTHER_BUSINESS))

    assert [run.id for run in shelf.runs.newest(apple.BUSINESS, limit=2)] == [runs[2].id, runs[1].id]


def test_a_replay_is_kept_for_a_week_after_it_last_moved(shelf: Shelf) -> None:
    run = a_run(shelf)
    shelf.runs.save(run)
    shelf.clock.advance(KEPT_SECONDS - 1)
    shelf.runs.save(run)
    shelf.clock.advance(KEPT_SECONDS - 1)
    assert shelf.runs.get(apple.BUSINESS, run.id) is not None

    shelf.clock.advance(1)

    assert shelf.runs.get(apple.BUSINESS, run.id) is None
    assert shelf.runs.newest(apple.BUSINESS, limit=5) == []


def test_without_a_table_an_operator_has_to_mend_it(cloud: Cloud) -> None:
    clock = Clock()
    deliveries = DynamoDeliveries(cloud.dynamodb, table=TABLE, clock=clock)
    runs = DynamoReplays(cloud.dynamodb, table=TABLE, clock=clock)
    message, run = a_message(clock, state=State.FAILED), Run("r", "b", "any", 0, 1, FIRST, LAST, 1, 0)
    cloud.dynamodb.delete_table(TableName=TABLE)

    for call in (
        lambda: deliveries.requeue(message, at=1.0),
        lambda: deliveries.attempts("b", "m"),
        lambda: runs.save(run),
        lambda: runs.newest("b", limit=1),
    ):
        with pytest.raises(Fatal):
            call()
