"""What the gateway says and what it means (protocol/01 §3.2), over real HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from parley.apple.gateway import AppleGateway, GatewayAnswer, Verdict
from parley.apple.outbound import OutboundMessage
from tests.support import apple_requests as apple
from tests.support.http_server import reply, serving

if TYPE_CHECKING:
    from tests.support.http_server import Answer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

MESSAGE = OutboundMessage(
    id="1f6f8a52-6c39-4c57-8d5e-7b1f4a0c2d33",
    type="text",
    business_id=apple.BUSINESS,
    opaque_id=apple.CUSTOMER,
    content={"body": "Gr\u00fc\u00dfe \U0001f6b2"},
    auto_reply=True,
    agent="night shift",
)


def ask(*answers: Answer) -> GatewayAnswer:
    with serving(*answers) as server:
        return AppleGateway(server.url + "/v1").send(MESSAGE, token="T")


def test_a_message_travels_as_apple_wants_it() -> None:
    with serving(reply("200 OK")) as server:
        answer = AppleGateway(server.url + "/v1/").send(MESSAGE, token="TOKEN")

    (request,) = server.requests
    assert answer.verdict is Verdict.ACCEPTED
    assert request.line == "POST /v1/message HTTP/1.1"
    assert json.loads(request.body) == MESSAGE.body()
    wanted = {
        "authorization": "Bearer TOKEN",
        "content-type": "application/json",
        "id": MESSAGE.id,
        "source-id": apple.BUSINESS,
        "destination-id": apple.CUSTOMER,
        "auto-reply": "true",
        "msp-agent": "night shift",
    }
    assert {name: request.headers.get(name) for name in wanted} == wanted
    assert "capability-list" not in request.headers
    assert "content-encoding" not in request.headers


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("200 OK", Verdict.ACCEPTED),
        ("202 Accepted", Verdict.ACCEPTED),
        ("204 No Content", Verdict.ACCEPTED),
        ("301 Moved", Verdict.REFUSED),
        ("400 Bad Request", Verdict.REFUSED),
        ("401 Unauthorized", Verdict.REFUSED),
        ("403 Forbidden", Verdict.FORBIDDEN),
        ("404 Not Found", Verdict.REFUSED),
        ("408 Request Timeout", Verdict.UNCERTAIN),
        ("410 Gone", Verdict.GONE),
        ("413 Content Too Large", Verdict.REFUSED),
        ("418 Teapot", Verdict.REFUSED),
        ("429 Too Many Requests", Verdict.NOT_NOW),
        ("500 Internal Server Error", Verdict.UNCERTAIN),
        ("503 Service Unavailable", Verdict.UNCERTAIN),
        ("599 Whatever", Verdict.UNCERTAIN),
    ],
)
def test_every_status_has_one_verdict(status: str, verdict: Verdict) -> None:
    answer = ask(reply(status))

    assert answer.verdict is verdict
    assert answer.status == int(status[:3])


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("86400", 3600.0),
        ("9" * 5000, 3600.0),
        ("-7", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("\u00b2", None),  # a superscript two: a digit, but no number
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_honoured_within_reason(header: str, seconds: float | None) -> None:
    assert ask(reply("429 Too Many Requests", b"", f"Retry-After: {header}")).retry_after == seconds


def test_an_answer_without_retry_after_asks_for_nothing() -> None:
    assert ask(reply("429 Too Many Requests")).retry_after is None


def test_apples_words_are_kept_for_an_operator() -> None:
    words = "400 Bad Request : Third party interactive data disallows use of 'data'"

    assert ask(reply("400 Bad Request", words.encode())).words == words


@pytest.mark.parametrize(
    "shown",
    [
        apple.CUSTOMER,
        apple.CUSTOMER.replace(":", "%3A").replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
        apple.CUSTOMER.replace(":", "%3a").replace("+", "%2b").replace("/", "%2f").replace("=", "%3d"),
        "urn:mbid:AQAAYanother+customers/id==",
        "tel:+15550100",
    ],
)
def test_identifiers_of_customers_are_taken_out_of_the_words(shown: str) -> None:
    answer = ask(reply("404 Not Found", f"404 Not Found : no '{shown}' here".encode()))

    assert answer.words == "404 Not Found : no '\u2026' here"


def test_an_opaque_id_of_another_form_is_taken_out_too() -> None:
    odd = OutboundMessage("id-1", "text", apple.BUSINESS, "customer~42!x", {"body": "x"})
    with serving(reply("404 Not Found", b"no customer~42!x here")) as server:
        answer = AppleGateway(server.url).send(odd, token="T")

    assert answer.words == "no \u2026 here"


def test_long_words_are_cut_and_strange_bytes_replaced() -> None:
    answer = ask(reply("400 Bad Request", b"\xff\xfe" + b"x" * 5000))

    assert answer.words.startswith("\ufffd\ufffdxxx")
    assert len(answer.words) == 500


def test_a_redirect_is_not_followed() -> None:
    with (
        serving(reply("200 OK")) as elsewhere,
        serving(reply("307 Temporary Redirect", b"", f"Location: {elsewhere.url}/v1/message")) as server,
    ):
        answer = AppleGateway(server.url).send(MESSAGE, token="T")

    assert answer.verdict is Verdict.REFUSED
    assert elsewhere.requests == []


def test_a_connection_is_used_again() -> None:
    with serving(reply("200 OK", b"{}")) as server:
        gateway = AppleGateway(server.url)
        for _ in range(5):
            assert gateway.send(MESSAGE, token="T").verdict is Verdict.ACCEPTED

    assert len(server.requests) == 5
    assert server.connections == 1


@pytest.mark.parametrize(
    ("status", "body", "reference"),
    [
        ("200 OK", b'{"dataRef": {"owner": "M1", "unknown": [1]}}', {"owner": "M1", "unknown": [1]}),
        ("200 OK", b"", None),
        ("200 OK", b"ok", None),
        ("200 OK", b"[1]", None),
        ("200 OK", b'{"dataRef": "M1"}', None),
        ("200 OK", b"[" * 60_000, None),
        ("400 Bad Request", b'{"dataRef": {"owner": "M1"}}', None),
    ],
)
def test_a_reference_in_a_good_answer_is_kept_as_it_is(status: str, body: bytes, reference: object) -> None:
    answer = ask(reply(status, body))

    assert answer.data_ref == reference
