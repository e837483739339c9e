"""Reading what Apple hands over (protocol/02)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parley.apple import inbound, limits
from parley.errors import Rejected
from tests.support import apple_requests as apple


def read(content: object, **more: str) -> inbound.InboundMessage:
    sent = apple.headers(content, **more) if isinstance(content, dict) else {}
    return inbound.read(json.dumps(content).encode(), sent)


def refusal(content: object, headers: dict[str, str] | None = None) -> Rejected:
    sent = headers if headers is not None else apple.headers(content if isinstance(content, dict) else {})
    with pytest.raises(Rejected) as caught:
        inbound.read(json.dumps(content).encode(), sent)
    return caught.value


def test_a_text_is_read_with_everything_that_routes_it() -> None:
    message = read(apple.envelope(locale="de_DE", intent="product_question", group="sales"))

    assert message.type == "text"
    assert (message.source_id, message.destination_id) == (apple.CUSTOMER, apple.BUSINESS)
    assert (message.locale, message.intent, message.group) == ("de_DE", "product_question", "sales")
    assert message.capabilities == ["LIST", "QUICK"]
    assert message.raw["body"] == "Is the blue one in stock?"
    assert json.loads(message.text) == message.raw


@pytest.mark.parametrize(
    ("kind", "typing", "authored", "closes"),
    [
        ("text", False, True, False),
        ("interactive", False, True, False),
        ("typing_start", True, False, False),
        ("typing_end", True, False, False),
        ("close", False, False, True),
        ("hologram", False, False, False),
        ("Text", False, False, False),
    ],
)
def test_every_type_is_read_and_known_for_what_it_is(kind: str, *, typing: bool, authored: bool, closes: bool) -> None:
    message = read(apple.envelope(kind))

    assert message.type == kind
    assert (message.is_typing, message.is_authored, message.closes) == (typing, authored, closes)


@pytest.mark.parametrize(("references", "closes"), [(["order-9001"], False), ([], True), (None, True)])
def test_a_close_that_names_invitations_leaves_the_conversation_open(
    references: list[str] | None, *, closes: bool
) -> None:
    message = read(apple.envelope("close", sourceId="tel:+15550100", referenceIds=references))

    assert message.closes is closes


@pytest.mark.parametrize(
    ("data", "session"),
    [
        ({"sessionIdentifier": "S-1"}, "S-1"),
        ({"sessionIdentifier": ""}, None),
        ({"sessionIdentifier": 5}, None),
        ({}, None),
        ("text", None),
        (None, None),
    ],
)
def test_the_session_of_a_reply_is_read_where_there_is_one(data: object, session: str | None) -> None:
    assert read(apple.envelope("interactive", interactiveData=data)).session == session


@pytest.mark.parametrize(
    ("fields", "needed"),
    [
        ({"attachments": [{"name": "a.jpg"}]}, True),
        ({"interactiveDataRef": {"url": "https://x"}}, True),
        ({"attachments": []}, False),
        ({"interactiveDataRef": "text"}, False),
        ({}, False),
    ],
)
def test_whatever_has_bytes_at_apple_needs_a_transfer(fields: dict[str, Any], *, needed: bool) -> None:
    assert read(apple.envelope(**fields)).needs_transfer is needed


def test_an_id_is_one_id_in_any_case() -> None:
    content = apple.envelope(id="7D3B1C58-2F7E-4A7E-9D0A-3F5B8E6C1A20", destinationId=apple.BUSINESS.upper())

    message = read(content, id=content["id"].lower(), destination_id=apple.BUSINESS)

    assert message.id == "7d3b1c58-2f7e-4a7e-9d0a-3f5b8e6c1a20"
    assert message.destination_id == apple.BUSINESS
    assert message.raw["id"] == content["id"]


def test_an_opaque_id_is_kept_to_the_letter() -> None:
    opaque = "urn:mbid:AQAAYabc+def/ghi=="

    assert read(apple.envelope(sourceId=opaque)).source_id == opaque
    shouted = apple.headers(apple.envelope(sourceId=opaque.upper()))
    assert refusal(apple.envelope(sourceId=opaque), shouted).code == "header_body_mismatch"


@pytest.mark.parametrize("missing", ["id", "type", "sourceId", "destinationId"])
@pytest.mark.parametrize("value", [None, "", " ", 5, True, [], {}, "a b", "a\nb", "\u00e4", "x" * 1025])
def test_a_field_that_storing_needs_has_to_be_there(missing: str, value: object) -> None:
    fields: dict[str, Any] = {missing: value}

    refused = refusal(apple.envelope(**fields))

    names = {"id": "id_invalid", "type": "type_invalid", "sourceId": "source_id_invalid"}
    assert refused.code == names.get(missing, "destination_id_invalid")
    assert refused.path == f"/{missing}"


@pytest.mark.parametrize("length", [1, limits.MAX_ID_CHARS])
def test_an_id_may_be_as_long_as_a_queue_takes(length: int) -> None:
    assert read(apple.envelope(id="x" * length)).id == "x" * length
    assert refusal(apple.envelope(id="x" * (limits.MAX_ID_CHARS + 1))).code == "id_invalid"


@pytest.mark.parametrize("length", [1, 512, limits.MAX_OPAQUE_ID_CHARS])
def test_an_opaque_id_may_be_long(length: int) -> None:
    assert len(read(apple.envelope(sourceId="u" * length)).source_id) == length


@pytest.mark.parametrize("hash_sign", ["a#b", "MSG#1"])
def test_an_id_cannot_reach_into_the_tables_keys(hash_sign: str) -> None:
    assert refusal(apple.envelope(id=hash_sign)).code == "id_invalid"
    assert refusal(apple.envelope(destinationId=hash_sign)).code == "destination_id_invalid"


@pytest.mark.parametrize("header", ["id", "source-id", "destination-id"])
def test_every_id_has_to_stand_in_the_headers_too(header: str) -> None:
    content = apple.envelope()
    sent = apple.headers(content)

    del sent[header]
    assert refusal(content, sent).code == "header_missing"

    sent[header] = "something-else"
    assert refusal(content, sent).code == "header_body_mismatch"

    sent[header] = f"  {apple.headers(content)[header]} "
    assert inbound.read(json.dumps(content).encode(), sent).id == content["id"]


def test_a_message_without_the_capability_header_reports_none() -> None:
    content = apple.envelope()
    sent = apple.headers(content)
    del sent["capability-list"]

    assert inbound.read(json.dumps(content).encode(), sent).capabilities is None


@pytest.mark.parametrize("word", [None, "", "   ", 5, ["a"], {}])
def test_words_that_are_none_count_as_absent(word: object) -> None:
    message = read(apple.envelope(locale=word, intent=word, group=word))

    assert (message.locale, message.intent, message.group) == (None, None, None)


def test_a_long_word_is_cut_where_it_is_indexed_but_not_in_the_message() -> None:
    message = read(apple.envelope(intent="i" * 5000))

    assert message.intent == "i" * 256
    assert message.raw["intent"] == "i" * 5000


def test_unknown_keys_pass() -> None:
    assert read(apple.envelope(v=2, hologram={"depth": 3})).raw["hologram"] == {"depth": 3}


def test_a_message_shows_neither_text_nor_customer_when_printed() -> None:
    assert "blue one" not in repr(read(apple.envelope()))
