"""Every kind of message through the deployed functions, out and back in."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from parley.business.kinds.constructed_link import PLAIN
from tests.support import apple_requests as apple
from tests.support import fixture_webhooks as fixtures
from tests.support.http_server import reply
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from local.trigger.fixtures import Fixture
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

ALL_WELL: dict[str, list[str]] = {"batchItemFailures": []}
EVERYTHING = ",".join(fixtures.CAPABLE)
QUESTION: dict[str, Any] = {
    "type": "quick_reply",
    "text": "Which one?",
    "items": [{"identifier": "a", "title": "Red"}, {"identifier": "b", "title": "Blue"}],
}


def body_of(fixture: Fixture) -> dict[str, Any]:
    """What a business posts, to the customer of these tests where it names a conversation."""
    body: dict[str, Any] = {"type": "text", **json.loads(fixture.file.read_bytes())}
    return body if str(body.get("to", "")).startswith("tel:") else body | {"to": apple.CUSTOMER}


BODIES = [
    fixture
    for fixture in fixtures.OUTBOUND
    if "v" not in json.loads(fixture.file.read_bytes()) and "http" not in str(body_of(fixture).get("image", ""))
]


def posted(stack: Stack, **changed: Any) -> dict[str, Any]:
    """The view of a message the API took."""
    answer = stack.api({"to": apple.CUSTOMER, **changed})
    assert answer["statusCode"] == 202, answer["body"]
    view: dict[str, Any] = json.loads(answer["body"])
    return view


def know_device(stack: Stack, capabilities: str) -> None:
    """The customer writes, from a device that can show this much."""
    content = apple.envelope()
    shown = apple.headers(content, authorization=f"Bearer {apple.token(now=time.time())}")
    shown["capability-list"] = capabilities
    answer = stack.deliver_post(apple.api_gateway_event(json.dumps(content).encode(), shown))
    assert answer["statusCode"] == 200
    stack.route()


@pytest.mark.parametrize("fixture", BODIES, ids=fixtures.name_of)
def test_every_kind_reaches_apple(stack: Stack, fixture: Fixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.business.previews.Previews.preview", lambda *_, **__: None)
    monkeypatch.setattr("parley.business.pictures.Pictures.gather", lambda *_, **__: None)
    monkeypatch.setattr("parley.business.pictures.Pictures.png", lambda *_: PLAIN)
    body = body_of(fixture)

    answer = stack.api(body)

    if body["type"] == "typing":
        assert (answer["statusCode"], answer["body"]) == (204, "")
        assert stack.stored()[0] == []
    else:
        view = json.loads(answer["body"])
        assert (answer["statusCode"], view["kind"], view["state"]) == (202, body["type"], "queued")
        assert stack.send() == ALL_WELL
        assert json.loads(stack.ask(view["id"])["body"])["state"] == "sent"
    request = stack.gateway.requests[-1]
    envelope = json.loads(request.body)
    assert envelope["destinationId"] == body["to"]
    assert ("/authenticate" in request.line) is (body["type"] == "authentication")
    assert request.headers.get("message-type") == ("notification" if body["type"] == "invitation" else None)


def test_a_text_with_a_link_is_shown_with_all_its_parts(stack: Stack) -> None:
    page = b"<html><head><title>Cargo 9</title></head></html>"
    stack.endpoint.answers[:] = [reply("200 OK", page, "Content-Type: text/html")]
    view = posted(stack, body=f"Look: {stack.endpoint.url}/bike soon")

    assert len(view["parts"]) == 3
    assert view["parts"][0] == view["id"]
    assert stack.send() == ALL_WELL
    sent = [json.loads(request.body) for request in stack.gateway.requests]
    assert [message["type"] for message in sent] == ["text", "richLink", "text"]
    assert [message["id"] for message in sent] == view["parts"]


def test_a_tapped_answer_comes_back_with_its_result(stack: Stack) -> None:
    know_device(stack, EVERYTHING)
    view = posted(stack, **QUESTION)
    stack.send()
    data = json.loads(stack.gateway.requests[-1].body)["interactiveData"]["data"]
    data["quick-reply"] |= {"selectedIdentifier": "b", "selectedIndex": 1}

    stack.post(apple.envelope("interactive", interactiveData={"bid": "b", "data": data}))
    assert stack.route() == ALL_WELL

    result = stack.webhooks()[-1]["data"]["result"]
    assert (result["kind"], result["in_reply_to"]) == ("quick_reply", view["id"])
    assert [entry["identifier"] for entry in result["selection"]] == ["b"]


def test_an_old_devices_words_come_back_as_the_answer(stack: Stack, logged: Logged) -> None:
    know_device(stack, "AUTH")
    view = posted(stack, **QUESTION)
    assert (view["kind"], view["form"], view["type"]) == ("quick_reply", "text", "text")

    stack.post(apple.envelope(body="2"))
    assert stack.route() == ALL_WELL
    stack.post(apple.envelope(body="1"))
    stack.route()

    first, second = (event["data"] for event in stack.webhooks()[-2:])
    assert first["result"]["in_reply_to"] == view["id"]
    assert [entry["identifier"] for entry in first["result"]["selection"]] == ["b"]
    assert "result" not in second
    assert "Which one?" not in logged.everything()


def test_a_reaction_names_the_message_it_is_for(stack: Stack) -> None:
    view = posted(stack, body="See you on Monday")

    stack.post(apple.envelope(body="Loved \u201cSee you on Monday\u201d", locale="en_US"))
    stack.route()

    event = stack.webhooks()[-1]
    assert event["type"] == "reaction.received"
    assert (event["data"]["reaction"]["kind"], event["data"]["reaction"]["in_reply_to"]) == ("love", view["id"])


def test_typing_for_an_unknown_conversation_is_a_problem(stack: Stack) -> None:
    answer = stack.api({"to": "nowhere", "type": "typing", "state": "start"})

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (422, "unknown_conversation")
    assert stack.gateway.requests == []


def test_a_device_that_cannot_show_it_is_a_problem_when_no_other_form_is_wanted(stack: Stack) -> None:
    know_device(stack, "AUTH")

    answer = stack.api({"to": CONVERSATION, **QUESTION, "fallback": "reject"})

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (422, "unsupported_by_device")
