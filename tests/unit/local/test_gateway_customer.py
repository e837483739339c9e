from __future__ import annotations

import base64
import gzip
import json
import time
import uuid
from typing import Any

import jwt
import pytest

from local.gateway import attachment_cipher, delivery, payload_codec
from tests.unit.local.running import call
from tests.unit.local.wire import (
    APPLE_BID,
    BUSINESS_ID,
    MSP_ID,
    OPAQUE_ID,
    SECRET,
    Msp,
    Received,
    StubMsp,
    envelope,
    quick_reply,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def send(msp: Msp, **order: Any) -> dict[str, Any]:
    answer = msp.control("POST", "/messages", order)
    assert answer.status == 200, answer.text
    result: dict[str, Any] = answer.json
    return result


def claims_of(received: Received) -> dict[str, Any]:
    token = received.headers["authorization"].removeprefix("Bearer ")
    claims: dict[str, Any] = jwt.decode(token, base64.b64decode(SECRET), ["HS256"], audience=MSP_ID)
    return claims


def test_a_text_arrives_as_apple_posts_it(msp: Msp, stub_msp: StubMsp) -> None:
    result = send(msp, body="Is the blue one in stock?", intent="product_question", group="sales")

    (received,) = stub_msp.received
    assert received.json == {
        "v": 1,
        "id": result["id"],
        "type": "text",
        "sourceId": OPAQUE_ID,
        "destinationId": BUSINESS_ID,
        "locale": "en_US",
        "body": "Is the blue one in stock?",
        "intent": "product_question",
        "group": "sales",
    }
    headers = {name: received.headers[name] for name in ("id", "source-id", "destination-id", "capability-list")}
    assert headers == {
        "id": result["id"],
        "source-id": OPAQUE_ID,
        "destination-id": BUSINESS_ID,
        "capability-list": "AUTH,LIST,TIME,FORM,QUICK,AUTH2",
    }
    assert received.headers["content-encoding"] == "gzip"
    assert received.headers["content-type"] == "application/json"
    assert str(uuid.UUID(result["id"])) == result["id"]


def test_the_answer_of_the_msp_is_reported(msp: Msp, stub_msp: StubMsp) -> None:
    stub_msp.statuses = [503]

    (attempt,) = send(msp, body="hello")["attempts"]

    assert (attempt["status"], attempt["body"]) == (503, "ok")
    assert isinstance(attempt["ms"], int)


def test_the_token_names_the_msp_and_the_time(msp: Msp, stub_msp: StubMsp) -> None:
    before = int(time.time())

    send(msp, body="hello")

    claims = claims_of(stub_msp.received[0])
    assert set(claims) == {"aud", "iat"}
    assert before <= claims["iat"] <= time.time()


def test_the_first_secret_signs(msp: Msp, stub_msp: StubMsp) -> None:
    older = base64.b64encode(bytes(32)).decode()
    msp.control("PUT", "/config", {"secrets": [SECRET, older]})

    send(msp, body="hello")

    assert claims_of(stub_msp.received[0])["aud"] == MSP_ID


def test_the_customer_and_the_message_say_what_the_device_can_do(msp: Msp, stub_msp: StubMsp) -> None:
    msp.control("POST", "/customers", {"opaque_id": OPAQUE_ID, "locale": "de_DE", "capabilities": ["LIST"]})

    send(msp, body="1")
    send(msp, body="2", locale="", capabilities=["TIME", "QUICK"])
    send(msp, body="3", capabilities="AUTH%2CLIST")

    assert [each.headers["capability-list"] for each in stub_msp.received] == ["LIST", "TIME,QUICK", "AUTH%2CLIST"]
    assert [each.json["locale"] for each in stub_msp.received] == ["de_DE", "", "de_DE"]
    msp.control("POST", "/customers", {"opaque_id": OPAQUE_ID, "locale": "en_US", "capabilities": []})
    send(msp, body="4")
    assert stub_msp.received[-1].headers["capability-list"] == ""


@pytest.mark.parametrize("kind", ["typing_start", "typing_end", "close", "apple_novelty"])
def test_other_types_have_a_bare_envelope(msp: Msp, stub_msp: StubMsp, kind: str) -> None:
    result = send(msp, type=kind)

    assert stub_msp.received[0].json == {
        "v": 1,
        "id": result["id"],
        "type": kind,
        "sourceId": OPAQUE_ID,
        "destinationId": BUSINESS_ID,
    }


def test_one_message_can_be_posted_many_times_at_once(msp: Msp, stub_msp: StubMsp) -> None:
    stub_msp.together = 20

    result = send(msp, body="once", repeat=20, concurrent=True)

    assert [attempt["status"] for attempt in result["attempts"]] == [200] * 20
    assert len({each.body for each in stub_msp.received}) == 1
    assert {each.headers["id"] for each in stub_msp.received} == {result["id"]}


def test_one_message_can_be_posted_again_and_again(msp: Msp, stub_msp: StubMsp) -> None:
    stub_msp.statuses = [500, 200, 409]

    result = send(msp, body="once", id="7d3b1c58-2f7e-4a7e-9d0a-3f5b8e6c1a20", repeat=3)

    assert result["id"] == "7d3b1c58-2f7e-4a7e-9d0a-3f5b8e6c1a20"
    assert [attempt["status"] for attempt in result["attempts"]] == [500, 200, 409]


def test_an_attachment_travels_through_the_store(msp: Msp, stub_msp: StubMsp) -> None:
    photos = [b"first photo", bytes(range(256)) * 1000]
    parts = [
        {"name": f"IMG_{n}.HEIC", "mime_type": "image/heic", "data_base64": base64.b64encode(photo).decode()}
        for n, photo in enumerate(photos)
    ]

    send(msp, body="Here they are: ", attachments=parts)

    message = stub_msp.received[0].json
    assert message["body"] == "Here they are: \ufffc\ufffc"
    assert [part["name"] for part in message["attachments"]] == ["IMG_0.HEIC", "IMG_1.HEIC"]
    for part, photo in zip(message["attachments"], photos, strict=True):
        assert set(part) == {"name", "mimeType", "size", "signature", "url", "owner", "key"}
        assert part["size"] == len(photo)
        headers = {
            **msp.authorization(),
            "MMCS-Url": part["url"],
            "MMCS-Owner": part["owner"],
            "MMCS-Signature": base64.b64encode(bytes.fromhex(part["signature"])).decode(),
        }
        ticket = call("GET", f"{msp.url}/v1/preDownload", headers=headers).json
        encrypted = call("GET", ticket["download-url"]).data
        assert encrypted != photo
        assert attachment_cipher.apply(part["key"], encrypted) == photo
    assert message["attachments"][0]["key"] != message["attachments"][1]["key"]


def test_a_picture_alone_is_a_body_of_one_placeholder(msp: Msp, stub_msp: StubMsp) -> None:
    part = {"name": "a.png", "mime_type": "image/png", "data_base64": ""}
    send(msp, attachments=[part])
    send(msp, body="\ufffc before the text", attachments=[part])

    assert [each.json["body"] for each in stub_msp.received] == ["\ufffc", "\ufffc before the text"]


def test_a_small_interactive_reply_is_inline(msp: Msp, stub_msp: StubMsp) -> None:
    send(msp, type="interactive", interactive_data=quick_reply())

    assert stub_msp.received[0].json["interactiveData"] == quick_reply()


def test_an_interactive_reply_above_10_kb_is_a_reference(msp: Msp, stub_msp: StubMsp) -> None:
    reply = quick_reply()
    reply["data"]["replyMessage"] = {"title": "No"}
    reply["data"]["images"] = [{"identifier": "0", "data": "A" * 10_300}]

    send(msp, type="interactive", interactive_data=reply)

    message = stub_msp.received[0].json
    reference = message["interactiveDataRef"]
    assert "interactiveData" not in message
    assert (reference["bid"], reference["title"]) == (APPLE_BID, "No")
    headers = {
        **msp.authorization(),
        "MMCS-Url": reference["url"],
        "MMCS-Owner": reference["owner"],
        "MMCS-Signature": reference["signature-base64"],
    }
    ticket = call("GET", f"{msp.url}/v1/preDownload", headers=headers).json
    encrypted = call("GET", ticket["download-url"]).data
    assert len(encrypted) == reference["size"]
    payload = attachment_cipher.apply(reference["key"], encrypted)
    assert payload_codec.decode(payload) == reply
    decoded = call("POST", f"{msp.url}/v1/decodePayload", payload, {**msp.authorization(), "bid": reference["bid"]})
    assert decoded.json == reply


def test_extra_fields_and_headers_are_laid_over_the_finished_ones(msp: Msp, stub_msp: StubMsp) -> None:
    send(msp, body="x", extra={"v": 2, "new": [1]}, headers={"ID": "other", "capability-list": None})

    (received,) = stub_msp.received
    assert (received.json["v"], received.json["new"]) == (2, [1])
    assert received.headers["id"] == "other"
    assert "capability-list" not in received.headers


@pytest.mark.parametrize(
    ("order", "authorization"),
    [({"token": "x.y.z"}, "Bearer x.y.z"), ({"headers": {"authorization": None}}, None)],
)
def test_the_token_can_be_wrong_or_missing(
    msp: Msp, stub_msp: StubMsp, order: dict[str, Any], authorization: str | None
) -> None:
    send(msp, body="x", **order)

    assert stub_msp.received[0].headers.get("authorization") == authorization


def test_claims_can_be_changed_and_are_signed(msp: Msp, stub_msp: StubMsp) -> None:
    send(msp, body="x", claims={"iat": None, "aud": [MSP_ID], "more": 1})

    assert claims_of(stub_msp.received[0]) == {"aud": [MSP_ID], "more": 1}


def test_a_body_can_go_without_compression(msp: Msp, stub_msp: StubMsp) -> None:
    send(msp, body="plain", gzip=False)

    (received,) = stub_msp.received
    assert "content-encoding" not in received.headers
    assert json.loads(received.body)["body"] == "plain"


def test_a_body_can_be_any_bytes(msp: Msp, stub_msp: StubMsp) -> None:
    truncated = gzip.compress(b"{}")[:-4]

    send(msp, raw_body="{not json")
    send(
        msp,
        raw_body_base64=base64.b64encode(truncated).decode(),
        gzip=False,
        headers={"content-encoding": "gzip"},
    )

    assert gzip.decompress(stub_msp.received[0].body) == b"{not json"
    assert stub_msp.received[1].body == truncated
    assert stub_msp.received[1].headers["content-encoding"] == "gzip"
    assert msp.phone({"sent": "true"})["messages"] == []


def test_an_msp_that_is_down_is_reported_and_the_bubble_says_so(msp: Msp) -> None:
    (attempt,) = send(msp, body="anybody there?")["attempts"]

    assert (attempt["status"], attempt["body"]) == (None, "no connection: nothing listens there")
    (bubble,) = msp.phone({"sent": "true"})["messages"]
    assert (bubble["direction"], bubble["body"], bubble["delivered"]) == ("sent", "anybody there?", False)


def test_an_msp_that_hangs_up_is_reported(msp: Msp) -> None:
    msp.control("PUT", "/config", {"message_url": f"{msp.url}/v1/message"})
    msp.control("POST", "/faults", {"drop": "before"})

    (attempt,) = send(msp, body="anybody there?")["attempts"]

    assert (attempt["status"], attempt["body"]) == (None, "no answer: ProtocolError")


def test_an_msp_that_takes_too_long_is_reported(msp: Msp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT_SECONDS", 0.05)
    msp.control("PUT", "/config", {"message_url": f"{msp.url}/v1/message"})
    msp.control("POST", "/faults", {"delay_ms": 500})

    (attempt,) = send(msp, body="anybody there?")["attempts"]

    assert (attempt["status"], attempt["body"]) == (None, "no answer within 0.05 s")


@pytest.mark.parametrize(
    "reply",
    [
        {"bid": APPLE_BID, "data": {"replyMessage": {"title": "Medium"}}},
        {"bid": "com.example", "URL": "?size=m", "replyMessage": {"title": "Medium"}},
    ],
)
def test_an_interactive_reply_is_shown_by_its_title(msp: Msp, stub_msp: StubMsp, reply: dict[str, Any]) -> None:
    send(msp, type="interactive", interactive_data=reply)

    assert msp.phone({"sent": "true"})["messages"][0]["shown"] == "Medium"


@pytest.mark.parametrize("data", [{"data": "?"}, {"replyMessage": 5}, {"data": {"replyMessage": {"title": 5}}}])
def test_a_hostile_reply_is_sent_and_shown_without_a_title(msp: Msp, stub_msp: StubMsp, data: dict[str, Any]) -> None:
    send(msp, type="interactive", interactive_data=data, extra={"attachments": ["?", {"size": None}]})

    assert stub_msp.received[0].json["interactiveData"] == data
    assert msp.phone({"sent": "true"})["messages"][0]["shown"] == ""


def test_a_delivered_text_is_a_sent_bubble_only_for_who_asks(msp: Msp, stub_msp: StubMsp) -> None:
    send(msp, body="hello")
    msp.post(envelope(body="hi"))

    assert [bubble["body"] for bubble in msp.bubbles()] == ["hi"]
    both = msp.phone({"sent": "true"})["messages"]
    assert [(bubble["direction"], bubble["body"]) for bubble in both] == [("sent", "hello"), ("received", "hi")]
    assert both[0]["n"] < both[1]["n"]
    assert both[0]["delivered"] is True


def test_after_close_nothing_reaches_the_phone(msp: Msp, stub_msp: StubMsp) -> None:
    send(msp, type="close")

    answers = [msp.post(envelope()), msp.post(envelope("typing_start"))]

    assert [(each.status, each.text) for each in answers] == [(410, "410 Gone : Session not found")] * 2
    assert msp.bubbles() == []
    assert msp.phone()["opted_out"] is True


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"body": "I am back"}, 200),
        ({"type": "interactive", "interactive_data": quick_reply()}, 200),
        ({"type": "typing_start"}, 410),
        ({"type": "apple_novelty"}, 410),
    ],
)
def test_only_a_message_of_the_customer_opens_the_conversation_again(
    msp: Msp, stub_msp: StubMsp, order: dict[str, Any], status: int
) -> None:
    send(msp, type="close")

    send(msp, **order)

    assert msp.post(envelope()).status == status


def test_close_is_told_even_when_the_msp_does_not_hear_it(msp: Msp) -> None:
    send(msp, type="close")

    assert msp.post(envelope()).status == 410


def test_another_customer_is_named_by_opaque_id(msp: Msp, stub_msp: StubMsp) -> None:
    other = msp.control("POST", "/customers").json["opaque_id"]

    send(msp, body="x", opaque_id=other, business_id="a business nobody knows")

    (received,) = stub_msp.received
    assert received.headers["source-id"] == other
    assert received.json["destinationId"] == "a business nobody knows"


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ({}, "a text needs a body or attachments"),
        ({"type": "interactive"}, "an interactive needs interactive_data"),
        ({"body": "x", "opaque_id": "urn:mbid:nobody"}, "POST /control/customers"),
        ({"body": "x", "repeat": 0}, "greater than or equal to 1"),
        ({"body": "x", "text": "y"}, "is not a known field; there are opaque_id"),
        ({"body": 5}, "valid string"),
        ({"attachments": [{"name": "a", "mime_type": "b", "data_base64": "?"}]}, "attachments[0].data_base64"),
        ({"raw_body": "a", "raw_body_base64": "YQ=="}, "give either raw_body or raw_body_base64"),
    ],
)
def test_a_wrong_order_is_answered_400_with_what_to_change(msp: Msp, order: dict[str, Any], problem: str) -> None:
    answer = msp.control("POST", "/messages", order)

    assert answer.status == 400
    assert problem in answer.text


def test_without_an_msp_a_customer_can_send_nothing(msp: Msp) -> None:
    msp.control("PUT", "/config", {"message_url": None})

    answer = msp.control("POST", "/messages", {"body": "x"})

    assert answer.status == 409
    assert "PUT msp_id, secrets and message_url to /control/config" in answer.json["error"]
