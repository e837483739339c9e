"""POST /message."""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError

from parley.runtime import compose
from tests.functions.conftest import EMPTY
from tests.support import apple_requests as apple
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

OK = {"statusCode": 200, "headers": {"Content-Type": "text/plain; charset=utf-8"}, "body": "ok"}


def bearer(**claims: Any) -> str:
    return f"Bearer {apple.token(now=time.time(), **claims)}"


def test_a_text_is_stored_and_queued_and_answered_ok(stack: Stack, logged: Logged) -> None:
    content = apple.envelope(body="Hello \U0001f6b2")

    assert stack.post(content) == OK

    items, objects, queues = stack.stored()
    assert items == [f"MSG#{apple.BUSINESS}#{content['id']}|MSG"]
    assert objects == []
    assert queues["EVENTS_QUEUE_URL"] == 1
    (line,) = logged.lines()
    assert (line["message"], line["message_id"], line["conversation_id"]) == ("received", content["id"], CONVERSATION)
    assert (line["fresh"], line["queued"]) == (True, True)


@pytest.mark.parametrize("kind", ["text", "interactive", "close", "typing_start", "typing_end", "hologram"])
def test_every_type_is_answered_ok(stack: Stack, kind: str) -> None:
    assert stack.post(apple.envelope(kind)) == OK
    assert stack.cloud.waiting("EVENTS_QUEUE_URL") == 1


@pytest.mark.parametrize(("zipped", "encoded"), [(True, True), (False, True), (False, False)])
@pytest.mark.parametrize("fold", [str.lower, str.upper, str.title])
def test_a_post_is_taken_zipped_or_not_encoded_or_not_and_with_headers_in_any_case(
    stack: Stack, fold: Any, *, zipped: bool, encoded: bool
) -> None:
    content = apple.envelope()
    plain = json.dumps(content).encode()
    sent = {fold(name): value for name, value in apple.headers(content, authorization=bearer()).items()}

    event = apple.api_gateway_event(gzip.compress(plain) if zipped else plain, sent, encoded=encoded)

    assert stack.deliver_post(event) == OK
    assert stack.cloud.item_keys("MSG#") == [f"MSG#{apple.BUSINESS}#{content['id']}|MSG"]


def test_a_large_body_lies_in_the_bucket(stack: Stack) -> None:
    content = apple.envelope(body="x" * 1_000_000)

    assert stack.post(content) == OK

    assert stack.cloud.objects() == [f"payloads/{apple.BUSINESS}/{content['id']}.json"]


def test_bytes_at_apple_are_queued_for_transfer(stack: Stack) -> None:
    stack.post(apple.envelope(attachments=[{"name": "a.jpg"}]))

    assert stack.cloud.waiting("TRANSFERS_QUEUE_URL") == 1


GOOD = apple.envelope(id="7d3b1c58-2f7e-4a7e-9d0a-3f5b8e6c1a20")
PLAIN = json.dumps(GOOD).encode()
ZIPPED = gzip.compress(PLAIN)


def unsigned() -> str:
    def segment(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"Bearer {segment({'alg': 'none'})}.{segment({'aud': apple.MSP_ID, 'iat': int(time.time())})}."


BAD_TOKENS = [
    (lambda: None, 401, "token_missing"),
    (lambda: "  ", 401, "token_missing"),
    (lambda: "Bearer nonsense", 403, "token_malformed"),
    (lambda: "Basic dXNlcjpwYXNz", 403, "token_malformed"),
    (unsigned, 403, "token_algorithm"),
    (lambda: f"Bearer {apple.token(credential=apple.OTHER_CREDENTIAL, now=time.time())}", 403, "token_signature"),
    (lambda: bearer(aud="another-msp"), 403, "token_audience"),
    (lambda: bearer(iat=int(time.time()) - 3700), 403, "token_expired"),
    (lambda: bearer(iat=int(time.time()) + 120), 403, "token_from_future"),
]


@pytest.mark.parametrize(("authorization", "status", "reason"), BAD_TOKENS)
def test_a_bad_token_is_refused_with_its_reason_in_the_log_and_nothing_stored(
    stack: Stack, logged: Logged, authorization: Any, status: int, reason: str
) -> None:
    answer = stack.post_bytes(ZIPPED, GOOD, authorization=authorization())

    assert answer["statusCode"] == status
    (line,) = logged.lines()
    assert (line["message"], line["reason"], line["status"]) == ("refused", reason, status)
    assert line["request_id"] == "request-1"
    assert stack.stored() == EMPTY


BAD_BODIES = [
    (b"", 400, "body_not_json"),
    (b"not json", 400, "body_not_json"),
    (PLAIN[:-5], 400, "body_not_json"),
    (gzip.compress(b"not json"), 400, "body_not_json"),
    (gzip.compress(b"[]"), 400, "body_not_object"),
    (ZIPPED[:-10], 400, "gzip_broken"),
    (ZIPPED[:20] + b"\0\0\0" + ZIPPED[23:], 400, "gzip_broken"),
    (ZIPPED + b"x", 400, "gzip_broken"),
    (gzip.compress(bytes(200_000_000)), 400, "body_too_large"),
    (gzip.compress(b"") * 10_000, 400, "gzip_broken"),
    (b"x" * 7_000_000, 400, "body_too_large"),
    (gzip.compress(json.dumps(GOOD | {"body": "x" * 7_000_000}).encode()), 400, "body_too_large"),
    (json.dumps(GOOD | {"id": "another"}).encode(), 400, "header_body_mismatch"),
    (json.dumps(GOOD | {"sourceId": apple.OTHER_CUSTOMER}).encode(), 400, "header_body_mismatch"),
    (json.dumps(GOOD | {"destinationId": apple.OTHER_BUSINESS}).encode(), 400, "header_body_mismatch"),
    (json.dumps(GOOD | {"id": None}).encode(), 400, "id_invalid"),
    (json.dumps(GOOD | {"type": 5}).encode(), 400, "type_invalid"),
    (json.dumps(GOOD | {"sourceId": ""}).encode(), 400, "source_id_invalid"),
    (json.dumps(GOOD | {"x": float("nan")}).encode(), 400, "body_not_json"),
    (b"[" * 500_000, 400, "body_not_json"),
]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    BAD_BODIES,
    ids=lambda value: f"{len(value)}-bytes" if isinstance(value, bytes) else None,
)
def test_a_bad_body_is_refused_with_its_reason_in_the_log_and_nothing_stored(
    stack: Stack, logged: Logged, body: bytes, status: int, reason: str
) -> None:
    answer = stack.post_bytes(body, GOOD)

    assert answer["statusCode"] == status
    (line,) = logged.lines()
    assert (line["message"], line["reason"], line["status"]) == ("refused", reason, status)
    assert stack.stored() == EMPTY


def test_what_is_not_base64_is_refused(stack: Stack, logged: Logged) -> None:
    event = apple.api_gateway_event(ZIPPED, apple.headers(GOOD, authorization=bearer())) | {"body": "!!!"}

    assert stack.deliver_post(event)["statusCode"] == 400
    assert logged.lines()[0]["reason"] == "body_not_base64"


def test_a_business_we_do_not_serve_is_not_found(stack: Stack, logged: Logged) -> None:
    answer = stack.post(apple.envelope(destinationId=apple.OTHER_BUSINESS))

    assert answer["statusCode"] == 404
    assert logged.lines()[0]["reason"] == "business_unknown"
    assert stack.stored() == EMPTY


@pytest.mark.parametrize("missing", ["table", "secret"])
def test_what_could_not_be_stored_is_a_500_so_that_apple_may_try_again(
    stack: Stack, logged: Logged, missing: str
) -> None:
    if missing == "table":
        stack.cloud.dynamodb.delete_table(TableName="parley-table")
    else:
        stack.cloud.secrets.delete_secret(SecretId="parley/apple", ForceDeleteWithoutRecovery=True)

    answer = stack.post(apple.envelope())

    assert answer["statusCode"] == 500
    (line,) = logged.lines()
    assert (line["level"], line["message"]) == ("ERROR", "not_stored")


def test_a_queue_that_is_away_costs_no_message(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_wanted: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs")

    content = apple.envelope(body="kept")
    with monkeypatch.context() as patch:
        patch.setattr(compose.client("sqs"), "send_message", away)
        assert stack.post(content) == OK
    assert stack.cloud.item_keys("MSG#") == [f"MSG#{apple.BUSINESS}#{content['id']}|MSG"]
    assert stack.cloud.waiting("EVENTS_QUEUE_URL") == 0

    stack.post(apple.envelope(body="next"))
    stack.route()

    assert [event["data"]["message"]["body"] for event in stack.webhooks()] == ["kept", "next"]
    assert (
        "left_in"
        not in stack.cloud.dynamodb.get_item(
            TableName="parley-table", Key={"pk": {"S": f"CONV#{CONVERSATION}"}, "sk": {"S": "STATE"}}
        )["Item"]
    )


def test_the_same_post_twenty_times_at_once_is_stored_and_delivered_once(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = compose.client("dynamodb")
    real, one_at_a_time = client._make_api_call, threading.Lock()

    def atomic(*args: Any) -> Any:
        with one_at_a_time:  # a single write is atomic in DynamoDB; in the mock it is not
            return real(*args)

    monkeypatch.setattr(client, "_make_api_call", atomic)
    compose.receive()
    content = apple.envelope("interactive")
    start = threading.Barrier(20, timeout=30)

    def post() -> Any:
        start.wait()
        return stack.post(content)

    with ThreadPoolExecutor(20) as pool:
        answers = [task.result() for task in [pool.submit(post) for _ in range(20)]]

    assert answers == [OK] * 20
    assert stack.cloud.item_keys("MSG#") == [f"MSG#{apple.BUSINESS}#{content['id']}|MSG"]
    while stack.route() is not None:
        pass
    assert [event["data"]["message"]["id"] for event in stack.webhooks()] == [content["id"]]
