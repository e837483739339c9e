"""What Parley posts to Apple (protocol/03 §1, §2)."""

from __future__ import annotations

from typing import Any

import pytest

from parley.apple import limits, outbound
from parley.apple.outbound import OutboundMessage
from parley.errors import Invalid
from tests.support import apple_requests as apple


def message(**changed: Any) -> OutboundMessage:
    facts: dict[str, Any] = {
        "id": "1f6f8a52-6c39-4c57-8d5e-7b1f4a0c2d33",
        "type": "text",
        "business_id": apple.BUSINESS,
        "opaque_id": apple.CUSTOMER,
        "content": {"body": "Yes"},
    }
    return OutboundMessage(**facts | changed)


def faults(body: str, subject: str | None = None) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        outbound.text(body, subject)
    return [(fault.path, fault.code) for fault in caught.value.faults]


def test_the_envelope_is_apples() -> None:
    assert message().body() == {
        "v": 1,
        "id": "1f6f8a52-6c39-4c57-8d5e-7b1f4a0c2d33",
        "type": "text",
        "sourceId": apple.BUSINESS,
        "destinationId": apple.CUSTOMER,
        "body": "Yes",
    }


def test_ids_are_repeated_in_the_headers_and_nothing_else_is_sent_for_a_person() -> None:
    assert message().headers() == {
        "id": "1f6f8a52-6c39-4c57-8d5e-7b1f4a0c2d33",
        "Source-Id": apple.BUSINESS,
        "Destination-Id": apple.CUSTOMER,
    }


def test_a_bot_says_that_it_is_one_and_who() -> None:
    headers = message(auto_reply=True, agent="night shift").headers()

    assert headers["auto-reply"] == "true"
    assert headers["msp-agent"] == "night shift"


def test_a_message_shows_neither_text_nor_customer_when_printed() -> None:
    assert "Yes" not in repr(message())
    assert apple.CUSTOMER not in repr(message())


@pytest.mark.parametrize(
    "body",
    ["x", "Zeile 1\nZeile 2\r\n\tdrei", "\U0001f6b2 \ufffc \u202e", " x ", "x" * limits.MAX_TEXT_CHARS],
)
def test_a_text_is_passed_on_unchanged(body: str) -> None:
    assert outbound.text(body) == {"body": body}
    assert outbound.text(body, "Your order") == {"body": body, "subject": "Your order"}


@pytest.mark.parametrize("body", ["", " ", "\n\t", "\u2003"])
def test_a_text_needs_something_to_read(body: str) -> None:
    assert faults(body) == [("/body", "blank")]


def test_a_text_has_an_end() -> None:
    assert faults("x" * (limits.MAX_TEXT_CHARS + 1)) == [("/body", "too_long")]


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1b", "\x7f", "\ud83d"])
def test_characters_nobody_can_see_are_pointed_out(character: str) -> None:
    with pytest.raises(Invalid) as caught:
        outbound.text(f"abc{character}d")

    assert caught.value.code == "unprintable"
    assert caught.value.message.endswith(f"U+{ord(character):04X} at position 3")


@pytest.mark.parametrize("subject", ["", "  ", "two\nlines", "s" * (limits.MAX_SUBJECT_CHARS + 1)])
def test_a_subject_is_one_line(subject: str) -> None:
    assert faults("x", subject) == [("/subject", "malformed")]


def test_every_fault_is_reported_at_once() -> None:
    assert faults(" \x00" * limits.MAX_TEXT_CHARS, "a\nb\x01") == [
        ("/body", "too_long"),
        ("/body", "unprintable"),
        ("/subject", "malformed"),
        ("/subject", "unprintable"),
    ]
