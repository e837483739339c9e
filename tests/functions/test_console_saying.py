"""A business says something in a conversation, and shows that it is typing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.http_server import reply
from tests.support.talks import drain, written
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

STRANGER = Console(apple.OTHER_BUSINESS)
BELOW = f"/v1/conversations/{CONVERSATION}/messages"


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def test_a_message_goes_into_its_conversation(console: Console, stack: Stack) -> None:
    written(stack)

    answer = console.post(BELOW, {"body": "Yes", "agent": "desk"}, Idempotency_Key="k")
    stack.send()

    assert (answer.status, answer.json["conversation_id"], answer.json["body"]) == (202, CONVERSATION, "Yes")
    (sent,) = stack.gateway.requests
    assert (json.loads(sent.body)["destinationId"], json.loads(sent.body)["body"]) == (apple.CUSTOMER, "Yes")
    again = stack.api({"to": CONVERSATION, "body": "Yes", "agent": "desk"}, idempotency_key="k")
    assert json.loads(again["body"])["id"] == answer.json["id"], "the same message, whichever way it was sent"
    assert again["headers"]["Idempotent-Replayed"] == "true"
    assert console.post(BELOW, {"body": "No"}, Idempotency_Key="k").code == "idempotency_conflict"


def test_typing_is_shown_and_not_stored(console: Console, stack: Stack) -> None:
    written(stack)
    before = stack.stored()

    for state in ("start", "end"):
        assert console.post(f"/v1/conversations/{CONVERSATION}/typing", {"state": state, "agent": "desk"}).status == 204

    assert [json.loads(each.body)["type"] for each in stack.gateway.requests] == ["typing_start", "typing_end"]
    assert stack.stored() == before


@pytest.mark.parametrize(
    ("route", "body", "status", "faults"),
    [
        ("messages", {"to": CONVERSATION, "body": "Yes"}, 422, [("/to", "unknown_field")]),
        ("messages", {"type": "text"}, 422, [("/body", "required")]),
        ("messages", {"type": "invitation", "reference_id": "x"}, 422, [("/type", "unknown_type")]),
        ("messages", [], 422, [("", "body_not_object")]),
        ("messages", "{", 400, [("", "body_not_json")]),
        ("typing", {}, 422, [("/state", "required")]),
        ("typing", {"state": "pause"}, 422, [("/state", "unknown_value")]),
        ("typing", {"state": "start", "type": "typing"}, 422, [("/type", "unknown_field")]),
    ],
)
def test_what_cannot_be_said_is_told(
    console: Console, stack: Stack, *, route: str, body: object, status: int, faults: list[tuple[str, str]]
) -> None:
    written(stack)

    answer = console.post(f"/v1/conversations/{CONVERSATION}/{route}", body)

    assert (answer.status, answer.faults) == (status, faults)
    assert stack.gateway.requests == []


@pytest.mark.parametrize(("route", "body"), [("messages", {"body": "Yes"}), ("typing", {"state": "start"})])
def test_nothing_is_said_in_a_conversation_that_is_closed_or_somebody_elses(
    console: Console, stack: Stack, route: str, body: object
) -> None:
    written(stack)
    target = f"/v1/conversations/{CONVERSATION}/{route}"

    theirs, nobodys = STRANGER.post(target, body), console.post(f"/v1/conversations/nobody/{route}", body)
    written(stack, type="close")
    closed = console.post(target, body)

    assert (theirs.status, theirs.code, theirs.text) == (404, "conversation_unknown", nobodys.text)
    assert (closed.status, closed.code, closed.faults) == (422, "opted_out", [])
    for named in (apple.CUSTOMER, "tel:+15550100"):
        assert console.post(f"/v1/conversations/{named.replace('/', '%2F')}/{route}", body).status == 404
    assert stack.gateway.requests == []


def test_nothing_is_said_in_a_line_of_parleys_own(console: Console, stack: Stack) -> None:
    stack.endpoint.answers = [reply("410 Gone")]
    written(stack)
    drain(stack)
    lines = {item["pk"]["S"].removeprefix("CONV#") for item in stack.cloud.items() if item["sk"]["S"] == "STATE"}
    (own,) = lines - {CONVERSATION}

    assert console.post(f"/v1/conversations/{own}/messages", {"body": "Yes"}).status == 404
    for message in ({"to": own, "body": "Yes"}, {"to": own, "type": "typing", "state": "start"}):
        assert json.loads(stack.api(message)["body"])["code"] == "unknown_conversation"
