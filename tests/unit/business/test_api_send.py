"""The body of `POST /v1/messages`, and every fault with its path."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parley.apple import limits
from parley.business import idempotency, sends
from parley.errors import Invalid, Rejected

GOOD: dict[str, Any] = {"to": "mfzgqylcmnsgkzlqojxw42djnr", "body": "Yes"}


def read(**changed: Any) -> Any:
    return sends.read(json.dumps(GOOD | changed).encode())


def faults(body: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        sends.read(body)
    assert all(fault.message for fault in caught.value.faults)
    return [(fault.path, fault.code) for fault in caught.value.faults]


def faults_with(**changed: Any) -> list[tuple[str, str]]:
    return faults(json.dumps(GOOD | changed).encode())


def test_the_least_a_business_has_to_say() -> None:
    send = read()

    assert (send.to, send.body, send.type) == (GOOD["to"], "Yes", "text")
    assert (send.subject, send.auto_reply, send.agent) == (None, False, None)


def test_everything_a_business_can_say() -> None:
    send = read(to="urn:mbid:AQAA+/==", type="text", subject="Order", auto_reply=True, agent="bot 7", body=" a\nb ")

    assert (send.to, send.body) == ("urn:mbid:AQAA+/==", " a\nb ")
    assert (send.subject, send.auto_reply, send.agent) == ("Order", True, "bot 7")


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b"nope", b"{'to': 1}", json.dumps(GOOD).encode("utf-16")])
def test_what_is_not_json_is_said_to_be(body: bytes) -> None:
    assert faults(body) == [("", "body_not_json")]


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"5", b"true"])
def test_what_is_no_object_is_said_to_be(body: bytes) -> None:
    assert faults(body) == [("", "body_not_object")]


def test_missing_fields_are_named() -> None:
    assert faults(b"{}") == [("/to", "required"), ("/body", "required")]


def test_unknown_fields_are_named_with_a_pointer_that_can_be_followed() -> None:
    assert faults_with(text="Yes") == [("/text", "unknown_field")]
    assert faults_with(**{"a/b~c": 1}) == [("/a~1b~0c", "unknown_field")]


def test_several_faults_come_together() -> None:
    found = faults(b'{"to": 1, "bod": "Yes", "agent": "a\\nb"}')

    assert sorted(path for path, _ in found) == ["/agent", "/bod", "/body", "/to"]


def test_of_a_type_nobody_knows_only_the_type_is_told() -> None:
    assert faults(b'{"to": 1, "bod": "Yes", "type": "picture"}') == [("/type", "unknown_type")]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("to", "", "blank"),
        ("to", "x" * (limits.MAX_OPAQUE_ID_CHARS + 1), "too_long"),
        ("to", "a b", "malformed"),
        ("to", "a\n", "malformed"),
        ("to", "k\u00e4se", "malformed"),
        ("to", None, "wrong_type"),
        ("to", 5, "wrong_type"),
        ("type", "richLink", "unknown_type"),
        ("type", None, "unknown_type"),
        ("body", None, "wrong_type"),
        ("body", ["Yes"], "wrong_type"),
        ("body", "x" * (limits.MAX_TEXT_CHARS + 1), "too_long"),
        ("subject", 5, "wrong_type"),
        ("subject", "x" * (limits.MAX_SUBJECT_CHARS + 1), "too_long"),
        ("auto_reply", "yes", "wrong_type"),
        ("auto_reply", 1, "wrong_type"),
        ("auto_reply", None, "wrong_type"),
        ("agent", "x" * (limits.MAX_AGENT_CHARS + 1), "too_long"),
        ("agent", "two\nlines", "malformed"),
        ("agent", "J\u00fcrgen", "malformed"),
    ],
)
def test_each_fault_has_its_path_and_code(field: str, value: object, code: str) -> None:
    assert faults_with(**{field: value}) == [(f"/{field}", code)]


def test_half_a_character_is_no_json() -> None:
    assert faults(rb'{"to": "x", "body": "\ud800"}') == [("", "body_not_json")]


def test_a_fault_never_repeats_what_was_sent() -> None:
    with pytest.raises(Invalid) as caught:
        sends.read(json.dumps(GOOD | {"agent": "CANARY\u00e4", "body": ["CANARY"]}).encode())

    assert not any("CANARY" in fault.message for fault in caught.value.faults)


def test_a_message_cannot_be_changed_behind_its_hash() -> None:
    send = read()

    with pytest.raises(ValueError, match="frozen"):
        send.body = "No"


@pytest.mark.parametrize("key", [None, "k", "a" * 255, "~!@#$%^&*()_+=-/\\", "123e4567-e89b-12d3"])
def test_an_idempotency_key_is_any_visible_ascii(key: str | None) -> None:
    assert idempotency.read_idempotency_key(key) == key


@pytest.mark.parametrize("key", ["", " ", "a b", "a\n", "a" * 256, "k\u00e4se", "a\x00"])
def test_anything_else_is_refused(key: str) -> None:
    with pytest.raises(Rejected) as caught:
        idempotency.read_idempotency_key(key)

    assert caught.value.code == "idempotency_key_malformed"


def test_a_request_is_the_same_however_it_was_written() -> None:
    ways = [
        b'{"to":"x","body":"Yes"}',
        b'{"body": "Yes", "to": "x"}',
        b'{"to":"x","body":"\\u0059es","type":"text","subject":null,"auto_reply":false,"agent":null}',
    ]

    assert len({sends.read(way).model_dump_json() for way in ways}) == 1


@pytest.mark.parametrize(
    "changed", [{"to": "y"}, {"body": "No"}, {"subject": "S"}, {"auto_reply": True}, {"agent": "a"}]
)
def test_any_difference_makes_it_another_request(changed: dict[str, Any]) -> None:
    assert read().model_dump_json() != read(**changed).model_dump_json()
