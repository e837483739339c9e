from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.unit.local.running import call
from tests.unit.local.wire import BUSINESS_ID, OPAQUE_ID, Msp, envelope, quick_reply

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

UNKNOWN = "urn:mbid:AQAAYnobody=="


def refusal_of(msp: Msp, message: dict[str, Any], **headers: str) -> str:
    """Post what must be refused with 400; returns the line and checks that the phone stays empty."""
    answer = msp.post(message, **headers)
    assert answer.status == 400, answer.text
    assert answer.text.startswith("400 Bad Request : ")
    assert msp.bubbles() == []
    return answer.text.removeprefix("400 Bad Request : ")


def test_a_text_is_answered_200_without_a_body_and_shown(msp: Msp) -> None:
    message = envelope(body="Da 😀\nist es", subject="Bike", locale="de_DE")

    answer = msp.post(message, auto_reply="true", msp_agent="bot 7")

    assert (answer.status, answer.data) == (200, b"")
    (bubble,) = msp.bubbles()
    assert bubble["raw"] == message
    assert bubble["violations"] == []
    shown = (bubble["id"], bubble["type"], bubble["body"], bubble["direction"])
    assert shown == (message["id"], "text", "Da 😀\nist es", "received")
    assert (bubble["auto_reply"], bubble["msp_agent"], bubble["posts"]) == (True, "bot 7", 1)


def test_without_its_headers_a_message_is_no_automatic_one(msp: Msp) -> None:
    msp.post(envelope())

    (bubble,) = msp.bubbles()
    assert (bubble["auto_reply"], bubble["msp_agent"]) == (False, None)


def test_messages_are_shown_in_the_order_of_acceptance(msp: Msp) -> None:
    for number in range(5):
        msp.post(envelope(body=str(number)))

    assert [bubble["body"] for bubble in msp.bubbles()] == ["0", "1", "2", "3", "4"]


def test_apple_keeps_64_characters_of_the_agent(msp: Msp) -> None:
    msp.post(envelope(), msp_agent="x" * 65)

    assert msp.bubbles()[0]["msp_agent"] == "x" * 64


@pytest.mark.parametrize("header", ["id", "source-id", "destination-id"])
def test_each_id_is_needed_as_a_header(msp: Msp, header: str) -> None:
    answer = msp.post(envelope(), without=header)

    assert (answer.status, answer.text) == (400, f"400 Bad Request : header {header} is missing")


@pytest.mark.parametrize(
    ("key", "header"), [("id", "id"), ("sourceId", "source-id"), ("destinationId", "destination-id")]
)
def test_each_id_is_needed_in_the_body_and_the_same(msp: Msp, key: str, header: str) -> None:
    message = envelope()
    without = {name: value for name, value in message.items() if name != key}

    assert refusal_of(msp, without, **{header: message[key]}) == f"{key} is missing"
    assert refusal_of(msp, message, **{header: f"{message[key]}0"}) == f"{key} differs from header {header}"


def test_an_id_must_be_a_uuid(msp: Msp) -> None:
    assert refusal_of(msp, envelope(id="message-1")) == "id must be a UUID"


@pytest.mark.parametrize("version", [None, 2, "1", 1.0, True])
def test_v_must_be_the_integer_1(msp: Msp, version: object) -> None:
    assert refusal_of(msp, envelope(v=version)).startswith("v ")


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("close", "type close cannot be sent by an MSP"),
        ("richlink", "type is written in the wrong case; it must be richLink"),
        ("Text", "type is written in the wrong case; it must be text"),
        ("fax", "type is unknown; it must be one of text, interactive, richLink, typing_start, typing_end"),
        ("", "type is empty"),
        (7, "type must be a string"),
        (None, "type is missing"),
    ],
)
def test_a_type_apple_does_not_take_is_refused(msp: Msp, kind: Any, problem: str) -> None:
    assert refusal_of(msp, envelope(type=kind, body="x")) == problem


@pytest.mark.parametrize(("body", "problem"), [(None, "missing"), ("", "empty"), (5, "must be a string")])
def test_a_text_needs_a_body(msp: Msp, body: object, problem: str) -> None:
    message = {**envelope(), "body": body}
    if body is None:
        del message["body"]

    assert problem in refusal_of(msp, message)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"text",
        b"[]",
        b'"text"',
        b'{"v": NaN}',
        b'{"v": 1',
        b"\xff\xfe",
        b'{"body": "\\ud83d"}',
        b"[" * 100_000,
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_no_clean_json_object_is_refused(msp: Msp, body: bytes) -> None:
    headers = {**msp.authorization(), "id": str(uuid.uuid4()), "destination-id": OPAQUE_ID}

    answer = call("POST", f"{msp.url}/v1/message", body, headers)

    assert answer.status == 400
    assert answer.text.startswith("400 Bad Request : the body ")


def test_a_compressed_body_is_refused_because_apple_is_not_known_to_take_one(msp: Msp) -> None:
    assert "Content-Encoding" in refusal_of(msp, envelope(), content_encoding="gzip")


def test_a_body_without_measure_is_refused(msp: Msp) -> None:
    answer = msp.post(envelope(body="x" * 10_000_001))

    assert answer.status == 413
    assert answer.text.startswith("413 ")


def test_an_unknown_customer_is_answered_404(msp: Msp) -> None:
    answer = msp.post(envelope(destinationId=UNKNOWN))

    assert (answer.status, answer.text) == (404, "404 Not Found : destination-id is not known")


@pytest.mark.parametrize(
    ("message", "violation"),
    [
        (envelope(interactiveData={}), "interactiveData has no place in text"),
        (envelope(richLinkData={}), "richLinkData has no place in text"),
        (envelope("interactive", interactiveData=quick_reply(), body="x"), "body has no place in interactive"),
        (envelope("typing_start", subject="x"), "subject has no place in typing_start"),
    ],
)
def test_content_of_another_type_is_noted(msp: Msp, message: dict[str, Any], violation: str) -> None:
    assert msp.post(message).status == 200
    assert msp.posts()[-1]["violations"] == [violation]


def test_a_business_of_another_msp_is_answered_403(msp: Msp) -> None:
    answer = msp.post(envelope(sourceId=str(uuid.uuid4())))

    assert (answer.status, answer.text) == (403, "403 Forbidden : source-id is not a business of this MSP")


def test_a_malformed_message_is_400_even_for_an_unknown_customer(msp: Msp) -> None:
    assert msp.post(envelope(destinationId=UNKNOWN, body="")).status == 400


def test_an_unknown_path_is_answered_404_in_apples_form(msp: Msp) -> None:
    answer = call("POST", f"{msp.url}/v1/messages", {})

    assert (answer.status, answer.text) == (404, "404 Not Found : POST /v1/messages is no call of this gateway")


def test_a_wrong_method_is_answered_405_in_apples_form(msp: Msp) -> None:
    answer = call("GET", f"{msp.url}/v1/message")

    assert answer.text == "405 Method Not Allowed : GET /v1/message is no call of this gateway"


def test_the_same_id_posted_again_is_accepted_and_shown_once(msp: Msp) -> None:
    message = envelope()

    statuses = [msp.post(message).status for _ in range(3)]

    assert statuses == [200, 200, 200]
    (bubble,) = msp.bubbles()
    assert (bubble["posts"], bubble["violations"]) == (3, [])


def test_the_same_id_with_other_content_is_shown_once_and_noted(msp: Msp) -> None:
    message = envelope(body="first")
    msp.post(message)

    answer = msp.post({**message, "body": "second"})

    assert answer.status == 200
    (bubble,) = msp.bubbles()
    assert (bubble["body"], bubble["posts"]) == ("first", 2)
    assert bubble["violations"] == ["the id was posted again with other content"]
    assert [post["violations"] for post in msp.posts()] == [[], ["this id was used before with other content"]]


def test_the_same_id_is_compared_as_json_and_not_as_bytes(msp: Msp) -> None:
    message = envelope()
    msp.post(message)

    msp.post(dict(reversed(message.items())))

    assert msp.bubbles()[0]["violations"] == []


def test_turning_a_person_into_a_bot_is_other_content(msp: Msp) -> None:
    message = envelope()
    msp.post(message)

    msp.post(message, auto_reply="true")

    assert msp.bubbles()[0]["violations"] == ["the id was posted again with other content"]


def test_after_the_phone_was_emptied_an_id_is_still_known(msp: Msp) -> None:
    message = envelope()
    msp.post(message)
    msp.control("DELETE", f"/phones/messages?opaque_id={OPAQUE_ID.replace('+', '%2B')}")

    msp.post(message)

    assert msp.bubbles() == []


def test_advice_that_is_not_followed_is_noted_and_not_refused(msp: Msp) -> None:
    answer = msp.post(
        envelope(body="a \ufffc without a picture", mood="fine"),
        content_type="text/plain",
        capability_list="LIST",
        auto_reply="True",
    )

    assert answer.status == 200
    assert msp.bubbles()[0]["violations"] == [
        "mood is not a known field",
        "header Content-Type should be application/json",
        "header capability-list is only for messages from Apple",
        "header auto-reply must be true or false",
        "body has U+FFFC, but there is no attachment",
    ]


def test_typing_shows_a_bubble_that_is_no_message(msp: Msp) -> None:
    msp.post(envelope("typing_start"))
    assert (msp.phone()["typing"], msp.bubbles()) == (True, [])

    msp.post(envelope("typing_end"))
    assert (msp.phone()["typing"], msp.bubbles()) == (False, [])


def test_a_message_ends_typing(msp: Msp) -> None:
    msp.post(envelope("typing_start"))

    msp.post(envelope())

    assert msp.phone()["typing"] is False


def test_a_body_has_no_place_in_a_typing_event(msp: Msp) -> None:
    msp.post(envelope("typing_start", body="…"))

    assert msp.posts()[0]["violations"] == ["body has no place in typing_start"]


def test_every_call_is_in_the_journal_without_its_token(msp: Msp) -> None:
    message = envelope()
    msp.post(message)
    msp.post(envelope(body=""))

    answer = msp.control("GET", "/posts")

    good, bad = answer.json["posts"]
    assert (good["method"], good["path"], good["status"], good["error"]) == ("POST", "/v1/message", 200, None)
    assert (good["id"], good["source_id"], good["destination_id"]) == (message["id"], BUSINESS_ID, OPAQUE_ID)
    assert good["type"] == "text"
    assert (bad["status"], bad["error"]) == (400, "400 Bad Request : body is empty")
    assert "Bearer" not in answer.text
    assert message["body"] not in answer.text


def test_the_journal_is_read_on_from_a_number(msp: Msp) -> None:
    msp.post(envelope())
    first = msp.control("GET", "/posts").json["next"]
    msp.post(envelope())

    later = msp.control("GET", f"/posts?after={first}&wait=1").json["posts"]

    assert [post["n"] for post in later] == [first + 1]


def test_a_json_number_that_no_computer_reads_is_refused(msp: Msp) -> None:
    body = json.dumps(envelope()).encode().replace(b'"v": 1', b'"v": ' + b"1" * 5000)
    headers = {**msp.authorization(), "id": str(uuid.uuid4()), "destination-id": OPAQUE_ID}

    assert call("POST", f"{msp.url}/v1/message", body, headers).status == 400
