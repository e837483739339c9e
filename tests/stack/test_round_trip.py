"""A text goes both ways through the deployed template."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.conftest import eventually

if TYPE_CHECKING:
    from tests.stack.conftest import Stack


def test_a_customers_text_comes_back_as_the_business_answers_it(stack: Stack) -> None:
    customer = stack.new_customer()

    stack.writes(customer, "Is the blue one in stock? 🚲", intent="product_question", group="sales", locale="de_DE")

    (shown,) = eventually(lambda: stack.phone(customer))
    assert "Is the blue one in stock? 🚲" in shown["body"]
    assert shown["auto_reply"]
    (hook,) = stack.webhooks(customer)
    assert hook["verified"]
    data = hook["body"]["data"]
    assert hook["body"]["type"] == "message.received"
    assert data["sequence"] == 1
    assert data["message"]["body"] == "Is the blue one in stock? 🚲"
    assert (data["customer"]["intent"], data["customer"]["group"], data["customer"]["locale"]) == (
        "product_question",
        "sales",
        "de_DE",
    )


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("typing_start", "typing.started"),
        ("typing_end", "typing.ended"),
        ("close", "conversation.closed"),
        ("something_apple_adds_next_year", "message.received"),
    ],
)
def test_every_type_is_accepted_and_passed_on(stack: Stack, kind: str, event: str) -> None:
    customer = stack.new_customer()

    answer = stack.control("POST", "/messages", {"opaque_id": customer, "type": kind, "extra": {"future": [1, "ß"]}})

    assert [attempt["status"] for attempt in answer["attempts"]] == [200]
    (hook,) = eventually(lambda: stack.webhooks(customer))
    assert hook["body"]["type"] == event
    assert hook["body"]["data"]["message"]["type"] == kind
    if not kind.startswith("typing"):
        assert hook["body"]["data"]["message"]["raw"]["future"] == [1, "ß"]


def test_a_body_that_is_not_compressed_is_read_as_well(stack: Stack) -> None:
    customer = stack.new_customer()

    answer = stack.writes(customer, "plain", gzip=False)

    assert [attempt["status"] for attempt in answer["attempts"]] == [200]
    eventually(lambda: stack.webhooks(customer))


def test_a_large_text_is_delivered_whole(stack: Stack) -> None:
    customer = stack.new_customer()
    text = "ä" * 300_000

    stack.writes(customer, text)

    (hook,) = eventually(lambda: stack.webhooks(customer))
    assert hook["body"]["data"]["message"]["body"] == text


def test_twenty_concurrent_posts_of_one_message_are_stored_and_delivered_once(stack: Stack) -> None:
    customer = stack.new_customer()

    post = stack.signed_post(customer, "once")

    def send(_: int) -> int:
        # Longer than Apple would wait: the local cloud starts a process for every request beyond the warm ones.
        url = stack.facts["apple_message_url"]
        return stack.http.request("POST", url, **post, timeout=90, retries=False).status

    with ThreadPoolExecutor(20) as threads:
        statuses = list(threads.map(send, range(20)))

    assert statuses == [200] * 20
    stack.writes(customer, "after")
    hooks = eventually(lambda: hooks if len(hooks := stack.webhooks(customer)) > 1 else None)
    assert [hook["body"]["data"]["message"]["body"] for hook in hooks] == ["once", "after"]
    first, second = (hook["body"]["data"]["sequence"] for hook in hooks)
    assert first == 1 < second


def test_what_became_of_a_message_can_be_asked(stack: Stack) -> None:
    customer = stack.new_customer()

    status, accepted = stack.api("POST", "/v1/messages", {"to": customer, "body": "Hello"})

    assert status == 202, accepted
    sent = eventually(lambda: view if (view := _view(stack, accepted["id"]))["state"] == "sent" else None)
    assert sent["body"] == "Hello"
    assert sent["attempts"] == 1
    assert [message["id"] for message in stack.phone(customer)] == [accepted["id"]]


def test_the_same_idempotency_key_sends_once(stack: Stack) -> None:
    customer = stack.new_customer()
    order = {"to": customer, "body": "Your order is ready"}
    key = {"Idempotency-Key": f"order-{customer[-12:]}"}

    answers = [stack.api("POST", "/v1/messages", order, **key) for _ in range(3)]
    conflict, problem = stack.api("POST", "/v1/messages", {**order, "body": "Something else"}, **key)

    assert [status for status, _ in answers] == [202] * 3
    assert len({answer["id"] for _, answer in answers}) == 1
    assert (conflict, problem["code"]) == (409, "idempotency_conflict")
    eventually(lambda: _view(stack, answers[0][1]["id"])["state"] == "sent")
    assert len(stack.phone(customer)) == 1


def test_other_keys_open_nothing(stack: Stack) -> None:
    key_id, _, secret = stack.facts["business"]["api_key"].partition(".")
    wrong = [f"{key_id}.{secret[::-1]}", f"{key_id}x.{secret}", key_id, "x"]

    for key in wrong:
        status, problem = stack.api("GET", "/v1/messages/unknown", key=key)
        assert (status, problem["code"]) == (401, "unauthorized")
    status, problem = stack.call("GET", stack.facts["business_api_url"] + "/v1/messages/unknown")
    assert (status, problem["code"]) == (401, "unauthorized")
    status, problem = stack.api("GET", "/v1/messages/unknown")
    assert (status, problem["code"]) == (404, "message_unknown")


def test_mistakes_are_told_with_their_place(stack: Stack) -> None:
    status, problem = stack.api("POST", "/v1/messages", {"to": stack.new_customer(), "body": " ", "colour": "blue"})

    assert status == 422
    assert {fault["path"] for fault in problem["errors"]} == {"/colour"}


def _view(stack: Stack, message_id: str) -> dict[str, Any]:
    status, view = stack.api("GET", f"/v1/messages/{message_id}")
    assert status == 200, json.dumps(view)
    return dict(view)
