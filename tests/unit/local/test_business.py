from __future__ import annotations

import asyncio
import base64
import contextlib
import http.client
import json
import stat
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from local.business.app import Business
from local.business.config import Config
from local.business.echo import Echo
from local.business.inbox import Inbox
from tests.unit.local.running import Answer, call, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from starlette.requests import Request

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CONVERSATION = "mzxw6ytboi3dqnrtgq2tmnzyha"


def received(body: str = "Is it blue?", conversation: str = CONVERSATION, kind: str = "text") -> dict[str, Any]:
    message = {"id": str(uuid.uuid4()), "type": kind, "body": body}
    data = {"conversation_id": conversation, "sequence": 1, "message": message}
    return {"type": "message.received", "timestamp": "2026-01-01T00:00:00Z", "data": data}


def signed(content: bytes, webhook_id: str, *, secret: str = SECRET, at: int | None = None) -> dict[str, str]:
    timestamp = str(int(time.time()) if at is None else at)
    import hashlib
    import hmac

    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{webhook_id}.{timestamp}.".encode() + content, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": signature}


class StubApi:
    """The MSP's business API: keeps what it is sent and answers what it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[Mapping[str, str], Any]] = []
        self.statuses: list[int] = []

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/local/v1/messages", self._messages, methods=["POST"])])

    async def _messages(self, request: Request) -> Response:
        self.calls.append((request.headers, json.loads(await request.body())))
        return Response(status_code=self.statuses.pop(0) if self.statuses else 202)

    def wait(self, number: int) -> list[tuple[Mapping[str, str], Any]]:
        deadline = time.monotonic() + 10
        while len(self.calls) < number and time.monotonic() < deadline:
            time.sleep(0.005)
        return self.calls


class Client:
    """The MSP that delivers webhooks, and the test that looks into the inbox."""

    def __init__(self, url: str, api: StubApi) -> None:
        self.url = url
        self.api = api

    def deliver(self, event: object, webhook_id: str = "msg_1", /, **headers: str) -> Answer:
        content = event if isinstance(event, bytes) else json.dumps(event).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return call("POST", f"{self.url}/webhook", content, {**signed(content, webhook_id), **named})

    def inbox(self, query: str = "") -> list[Any]:
        webhooks: list[Any] = call("GET", f"{self.url}/inbox?{query}").json["webhooks"]
        return webhooks

    def behave(self, **behaviour: Any) -> Answer:
        return call("PUT", f"{self.url}/behaviour", behaviour)


@contextlib.contextmanager
def business(state: Path, api: StubApi, api_url: str, *, echo: bool = True) -> Iterator[Client]:
    async def no_sleep(_: float) -> None:
        await asyncio.sleep(0)

    settings = {"webhook_secret": SECRET, "business_api_url": f"{api_url}/local", "api_key": "k1.secret", "echo": echo}
    config = Config.model_validate(settings)
    inbox = Inbox(state / "webhooks.jsonl")
    with serving(Business(config, inbox, Echo(config, inbox, sleep=no_sleep)).app()) as url:
        yield Client(url, api)


@pytest.fixture(scope="module")
def api_at() -> Iterator[tuple[StubApi, str]]:
    stub = StubApi()
    with serving(stub.app()) as url:
        yield stub, url


@pytest.fixture
def shop(tmp_path: Path, api_at: tuple[StubApi, str]) -> Iterator[Client]:
    api, url = api_at
    api.calls.clear()
    api.statuses.clear()
    with business(tmp_path, api, url) as client:
        yield client


def test_a_webhook_is_answered_204_and_recorded(shop: Client) -> None:
    event = received()

    answer = shop.deliver(event, "msg_7")

    assert (answer.status, answer.data) == (204, b"")
    (webhook,) = shop.inbox()
    assert (webhook["n"], webhook["webhook_id"], webhook["body"]) == (1, "msg_7", event)
    assert json.loads(webhook["raw"]) == event
    assert webhook["headers"]["webhook-signature"].startswith("v1,")
    assert (webhook["verified"], webhook["problem"], webhook["duplicate"], webhook["answered"]) == (
        True,
        None,
        False,
        204,
    )


def test_a_webhook_that_is_not_verified_gets_401_and_is_recorded(shop: Client) -> None:
    problem = "no signature in webhook-signature matches"

    answer = shop.deliver(received(), "msg_1", webhook_signature="v1,AAAA")

    assert (answer.status, answer.json) == (401, {"error": f"The webhook is not verified: {problem}."})
    (webhook,) = shop.inbox()
    assert (webhook["verified"], webhook["problem"], webhook["answered"]) == (False, problem, 401)
    assert shop.api.calls == []


def test_a_text_is_echoed_with_the_webhooks_id_as_idempotency_key(shop: Client) -> None:
    shop.deliver(received("Is it blue?"), "msg_9")

    ((headers, message),) = shop.api.wait(1)
    assert message == {"to": CONVERSATION, "type": "text", "body": "You said: Is it blue?", "auto_reply": True}
    assert headers["idempotency-key"] == "echo-msg_9"
    assert headers["authorization"] == "Bearer k1.secret"
    assert headers["content-type"] == "application/json"


def test_echoes_of_a_conversation_keep_their_order(shop: Client) -> None:
    shop.api.statuses = [503]
    for number in range(10):
        shop.deliver(received(str(number)), f"msg_{number}")

    calls = shop.api.wait(11)

    assert [message["body"] for _, message in calls] == ["You said: 0"] + [f"You said: {n}" for n in range(10)]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "typing.started", "data": {"conversation_id": CONVERSATION}},
        {"type": "conversation.closed", "data": {"conversation_id": CONVERSATION}},
        received(kind="interactive"),
        {"type": "message.received", "data": "?"},
        [],
        b"not json",
    ],
)
def test_what_is_no_text_is_recorded_and_not_echoed(shop: Client, event: object) -> None:
    assert shop.deliver(event, "msg_1").status == 204
    shop.deliver(received("last"), "msg_2")

    calls = shop.api.wait(1)

    assert [message["body"] for _, message in calls] == ["You said: last"]
    assert len(shop.inbox()) == 2


def test_a_duplicate_is_recorded_as_one_and_not_echoed_again(shop: Client) -> None:
    event = received()
    for _ in range(2):
        shop.deliver(event, "msg_1")
    shop.deliver(received("last"), "msg_2")

    assert [webhook["duplicate"] for webhook in shop.inbox()] == [False, True, False]
    assert [headers["idempotency-key"] for headers, _ in shop.api.wait(2)] == ["echo-msg_1", "echo-msg_2"]


@pytest.mark.parametrize(("statuses", "tries"), [([500, 429, 202], 3), ([422], 1), ([409], 1), ([500] * 9, 5)])
def test_an_echo_is_tried_again_only_while_that_can_help(shop: Client, statuses: list[int], tries: int) -> None:
    shop.api.statuses = list(statuses)

    shop.deliver(received())

    deadline = time.monotonic() + 10
    while shop.inbox()[0]["echoed"] is None and time.monotonic() < deadline:
        time.sleep(0.005)
    assert len(shop.api.calls) == tries
    assert shop.inbox()[0]["echoed"] == statuses[tries - 1]
    assert len({headers["idempotency-key"] for headers, _ in shop.api.calls}) == 1


def test_echoing_can_be_switched_off_and_on(shop: Client) -> None:
    shop.behave(echo=False)
    shop.deliver(received("silence"), "msg_1")
    shop.behave(echo=True)
    shop.deliver(received("noise"), "msg_2")

    assert [message["body"] for _, message in shop.api.wait(1)] == ["You said: noise"]


def test_a_failing_business_records_what_it_refuses(shop: Client) -> None:
    shop.behave(status=503, retry_after=3, times=2)

    answers = [shop.deliver(received(), "msg_1") for _ in range(3)]

    assert [answer.status for answer in answers] == [503, 503, 204]
    assert answers[0].headers["retry-after"] == "3"
    assert "retry-after" not in answers[2].headers
    assert [webhook["answered"] for webhook in shop.inbox()] == [503, 503, 204]
    assert [message["body"] for _, message in shop.api.wait(1)] == ["You said: Is it blue?"]


def test_a_behaviour_without_times_lasts_until_it_is_changed(shop: Client) -> None:
    shop.behave(status=500)
    assert [shop.deliver(received(), "msg_1").status for _ in range(3)] == [500] * 3

    assert shop.behave().json["status"] == 204

    assert shop.deliver(received(), "msg_1").status == 204


def test_a_business_that_hangs_up_gives_no_answer(shop: Client) -> None:
    shop.behave(drop=True, times=1)
    content = json.dumps(received()).encode()
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(shop.url).port, timeout=10)

    connection.request("POST", "/webhook", content, signed(content, "msg_1"))
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        connection.getresponse()
    connection.close()

    assert shop.inbox()[0]["answered"] is None
    assert shop.deliver(content, "msg_1").status == 204


def test_the_behaviour_in_force_can_be_read(shop: Client) -> None:
    shop.behave(status=500, delay_ms=1, times=2)
    shop.deliver(received(), "msg_1")

    assert call("GET", f"{shop.url}/behaviour").json == {
        "status": 500,
        "retry_after": None,
        "delay_ms": 1,
        "drop": False,
        "times": 1,
        "echo": True,
    }


def test_a_wrong_behaviour_is_answered_400_with_what_to_change(shop: Client) -> None:
    wrong = {"status": 100, "times": -1, "drop": "maybe", "fail": True}

    answer = shop.behave(**wrong)

    assert answer.status == 400
    assert set(answer.json["fields"]) == set(wrong)
    assert answer.json["fields"]["fail"].startswith("is not a known field; there are status")
    assert shop.deliver(received()).status == 204


def test_the_inbox_is_read_on_and_waits_for_news(shop: Client) -> None:
    for number in range(3):
        shop.deliver(received(), f"msg_{number}")

    answer = call("GET", f"{shop.url}/inbox?after=1&wait=5")

    assert [webhook["n"] for webhook in answer.json["webhooks"]] == [2, 3]
    assert answer.json["next"] == 3
    assert call("GET", f"{shop.url}/inbox?after=3&wait=0.05").json == {"webhooks": [], "next": 3}


def test_a_wrong_query_is_answered_400(shop: Client) -> None:
    statuses = [call("GET", f"{shop.url}/inbox?{query}").status for query in ("after=x", "wait=31", "wait=x")]

    assert statuses == [400, 400, 400]


def test_an_emptied_inbox_goes_on_counting(shop: Client) -> None:
    shop.deliver(received(), "msg_1")

    assert call("DELETE", f"{shop.url}/inbox").status == 204

    assert shop.inbox() == []
    shop.deliver(received(), "msg_1")
    (webhook,) = shop.inbox()
    assert (webhook["n"], webhook["duplicate"]) == (2, False)


def test_an_unknown_route_is_answered_in_json(shop: Client) -> None:
    answer = call("GET", f"{shop.url}/nothing")

    assert (answer.status, answer.json) == (404, {"error": "There is no such route; GET / lists them."})
    assert "POST /webhook" in call("GET", shop.url).json["routes"]


def test_a_webhook_beyond_all_measure_is_refused(shop: Client) -> None:
    assert shop.deliver(b"x" * 10_000_001).status == 413


def test_a_restarted_business_still_lists_what_it_got(tmp_path: Path, api_at: tuple[StubApi, str]) -> None:
    api, url = api_at
    with business(tmp_path, api, url, echo=False) as client:
        client.deliver(received("before"), "msg_1")
        before = client.inbox()
    with (tmp_path / "webhooks.jsonl").open("a") as file:
        file.write('{"n": 2, "at"')  # what a kill in the middle of a line leaves

    for number in (2, 3):
        with business(tmp_path, api, url, echo=False) as client:
            assert client.inbox()[:1] == before
            client.deliver(received("after"), "msg_1")
            assert [webhook["n"] for webhook in client.inbox()] == list(range(1, number + 1))
            assert client.inbox()[-1]["duplicate"] is True


def test_an_echo_that_was_sent_is_not_sent_again_after_a_restart(tmp_path: Path, api_at: tuple[StubApi, str]) -> None:
    api, url = api_at
    api.calls.clear()
    with business(tmp_path, api, url) as client:
        client.deliver(received("first"), "msg_1")
        api.wait(1)
        while client.inbox()[0]["echoed"] is None:
            pass

    with business(tmp_path, api, url) as client:
        client.deliver(received("second"), "msg_2")
        calls = api.wait(2)

    assert [message["body"] for _, message in calls] == ["You said: first", "You said: second"]


def arrival(webhook_id: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {"headers": {}, "body": None, "raw": "", "verified": True, "problem": None}
    return {"at": "2026-01-01T00:00:00.000Z", "webhook_id": webhook_id, **nothing}


def test_a_late_change_of_an_early_webhook_does_not_turn_the_numbers_back(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "webhooks.jsonl")
    first = inbox.add(**arrival("msg_1"))
    inbox.add(**arrival("msg_2"))
    first.echoed = 202
    inbox.save(first)

    reopened = Inbox(tmp_path / "webhooks.jsonl")

    assert [webhook.echoed for webhook in reopened.since(0)] == [202, None]
    assert reopened.add(**arrival("msg_3")).n == 3


def test_half_a_line_does_not_swallow_the_next_webhook(tmp_path: Path) -> None:
    file = tmp_path / "webhooks.jsonl"
    file.write_text('{"n": 1, "at"')
    Inbox(file).add(**arrival("msg_1"))

    assert [webhook.webhook_id for webhook in Inbox(file).since(0)] == ["msg_1"]


def test_a_restart_after_emptying_the_inbox_goes_on_counting(tmp_path: Path, api_at: tuple[StubApi, str]) -> None:
    api, url = api_at
    with business(tmp_path, api, url, echo=False) as client:
        client.deliver(received(), "msg_1")
        call("DELETE", f"{client.url}/inbox")

    with business(tmp_path, api, url, echo=False) as client:
        client.deliver(received(), "msg_2")
        assert [webhook["n"] for webhook in client.inbox()] == [2]


def test_an_echo_that_a_kill_prevented_is_sent_after_the_restart(tmp_path: Path, api_at: tuple[StubApi, str]) -> None:
    api, url = api_at
    api.calls.clear()
    with business(tmp_path, api, url, echo=False) as client:
        client.deliver(received("lost"), "msg_1")

    with business(tmp_path, api, url):
        ((headers, message),) = api.wait(1)

    assert (headers["idempotency-key"], message["body"]) == ("echo-msg_1", "You said: lost")


def test_the_record_is_for_its_owner_only(shop: Client, tmp_path: Path) -> None:
    shop.deliver(received())

    assert stat.S_IMODE((tmp_path / "webhooks.jsonl").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "change",
    [{"webhook_secret": "abc"}, {"webhook_secret": "whsec_"}, {"webhook_secret": "whsec_?"}, {"api_key": ""},
     {"business_api_url": "127.0.0.1"}, {"more": 1}],
)  # fmt: skip
def test_a_wrong_configuration_is_refused_without_quoting_it(change: dict[str, Any]) -> None:
    settings = {"webhook_secret": SECRET, "business_api_url": "http://127.0.0.1", "api_key": "k.s", **change}

    with pytest.raises(ValueError, match=next(iter(change))) as caught:
        Config.model_validate(settings)

    assert SECRET not in str(caught.value)
