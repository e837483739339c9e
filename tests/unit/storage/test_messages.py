"""Messages: stored once, moved from state to state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from parley.conversation.records import Direction, State
from parley.errors import ParleyError, Retryable
from tests.support import apple_requests as apple
from tests.support.clock import NEW_YEAR
from tests.unit.storage.conftest import a_message

if TYPE_CHECKING:
    from parley.conversation.records import Message
    from tests.support.cloud import Cloud
    from tests.unit.storage.conftest import Store

DAY = 86_400


def test_a_message_comes_back_as_it_was_stored(store: Store) -> None:
    message = a_message(store.clock)

    assert store.messages.add(message)
    assert store.messages.get(apple.BUSINESS, "m1") == message


def test_everything_a_message_can_hold_comes_back(store: Store) -> None:
    message = a_message(
        store.clock,
        direction=Direction.OUTBOUND,
        state=State.QUEUED,
        received_at=NEW_YEAR + 0.125,
        payload=None,
        payload_key="payloads/m1.json",
        capabilities=[],
        sequence=7,
        attempts=2,
        auto_reply=True,
        agent="",
        request_hash="abc",
        uncertain=True,
        sent_at=NEW_YEAR + 1.5,
        delivered_at=NEW_YEAR + 2,
        error_code="x",
        error_message="y",
        endpoint_id="default",
        replayed_at=NEW_YEAR + 3,
        pending=["a1"],
    )

    store.messages.add(message)

    assert store.messages.get(apple.BUSINESS, "m1") == message


def test_an_id_is_stored_once(store: Store) -> None:
    store.messages.add(a_message(store.clock, payload="first"))

    assert store.messages.add(a_message(store.clock, payload="second")) is False
    found = store.messages.get(apple.BUSINESS, "m1")
    assert found is not None
    assert found.payload == "first"


def test_an_id_belongs_to_its_business(store: Store) -> None:
    store.messages.add(a_message(store.clock))

    assert store.messages.get(apple.OTHER_BUSINESS, "m1") is None
    assert store.messages.add(a_message(store.clock, business_id=apple.OTHER_BUSINESS))


def test_a_message_that_is_not_there_is_none(store: Store) -> None:
    assert store.messages.get(apple.BUSINESS, "nobody") is None


@pytest.mark.parametrize(("age", "there"), [(90 * DAY - 1, True), (90 * DAY, False), (200 * DAY, False)])
def test_an_expired_message_is_gone_although_it_is_not_deleted_yet(store: Store, age: float, *, there: bool) -> None:
    store.messages.add(a_message(store.clock))

    store.clock.advance(age)

    assert (store.messages.get(apple.BUSINESS, "m1") is not None) is there


def test_a_message_is_settled_from_the_state_it_was_seen_in(store: Store) -> None:
    message = a_message(store.clock)
    store.messages.add(message)
    outcome = replace(message, state=State.DELIVERED, sequence=4, attempts=2, delivered_at=NEW_YEAR + 5.25)

    assert store.messages.settle(outcome, from_state=State.RECEIVED)
    assert store.messages.get(apple.BUSINESS, "m1") == outcome

    late = replace(message, state=State.FAILED, error_code="late")
    assert store.messages.settle(late, from_state=State.RECEIVED) is False
    assert store.messages.get(apple.BUSINESS, "m1") == outcome


def test_a_failure_is_stored_with_its_words(store: Store) -> None:
    message = a_message(store.clock, direction=Direction.OUTBOUND, state=State.QUEUED)
    store.messages.add(message)
    outcome = replace(message, state=State.FAILED, error_code="apple_refused", error_message="400 Bad", uncertain=True)

    store.messages.settle(outcome, from_state=State.QUEUED)

    assert store.messages.get(apple.BUSINESS, "m1") == outcome


def test_a_message_that_is_not_there_cannot_be_settled(store: Store) -> None:
    assert store.messages.settle(a_message(store.clock, state=State.SENT), from_state=State.QUEUED) is False
    assert store.messages.get(apple.BUSINESS, "m1") is None


def a_notice(store: Store, **changed: object) -> Message:
    """What Parley tells the business of the message m1."""
    facts: dict[str, object] = {"id": "n1", "direction": Direction.NOTICE, "type": "message.sent", "payload": "{}"}
    return a_message(store.clock, **facts | changed)


def test_what_became_of_a_message_and_the_news_of_it_are_stored_together(store: Store) -> None:
    message = a_message(store.clock, direction=Direction.OUTBOUND, state=State.QUEUED)
    store.messages.add(message)
    outcome = replace(message, state=State.SENT, sent_at=NEW_YEAR + 1)
    notice = a_notice(store)

    assert store.messages.settle(outcome, from_state=State.QUEUED, notice=notice)

    assert store.messages.get(apple.BUSINESS, "m1") == outcome
    assert store.messages.get(apple.BUSINESS, "n1") == notice
    store.clock.advance(60)
    assert store.overdue() == ["n1"]


def test_when_another_settled_it_first_there_is_no_news(store: Store) -> None:
    message = a_message(store.clock, direction=Direction.OUTBOUND, state=State.QUEUED)
    store.messages.add(message)
    first = replace(message, state=State.SENT, sent_at=NEW_YEAR + 1)
    store.messages.settle(first, from_state=State.QUEUED)

    late = replace(message, state=State.FAILED, error_code="late")
    assert store.messages.settle(late, from_state=State.QUEUED, notice=a_notice(store)) is False

    assert store.messages.get(apple.BUSINESS, "m1") == first
    assert store.messages.get(apple.BUSINESS, "n1") is None


def test_news_of_a_message_that_is_not_there_are_none(store: Store) -> None:
    gone = a_message(store.clock, state=State.SENT)

    assert store.messages.settle(gone, from_state=State.QUEUED, notice=a_notice(store)) is False
    assert store.messages.get(apple.BUSINESS, "n1") is None


def test_news_that_cannot_be_stored_leave_the_message_as_it_was(dynamo: Store) -> None:
    """Both or none: a table that refuses the notice refuses the outcome with it."""
    message = a_message(dynamo.clock, direction=Direction.OUTBOUND, state=State.QUEUED)
    dynamo.messages.add(message)
    refused = a_notice(dynamo, payload="x" * 500_000)  # an item holds 400 KB

    with pytest.raises(ParleyError):
        dynamo.messages.settle(replace(message, state=State.SENT), from_state=State.QUEUED, notice=refused)

    assert dynamo.messages.get(apple.BUSINESS, "m1") == message
    assert dynamo.messages.get(apple.BUSINESS, "n1") is None


@pytest.mark.parametrize("left", [[], ["a2"]])
def test_what_was_told_of_is_no_longer_pending(store: Store, left: list[str]) -> None:
    message = a_message(store.clock, state=State.DELIVERED, pending=["a1", "a2"])
    store.messages.add(message)

    store.messages.told(replace(message, pending=left))

    assert store.messages.get(apple.BUSINESS, "m1") == replace(message, pending=left)


def test_of_a_message_that_is_gone_nothing_can_be_told(dynamo: Store, cloud: Cloud) -> None:
    with pytest.raises(Retryable):
        dynamo.messages.told(a_message(dynamo.clock, pending=[]))
    assert cloud.items() == []


def test_what_was_pending_when_it_went_straight_out_is_remembered(store: Store) -> None:
    message = a_message(store.clock)
    store.messages.add(message)
    outcome = replace(message, state=State.DELIVERED, endpoint_id="default", pending=["a1"])

    store.messages.settle(outcome, from_state=State.RECEIVED)

    assert store.messages.get(apple.BUSINESS, "m1") == outcome


@pytest.mark.parametrize("state", [State.RECEIVED, State.QUEUED])
def test_a_message_on_its_way_is_overdue_after_a_minute(store: Store, state: State) -> None:
    store.messages.add(a_message(store.clock, state=state))
    store.clock.advance(59.9)
    assert store.overdue() == []

    store.clock.advance(0.2)
    assert store.overdue() == ["m1"]


def test_a_settled_message_is_never_overdue(store: Store) -> None:
    message = a_message(store.clock)
    store.messages.add(message)
    store.messages.settle(replace(message, state=State.DELIVERED), from_state=State.RECEIVED)
    store.messages.add(a_message(store.clock, id="m2", state=State.SUPPRESSED))

    store.clock.advance(DAY)

    assert store.overdue() == []


def test_a_postponed_message_is_overdue_later_and_remembers_its_tries(store: Store) -> None:
    message = a_message(store.clock, direction=Direction.OUTBOUND, state=State.QUEUED)
    store.messages.add(message)

    store.messages.postpone(replace(message, attempts=3, uncertain=True), due_at=store.clock() + 500)

    found = store.messages.get(apple.BUSINESS, "m1")
    assert found is not None
    assert (found.state, found.attempts, found.uncertain) == (State.QUEUED, 3, True)
    store.clock.advance(499)
    assert store.overdue() == []
    store.clock.advance(1)
    assert store.overdue() == ["m1"]


def test_a_twin_within_the_window_is_suppressed(store: Store) -> None:
    first, twin = a_message(store.clock), a_message(store.clock, id="m2")

    assert store.messages.add_unless_twin(first, digest="d", window=10)
    store.clock.advance(10)
    twin.received_at = store.clock()
    assert store.messages.add_unless_twin(twin, digest="d", window=10)

    assert (first.state, twin.state) == (State.RECEIVED, State.SUPPRESSED)
    for message in (first, twin):
        found = store.messages.get(apple.BUSINESS, message.id)
        assert found is not None
        assert found.state is message.state


def test_a_twin_is_stored_as_it_is_to_be_kept(store: Store) -> None:
    def redact(message: Message) -> None:
        message.payload, message.redacted = "{}", ["answers"]

    first, twin = a_message(store.clock), a_message(store.clock, id="m2")
    for message in (first, twin):
        store.messages.add_unless_twin(message, digest="d", window=10, redact=redact)

    found = [store.messages.get(apple.BUSINESS, message_id) for message_id in ("m1", "m2")]
    assert [(each.payload, each.redacted) for each in found if each] == [(first.payload, None), ("{}", ["answers"])]


@pytest.mark.parametrize("large", [False, True])
def test_what_is_taken_out_goes_in_the_write_that_settles(store: Store, large: bool) -> None:
    place = {"payload": None, "payload_key": "payloads/b/m1.json"} if large else {}
    message = a_message(store.clock, **place)
    store.messages.add(message)
    message.state, message.redacted, message.payload = State.DELIVERED, ["body"], "{}"

    assert store.messages.settle(message, from_state=State.RECEIVED)

    found = store.messages.get(apple.BUSINESS, "m1")
    assert found is not None
    assert (found.redacted, found.payload) == (["body"], None if large else "{}")


def test_after_the_window_it_is_no_twin_any_more(store: Store) -> None:
    store.messages.add_unless_twin(a_message(store.clock), digest="d", window=10)
    store.clock.advance(10.001)
    later = a_message(store.clock, id="m2")

    store.messages.add_unless_twin(later, digest="d", window=10)

    assert later.state is State.RECEIVED


def test_another_digest_is_no_twin(store: Store) -> None:
    other = a_message(store.clock, id="m2")
    store.messages.add_unless_twin(a_message(store.clock), digest="d", window=10)

    store.messages.add_unless_twin(other, digest="e", window=10)

    assert other.state is State.RECEIVED


@pytest.mark.parametrize("seconds", [0, 5, 60])
def test_the_same_id_again_is_neither_twin_nor_new(store: Store, seconds: float) -> None:
    store.messages.add_unless_twin(a_message(store.clock), digest="d", window=10)
    twin = a_message(store.clock, id="m2")
    store.messages.add_unless_twin(twin, digest="d", window=10)
    store.clock.advance(seconds)

    for message_id, state in (("m1", State.RECEIVED), ("m2", State.SUPPRESSED)):
        assert store.messages.add_unless_twin(a_message(store.clock, id=message_id), digest="d", window=10) is False
        found = store.messages.get(apple.BUSINESS, message_id)
        assert found is not None
        assert found.state is state


def test_a_message_lies_under_its_business_and_finds_its_conversation(dynamo: Store, cloud: Cloud) -> None:
    dynamo.messages.add(a_message(dynamo.clock))

    (item,) = cloud.items()
    assert item["pk"] == {"S": f"MSG#{apple.BUSINESS}#m1"}
    assert item["by_conversation"] == {"S": "CONV#ckuhkscomuy33zqfxd5mbgzdey"}
    assert item["received_ulid"] == {"S": "01KDVDNA000000000000000000"}
    assert item["expires_at"] == {"N": str(int(NEW_YEAR) + 90 * DAY)}
    assert "sequence" not in item


def test_a_mark_of_a_twin_expires_soon(dynamo: Store, cloud: Cloud) -> None:
    dynamo.messages.add_unless_twin(a_message(dynamo.clock), digest="d", window=10)

    (mark,) = [item for item in cloud.items() if item["pk"] == {"S": "TWIN#d"}]
    assert mark["expires_at"] == {"N": str(int(NEW_YEAR) + 11)}


def test_a_failed_attempt_is_kept_as_long_as_its_message(dynamo: Store, cloud: Cloud) -> None:
    message = a_message(dynamo.clock)
    dynamo.messages.record_attempt(message, target="apple", number=3, at=NEW_YEAR, status=503, words="later", ms=12)

    (item,) = cloud.items()
    assert item["sk"] == {"S": "TRY#apple#0003"}
    assert item["status"] == {"N": "503"}
    assert item["words"] == {"S": "later"}
    assert item["expires_at"] == {"N": str(int(NEW_YEAR) + 90 * DAY)}


def test_attributes_of_a_newer_version_are_ignored(dynamo: Store, cloud: Cloud) -> None:
    message = a_message(dynamo.clock)
    dynamo.messages.add(message)
    cloud.dynamodb.update_item(
        TableName="parley-table",
        Key={"pk": {"S": f"MSG#{apple.BUSINESS}#m1"}, "sk": {"S": "MSG"}},
        UpdateExpression="SET hologram = :x",
        ExpressionAttributeValues={":x": {"M": {"depth": {"NULL": True}}}},
    )

    assert dynamo.messages.get(apple.BUSINESS, "m1") == message


def test_a_message_that_was_deleted_cannot_be_postponed(dynamo: Store) -> None:
    with pytest.raises(Retryable):
        dynamo.messages.postpone(a_message(dynamo.clock), due_at=0)
