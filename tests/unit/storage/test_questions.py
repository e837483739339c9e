"""Several messages stored as one, and what was asked of a customer, found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from parley.conversation.identity import ulid
from parley.conversation.records import Conversation, Direction, Message, State
from parley.errors import Retryable
from parley.storage import keys
from parley.storage.questions import RECENT
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE
from tests.support.world import CONVERSATION
from tests.unit.storage.conftest import Store, a_message

if TYPE_CHECKING:
    from tests.support.cloud import Cloud


def sent(store: Store, identity: str, **changed: Any) -> Message:
    facts: dict[str, Any] = {
        "id": identity,
        "direction": Direction.OUTBOUND,
        "state": State.QUEUED,
        "ulid": ulid(store.clock()),
        "payload": f'{{"body":"{identity}"}}',
    }
    return a_message(store.clock, **facts | changed)


def known(store: Store) -> Conversation:
    conversation = store.conversations.get(CONVERSATION)
    assert conversation is not None
    return conversation


def ask(store: Store, question_id: str) -> None:
    store.conversations.ask(CONVERSATION, apple.BUSINESS, apple.CUSTOMER, question_id=question_id)


def test_several_messages_are_stored_together(store: Store) -> None:
    messages = [sent(store, "m1", parts=2), sent(store, "m2")]

    assert store.messages.add_all(messages) is True

    assert [store.messages.get(apple.BUSINESS, message.id) for message in messages] == messages


def test_a_message_of_every_kind_comes_back_as_it_was(store: Store) -> None:
    message = sent(
        store,
        "m1",
        kind="quick_reply",
        form="text",
        form_reason="why",
        door="authenticate",
        headers={"message-type": "notification"},
        construct="{}",
        request_identifier="r1",
        offered={"kind": "quick_reply", "choices": [{"identifier": "a", "single": 0}], "multiple": True},
        parts=1,
    )

    assert store.messages.add_all([message])
    assert store.messages.get(apple.BUSINESS, "m1") == message


@pytest.mark.parametrize("request_identifier", [None, "r1"])
def test_one_that_is_there_keeps_all_out(store: Store, request_identifier: str | None) -> None:
    first = sent(store, "m1", request_identifier=request_identifier)
    assert store.messages.add_all([first])

    again = [sent(store, "m0"), sent(store, "m1", request_identifier="r2", agent="other")]

    assert store.messages.add_all(again) is False
    assert store.messages.add_all(again[1:]) is False
    assert store.messages.get(apple.BUSINESS, "m0") is None
    assert store.messages.get(apple.BUSINESS, "m1") == first
    assert store.questions.asked(apple.BUSINESS, CONVERSATION, "r2") is None


def test_what_is_stored_together_is_healed_together(store: Store) -> None:
    store.messages.add_all([sent(store, "m1"), sent(store, "m2", request_identifier="r")])

    store.clock.advance(61)

    assert sorted(store.overdue()) == ["m1", "m2"]


def test_a_question_is_found_by_its_request_in_its_conversation_only(store: Store) -> None:
    message = sent(store, "m1", request_identifier="r1")
    store.messages.add_all([message])

    assert store.questions.asked(apple.BUSINESS, CONVERSATION, "r1") == message
    assert store.questions.message(apple.BUSINESS, "m1") == message
    assert store.questions.asked(apple.BUSINESS, "elsewhere", "r1") is None
    assert store.questions.asked(apple.OTHER_BUSINESS, CONVERSATION, "r1") is None
    assert store.questions.asked(apple.BUSINESS, CONVERSATION, "r2") is None


def test_a_request_that_is_used_again_leads_to_the_later_message(store: Store) -> None:
    store.messages.add_all([sent(store, "m1", request_identifier="r1")])
    later = sent(store, "m2", request_identifier="r1")
    store.messages.add_all([later])

    assert store.questions.asked(apple.BUSINESS, CONVERSATION, "r1") == later


def test_a_question_expires_with_its_message(store: Store) -> None:
    store.messages.add_all([sent(store, "m1", request_identifier="r1")])
    store.clock.advance(91 * 86_400)

    assert store.questions.asked(apple.BUSINESS, CONVERSATION, "r1") is None


def test_the_mark_of_a_request_expires_too(dynamo: Store, cloud: Cloud) -> None:
    dynamo.messages.add_all([sent(dynamo, "m1", request_identifier="r1")])

    (item,) = [item for item in cloud.items() if item["sk"]["S"].startswith("REQ#")]
    assert int(item["expires_at"]["N"]) == int(dynamo.clock()) + 90 * 86_400
    assert {"pk": item["pk"], "sk": item["sk"]} == keys.request(CONVERSATION, "r1")


def test_the_texts_of_the_business_come_newest_first(store: Store) -> None:
    for name in ("a", "b", "c"):
        store.messages.add_all([sent(store, name)])
        store.clock.advance(1)
    store.messages.add(sent(store, "theirs", direction=Direction.INBOUND, state=State.RECEIVED))
    store.messages.add(sent(store, "tap", payload='{"interactiveData":{}}'))
    store.messages.add(sent(store, "large", payload=None, payload_key="payloads/x"))
    store.messages.add(sent(store, "elsewhere", conversation_id="elsewhere"))
    store.messages.add(sent(store, "others", business_id=apple.OTHER_BUSINESS))

    assert store.questions.recent_bodies(apple.BUSINESS, CONVERSATION) == [("c", "c"), ("b", "b"), ("a", "a")]


def test_only_so_many_messages_are_looked_through(store: Store) -> None:
    for number in range(RECENT + 2):
        store.messages.add(sent(store, f"m{number}"))
        store.clock.advance(1)

    found = store.questions.recent_bodies(apple.BUSINESS, CONVERSATION)

    assert [identity for identity, _ in found] == [f"m{number}" for number in range(RECENT + 1, 1, -1)]


def test_a_conversation_without_messages_has_no_texts(store: Store) -> None:
    assert store.questions.recent_bodies(apple.BUSINESS, CONVERSATION) == []


def test_asking_opens_a_question_even_for_a_customer_nobody_has_met(store: Store) -> None:
    ask(store, "q1")

    met = known(store)
    assert (met.question_id, met.question_answered_by) == ("q1", None)
    assert (met.id, met.business_id, met.opaque_id, met.opted_out) == (
        CONVERSATION,
        apple.BUSINESS,
        apple.CUSTOMER,
        False,
    )


def test_a_question_is_closed_once_and_a_new_one_opens_it_anew(store: Store) -> None:
    ask(store, "q1")
    store.questions.answered(CONVERSATION, "q1", by="m1")
    store.questions.answered(CONVERSATION, "q1", by="m2")
    assert known(store).question_answered_by == "m1"

    ask(store, "q2")
    assert (known(store).question_id, known(store).question_answered_by) == ("q2", None)
    store.questions.answered(CONVERSATION, "q1", by="m3")
    assert known(store).question_answered_by is None


def test_a_conversation_nobody_knows_has_nothing_to_close(store: Store) -> None:
    store.questions.answered("nobody", "q1", by="m1")

    assert store.conversations.get("nobody") is None


@pytest.mark.parametrize("operation", ["UpdateItem", "TransactWriteItems", "PutItem"])
def test_a_table_that_is_away_is_no_answer(dynamo: Store, monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    client = dynamo.questions._client  # type: ignore[attr-defined]
    real = client._make_api_call

    def broken(name: str, wanted: Any) -> Any:
        if name == operation:
            raise ClientError({"Error": {"Code": "InternalServerError"}}, name)
        return real(name, wanted)

    monkeypatch.setattr(client, "_make_api_call", broken)
    call: Any = {
        "UpdateItem": lambda: dynamo.questions.answered(CONVERSATION, "q1", by="m"),
        "TransactWriteItems": lambda: dynamo.messages.add_all([sent(dynamo, "m1"), sent(dynamo, "m2")]),
        "PutItem": lambda: dynamo.messages.add_all([sent(dynamo, "m1")]),
    }[operation]

    with pytest.raises(Retryable):
        call()
    assert cloud_is_empty(dynamo)


def cloud_is_empty(store: Store) -> bool:
    """Nothing was written."""
    client = store.questions._client  # type: ignore[attr-defined]
    return bool(client.scan(TableName=TABLE)["Count"] == 0)
