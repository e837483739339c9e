"""What Parley posts to Apple (protocol/03 §1, §2)."""

from __future__ import annotations

from typing import Any

from parley.apple.outbound import OutboundMessage
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


def test_a_message_says_which_door_it_takes_and_what_else_it_carries() -> None:
    plain, invitation = message(), message(door="authenticate", extra_headers={"message-type": "notification"})

    assert (plain.door, invitation.door) == ("message", "authenticate")
    assert invitation.headers() == plain.headers() | {"message-type": "notification"}
