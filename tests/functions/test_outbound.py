"""The business API, the authorizer before it, and the sender behind it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

import functions.outbound.sender
from parley.business import sends
from parley.errors import ParleyError
from parley.runtime import compose
from tests.functions.conftest import KEY_ID, KEY_SECRET, METHOD_ARN, a_context
from tests.support import apple_requests as apple
from tests.support.http_server import reply
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

SEND = {"to": apple.CUSTOMER, "body": "Yes \U0001f6b2"}
ALL_WELL: dict[str, list[str]] = {"batchItemFailures": []}


def body_of(answer: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(answer["body"])
    return content


def test_a_good_key_opens_every_method_of_the_stage(stack: Stack) -> None:
    answer = stack.authorize()

    (statement,) = answer["policyDocument"]["Statement"]
    assert statement == {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": METHOD_ARN.removesuffix("POST/v1/messages") + "*",
    }
    assert answer["principalId"] == KEY_ID
    everything = {"scopes": "read send manage keys privacy", "mode": "live"}
    assert answer["context"] == {"business_id": apple.BUSINESS, "key_id": KEY_ID, **everything}
    (counted,) = stack.cloud.apigateway.get_api_keys(includeValues=True)["items"]
    assert answer["usageIdentifierKey"] == counted["value"]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer x",
        f"Basic {KEY_ID}.{KEY_SECRET}",
        f"Bearer {KEY_ID}.{KEY_SECRET}x",
        f"Bearer pk_other.{KEY_SECRET}",
    ],
)
def test_any_other_is_unauthorized_in_the_one_word_api_gateway_knows(
    stack: Stack, logged: Logged, header: str | None
) -> None:
    with pytest.raises(PermissionError) as caught:
        stack.authorize(header)

    assert str(caught.value) == "Unauthorized"
    (line,) = logged.lines()
    assert (line["message"], line["request_id"]) == ("key_refused", "request-1")
    assert KEY_SECRET not in logged.everything()


def test_a_table_that_is_away_is_no_refusal(stack: Stack) -> None:
    stack.cloud.dynamodb.delete_table(TableName="parley-table")

    with pytest.raises(ParleyError):
        stack.authorize()


def test_a_message_is_accepted_and_can_be_asked_for(stack: Stack, logged: Logged) -> None:
    answer = stack.api(SEND)

    view = body_of(answer)
    assert answer["statusCode"] == 202
    assert answer["headers"]["Location"] == f"/v1/messages/{view['id']}"
    assert (view["state"], view["conversation_id"], view["body"]) == ("queued", CONVERSATION, SEND["body"])
    assert body_of(stack.ask(view["id"])) == view
    assert body_of(stack.ask(view["id"].upper())) == view
    (line,) = logged.lines()
    assert (line["message"], line["message_id"], line["queued"]) == ("accepted", view["id"], True)


def test_a_call_with_its_key_is_answered_the_same_again(stack: Stack) -> None:
    first = stack.api(SEND, Idempotency_Key="k")
    again = stack.api(dict(reversed(SEND.items())), idempotency_key="k")

    assert body_of(first) == body_of(again)
    assert "Idempotent-Replayed" not in first["headers"]
    assert again["headers"]["Idempotent-Replayed"] == "true"
    conflict = stack.api(SEND | {"body": "No"}, idempotency_key="k")
    assert (conflict["statusCode"], body_of(conflict)["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "body_not_json"),
        ("", 400, "body_not_json"),
        ("[]", 422, "body_not_object"),
        ({"to": "x"}, 422, "required"),
        ({"to": 1, "bod": "x"}, 422, "invalid"),
        (SEND | {"type": "richLink"}, 422, "unknown_type"),
        (SEND | {"body": " "}, 422, "blank"),
        (SEND | {"to": "nowhere"}, 422, "unknown_conversation"),
        ("x" * (sends.MAX_BODY_BYTES + 1), 413, "body_too_large"),
    ],
)
def test_each_fault_is_a_problem_with_a_code(stack: Stack, logged: Logged, body: Any, status: int, code: str) -> None:
    answer = stack.api(body)

    problem = body_of(answer)
    assert (answer["statusCode"], problem["code"], problem["request_id"]) == (status, code, "request-1")
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    (line,) = logged.lines()
    assert (line["message"], line["status"], line["business_id"]) == ("refused", status, apple.BUSINESS)
    assert stack.cloud.item_keys("MSG#") == []


def test_an_idempotency_key_that_is_none_is_refused(stack: Stack) -> None:
    answer = stack.api(SEND, idempotency_key="a b")

    assert (answer["statusCode"], body_of(answer)["code"]) == (400, "idempotency_key_malformed")
    assert stack.cloud.item_keys("MSG#") == []


def test_a_customer_who_left_gets_nothing(stack: Stack) -> None:
    stack.post(apple.envelope("close"))
    stack.route()

    answer = stack.api(SEND)

    assert (answer["statusCode"], body_of(answer)["code"]) == (422, "opted_out")


@pytest.mark.parametrize("message_id", ["nobody", "0" * 129, "x" * 3000, "a#b", "\u00e4"])
def test_a_message_nobody_knows_is_not_found(stack: Stack, message_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = compose.client("dynamodb")
    real = client._make_api_call

    def strict(operation: str, wanted: dict[str, Any]) -> Any:
        if len(wanted["Key"]["pk"]["S"]) > 2048:  # the mock takes any
            raise ClientError({"Error": {"Code": "ValidationException"}}, operation)
        return real(operation, wanted)

    monkeypatch.setattr(client, "_make_api_call", strict)

    answer = stack.ask(message_id)

    assert (answer["statusCode"], body_of(answer)["code"]) == (404, "message_unknown")


def test_another_business_message_looks_like_none(stack: Stack) -> None:
    message_id = body_of(stack.api(SEND))["id"]

    assert stack.ask(message_id, business=apple.OTHER_BUSINESS)["statusCode"] == 404


@pytest.mark.parametrize("fields", [{"body": "Hi"}, {"body": 5}, {"body": "x" * 300_000}])
def test_a_customers_message_can_be_asked_for_too(stack: Stack, fields: dict[str, Any]) -> None:
    content = apple.envelope(**fields)
    stack.post(content)

    answer = stack.ask(content["id"])

    assert answer["statusCode"] == 200
    assert body_of(answer)["direction"] == "inbound"
    assert body_of(answer).get("body") == (fields["body"] if isinstance(fields["body"], str) else None)


def test_without_a_table_a_caller_is_told_that_it_is_our_fault(stack: Stack) -> None:
    stack.cloud.dynamodb.delete_table(TableName="parley-table")

    for answer in (stack.api(SEND), stack.ask("m")):
        assert answer["statusCode"] == 500
        assert "table" not in answer["body"].lower()


def test_a_message_goes_to_apple_as_apple_wants_it(stack: Stack, logged: Logged) -> None:
    message_id = body_of(stack.api(SEND | {"auto_reply": True, "agent": "bot"}))["id"]

    assert stack.send() == ALL_WELL

    (request,) = stack.gateway.requests
    assert request.line == "POST /v1/message HTTP/1.1"
    assert json.loads(request.body) == {
        "v": 1,
        "id": message_id,
        "type": "text",
        "sourceId": apple.BUSINESS,
        "destinationId": apple.CUSTOMER,
        "body": SEND["body"],
    }
    assert (request.headers["id"], request.headers["auto-reply"], request.headers["msp-agent"]) == (
        message_id,
        "true",
        "bot",
    )
    claims = jwt.decode(
        request.headers["authorization"].removeprefix("Bearer "), apple.CREDENTIAL.key, algorithms=["HS256"]
    )
    assert set(claims) == {"iss", "iat"}
    assert body_of(stack.ask(message_id))["state"] == "sent"
    (line,) = [line for line in logged.lines() if line["message"] == "sent"]
    assert (line["message_id"], line["state"], line["status"], line["attempts"]) == (message_id, "sent", 200, 1)


@pytest.mark.parametrize(
    ("status", "state", "code"),
    [
        ("400 Bad Request", "failed", "apple_refused"),
        ("403 Forbidden", "failed", "apple_forbidden"),
        ("404 Not Found", "failed", "apple_refused"),
        ("410 Gone", "failed", "customer_gone"),
    ],
)
def test_a_final_answer_ends_the_message(stack: Stack, status: str, state: str, code: str) -> None:
    stack.gateway.answers[:] = [reply(status, f"{status} : because of {apple.CUSTOMER}".encode())]
    message_id = body_of(stack.api(SEND))["id"]

    assert stack.send() == ALL_WELL

    view = body_of(stack.ask(message_id))
    assert (view["state"], view["error"]["code"]) == (state, code)
    assert view["error"]["message"] == f"{status} : because of \u2026"


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_temporary_answer_brings_the_conversation_back_later(stack: Stack, logged: Logged, status: str) -> None:
    stack.gateway.answers[:] = [reply(status)]
    for body in ("1", "2"):
        stack.api(SEND | {"body": body})

    answer = stack.send()

    assert len(answer["batchItemFailures"]) == 2
    assert len(stack.gateway.requests) == 1
    assert stack.cloud.waiting("OUTBOX_QUEUE_URL") == 2
    assert [line["error"] for line in logged.lines() if line["message"] == "record_failed"] == [
        f"Apple answered {status[:3]}"
    ]


def test_messages_accepted_while_the_queue_was_away_go_first(
    stack: Stack, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_wanted: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs")

    with monkeypatch.context() as patch:
        patch.setattr(compose.client("sqs"), "send_message", away)
        left = body_of(stack.api(SEND | {"body": "1"}))["id"]
    next_one = body_of(stack.api(SEND | {"body": "2"}))["id"]

    assert stack.send() == ALL_WELL

    assert [request.headers["id"] for request in stack.gateway.requests] == [left, next_one]
    lines = [line for line in logged.lines() if line["message"] == "sent"]
    assert [(line["message_id"], line["state"]) for line in lines] == [(left, "sent"), (next_one, "sent")]


def test_the_business_is_told_what_became_of_its_message(stack: Stack) -> None:
    stack.gateway.answers[:] = [reply("400 Bad Request", b"400 Bad Request : no")]
    message_id = body_of(stack.api(SEND))["id"]
    stack.send()

    stack.route()

    (event,) = stack.webhooks()
    assert event["type"] == "message.failed"
    assert (event["data"]["message"]["id"], event["data"]["message"]["state"]) == (message_id, "failed")
    assert event["data"]["message"]["error"]["code"] == "apple_refused"


def test_when_time_is_short_nothing_is_sent(stack: Stack) -> None:
    stack.api(SEND)
    stack.context = a_context(milliseconds=int(functions.outbound.sender._SPARE_SECONDS * 1000) - 1)

    assert len(stack.send()["batchItemFailures"]) == 1
    assert stack.gateway.requests == []
