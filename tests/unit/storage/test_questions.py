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
    assert store.messages.add_all([sent(store, question_id)], asks=True)


def test_several_messages_are_stored_together(store: Store) -> None:
    messages = [sent(store, "m1", parts=["m1", "m2"]), sent(store, "m2")]

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
        session_identifier="s1",
        reference_id="order 9001",
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


def test_an_app_is_found_by_the_session_whatever_its_case(store: Store) -> None:
    message = sent(store, "m1", session_identifier="7c0e3f3a-aaaa")
    store.messages.add_all([message])

    assert store.questions.in_session(apple.BUSINESS, CONVERSATION, "7C0E3F3A-AAAA") == message
    assert store.questions.in_session(apple.BUSINESS, "elsewhere", "7c0e3f3a-aaaa") is None
    assert store.questions.in_session(apple.BUSINESS, CONVERSATION, "x") is None
    later = sent(store, "m2", session_identifier="7C0e3f3a-aaaa")
    store.messages.add_all([later])
    assert store.questions.in_session(apple.BUSINESS, CONVERSATION, "7c0e3f3a-aaaa") == later


@pytest.mark.parametrize("odd", ["\U0001f6b2" * 1000, "\ud800", "#", "a\x00b", " "])
def test_whatever_somebody_calls_a_session_or_an_order_can_be_looked_for(store: Store, odd: str) -> None:
    assert store.questions.in_session(apple.BUSINESS, CONVERSATION, odd) is None
    assert invited(store, odd) is None


def invite(store: Store, identity: str, *, to: str, reference: str = "order-9001", request: str = "") -> Message:
    message = sent(
        store, identity, conversation_id=to, reference_id=reference, request_identifier=request or f"r-{identity}"
    )
    assert store.messages.add_all([message])
    return message


def invited(
    store: Store, reference: str = "order-9001", *, request: str | None = None, person: str | None = None
) -> str | None:
    """The id of the invitation that is found."""
    found = store.questions.invited(apple.BUSINESS, reference, request_identifier=request, conversation_id=person)
    return None if found is None else found.id


def test_an_invitation_is_found_by_its_reference_wherever_the_answer_comes_from(store: Store) -> None:
    invite(store, "m1", to="kim")

    assert invited(store, person="lee") is None
    assert invited(store) == invited(store, request="r-m1") == invited(store, person="kim") == "m1"
    assert invited(store, request="another") == "m1"
    assert invited(store, "order-9002") is None
    assert (
        store.questions.invited(apple.OTHER_BUSINESS, "order-9001", request_identifier="r-m1", conversation_id="kim")
        is None
    )


def test_of_several_people_invited_under_one_reference_each_has_an_invitation_of_their_own(store: Store) -> None:
    invite(store, "m1", to="kim")
    invite(store, "m2", to="lee")
    invite(store, "m3", to="kim")

    assert (invited(store, request="r-m1"), invited(store, request="r-m2")) == ("m1", "m2")
    assert (invited(store, person="kim"), invited(store, person="lee")) == ("m3", "m2")
    assert (invited(store), invited(store, request="another"), invited(store, person="max")) == (None, None, None)


def test_two_businesses_may_use_the_same_reference(store: Store) -> None:
    invite(store, "m1", to="kim")
    other = sent(store, "m2", business_id=apple.OTHER_BUSINESS, conversation_id="kim", reference_id="order-9001")
    store.messages.add_all([other])

    assert invited(store) == invited(store, person="kim") == "m1"


def test_a_person_who_was_invited_twice_is_still_the_only_one(store: Store) -> None:
    invite(store, "m1", to="kim")
    invite(store, "m2", to="kim")

    assert invited(store) == "m2"


def test_the_marks_of_an_invitation_expire_and_do_not_show_its_reference(dynamo: Store, cloud: Cloud) -> None:
    invite(dynamo, "m1", to="kim", reference="Kim Example")

    marks = [item for item in cloud.items() if item["sk"]["S"] != "MSG"]
    assert sorted(item["sk"]["S"] for item in marks) == ["REQ#r-m1", "REQ#r-m1", "TO#kim"]
    assert {item["expires_at"]["N"] for item in marks} == {str(int(dynamo.clock()) + 90 * 86_400)}
    assert "Kim" not in str(marks)


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


def test_a_question_that_is_not_stored_is_not_opened_either(store: Store) -> None:
    ask(store, "q1")
    store.questions.answered(CONVERSATION, "q1", by="m1")

    assert store.messages.add_all([sent(store, "q1")], asks=True) is False

    assert known(store).question_answered_by == "m1"


def test_of_several_messages_the_first_is_the_question(store: Store) -> None:
    store.messages.add_all([sent(store, "q1"), sent(store, "m2")], asks=True)

    assert known(store).question_id == "q1"


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
