"""The mailbox: what is undelivered, in order, and each change whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from parley.apple.inbound import InboundMessage
from parley.conversation.records import Attempt, Conversation, Held, Message, State, Wait
from tests.support import apple_requests as apple
from tests.support import template_yaml
from tests.support.world import CONVERSATION
from tests.unit.storage.conftest import a_message

if TYPE_CHECKING:
    from tests.support.cloud import Cloud
    from tests.unit.storage.conftest import Store


def stored(store: Store, sequence: int, **changed: object) -> Message:
    """A received message that has its sequence."""
    message = a_message(store.clock, id=f"m{sequence}", **changed)
    store.messages.add(message)
    message.sequence = sequence
    return message


def known(store: Store) -> Conversation:
    content = apple.envelope()
    event = InboundMessage(content["id"], "text", apple.CUSTOMER, apple.BUSINESS, content, "")
    return store.conversations.apply(CONVERSATION, event, at=store.clock())


def attempt(store: Store, *, number: int = 1, wait: float = 2, endpoint: str = "default") -> Attempt:
    return Attempt(endpoint, number, store.clock(), 503, "down", 12, store.clock() + wait)


def state_of(store: Store, message: Message) -> State:
    found = store.messages.get(message.business_id, message.id)
    assert found is not None
    return found.state


def test_an_empty_mailbox_holds_nothing(store: Store) -> None:
    assert store.mailbox.held(CONVERSATION, limit=10) == []


@pytest.mark.parametrize("large", [False, True])
def test_what_is_taken_out_goes_in_the_write_that_leaves_and_stays_out_when_it_is_replayed(
    store: Store, large: bool
) -> None:
    place = {"payload": None, "payload_key": "payloads/b/m1.json"} if large else {}
    message, conversation = stored(store, 1, **place), known(store)
    store.mailbox.fail(message, conversation, attempt(store))
    message.state, message.redacted, message.payload = State.DELIVERED, ["body"], "{}"

    store.mailbox.leave(message)

    kept = (["body"], None if large else "{}")
    found = store.messages.get(apple.BUSINESS, "m1")
    assert found is not None
    assert (found.redacted, found.payload) == kept
    assert store.mailbox.replay(found, conversation, at=store.clock())
    again = store.messages.get(apple.BUSINESS, "m1")
    assert again is not None
    assert (again.state, (again.redacted, again.payload)) == (State.HELD, kept)


def test_held_messages_come_out_by_their_sequence(store: Store) -> None:
    for sequence in (11, 2, 100, 1):
        store.mailbox.hold(stored(store, sequence))

    assert store.mailbox.held(CONVERSATION, limit=10) == [
        Held("m1", 1),
        Held("m2", 2),
        Held("m11", 11),
        Held("m100", 100),
    ]
    assert store.mailbox.held(CONVERSATION, limit=2) == [Held("m1", 1), Held("m2", 2)]
    assert store.mailbox.held("another", limit=10) == []


def test_a_held_message_says_so_and_is_no_longer_overdue_itself(store: Store) -> None:
    message = stored(store, 3)

    store.mailbox.hold(message)

    found = store.messages.get(apple.BUSINESS, "m3")
    assert found is not None
    assert (found.state, found.sequence) == (State.HELD, 3)
    store.clock.advance(10_000)
    assert store.overdue() == []


def test_holding_twice_is_holding_once(store: Store) -> None:
    message = stored(store, 1)
    store.mailbox.hold(message)
    store.mailbox.hold(message)

    assert store.mailbox.held(CONVERSATION, limit=10) == [Held("m1", 1)]


def test_a_failed_try_holds_the_message_and_sets_the_conversation_due(store: Store) -> None:
    conversation = known(store)
    message = replace(stored(store, 1), attempts=1)

    store.mailbox.fail(message, conversation, attempt(store))

    now = store.conversations.get(CONVERSATION)
    assert now is not None
    assert now.is_held
    assert (now.held_since, now.next_attempt_at, now.attempts) == (store.clock(), store.clock() + 2, 1)
    assert now.held_endpoint == f"EP#{apple.BUSINESS}#default"
    assert state_of(store, message) is State.HELD
    assert store.mailbox.held(CONVERSATION, limit=10) == [Held("m1", 1)]

    store.clock.advance(61)
    assert store.overdue() == []
    store.clock.advance(1)
    assert store.overdue() == [CONVERSATION]


def test_the_first_failure_says_since_when_and_the_last_says_the_rest(store: Store) -> None:
    conversation = known(store)
    message = stored(store, 1)
    began = store.clock()
    store.mailbox.fail(message, conversation, attempt(store))
    store.clock.advance(100)

    store.mailbox.fail(message, conversation, attempt(store, number=2, wait=4, endpoint="other"))

    now = store.conversations.get(CONVERSATION)
    assert now is not None
    assert (now.held_since, now.attempts, now.next_attempt_at) == (began, 2, store.clock() + 4)
    assert now.held_endpoint == f"EP#{apple.BUSINESS}#other"


@pytest.mark.parametrize("outcome", [State.DELIVERED, State.FAILED, State.SUPPRESSED])
def test_a_settled_message_leaves_with_its_marker(store: Store, outcome: State) -> None:
    messages = [stored(store, sequence) for sequence in (1, 2)]
    for message in messages:
        store.mailbox.hold(message)
    first = replace(
        messages[0],
        state=outcome,
        attempts=3,
        endpoint_id="default",
        delivered_at=store.clock(),
        error_code="delivery_status",
        error_message="too late",
    )

    store.mailbox.leave(first)

    found = store.messages.get(apple.BUSINESS, "m1")
    assert found is not None
    assert (found.state, found.attempts, found.endpoint_id) == (outcome, 3, "default")
    told = (found.delivered_at, found.error_code, found.error_message)
    if outcome is State.DELIVERED:
        assert told == (store.clock(), None, None)
    elif outcome is State.FAILED:
        assert told == (None, "delivery_status", "too late")
    else:
        assert told == (None, None, None)
    assert store.mailbox.held(CONVERSATION, limit=10) == [Held("m2", 2)]


@pytest.mark.parametrize("action", ["hold", "fail", "leave"])
def test_a_message_that_is_settled_already_is_not_changed_again(store: Store, action: str) -> None:
    conversation = known(store)
    message = stored(store, 1)
    done = replace(message, state=State.DELIVERED, delivered_at=store.clock())
    store.messages.settle(done, from_state=State.RECEIVED)
    late = replace(message, state=State.FAILED, attempts=9, error_code="x", error_message="y")

    if action == "fail":
        store.mailbox.fail(late, conversation, attempt(store))
    else:
        getattr(store.mailbox, action)(late)

    assert store.messages.get(apple.BUSINESS, "m1") == done
    assert store.mailbox.held(CONVERSATION, limit=10) == []
    assert store.conversations.get(CONVERSATION) == conversation


def test_what_was_pending_when_it_was_delivered_is_remembered(store: Store) -> None:
    message = stored(store, 1)
    store.mailbox.hold(message)

    store.mailbox.leave(replace(message, state=State.DELIVERED, pending=["a1", "a2"]))

    found = store.messages.get(apple.BUSINESS, "m1")
    assert found is not None
    assert found.pending == ["a1", "a2"]


def test_a_message_can_leave_whose_marker_is_gone_already(store: Store) -> None:
    message = stored(store, 1)
    store.mailbox.hold(message)
    store.mailbox.forget(CONVERSATION, 1)

    store.mailbox.leave(replace(message, state=State.DELIVERED, delivered_at=store.clock()))

    assert state_of(store, message) is State.DELIVERED


def test_a_wait_without_a_try_holds_the_message_and_says_what_for(store: Store) -> None:
    message = stored(store, 1)
    waits = replace(attempt(store), number=0, made=False, waits_for=Wait.PARTS, endpoint_id="-")

    store.mailbox.fail(message, known(store), waits)

    now = store.conversations.get(CONVERSATION)
    assert now is not None
    assert (now.waits_for, now.attempts, now.next_attempt_at) == ("parts", 0, store.clock() + 2)
    assert now.held_endpoint == f"EP#{apple.BUSINESS}#-"
    assert state_of(store, message) is State.HELD


@pytest.mark.parametrize("made", [True, False])
def test_only_a_try_that_was_made_is_kept(dynamo: Store, cloud: Cloud, *, made: bool) -> None:
    dynamo.mailbox.fail(replace(stored(dynamo, 1), attempts=1), known(dynamo), replace(attempt(dynamo), made=made))

    assert any("TRY#" in key for key in cloud.item_keys()) is made


# --- replays -------------------------------------------------------------------------------------


def settled(store: Store, sequence: int, state: State, **changed: object) -> Message:
    """A message that has been through the mailbox."""
    message = stored(store, sequence)
    store.mailbox.hold(message)
    outcome = {"attempts": 4, "endpoint_id": "default", "delivered_at": store.clock()}
    words = {"error_code": "delivery_status", "error_message": "too late"}
    store.mailbox.leave(replace(message, **{"state": state} | outcome | words | changed))  # type: ignore[arg-type]
    found = store.messages.get(message.business_id, message.id)
    assert found is not None
    return found


@pytest.mark.parametrize("state", [State.DELIVERED, State.FAILED])
def test_a_settled_message_waits_again_at_its_old_place(store: Store, state: State) -> None:
    known(store)
    again = settled(store, 1, state)
    store.mailbox.hold(stored(store, 2))
    store.clock.advance(1000)
    conversation = store.conversations.get(CONVERSATION)
    assert conversation is not None

    assert store.mailbox.replay(again, conversation, at=store.clock()) is True

    assert store.mailbox.held(CONVERSATION, limit=10) == [Held("m1", 1), Held("m2", 2)]
    found = store.messages.get(apple.BUSINESS, "m1")
    assert found is not None
    assert (found.state, found.sequence, found.attempts, found.replayed_at) == (State.HELD, 1, 4, store.clock())
    assert (found.delivered_at, found.error_code, found.error_message) == (None, None, None)
    now = store.conversations.get(CONVERSATION)
    assert now is not None
    assert (now.held_since, now.next_attempt_at, now.attempts) == (store.clock(), store.clock(), 0)
    assert (now.held_endpoint, now.waits_for) == (f"EP#{apple.BUSINESS}#default", "endpoint")
    store.clock.advance(60)
    assert store.overdue() == [CONVERSATION]


def test_a_conversation_that_waits_already_has_waited_since_then(store: Store) -> None:
    conversation = known(store)
    again = settled(store, 1, State.FAILED)
    began = store.clock()
    store.mailbox.fail(stored(store, 2), conversation, attempt(store, wait=5000))
    store.clock.advance(10)

    store.mailbox.replay(again, conversation, at=store.clock())

    now = store.conversations.get(CONVERSATION)
    assert now is not None
    assert (now.held_since, now.next_attempt_at) == (began, store.clock())


@pytest.mark.parametrize("state", [State.SUPPRESSED, State.SENT, State.UNKNOWN, State.CANCELLED])
def test_only_what_was_delivered_or_failed_is_replayed(store: Store, state: State) -> None:
    conversation = known(store)
    message = settled(store, 1, state)

    assert store.mailbox.replay(message, conversation, at=store.clock()) is False

    assert state_of(store, message) is state
    assert store.mailbox.held(CONVERSATION, limit=10) == []
    assert store.conversations.get(CONVERSATION) == conversation


def test_what_waits_or_is_not_there_is_not_replayed(store: Store) -> None:
    conversation = known(store)
    waiting = stored(store, 1)
    store.mailbox.hold(waiting)
    gone = a_message(store.clock, id="gone", sequence=2)

    assert store.mailbox.replay(waiting, conversation, at=store.clock()) is False
    assert store.mailbox.replay(gone, conversation, at=store.clock()) is False
    assert store.mailbox.held(CONVERSATION, limit=10) == [Held("m1", 1)]


def test_a_replayed_message_is_settled_like_any_other(store: Store) -> None:
    conversation = known(store)
    again = settled(store, 1, State.FAILED)
    store.mailbox.replay(again, conversation, at=store.clock())

    store.mailbox.leave(replace(again, state=State.DELIVERED, attempts=1, delivered_at=store.clock() + 5))

    found = store.messages.get(apple.BUSINESS, "m1")
    assert found is not None
    assert (found.state, found.delivered_at, found.error_code) == (State.DELIVERED, store.clock() + 5, None)
    assert found.replayed_at == store.clock()
    assert store.mailbox.held(CONVERSATION, limit=10) == []


# --- what only the table itself shows --------------------------------------------------------------


def test_a_marker_without_a_message_can_be_removed(store: Store) -> None:
    store.mailbox.hold(stored(store, 1))

    store.mailbox.forget(CONVERSATION, 1)
    store.mailbox.forget(CONVERSATION, 1)

    assert store.mailbox.held(CONVERSATION, limit=10) == []


def test_each_try_is_kept_for_operators(dynamo: Store, cloud: Cloud) -> None:
    conversation = known(dynamo)
    message = stored(dynamo, 1)
    for number in (1, 2):
        message.attempts = number
        dynamo.mailbox.fail(message, conversation, attempt(dynamo, number=number))

    tries = [key for key in cloud.item_keys(f"MSG#{apple.BUSINESS}#m1") if "TRY#" in key]
    assert [key.partition("|")[2] for key in tries] == ["TRY#default#0001", "TRY#default#0002"]
    found = next(item for item in cloud.items() if item["sk"]["S"].startswith("TRY#"))
    assert (found["status"], found["words"], found["ms"]) == ({"N": "503"}, {"S": "down"}, {"N": "12"})


def test_markers_and_tries_expire_with_their_message(dynamo: Store, cloud: Cloud) -> None:
    message = stored(dynamo, 1)
    dynamo.mailbox.fail(message, known(dynamo), attempt(dynamo))

    expiring = {item["sk"]["S"].partition("#")[0]: item.get("expires_at") for item in cloud.items()}
    assert expiring["HELD"] == expiring["TRY"] == expiring["MSG"] is not None
    assert expiring["STATE"] is None


def test_every_indexed_attribute_has_the_type_the_template_declares(dynamo: Store, cloud: Cloud) -> None:
    """DynamoDB refuses any other; the mock does not look."""
    declared = {
        entry["AttributeName"]: entry["AttributeType"] for entry in template_yaml.table()["AttributeDefinitions"]
    }
    dynamo.mailbox.fail(stored(dynamo, 1), known(dynamo), attempt(dynamo))
    stored(dynamo, 2)

    written = {(name, *attribute) for item in cloud.items() for name, attribute in item.items() if name in declared}

    assert written == set(declared.items())
