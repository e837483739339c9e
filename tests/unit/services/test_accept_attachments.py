"""`POST /v1/messages` with files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple.enclosures import PLACEHOLDER
from parley.business import sends
from parley.business.kinds.constructed_link import PLAIN
from parley.business.previews import Preview
from parley.conversation.attachments import Attachment, PartState
from parley.conversation.records import Conversation, Direction
from parley.errors import Invalid
from tests.support import apple_requests as apple
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.support.world import World

SHOP = "https://shop.example/bikes/9"
QUESTION: dict[str, Any] = {
    "type": "quick_reply",
    "text": "Which one?",
    "items": [{"identifier": "a", "title": "Red"}, {"identifier": "b", "title": "Blue"}],
}


@pytest.fixture(autouse=True)
def files(world: World) -> None:
    for name in ("a", "b", "c"):
        state = PartState.FAILED if name == "c" else PartState.PROCESSING
        world.attachments.put(
            Attachment(
                id=name,
                business_id=apple.BUSINESS,
                direction=Direction.OUTBOUND,
                state=state,
                created_at=world.clock(),
            )
        )
    world.previews.pages = {SHOP: Preview(SHOP, "Cargo 9", PLAIN)}


def stored(world: World, message: dict[str, Any]) -> list[dict[str, Any]]:
    accepted = world.business_asks(message)
    return [json.loads(each.payload or "") for each in accepted.messages]


def faults(world: World, message: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        world.business_asks(message)
    return [(fault.path, fault.code) for fault in refused.value.faults]


def enclosing(*ids: str) -> list[dict[str, str]]:
    return [{"id": each} for each in ids]


def test_a_text_keeps_the_names_of_its_files_until_it_goes(world: World) -> None:
    (content,) = stored(world, {"body": "Your receipt: ", "attachments": enclosing("a", "b")})

    assert content == {"body": f"Your receipt: {PLACEHOLDER * 2}", "attachments": enclosing("a", "b")}


def test_files_need_no_words(world: World) -> None:
    assert stored(world, {"attachments": enclosing("a")}) == [
        {"body": PLACEHOLDER, "attachments": enclosing("a")},
    ]


def test_a_file_is_shown_where_the_caller_put_it(world: World) -> None:
    body = f"First {PLACEHOLDER} then {PLACEHOLDER} done"

    (content,) = stored(world, {"body": body, "attachments": enclosing("a", "b")})

    assert content["body"] == body


def test_files_stay_with_the_words_around_them_when_a_link_cuts_a_text(world: World) -> None:
    body = f"Old {PLACEHOLDER} new {SHOP} and {PLACEHOLDER}{PLACEHOLDER}"

    before, link, behind = stored(world, {"body": body, "attachments": enclosing("a", "b", "a")})

    assert before == {"body": f"Old {PLACEHOLDER} new", "attachments": enclosing("a")}
    assert link["richLinkData"]["url"] == SHOP
    assert behind == {"body": f"and {PLACEHOLDER}{PLACEHOLDER}", "attachments": enclosing("b", "a")}


def test_a_file_behind_a_link_is_a_message_of_its_own(world: World) -> None:
    link, file = stored(world, {"body": SHOP, "attachments": enclosing("a")})

    assert "richLinkData" in link
    assert file == {"body": PLACEHOLDER, "attachments": enclosing("a")}


def test_more_places_than_files_are_told(world: World) -> None:
    body = f"{PLACEHOLDER}{PLACEHOLDER} {SHOP}"

    assert faults(world, {"body": body, "attachments": enclosing("a")}) == [("/body", "placeholder_mismatch")]
    assert faults(world, {"body": PLACEHOLDER}) == [("/body", "placeholder_mismatch")]


def test_files_that_may_not_be_sent_are_told_and_nothing_is_stored(world: World) -> None:
    message = {"body": "Hi", "attachments": enclosing("a", "c", "x")}

    assert faults(world, message) == [
        ("/attachments/1/id", "attachment_failed"),
        ("/attachments/2/id", "attachment_unknown"),
    ]
    assert world.table.messages == {}


def test_the_files_of_a_fallback_message_are_told_in_its_place(world: World) -> None:
    world.table.conversations[CONVERSATION] = Conversation(
        CONVERSATION, apple.BUSINESS, apple.CUSTOMER, capabilities=[]
    )
    message = QUESTION | {"fallback": {"body": "Red or blue?", "attachments": enclosing("x")}}

    assert faults(world, message) == [("/fallback/attachments/0/id", "attachment_unknown")]


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ({"attachments": []}, ("/body", "required")),
        ({"body": "", "attachments": []}, None),
        ({"attachments": enclosing(*"abcdefghijk")}, ("/attachments", "too_many")),
        ({"attachments": [{"id": ""}]}, ("/attachments/0/id", "blank")),
        ({"attachments": [{"id": "x" * 129}]}, ("/attachments/0/id", "too_long")),
        ({"attachments": [{}]}, ("/attachments/0/id", "required")),
        ({"attachments": ["a"]}, ("/attachments/0", "wrong_type")),
        ({"attachments": "a"}, ("/attachments", "wrong_type")),
        ({"attachments": [{"id": "a", "name": "x"}]}, ("/attachments/0/name", "unknown_field")),
    ],
)
def test_what_is_wrong_with_a_list_of_files_is_told(message: dict[str, Any], fault: tuple[str, str] | None) -> None:
    whole = {"to": apple.CUSTOMER, **message}
    if fault is None:
        assert sends.from_object(whole).to == apple.CUSTOMER
        return

    with pytest.raises(Invalid) as refused:
        sends.from_object(whole)

    assert [(each.path, each.code) for each in refused.value.faults] == [fault]
