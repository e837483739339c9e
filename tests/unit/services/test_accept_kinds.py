"""`POST /v1/messages` with anything but a plain text: several parts, other forms, large contents, invitations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from parley.business.kinds.constructed_link import PLAIN
from parley.business.previews import Preview
from parley.conversation.identity import conversation_id, message_id
from parley.conversation.records import Conversation, State
from parley.errors import Conflict, Invalid, Rejected, Retryable
from parley.services.draft import INLINE_CHARS
from tests.support import apple_requests as apple
from tests.support.faults import Crash, When
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.support.world import World

SHOP = "https://shop.example/bikes/9"
LINKED = {"body": f"Look: {SHOP} soon"}
QUESTION: dict[str, Any] = {
    "type": "quick_reply",
    "text": "Which one?",
    "items": [{"identifier": "a", "title": "Red"}, {"identifier": "b", "title": "Blue"}],
}
LINK = {"type": "rich_link", "url": SHOP, "title": "Cargo 9", "image": {"data": PLAIN}}
INVITATION = {"to": "tel:+15550100", "type": "invitation", "reference_id": "r1", "brand_name": "Bikes"}


@pytest.fixture(autouse=True)
def pages(world: World) -> None:
    world.previews.pages = {SHOP: Preview(SHOP, "Cargo 9", PLAIN)}


def know_customer(world: World, *, capabilities: list[str] | None = None, **changed: Any) -> None:
    world.table.conversations[CONVERSATION] = Conversation(
        CONVERSATION, apple.BUSINESS, apple.CUSTOMER, capabilities=capabilities, **changed
    )


def test_a_text_with_a_link_is_several_messages_under_one_call(world: World) -> None:
    accepted = world.business_asks(LINKED | {"agent": "bot", "auto_reply": True}, key="k")

    ids = [message_id(apple.BUSINESS, key) for key in ("k", "k\0" + "1", "k\0" + "2")]
    assert [message.id for message in accepted.messages] == ids
    stored = [world.table.message(identity) for identity in ids]
    assert [message.type for message in stored] == ["text", "richLink", "text"]
    assert [message.parts for message in stored] == [ids, None, None]
    assert [message.kind for message in stored] == ["text", "rich_link", "text"]
    assert {(message.opaque_id, message.agent, message.auto_reply) for message in stored} == {
        (apple.CUSTOMER, "bot", True)
    }
    assert [message.ulid for message in stored] == sorted(message.ulid for message in stored)
    world.settle()
    assert [message.id for message in world.gateway.accepted] == ids


def test_a_repeated_call_of_several_parts_gets_them_all_again_and_sends_none_twice(world: World) -> None:
    first = world.business_asks(LINKED, key="k")
    world.previews.pages.clear()

    again = world.business_asks(LINKED, key="k")

    assert again.replayed
    assert [message.id for message in again.messages] == [message.id for message in first.messages]
    world.settle()
    assert len(world.gateway.posts) == len(first.messages) == 3
    with pytest.raises(Conflict):
        world.business_asks(LINKED | {"subject": "S"}, key="k")


def test_a_repeated_call_costs_one_look_and_fetches_no_picture_again(world: World) -> None:
    world.business_asks(LINK, key="k")
    world.settle()
    world.pictures.missing = "/image/url"
    made = world.pictures.made
    world.faults.calls.clear()

    assert world.business_asks(LINK, key="k").replayed

    assert world.faults.calls == ["messages.get"]
    assert world.pictures.made == made


def test_a_call_without_a_key_is_not_looked_for(world: World) -> None:
    world.business_asks(LINK)

    assert world.faults.calls == ["conversations.look_up", "messages.add_all", "outbox.send"]


def test_of_two_calls_with_one_key_at_the_same_time_the_later_is_answered_as_the_first(world: World) -> None:
    real, calls = world.previews.preview, [0]

    def preview(url: str, *, seconds: float) -> Preview | None:
        calls[0] += 1
        if calls[0] == 1:  # while the page is fetched, the same call comes in once more and is done first
            world.business_asks(LINKED, key="k")
        return real(url, seconds=seconds)

    world.previews.preview = preview  # type: ignore[method-assign]

    accepted = world.business_asks(LINKED, key="k")

    assert accepted.replayed
    assert len(accepted.messages) == len(world.table.messages) == 3


def test_of_several_parts_only_those_that_still_wait_are_queued_again(world: World) -> None:
    world.business_asks(LINKED, key="k")
    world.gateway.script = []
    world.pump_outbox()
    world.table.message(message_id(apple.BUSINESS, "k\0" + "2")).state = State.QUEUED
    world.outbox.sent.clear()

    world.business_asks(LINKED, key="k")

    assert [deduplication for _, deduplication in world.outbox.sent] == [message_id(apple.BUSINESS, "k\0" + "2")]


def test_of_several_parts_all_are_stored_or_none(world: World) -> None:
    world.faults.break_down("messages.add_all")

    with pytest.raises(Retryable):
        world.business_asks(LINKED, key="k")

    assert world.table.messages == {}


def test_a_kind_is_stored_as_apple_gets_it(world: World) -> None:
    know_customer(world, capabilities=["QUICK"])

    (message,) = world.business_asks(QUESTION).messages

    data = json.loads(message.payload or "")["interactiveData"]["data"]
    assert (message.type, message.kind, message.form, message.offered) == ("interactive", "quick_reply", None, None)
    assert data["requestIdentifier"] == message.request_identifier
    assert world.table.requests == {(CONVERSATION, message.request_identifier): message.id}
    assert world.table.conversations[CONVERSATION].question_id is None


def test_a_question_in_words_is_opened_for_the_customers_answer(world: World) -> None:
    know_customer(world, capabilities=[], question_id="older", question_answered_by="m")

    (message,) = world.business_asks(QUESTION).messages

    assert (message.type, message.kind, message.form) == ("text", "quick_reply", "text")
    assert message.form_reason == "the device does not show quick_reply"
    assert (message.offered or {})["kind"] == "quick_reply"
    known = world.table.conversations[CONVERSATION]
    assert (known.question_id, known.question_answered_by) == (message.id, None)


def test_a_question_in_another_form_is_answered_by_a_tap_so_no_words_are_waited_for(world: World) -> None:
    know_customer(world, capabilities=["LIST"])

    (message,) = world.business_asks(QUESTION).messages

    assert (message.form, (message.offered or {})["kind"]) == ("list_picker", "quick_reply")
    assert world.table.conversations[CONVERSATION].question_id is None


@pytest.mark.parametrize("when", list(When))
def test_a_question_in_words_is_stored_and_opened_in_one_step(world: World, when: When) -> None:
    know_customer(world, capabilities=[], question_id="older")
    world.faults.crash_at(3, when)  # after looking for an answer, and for the customer

    with pytest.raises(Crash):
        world.business_asks(QUESTION, key="k")

    stored = message_id(apple.BUSINESS, "k") if when is When.AFTER else None
    assert [message.id for message in world.table.messages.values()] == ([stored] if stored else [])
    assert world.table.conversations[CONVERSATION].question_id == (stored or "older")
    again = world.business_asks(QUESTION, key="k")
    assert again.replayed is (when is When.AFTER)
    assert world.table.conversations[CONVERSATION].question_id == again.messages[0].id


def test_a_repeated_call_does_not_open_an_answered_question_again(world: World) -> None:
    know_customer(world, capabilities=[])
    world.business_asks(QUESTION, key="k")
    world.settle()
    world.table.conversations[CONVERSATION].question_answered_by = "m"

    world.business_asks(QUESTION, key="k")

    assert world.table.conversations[CONVERSATION].question_answered_by == "m"


def test_a_device_that_cannot_show_it_is_told_of_when_the_business_wants_no_other_form(world: World) -> None:
    know_customer(world, capabilities=[])

    with pytest.raises(Rejected) as caught:
        world.business_asks(QUESTION | {"fallback": "reject"})

    assert (caught.value.code, caught.value.path) == ("unsupported_by_device", "/type")
    assert world.table.messages == {}


def test_an_answered_call_is_answered_the_same_when_the_device_has_changed(world: World) -> None:
    know_customer(world, capabilities=["QUICK"])
    first = world.business_asks(QUESTION | {"fallback": "reject"}, key="k")
    know_customer(world, capabilities=[])

    again = world.business_asks(QUESTION | {"fallback": "reject"}, key="k")

    assert again.replayed
    assert again.messages[0].id == first.messages[0].id


def test_another_message_takes_its_place_and_says_so(world: World) -> None:
    know_customer(world, capabilities=[])

    (message,) = world.business_asks(QUESTION | {"fallback": {"body": "Red or blue?"}}).messages

    assert json.loads(message.payload or "") == {"body": "Red or blue?"}
    assert (message.kind, message.form, message.form_reason) == (
        "quick_reply",
        "text",
        "the device does not show quick_reply",
    )


def test_what_was_done_to_pictures_is_told(world: World) -> None:
    world.pictures.notes = [{"path": "/image/data", "note": "JPEG made a PNG"}]

    assert world.business_asks(LINK).notes == [{"path": "/image/data", "note": "JPEG made a PNG"}]


def test_a_picture_that_cannot_be_had_stops_the_message(world: World) -> None:
    world.pictures.missing = "/image/data"

    with pytest.raises(Invalid) as caught:
        world.business_asks(LINK)

    assert caught.value.path == "/image/data"
    assert world.table.messages == {}


def large(world: World) -> None:
    """Contents do not fit into an item any more."""
    world.pictures.base64 = PLAIN[:-8] + "A" * INLINE_CHARS + PLAIN[-8:]


@pytest.fixture
def any_picture_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.services.prepare.wire.check_content", lambda *_, **__: [])


@pytest.mark.usefixtures("any_picture_will_do")
def test_a_large_content_lies_beside_the_table_and_reaches_apple_all_the_same(world: World) -> None:
    large(world)

    (message,) = world.business_asks(LINK).messages

    assert message.payload is None
    assert list(world.payloads.stored) == [message.payload_key]
    world.settle()
    (posted,) = world.gateway.accepted
    assert posted.content["richLinkData"]["assets"]["image"]["data"] == world.pictures.base64


@pytest.mark.usefixtures("any_picture_will_do")
def test_a_call_that_clashes_with_another_does_not_replace_what_that_one_sends(world: World) -> None:
    large(world)
    world.business_asks(LINK, key="k")

    with pytest.raises(Conflict):
        world.business_asks(LINK | {"title": "Cargo 10"}, key="k")
    world.settle()

    assert [posted.content["richLinkData"]["title"] for posted in world.gateway.accepted] == ["Cargo 9"]


def test_an_invitation_goes_to_a_telephone_number(world: World) -> None:
    (message,) = world.business_asks(INVITATION).messages

    assert message.opaque_id == "tel:+15550100"
    assert message.conversation_id == conversation_id(apple.BUSINESS, "tel:+15550100")
    assert message.headers == {"message-type": "notification"}
    with pytest.raises(Invalid) as caught:
        world.business_asks(LINK | {"to": "tel:+15550100"})
    assert (caught.value.path, caught.value.code) == ("/to", "unknown_conversation")


def test_a_sign_in_takes_its_own_door_and_a_built_link_its_request(world: World) -> None:
    sign_in = {
        "type": "authentication",
        "title": "Sign in",
        "scope": ["openid"],
        "state": "s",
        "redirect_uri": "https://bikes.example/in",
    }

    (asked,) = world.business_asks(sign_in).messages
    (built,) = world.business_asks({"type": "constructed_link", "url": SHOP, "title": "Cargo 9"}).messages

    assert asked.door == "authenticate"
    assert json.loads(built.construct or "") == {"version": 1.0, "type": "link", "link": {"url": SHOP}}


def test_the_conversations_of_others_are_as_unknown_as_none_for_every_kind(world: World) -> None:
    know_customer(world, capabilities=[])

    for to, business_id in (("nowhere", apple.BUSINESS), (CONVERSATION, apple.OTHER_BUSINESS)):
        with pytest.raises(Invalid) as caught:
            world.business_asks(QUESTION | {"to": to}, business_id=business_id)
        assert (caught.value.path, caught.value.code) == ("/to", "unknown_conversation")
    assert world.table.messages == {}


def test_a_customer_who_left_gets_no_kind(world: World) -> None:
    know_customer(world, opted_out=True)

    with pytest.raises(Rejected) as caught:
        world.business_asks(QUESTION)

    assert caught.value.code == "opted_out"
    assert world.pictures.made == 0
