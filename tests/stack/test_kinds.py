"""Every kind of message goes to the phone through the deployed stack, and its answer comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.conftest import eventually

if TYPE_CHECKING:
    from tests.stack.conftest import Stack

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

QUICK_REPLY = {
    "type": "quick_reply",
    "text": "Was this helpful?",
    "items": [{"identifier": "yes", "title": "Yes"}, {"identifier": "no", "title": "No"}],
}
LIST_PICKER = {
    "type": "list_picker",
    "title": "Pick extras",
    "subtitle": "Tap to choose",
    "image": {"data": PNG, "description": "A bell"},
    "sections": [
        {
            "title": "Extras",
            "multiple": True,
            "items": [
                {"identifier": "bell", "title": "Bell", "image": {"data": PNG}},
                {"identifier": "bag", "title": "Bag"},
            ],
        }
    ],
}
TIME_PICKER = {
    "type": "time_picker",
    "title": "Bike fitting",
    "slots": [
        {"identifier": "s1", "start": "2099-03-04T09:00:00+00:00", "duration": 1800},
        {"identifier": "s2", "start": "2099-03-04T09:30:00+00:00", "duration": 1800},
    ],
    "timezone_offset": 60,
}
FORM = {
    "type": "form",
    "title": "Book a test ride",
    "show_summary": True,
    "pages": [
        {
            "type": "select",
            "identifier": "kind",
            "question": "Which kind?",
            "items": [
                {"identifier": "city", "title": "City", "next": "mail"},
                {"identifier": "cargo", "title": "Cargo", "next": "size"},
            ],
        },
        {
            "type": "wheel",
            "identifier": "size",
            "question": "Frame size",
            "items": [{"identifier": "s", "title": "Small"}, {"identifier": "m", "title": "Medium"}],
            "next": "mail",
        },
        {"type": "input", "identifier": "mail", "question": "Where may we write?", "keyboard": "emailAddress"},
    ],
}
AUTHENTICATION = {
    "type": "authentication",
    "title": "Sign in",
    "scope": ["openid"],
    "state": "c3RhdGU",
    "redirect_uri": "https://msp.example/callback",
}
APPLE_PAY = {
    "type": "apple_pay",
    "title": "Pay for order 9001",
    "country": "DE",
    "currency": "EUR",
    "items": [{"label": "Bell", "amount": "12.00"}],
    "total": {"label": "Example Bikes", "amount": "12.00"},
    "merchant_identifier": "merchant.example.bikes",
    "networks": ["visa"],
    "merchant_session": {
        "merchantSessionIdentifier": "SSH1",
        "initiative": "messaging",
        "initiativeContext": "https://pay.example/gateway",
    },
    "endpoints": {"gateway": "https://pay.example/gateway"},
}
IMESSAGE_APP = {
    "type": "imessage_app",
    "title": "Route 77",
    "bid": "com.apple.messages.MSMessageExtensionBalloonPlugin:AB12CD34EF:com.example.trailmap.MessagesExtension",
    "app_id": 1234509876,
    "app_name": "Trail Map",
    "url": "?route=77",
}


def _sent(stack: Stack, customer: str, message: dict[str, Any]) -> dict[str, Any]:
    """Send a message, and give what the phone shows of it."""
    status, accepted = stack.api("POST", "/v1/messages", {"to": customer, **message})
    assert status == 202, accepted
    shown = eventually(
        lambda: next((one for one in stack.phone(customer) if one["id"] == accepted["id"]), None), seconds=30
    )
    assert shown["violations"] == []
    return {**accepted, "shown": shown}


def _result(stack: Stack, customer: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = [hook["body"]["data"] for hook in stack.webhooks(customer) if "result" in hook["body"]["data"]]
        return found[-1]["result"] if found else None

    return eventually(look, seconds=30)


@pytest.mark.parametrize(
    ("message", "answer", "expected"),
    [
        pytest.param(
            QUICK_REPLY,
            {"identifier": "no"},
            {"kind": "quick_reply", "selection": [{"identifier": "no", "title": "No", "section": None}]},
            id="quick reply",
        ),
        pytest.param(
            LIST_PICKER,
            {"identifiers": ["bell", "bag"]},
            {
                "kind": "list_picker",
                "selection": [
                    {"identifier": "bell", "title": "Bell", "section": "Extras"},
                    {"identifier": "bag", "title": "Bag", "section": "Extras"},
                ],
            },
            id="list picker",
        ),
        pytest.param(
            TIME_PICKER,
            {"identifier": "s2"},
            {
                "kind": "time_picker",
                "slot": {"identifier": "s2", "start": "2099-03-04T09:30:00Z", "duration": 1800},
            },
            id="time picker",
        ),
        pytest.param(
            FORM,
            {"answers": {"kind": "cargo", "size": "m", "mail": "kim@example.net"}},
            {
                "kind": "form",
                "private": False,
                "answers": {
                    "kind": {"type": "select", "items": [{"identifier": "cargo", "title": "Cargo", "value": "cargo"}]},
                    "size": {"type": "wheel", "items": [{"identifier": "m", "title": "Medium", "value": "m"}]},
                    "mail": {"type": "input", "text": "kim@example.net"},
                },
            },
            id="form",
        ),
        pytest.param(
            AUTHENTICATION, {"status": "success"}, {"kind": "authentication", "status": "success"}, id="sign-in"
        ),
        pytest.param(APPLE_PAY, {"state": "paid"}, {"kind": "apple_pay", "state": "paid"}, id="apple pay"),
    ],
)
def test_a_message_reaches_the_phone_and_its_answer_the_business(
    stack: Stack, message: dict[str, Any], answer: dict[str, Any], expected: dict[str, Any]
) -> None:
    customer = stack.new_customer()

    sent = _sent(stack, customer, message)
    stack.control("POST", "/phones/reply", {"opaque_id": customer, "message_id": sent["id"], **answer})

    assert sent["shown"]["kind"] == message["type"]
    assert _result(stack, customer) == {**expected, "in_reply_to": sent["id"]}


def test_an_app_answers_with_its_state(stack: Stack) -> None:
    customer = stack.new_customer()

    sent = _sent(stack, customer, IMESSAGE_APP)
    stack.control("POST", "/phones/reply", {"opaque_id": customer, "message_id": sent["id"], "url": "?route=78"})

    result = _result(stack, customer)
    assert (result["kind"], result["url"], result["in_reply_to"]) == ("imessage_app", "?route=78", sent["id"])


def test_a_rich_link_a_subject_and_a_typing_indicator_are_shown(stack: Stack) -> None:
    customer = stack.new_customer()

    link = _sent(
        stack, customer, {"type": "rich_link", "url": "https://shop.example/b", "title": "B", "image": {"data": PNG}}
    )
    text = _sent(stack, customer, {"body": "Hello", "subject": "Your order", "links": "plain"})
    typing, _ = stack.api("POST", "/v1/messages", {"to": customer, "type": "typing", "state": "start"})

    assert link["shown"]["kind"] == "rich_link"
    assert text["shown"]["body"] == "Hello"
    assert typing == 204


@pytest.mark.parametrize(
    ("capabilities", "form"), [(["LIST"], "list_picker"), ([], "text")], ids=["list", "numbered text"]
)
def test_a_device_that_lacks_a_kind_gets_the_next_best_and_its_answer_counts(
    stack: Stack, capabilities: list[str], form: str
) -> None:
    customer = stack.new_customer()
    stack.behave(echo=False)
    try:
        stack.writes(customer, "Hello", capabilities=capabilities)
        eventually(lambda: stack.webhooks(customer))

        sent = _sent(stack, customer, TIME_PICKER)
        if form == "text":
            stack.writes(customer, "2", capabilities=capabilities)
        else:
            stack.control(
                "POST", "/phones/reply", {"opaque_id": customer, "message_id": sent["id"], "identifier": "s2"}
            )
        result = _result(stack, customer)
    finally:
        stack.behave(echo=True)

    assert sent["form"] == form
    assert result["kind"] == "time_picker"
    assert result["slot"]["identifier"] == "s2"
    assert result["in_reply_to"] == sent["id"]


def test_a_reaction_is_known_and_finds_its_message(stack: Stack) -> None:
    customer = stack.new_customer()

    sent = _sent(stack, customer, {"body": "We open at ten"})
    stack.writes(customer, "Loved “We open at ten”")

    def look() -> dict[str, Any] | None:
        found = [hook["body"] for hook in stack.webhooks(customer) if hook["body"]["type"] == "reaction.received"]
        return found[0]["data"]["reaction"] if found else None

    reaction = eventually(look, seconds=30)
    assert (reaction["kind"], reaction["removed"], reaction["in_reply_to"]) == ("love", False, sent["id"])


def test_a_reply_posted_twice_under_two_ids_arrives_once(stack: Stack) -> None:
    customer = stack.new_customer()

    sent = _sent(stack, customer, QUICK_REPLY)
    stack.control(
        "POST",
        "/phones/reply",
        {"opaque_id": customer, "message_id": sent["id"], "identifier": "yes", "double": True},
    )
    stack.writes(customer, "and on")

    eventually(lambda: [h for h in stack.webhooks(customer) if h["body"]["data"]["message"].get("body") == "and on"])
    replies = [hook for hook in stack.webhooks(customer) if hook["body"]["data"]["message"]["type"] == "interactive"]
    assert len(replies) == 1
