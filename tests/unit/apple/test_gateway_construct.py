"""Links that Apple builds (protocol/13 §1), and the other doors, over real HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple.gateway import AppleGateway, Constructed, Verdict
from parley.apple.outbound import OutboundMessage
from tests.support import apple_requests as apple
from tests.support.http_server import reply, serving

if TYPE_CHECKING:
    from tests.support.http_server import Answer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

LINK = {"version": 1.0, "type": "link", "link": {"url": "https://shop.example/9"}}
REFERENCE = {"bid": "b", "owner": "o", "unheard-of": [1, {"a": None}]}


def construct(*answers: Answer) -> Constructed:
    with serving(*answers) as server:
        return AppleGateway(server.url + "/v1").construct(LINK, business_id=apple.BUSINESS, token="T")


def test_the_request_travels_as_apple_wants_it() -> None:
    with serving(reply("200 OK", json.dumps({"richLinkDataRef": REFERENCE}).encode())) as server:
        built = AppleGateway(server.url + "/v1").construct(LINK, business_id=apple.BUSINESS, token="TOKEN")

    (request,) = server.requests
    assert request.line == "POST /v1/constructPayload HTTP/1.1"
    assert json.loads(request.body) == LINK
    assert request.headers["authorization"] == "Bearer TOKEN"
    assert request.headers["source-id"] == apple.BUSINESS
    assert "destination-id" not in request.headers
    assert (built.reference, built.answer.verdict) == (REFERENCE, Verdict.ACCEPTED)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("400 Bad Request", Verdict.REFUSED),
        ("403 Forbidden", Verdict.FORBIDDEN),
        ("410 Gone", Verdict.GONE),
        ("429 Too Many Requests", Verdict.NOT_NOW),
        ("503 Service Unavailable", Verdict.UNCERTAIN),
    ],
)
def test_without_a_link_there_is_apples_word_for_it(status: str, verdict: Verdict) -> None:
    words = f"{status} : for {apple.CUSTOMER}".encode()

    built = construct(reply(status, words))

    assert (built.reference, built.answer.verdict) == (None, verdict)
    assert built.answer.words == f"{status} : for \u2026"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"{}", b'{"richLinkDataRef": "x"}', b"\xff"])
def test_an_answer_without_a_reference_is_none(body: bytes) -> None:
    built = construct(reply("200 OK", body))

    assert (built.reference, built.answer.verdict, built.answer.status) == (None, Verdict.ACCEPTED, 200)


def test_a_gateway_that_is_not_there_is_not_now() -> None:
    with serving(reply("200 OK")) as server:
        url = server.url

    built = AppleGateway(url + "/v1").construct(LINK, business_id=apple.BUSINESS, token="T")

    assert (built.reference, built.answer.verdict, built.answer.status) == (None, Verdict.NOT_NOW, 0)


def test_a_message_takes_its_own_door_with_its_own_headers() -> None:
    facts: dict[str, Any] = {"id": "m", "type": "interactive", "business_id": apple.BUSINESS, "content": {}}
    message = OutboundMessage(
        **facts, opaque_id=apple.CUSTOMER, door="authenticate", extra_headers={"message-type": "notification"}
    )

    with serving(reply("200 OK")) as server:
        AppleGateway(server.url + "/v1").send(message, token="T")

    (request,) = server.requests
    assert request.line == "POST /v1/authenticate HTTP/1.1"
    assert request.headers["message-type"] == "notification"
