"""What a customer's message answers: a tapped reply, a reaction, words of their own, or nothing at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from local.trigger.fixtures import FOLDER
from parley.apple import limits
from parley.conversation.records import Conversation
from tests.support import apple_requests as apple
from tests.support import fixture_webhooks as fixtures
from tests.support.counterparts import DOWN
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from local.trigger.fixtures import Fixture
    from parley.conversation.records import Message
    from tests.support.world import World

ANSWERS = [
    fixture
    for fixture in fixtures.INBOUND
    if fixtures.expected(fixture).get("asked") and fixture.message()["type"] == "interactive"
]
QUESTION: dict[str, Any] = {
    "type": "quick_reply",
    "text": "Which one?",
    "items": [{"identifier": "a", "title": "Red"}, {"identifier": "b", "title": "Blue"}],
}
RED = {"identifier": "a", "title": "Red", "section": None}


def know_customer(world: World, capabilities: list[str] | None) -> None:
    world.table.conversations[CONVERSATION] = Conversation(
        CONVERSATION, apple.BUSINESS, apple.CUSTOMER, capabilities=capabilities
    )


def ask(world: World, message: dict[str, Any], capabilities: list[str] | None) -> Message:
    """The stored question, sent to a device that can show this much."""
    know_customer(world, capabilities)
    (first,) = world.business_asks(message).messages
    world.settle()
    return world.table.message(first.id)


def said(world: World, kind: str = "text", **fields: Any) -> dict[str, Any]:
    """The webhook of what the customer says now."""
    world.customer_sends(kind, **fields)
    world.settle()
    return world.endpoint.taken[-1].event


def tapped(question: Message, *identifiers: str, **data: Any) -> dict[str, Any]:
    """An interactive reply to a quick reply or list picker, as fields of Apple's envelope."""
    items = [{"identifier": identifier, "title": "x"} for identifier in identifiers]
    answer = {"sections": [{"title": "Which one?", "items": items}]}
    return {
        "interactiveData": {
            "bid": "b",
            "data": {"requestIdentifier": question.request_identifier, "listPicker": answer, **data},
        }
    }


def looks(world: World) -> list[str]:
    """The reads and writes that understanding has cost."""
    return [call for call in world.faults.calls if call.startswith("questions.")]


@pytest.mark.parametrize("fixture", ANSWERS, ids=fixtures.name_of)
def test_every_kind_of_reply_finds_its_question_by_the_request(world: World, fixture: Fixture) -> None:
    expected = fixtures.expected(fixture)
    asked = dict(json.loads((FOLDER / f"{expected['asked']['fixture']}.json").read_text("utf-8")))
    asked.pop("to")
    if asked["type"] == "invitation":
        asked["to"] = "tel:+15550100"
    question = ask(world, asked, expected["asked"].get("capabilities", list(fixtures.CAPABLE)))
    raw = {k: v for k, v in fixture.message().items() if k not in {"id", "sourceId", "destinationId", "v", "type"}}
    data = raw.get("interactiveData", {}).get("data", {})
    data["requestIdentifier"] = question.request_identifier
    if question.conversation_id != CONVERSATION:
        raw["sourceId"] = question.opaque_id

    event = said(world, "interactive", **raw)

    result = expected["result"]
    assert event["data"]["result"] == result | {"in_reply_to": question.id if result["in_reply_to"] else None}


def test_a_tap_on_another_form_answers_the_kind_that_was_asked(world: World) -> None:
    question = ask(world, QUESTION, ["LIST"])

    event = said(world, "interactive", **tapped(question, "a"))

    assert event["type"] == "message.received"
    assert event["data"]["result"] == {"kind": "quick_reply", "selection": [RED], "in_reply_to": question.id}


def test_a_reply_to_a_question_nobody_asked_is_told_without_one(world: World) -> None:
    event = said(world, "interactive", **tapped(ask(world, QUESTION, ["LIST"]), "a", requestIdentifier="other"))

    assert event["data"]["result"]["in_reply_to"] is None


def test_a_request_of_another_business_is_not_found(world: World) -> None:
    question = ask(world, QUESTION, ["LIST"])
    world.table.requests["elsewhere", question.request_identifier or ""] = question.id
    del world.table.requests[CONVERSATION, question.request_identifier or ""]

    assert said(world, "interactive", **tapped(question, "a"))["data"]["result"]["in_reply_to"] is None


@pytest.mark.parametrize("odd", ["x" * (limits.MAX_ID_CHARS + 1), "k\u00e4se", "a\x00b", "\ud800", None, []])
def test_a_request_identifier_no_key_can_be_made_of_is_not_looked_for(world: World, odd: object) -> None:
    fields = {"interactiveData": {"data": {"requestIdentifier": odd, "quick-reply": {"selectedIndex": 0}}}}

    event = said(world, "interactive", **fields)

    assert event["data"]["result"]["in_reply_to"] is None
    assert looks(world) == []


APP: dict[str, Any] = {
    "type": "imessage_app",
    "title": "Route 77",
    "bid": "com.apple.messages.MSMessageExtensionBalloonPlugin:AB12CD34EF:com.example.trailmap.MessagesExtension",
    "app_id": 1234509876,
    "app_name": "Trail Map",
    "url": "?route=77",
}


def from_app(session: object, **more: Any) -> dict[str, Any]:
    """What the app's device sends back: there is no request identifier (protocol/04 §7)."""
    return {"interactiveData": {"bid": APP["bid"], "URL": "?route=78", "sessionIdentifier": session, **more}}


@pytest.mark.parametrize("session", [None, "7c0e3f3a-51a7-4a1b-9a53-1c1f0e7d2a10"])
def test_an_app_answers_in_its_session_whether_the_business_gave_one_or_not(world: World, session: str | None) -> None:
    question = ask(world, APP | ({"session": session} if session else {}), None)
    (posted,) = world.gateway.accepted
    sent = posted.content["interactiveData"]["sessionIdentifier"]

    result = said(world, "interactive", **from_app(sent.upper()))["data"]["result"]

    assert (result["kind"], result["url"], result["in_reply_to"]) == ("imessage_app", "?route=78", question.id)
    assert session in (None, sent)


def test_of_several_messages_in_a_session_the_latest_is_answered(world: World) -> None:
    ask(world, APP | {"session": "s-1"}, None)
    latest = ask(world, APP | {"session": "s-1", "url": "?route=79"}, None)

    assert said(world, "interactive", **from_app("s-1"))["data"]["result"]["in_reply_to"] == latest.id


@pytest.mark.parametrize("odd", ["x" * 5000, "k\u00e4se", "a\x00b", "\ud800", "", None, []])
def test_a_session_nobody_began_is_nobodys_answer(world: World, odd: object) -> None:
    ask(world, APP | {"session": "s-1"}, None)

    assert said(world, "interactive", **from_app(odd))["data"]["result"]["in_reply_to"] is None


def test_the_request_says_more_than_the_session(world: World) -> None:
    ask(world, APP | {"session": "s-1"}, None)
    question = ask(world, QUESTION, ["LIST"])
    fields = tapped(question, "a")
    fields["interactiveData"]["sessionIdentifier"] = "s-1"

    assert said(world, "interactive", **fields)["data"]["result"]["in_reply_to"] == question.id
    assert looks(world) == ["questions.asked"]


INVITATION = {"to": "tel:+15550100", "type": "invitation", "reference_id": "order-9001", "brand_name": "Bikes"}


def consents(reference: object = "order-9001", *, request: object = None, word: str = "yes") -> dict[str, Any]:
    """Yes or no, from whoever was invited (protocol/13 §2.2)."""
    data = {"requestIdentifier": request, "referenceId": reference, "notification": {"id": word}}
    return {"interactiveData": {"bid": "b", "data": data}}


@pytest.mark.parametrize("word", ["yes", "no"])
@pytest.mark.parametrize("request_identifier", ["as sent", "tel:+15550100", None])
def test_whoever_was_invited_answers_from_a_conversation_of_their_own(
    world: World, word: str, request_identifier: str | None
) -> None:
    (invitation,) = world.business_asks(INVITATION).messages
    world.settle()
    request = invitation.request_identifier if request_identifier == "as sent" else request_identifier

    event = said(world, "interactive", **consents(request=request, word=word))

    assert event["data"]["conversation_id"] == CONVERSATION != invitation.conversation_id
    assert event["data"]["result"] == {
        "kind": "invitation",
        "in_reply_to": invitation.id,
        "accepted": word == "yes",
        "reference_id": "order-9001",
    }


def test_of_two_people_invited_under_one_reference_each_answers_their_own(world: World) -> None:
    first = world.business_asks(INVITATION).messages[0]
    second = world.business_asks(INVITATION | {"to": "tel:+15550101"}).messages[0]
    world.settle()

    def answered(request: str | None) -> str | None:
        world.clock.advance(60)
        answer: str | None = said(world, "interactive", **consents(request=request))["data"]["result"]["in_reply_to"]
        return answer

    assert answered(second.request_identifier) == answered("tel:+15550101") == second.id
    assert answered(first.request_identifier) == answered("tel:+15550100") == first.id
    assert answered(None) is answered("tel:+15550102") is None


@pytest.mark.parametrize("odd", ["order-9002", "\ud800", "x" * 5000, "", None, []])
def test_a_consent_nobody_asked_for_is_told_without_a_message(world: World, odd: object) -> None:
    world.business_asks(INVITATION)
    world.settle()

    assert said(world, "interactive", **consents(odd))["data"]["result"]["in_reply_to"] is None


def test_a_question_that_lies_beside_the_table_is_read_from_there(world: World) -> None:
    question = ask(world, QUESTION, ["QUICK"])
    question.payload_key = world.payloads.put("b", "m", question.payload or "")
    question.payload = None
    fields = {
        "interactiveData": {
            "data": {
                "requestIdentifier": question.request_identifier,
                "quick-reply": {"selectedIdentifier": "a", "selectedIndex": 0},
            }
        }
    }

    result = said(world, "interactive", **fields)["data"]["result"]

    assert (result["in_reply_to"], result["selection"][0]["identifier"]) == (question.id, "a")


@pytest.mark.parametrize("words", ["1", "red", "Red"])
def test_words_of_their_own_answer_an_open_question(world: World, words: str) -> None:
    question = ask(world, QUESTION, [])

    event = said(world, body=words)

    assert event["data"]["result"] == {"kind": "quick_reply", "selection": [RED], "in_reply_to": question.id}
    assert event["data"]["message"]["body"] == words
    assert world.table.conversations[CONVERSATION].question_answered_by == event["data"]["message"]["id"]


def test_a_question_is_answered_once(world: World) -> None:
    ask(world, QUESTION, [])

    assert "result" in said(world, body="1")["data"]
    world.faults.calls.clear()
    assert "result" not in said(world, body="2")["data"]
    assert looks(world) == []


def test_an_answer_that_has_to_be_delivered_again_is_understood_the_same_way(world: World) -> None:
    question = ask(world, QUESTION, [])
    world.endpoint.script = [DOWN, DOWN]

    said(world, body="1")

    posts = [posted for posted in world.endpoint.posts if posted.data["message"].get("body") == "1"]
    assert len(posts) == 3
    assert {posted.data["result"]["in_reply_to"] for posted in posts} == {question.id}


def test_words_that_answer_nothing_leave_the_question_open(world: World) -> None:
    ask(world, QUESTION, [])

    assert "result" not in said(world, body="How much are they?")["data"]
    assert "result" in said(world, body="2")["data"]


def test_a_newer_question_takes_the_place_of_an_older_one(world: World) -> None:
    ask(world, QUESTION, [])
    newer = ask(world, QUESTION | {"text": "Really?"}, [])

    assert said(world, body="2")["data"]["result"]["in_reply_to"] == newer.id


@pytest.mark.parametrize("gone", ["message", "offer"])
def test_a_question_that_is_gone_leaves_the_words_as_they_are(world: World, gone: str) -> None:
    question = ask(world, QUESTION, [])
    if gone == "message":
        world.table.messages.clear()
    else:
        question.offered = None

    assert "result" not in said(world, body="1")["data"]


@pytest.mark.parametrize("body", ["Hello", "", None, 5])
def test_an_ordinary_text_costs_no_look_into_the_table(world: World, body: object) -> None:
    said(world)
    world.faults.calls.clear()

    event = said(world, body=body)

    assert event["type"] == "message.received"
    assert not {"result", "reaction"} & set(event["data"])
    delivering = [call for call in world.faults.calls if not call.startswith(("due.", "events.", "webhooks."))]
    assert delivering == ["messages.add", "conversations.apply", "messages.settle"]


@pytest.mark.parametrize("kind", ["typing_start", "typing_end", "close", "hologram"])
def test_everything_that_says_nothing_costs_no_look_either(world: World, kind: str) -> None:
    said(world, kind)

    assert looks(world) == []


def test_a_reaction_finds_the_recent_message_it_quotes(world: World) -> None:
    world.business_sends("Your bike is ready")
    wanted = world.business_sends("See you on Monday").messages[0]
    world.business_sends("Bring a lock")
    world.settle()

    event = said(world, body="Loved \u201cSee you on Monday\u201d", locale="en_US")

    assert event["type"] == "reaction.received"
    assert event["data"]["reaction"] == {
        "kind": "love",
        "emoji": None,
        "removed": False,
        "target": "text",
        "in_reply_to": wanted.id,
    }
    assert looks(world) == ["questions.recent_bodies"]


def test_of_two_messages_that_read_alike_the_newer_is_meant(world: World) -> None:
    world.business_sends("Yes")
    world.clock.advance(1)
    newer = world.business_sends("Yes").messages[0]
    world.settle()

    assert said(world, body="Liked \u201cYes\u201d", locale="en_US")["data"]["reaction"]["in_reply_to"] == newer.id


def test_a_reaction_to_what_nobody_remembers_is_still_one(world: World) -> None:
    event = said(world, body="Liked \u201cLong ago\u201d", locale="en_US")

    assert (event["type"], event["data"]["reaction"]["in_reply_to"]) == ("reaction.received", None)


def test_a_reaction_does_not_answer_an_open_question(world: World) -> None:
    ask(world, QUESTION, [])

    assert said(world, body="Liked \u201c1\u201d", locale="en_US")["type"] == "reaction.received"
    assert world.table.conversations[CONVERSATION].question_answered_by is None
