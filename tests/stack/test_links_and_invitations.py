"""Links that Apple builds, and invitations to a telephone number, through the deployed stack."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.stack.conftest import eventually

if TYPE_CHECKING:
    from tests.stack.conftest import Stack

APP_CLIP = "https://appclip.example.com/rent?bike=77"
"""The local gateway knows an App Clip for this beginning (`app_clips`)."""


def _sent(stack: Stack, to: str, message: dict[str, Any]) -> dict[str, Any]:
    """Send a message, and give what the phone shows of it."""
    status, accepted = stack.api("POST", "/v1/messages", {"to": to, **message})
    assert status == 202, accepted
    url = f"{stack.facts['control_url']}/phones/messages?opaque_id={quote(to, safe='')}"

    def look() -> dict[str, Any] | None:
        _, phone = stack.call("GET", url)  # there is no phone with a number before somebody invites it
        return next((one for one in phone.get("messages", ()) if one["id"] == accepted["id"]), None)

    shown = eventually(look)
    assert shown["violations"] == []
    return {**accepted, "shown": shown}


def _events(stack: Stack, opaque_id: str, kind: str) -> list[dict[str, Any]]:
    return [hook["body"]["data"] for hook in stack.webhooks(opaque_id) if hook["body"]["type"] == kind]


def _result(stack: Stack, opaque_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = [data["result"] for data in _events(stack, opaque_id, "message.received") if "result" in data]
        return found[-1] if found else None

    return eventually(look)


def _invited(stack: Stack) -> tuple[str, str, str]:
    """A number, the reference it was invited under, and the id of the invitation that its phone shows."""
    number, reference = f"tel:+1555{uuid.uuid4().int % 10**7:07}", f"order-{uuid.uuid4()}"
    sent = _sent(stack, number, {"type": "invitation", "reference_id": reference, "brand_name": "Example Bikes"})
    assert (sent["shown"]["kind"], sent["shown"]["shown"]) == ("invitation", "Example Bikes")
    return number, reference, sent["id"]


def _answers(stack: Stack, number: str, invitation: str, **answer: object) -> str:
    """Whoever has the number says yes or no; returns the opaque id they say it under."""
    order = {"opaque_id": number, "message_id": invitation, **answer}
    return str(stack.control("POST", "/phones/reply", order)["opaque_id"])


def test_a_link_apple_builds_shows_what_apple_knows_of_it(stack: Stack) -> None:
    link = {"type": "constructed_link", "url": APP_CLIP, "title": "A bike", "store_region": "DE"}

    sent = _sent(stack, stack.new_customer(), link)

    assert (sent["kind"], sent["shown"]["kind"]) == ("constructed_link", "rich_link")
    assert sent["shown"]["shown"] == f"Rent bike 77, {APP_CLIP}"


def test_a_link_apple_knows_nothing_of_goes_as_an_ordinary_one(stack: Stack) -> None:
    link = {"type": "constructed_link", "url": "https://shop.example/bikes/9", "title": "Cargo 9"}

    sent = _sent(stack, stack.new_customer(), link)

    assert sent["shown"]["kind"] == "rich_link"
    assert sent["shown"]["shown"].startswith("Cargo 9")


@pytest.mark.parametrize("names_the_number", [False, True], ids=["as sent", "with the number for an id"])
def test_an_invitation_is_accepted_and_a_conversation_begins(stack: Stack, *, names_the_number: bool) -> None:
    number, reference, invitation = _invited(stack)

    opaque_id = _answers(stack, number, invitation, accept=True, tel_request_identifier=names_the_number)

    expected = {"kind": "invitation", "accepted": True, "reference_id": reference, "in_reply_to": invitation}
    assert _result(stack, opaque_id) == expected
    _sent(stack, opaque_id, {"body": "Welcome", "links": "plain"})


@pytest.mark.parametrize("decline_as", ["no", "close", "both"])
def test_an_invitation_is_declined_in_whatever_form_apple_tells_it(stack: Stack, decline_as: str) -> None:
    number, reference, invitation = _invited(stack)

    opaque_id = _answers(stack, number, invitation, accept=False, decline_as=decline_as)

    if decline_as != "close":
        expected = {"kind": "invitation", "accepted": False, "reference_id": reference, "in_reply_to": invitation}
        assert _result(stack, opaque_id) == expected
    if decline_as != "no":
        closed = eventually(lambda: _events(stack, number, "invitation.closed"))
        assert closed[0]["message"]["raw"]["referenceIds"] == [reference]
    assert _events(stack, number, "conversation.closed") == []
