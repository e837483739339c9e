"""No body, token, key, secret or opaque id is ever logged: not when all goes well, and not when anything goes wrong.

Every secret thing carries the word CANARY (or is listed); everything that was said is searched for it.
"""

from __future__ import annotations

import gzip
import json
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

import functions.attachments.api
import functions.console.app
import functions.outbound.api
import functions.outbound.library
import functions.outbound.sender
import functions.rotation.app
import functions.routing.app
import functions.routing.wakeups
from functions.rotation.app import RotationFailed
from parley.business import operations
from parley.errors import ParleyError
from parley.runtime import compose
from tests.functions.conftest import KEY_ID, KEY_SECRET, Stack, a_context
from tests.support import apple_requests as apple
from tests.support.cloud import BUSINESS_PREFIX
from tests.support.console import answering, event
from tests.support.http_server import Exchange, reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.fixtures import Logged

BODY = "CANARY-body"
OPAQUE = "urn:mbid:CANARYopaque+/=="
WORDS = f"CANARY-words {OPAQUE} {BODY}".encode()

pytestmark = pytest.mark.usefixtures("no_waits")


@pytest.fixture
def quiet(stack: Stack, logged: Logged, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """Searches everything that was said once the test is done. Nobody waits for files here."""
    monkeypatch.setattr("parley.conversation.schedule.PARTS_SECONDS", 0.0)
    yield stack
    said = logged.everything()
    stored = stack.cloud.secrets.list_secrets()["SecretList"]
    secrets = [stack.cloud.secrets.get_secret_value(SecretId=secret["Name"])["SecretString"] for secret in stored]
    values = [value for text in secrets for value in _leaves(json.loads(text)) if value != apple.MSP_ID]
    assert logged.lines(), "nothing was said at all"
    for secret in ["CANARY", KEY_SECRET, "eyJ", *values, *[value.removeprefix("whsec_") for value in values]]:
        assert secret not in said


def _leaves(value: Any) -> list[str]:
    """Every text in a document."""
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in _leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each)]
    return [value] if isinstance(value, str) else []


def content(**fields: Any) -> dict[str, Any]:
    return apple.envelope(**{"body": BODY, "sourceId": OPAQUE, "subject": "CANARY", "locale": "en_US"} | fields)


def send(stack: Stack, **fields: Any) -> Any:
    return stack.api({"to": OPAQUE, "body": BODY, "subject": "CANARY", "agent": "CANARY"} | fields)


def everything(stack: Stack) -> None:
    """Both ways, all queues, a sweep."""
    stack.post(content())
    stack.post(content(attachments=[{"name": "CANARY", "url": "https://CANARY", "key": "CANARY"}]))
    stack.post(apple.envelope("interactive", sourceId=OPAQUE, interactiveData={"data": "CANARY"}))
    stack.post(apple.envelope("typing_start", sourceId=OPAQUE))
    stack.post(content(body=BODY + "x" * 300_000))
    send(stack)
    for _ in range(3):
        stack.route()
        stack.wake()
        stack.send()
    stack.sweep()


def test_while_all_goes_well(quiet: Stack) -> None:
    everything(quiet)

    assert [event["type"] for event in quiet.webhooks()] == [
        "message.received",
        "message.received",
        "message.received",
        "typing.started",
        "message.received",
        "message.sent",
    ]
    assert len(quiet.gateway.requests) == 1


def test_when_the_other_sides_refuse_and_repeat_what_they_got(quiet: Stack) -> None:
    quiet.endpoint.answers[:] = [reply("500 Oops", WORDS, "X-Echo: CANARY")]
    quiet.gateway.answers[:] = [reply("400 Bad Request", WORDS)]

    everything(quiet)


@pytest.mark.parametrize("status", ["403 Forbidden", "410 Gone", "429 Slow", "503 Down", "302 Found"])
def test_when_apple_answers_anything_else(quiet: Stack, status: str) -> None:
    quiet.gateway.answers[:] = [reply(status, WORDS, "Location: https://CANARY")]

    everything(quiet)


def test_when_the_other_sides_speak_no_http(quiet: Stack) -> None:
    def babble(exchange: Exchange) -> None:
        exchange.send(b"CANARY " + WORDS + b"\r\n\r\n")
        exchange.hang_up()

    quiet.endpoint.answers[:] = [babble]
    quiet.gateway.answers[:] = [babble]

    everything(quiet)


def test_when_the_other_sides_send_broken_heads(quiet: Stack) -> None:
    """Libraries like to quote these in warnings."""

    def babble(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nCANARY " + WORDS + b"\r\nContent-Length: 0\r\n\r\n")
        exchange.hang_up()

    quiet.endpoint.answers[:] = [babble]
    quiet.gateway.answers[:] = [babble]

    everything(quiet)


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer CANARY",
        "Basic CANARY",
        f"Bearer {apple.token(credential=apple.OTHER_CREDENTIAL)}",
        f"Bearer {apple.token(aud='CANARY')}",
    ],
)
def test_when_a_token_is_bad(quiet: Stack, authorization: str) -> None:
    assert quiet.post(content(), authorization=authorization)["statusCode"] == 403


@pytest.mark.parametrize(
    "body",
    [
        b"CANARY",
        b'{"CANARY": ',
        gzip.compress(b"CANARY", mtime=0)[:-3],
        gzip.compress(b"CANARY", mtime=0) + b"CANARY",
        json.dumps(content(id="CANARY other")).encode(),
        json.dumps(content(sourceId="CANARY \n")).encode(),
        json.dumps([BODY]).encode(),
    ],
)
def test_when_a_body_is_bad(quiet: Stack, body: bytes) -> None:
    assert quiet.post_bytes(body, content())["statusCode"] == 400


def test_when_a_business_is_unknown(quiet: Stack) -> None:
    assert quiet.post(content(destinationId=apple.OTHER_BUSINESS))["statusCode"] == 404


@pytest.mark.parametrize(
    "body",
    [
        '{"CANARY": ',
        {"CANARY": "CANARY", "to": ["CANARY"], "body": {"CANARY": 1}},
        {"to": OPAQUE, "body": "CANARY\0"},
        {"to": "CANARY", "body": BODY},
        {"to": OPAQUE, "body": BODY, "agent": "CANARY\u00e4"},
        "CANARY" * 60_000,
    ],
)
def test_when_a_business_call_is_bad(quiet: Stack, body: Any) -> None:
    assert quiet.api(body)["statusCode"] in {400, 413, 422}
    assert quiet.api({"to": OPAQUE, "body": BODY}, idempotency_key="CANARY \u00e4")["statusCode"] == 400


@pytest.mark.parametrize(
    "header", [f"Bearer {KEY_ID}.CANARY-{KEY_SECRET}", f"Bearer CANARY.{KEY_SECRET}", "Bearer CANARY"]
)
def test_when_a_key_is_bad(quiet: Stack, header: str) -> None:
    with pytest.raises(PermissionError):
        quiet.authorize(header)


@pytest.mark.parametrize("note", ["CANARY", '{"CANARY": 1}', '{"kind": "CANARY", "business_id": "CANARY"}'])
def test_when_a_note_is_none_of_ours(quiet: Stack, note: str) -> None:
    record = {
        "messageId": "n1",
        "receiptHandle": "CANARY",
        "body": note,
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": "g"},
    }
    for module in (functions.routing.app, functions.routing.wakeups, functions.outbound.sender):
        assert module.handler({"Records": [record]}, a_context())["batchItemFailures"]


def test_when_a_stored_message_cannot_be_read(quiet: Stack) -> None:
    event = {"kind": "message", "business_id": apple.BUSINESS, "conversation_id": "c", "message_id": "m"}
    record = {
        "messageId": "n1",
        "receiptHandle": "r",
        "body": json.dumps(event | {"payload": f'{{"CANARY": "{BODY}"', "received_at": time.time()}),
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": "g"},
    }

    assert functions.routing.app.handler({"Records": [record]}, a_context())["batchItemFailures"]


AWS_FAULTS = [
    ClientError({"Error": {"Code": "ValidationException", "Message": f"CANARY {BODY}"}}, "Operation"),
    ClientError({"Error": {"Code": "InternalServerError", "Message": f"CANARY {BODY}"}}, "Operation"),
    EndpointConnectionError(endpoint_url="https://CANARY"),
]


@pytest.mark.parametrize("fault", [*AWS_FAULTS, ValueError(f"CANARY {BODY}")])
@pytest.mark.parametrize("service", ["dynamodb", "sqs", "secretsmanager"])
def test_when_aws_fails_and_repeats_what_it_got(
    quiet: Stack, service: str, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet.post(content())
    send(quiet)
    for wired in (compose.receive, compose.deliver, compose.send):
        wired.cache_clear()
    with failing(service, fault, monkeypatch):
        quiet.post(content())
        send(quiet)
        quiet.ask("m")
        quiet.route()
        quiet.send()


@pytest.mark.parametrize("fault", AWS_FAULTS)
def test_what_escapes_a_function_is_logged_by_lambda_and_says_nothing_either(
    quiet: Stack, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet.post(content())
    with failing("dynamodb", fault, monkeypatch):
        for step in (quiet.sweep, quiet.authorize):
            with pytest.raises(ParleyError) as caught:
                step()
            assert "CANARY" not in str(caught.value)


@contextmanager
def failing(service: str, fault: Exception, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every call of one AWS service ends in `fault`; queues are still read, as Lambda reads them itself."""

    def fail(*_args: object) -> Any:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(compose.client(service), "_make_api_call", fail)
        yield


@pytest.mark.parametrize("text", ["CANARY", '{"msp_id": "CANARY", "secret": "CANARY!!"}', '["CANARY"]'])
def test_when_a_secret_is_malformed(quiet: Stack, text: str) -> None:
    quiet.post(content())
    send(quiet)
    quiet.cloud.secrets.put_secret_value(SecretId=f"{BUSINESS_PREFIX}{apple.BUSINESS}", SecretString=text)
    quiet.cloud.secrets.put_secret_value(SecretId="parley/apple", SecretString=text)
    for wired in (compose.receive, compose.deliver, compose.send):
        wired.cache_clear()

    quiet.post(content())
    quiet.route()
    quiet.send()

    for name in (f"{BUSINESS_PREFIX}{apple.BUSINESS}", "parley/apple"):
        quiet.cloud.secrets.put_secret_value(SecretId=name, SecretString='{"a": "b-secret"}')


def walk(stack: Stack) -> None:
    """Every operation of the business API, with canaries in body, path and query."""
    for operation in operations.every():
        handler = answering(operation.method, operation.path).handler
        path = re.sub(r"\{\w+\}", "CANARYid", operation.path)
        for body in ({"url": "https://CANARY.example/CANARY", "to": OPAQUE, "body": BODY, "name": "CANARY"}, "CANARY"):
            asked = event(operation.method, f"{path}?cursor=CANARY&state=CANARY", body, if_match='"CANARY"')
            handler(asked, a_context())


def test_when_every_route_of_the_business_api_is_asked_for_nonsense(quiet: Stack) -> None:
    walk(quiet)


@pytest.mark.parametrize("fault", [AWS_FAULTS[1], ValueError(f"CANARY {BODY}")])
@pytest.mark.parametrize("service", ["dynamodb", "sqs", "secretsmanager", "s3"])
def test_when_every_route_is_asked_while_aws_fails(
    quiet: Stack, service: str, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose.client(service)
    with failing(service, fault, monkeypatch):
        walk(quiet)
        body = {"url": "https://hooks.example/CANARY", "description": "CANARY"}
        functions.console.app.handler(event("POST", "/v1/endpoints", body), a_context())
        for path in ("rotate-secret", "test", "pause", "resume"):
            functions.console.app.handler(event("POST", f"/v1/endpoints/default/{path}"), a_context())
    quiet.post(content())


def test_when_an_endpoint_gets_a_new_secret(quiet: Stack) -> None:
    for _ in range(2):
        answer = functions.console.app.handler(event("POST", "/v1/endpoints/default/rotate-secret"), a_context())
        assert json.loads(answer["body"])["secret"].startswith("whsec_")
    quiet.post(content())
    quiet.route()


@pytest.mark.parametrize("fault", [*AWS_FAULTS, ValueError(f"CANARY {BODY}")])
@pytest.mark.parametrize("step", ["createSecret", "testSecret", "finishSecret"])
def test_when_a_rotation_fails(quiet: Stack, step: str, fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    staged = quiet.cloud.secrets.put_secret_value(
        SecretId="parley/apple",
        SecretString=json.dumps({"msp_id": apple.MSP_ID, "secret": "CANARY" * 6 + "CAN="}),
        VersionStages=["AWSPENDING"],
    )
    asked = {"Step": step, "SecretId": "parley/apple", "ClientRequestToken": staged["VersionId"]}

    with failing("secretsmanager", fault, monkeypatch), pytest.raises(RotationFailed) as failed:
        functions.rotation.app.handler(asked, a_context())
    quiet.gateway.answers[:] = [reply("403 Forbidden", WORDS)]
    with pytest.raises(RotationFailed) as refused:
        functions.rotation.app.handler(asked | {"Step": "testSecret"}, a_context())

    assert "CANARY" not in f"{failed.value} {refused.value}"
