"""A business reads what was said, of one conversation or all."""

from __future__ import annotations

import base64
import json
import time
import zlib
from typing import TYPE_CHECKING

import pytest

from parley.business.operations import conversations as operations
from parley.business.operations import history as messages
from parley.conversation.records import ConversationState, State
from parley.runtime import compose
from parley.services import history
from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.pictures import chunk, header
from tests.support.talks import drain, ids, moment, pages, written
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

STRANGER = Console(apple.OTHER_BUSINESS)
PICTURE = header(24, 24, depth=1, colours=0) + chunk(b"IDAT", zlib.compress(bytes(24 * 4))) + chunk(b"IEND", b"")


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def a_talk(stack: Stack) -> list[str]:
    """Question, answer, thanks: their ids."""
    asked = apple.envelope(body="Are you open on Sunday?")
    stack.post(asked)
    drain(stack)
    answered = json.loads(stack.api({"to": CONVERSATION, "body": "Yes", "agent": "desk"})["body"])["id"]
    stack.send()
    drain(stack)
    thanked = apple.envelope(body="Thanks")
    stack.post(thanked)
    drain(stack)
    return [asked["id"], answered, thanked["id"]]


def test_what_was_said_is_read_in_both_directions_and_both_orders(console: Console, stack: Stack) -> None:
    asked, answered, thanked = a_talk(stack)
    target = f"/v1/conversations/{CONVERSATION}/messages"

    assert ids(console.get(target)) == [thanked, answered, asked]
    assert ids(console.get(f"{target}?order=oldest")) == [asked, answered, thanked]
    assert ids(console.get(f"{target}?direction=inbound")) == [thanked, asked]
    assert ids(console.get(f"{target}?direction=outbound")) == [answered]
    assert pages(console, target, limit=2) == [[thanked, answered], [asked]]
    assert pages(console, f"{target}?order=oldest", limit=1) == [[asked], [answered], [thanked]]
    assert ids(console.get("/v1/messages")) == [thanked, answered, asked]


def test_a_listed_message_says_what_is_said_of_it_alone(console: Console, stack: Stack) -> None:
    asked, answered, _ = a_talk(stack)

    listed = {each["id"]: each for each in console.get("/v1/messages").json["data"]}

    for identity in (asked, answered):
        assert listed[identity] == json.loads(stack.ask(identity)["body"])
    assert listed[answered].pop("sent_at")
    assert listed[answered].pop("created_at")
    assert listed[answered] == {
        "id": answered,
        "conversation_id": CONVERSATION,
        "direction": "outbound",
        "type": "text",
        "state": "sent",
        "kind": "text",
        "body": "Yes",
        "attempts": 1,
    }
    assert (listed[asked]["body"], listed[asked]["state"]) == ("Are you open on Sunday?", "delivered")


def test_messages_are_found_by_state_conversation_and_time(console: Console, stack: Stack) -> None:
    asked, answered, thanked = a_talk(stack)
    now = time.time()

    for query, wanted in {
        "state=sent": [answered],
        "state=delivered": [thanked, asked],
        "state=failed": [],
        "state=delivered&direction=outbound": [],
        f"conversation_id={CONVERSATION}&direction=outbound": [answered],
        "conversation_id=nobody": [],
        f"since={moment(now - 60)}&until={moment(now + 60)}": [thanked, answered, asked],
        f"until={moment(now - 60)}": [],
    }.items():
        assert ids(console.get(f"/v1/messages?{query}")) == wanted, query
    assert STRANGER.get("/v1/messages").json == {"data": []}
    assert STRANGER.get(f"/v1/messages?conversation_id={CONVERSATION}").json == {"data": []}


def test_news_of_parleys_own_are_no_messages(console: Console, stack: Stack) -> None:
    a_talk(stack)

    told = [request["type"] for request in stack.webhooks()]
    assert told == ["message.received", "message.sent", "message.received"]
    assert len(ids(console.get("/v1/messages"))) == 3
    refused = console.get("/v1/messages?direction=notice")
    assert (refused.status, refused.faults[0][0]) == (422, "?direction")


def test_an_answer_is_shown_with_its_result_and_the_question_without_its_pictures(
    console: Console, stack: Stack
) -> None:
    written(stack)
    picture = base64.b64encode(PICTURE).decode()
    question = {
        "to": CONVERSATION,
        "type": "quick_reply",
        "text": "Which colour?",
        "items": [{"identifier": "r", "title": "Red"}, {"identifier": "b", "title": "Blue"}],
    }
    asked = json.loads(stack.api(question)["body"])["id"]
    link = json.loads(
        stack.api(
            {
                "to": CONVERSATION,
                "type": "rich_link",
                "url": "https://shop.example/",
                "title": "Tours",
                "image": {"data": picture},
            }
        )["body"]
    )["id"]
    stack.send()
    sent = json.loads(stack.gateway.requests[0].body)
    answer = sent["interactiveData"] | {
        "data": {
            **sent["interactiveData"]["data"],
            "quick-reply": sent["interactiveData"]["data"]["quick-reply"] | {"selectedIndex": 1},
        }
    }
    written(stack, type="interactive", body=None, interactiveData=answer)

    listed = console.get(f"/v1/conversations/{CONVERSATION}/messages?direction=inbound&limit=1").json["data"][0]
    assert listed["result"] == stack.webhooks()[-1]["data"]["result"]
    assert listed["result"]["selection"] == [{"identifier": "b", "title": "Blue", "section": None}]
    assert listed["result"]["in_reply_to"] == asked
    assert listed["raw"] == stack.webhooks()[-1]["data"]["message"]["raw"]

    outgoing = {each["id"]: each for each in console.get("/v1/messages?direction=outbound").json["data"]}
    assert outgoing[asked]["kind"] == "quick_reply"
    assert outgoing[asked]["raw"]["interactiveData"]["data"]["quick-reply"]["items"][0]["title"] == "Red"
    assert outgoing[link]["raw"]["richLinkData"]["assets"] == {"image": {"mimeType": "image/png"}}
    assert json.loads(stack.ask(link)["body"])["raw"] == outgoing[link]["raw"]


def test_a_message_too_large_for_a_list_is_read_alone(console: Console, stack: Stack) -> None:
    body = "x" * 250_000
    content = apple.envelope(body=body)
    stack.post(content)
    drain(stack)

    (listed,) = console.get("/v1/messages").json["data"]

    assert (listed["id"], listed["omitted"]) == (content["id"], True)
    assert "body" not in listed
    alone = json.loads(stack.ask(content["id"])["body"])
    assert (alone["body"], "omitted" in alone) == (body, False)


def test_a_page_ends_before_its_answer_grows_too_large(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        written(stack, body="x" * 500)
    monkeypatch.setattr(history, "PAGE_CHARS", 1_200)
    everything = [each["message_id"] for each in console.get("/v1/deliveries").json["data"]]

    assert pages(console, "/v1/messages", limit=10) == [[each] for each in everything]


def test_a_search_looks_at_so_many_and_then_says_where_it_is(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_talk(stack)
    monkeypatch.setattr(history, "LOOKED_AT_ONCE", 1)
    monkeypatch.setattr(history, "MOST_LOOKED_AT", 1)

    assert [len(page) for page in pages(console, "/v1/messages?direction=outbound", limit=10)] == [0, 0, 1, 0]


def test_a_customers_files_are_shown_as_they_are_now(console: Console, stack: Stack) -> None:
    file = {
        "name": "../IMG_0007.HEIC",
        "mimeType": "image/heic",
        "size": "184320",
        "signature-base64": "gQAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "url": "https://content.invalid/canary-file",
        "owner": "canary-owner",
        "key": "00" * 33,
    }
    stack.post(apple.envelope(body="\ufffc", attachments=[file] * 11))

    answer = console.get("/v1/messages")
    (listed,) = answer.json["data"]
    assert listed["attachments"][0]["name"] == "IMG_0007.HEIC"
    assert (listed["attachments"][0]["status"], listed["attachments"][10]["reason"]) == ("pending", "too_many")
    assert "canary" not in answer.text
    assert json.loads(stack.ask(listed["id"])["body"]) == listed


def test_every_state_can_be_asked_for() -> None:
    assert set(operations.ConversationState.__value__.__origin__.__args__) == {
        state.value for state in ConversationState
    }
    assert set(messages.MessageState.__value__.__args__) == {state.value for state in State}


def test_a_strangers_conversation_has_no_messages(console: Console, stack: Stack) -> None:
    written(stack)

    theirs = STRANGER.get(f"/v1/conversations/{CONVERSATION}/messages")
    nobodys = console.get("/v1/conversations/nobody/messages")

    assert theirs.status == nobodys.status == 404
    assert theirs.text == nobodys.text
    assert compose.history() is compose.history()
