"""What a device gets that cannot show a message."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from parley.business import sends
from parley.business.kinds.authentication import Authentication
from parley.business.kinds.list_picker import ListPicker
from parley.business.kinds.quick_reply import QuickReply
from parley.business.kinds.text import Text
from parley.conversation import fallback
from parley.conversation.capability import fitted, missing
from parley.conversation.fallback import Choice, Chosen, Offered
from parley.errors import Invalid
from tests.unit.apple.wire.breaking import put
from tests.unit.apple.wire.samples import NOW
from tests.unit.business.kinds.samples import (
    AUTHENTICATION,
    FULL_FORM,
    FULL_LIST_PICKER,
    FULL_TIME_PICKER,
    GOOD,
    INPUT_FORM,
    LEGACY,
    LIST_PICKER,
    QUICK_REPLY,
    TIME_PICKER,
    Json,
)
from tests.unit.conversation.choosing import SELECT_FORM, body, chosen

BOTH_FLOWS = AUTHENTICATION | {"legacy": LEGACY["legacy"]}
THREE = [{"identifier": f"i{number}", "title": f"Bike {number}"} for number in (1, 2, 3)]


def picker(**fields: Any) -> Json:
    return LIST_PICKER | {"sections": [{"title": "Bikes", "items": THREE}]} | fields


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("capabilities", [None, ["AUTH", "AUTH2", "FORM", "LIST", "QUICK", "TIME"]])
def test_what_the_device_shows_is_sent_as_it_is(name: str, capabilities: list[str] | None) -> None:
    send = sends.from_object(GOOD[name])

    assert fallback.choose(send, capabilities, now=NOW) == Chosen(send, GOOD[name]["type"])


@pytest.mark.parametrize("name", ["text", "rich link", "constructed link", "app", "Apple Pay", "invitation", "typing"])
def test_what_every_device_shows_lacks_nothing(name: str) -> None:
    assert missing(sends.from_object(GOOD[name]), []) is None


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("quick reply", "QUICK"),
        ("list picker", "LIST"),
        ("time picker", "TIME"),
        ("full form", "FORM"),
        ("authentication", "AUTH2"),
        ("legacy authentication", "AUTH"),
    ],
)
def test_what_a_kind_needs(name: str, needed: str) -> None:
    send = sends.from_object(GOOD[name])

    assert missing(send, []) == needed
    assert missing(send, [needed]) is None
    assert missing(send, None) is None


def test_a_quick_reply_becomes_a_list() -> None:
    found = chosen(QUICK_REPLY | {"auto_reply": True, "agent": "bot"}, "LIST")

    assert isinstance(found.message, ListPicker)
    assert (found.form, found.reason) == ("list_picker", "the device does not show quick_reply")
    assert found.message.model_dump(exclude_none=True) == {
        "to": QUICK_REPLY["to"],
        "auto_reply": True,
        "agent": "bot",
        "fallback": "auto",
        "type": "list_picker",
        "title": "Was this helpful?",
        "sections": [{"title": "Was this helpful?", "multiple": False, "items": QUICK_REPLY["items"]}],
    }


def test_a_quick_reply_becomes_a_numbered_text() -> None:
    found = chosen(QUICK_REPLY | {"auto_reply": True, "agent": "bot"}, "TIME", "FORM")

    assert found.message == Text(
        to=QUICK_REPLY["to"],
        auto_reply=True,
        agent="bot",
        links="plain",
        body="Was this helpful?\n1. Yes\n2. No\n3. Talk to a person",
    )
    assert (found.form, found.reason) == ("text", "the device does not show quick_reply")


def test_a_short_list_becomes_a_quick_reply() -> None:
    found = chosen(picker(), "QUICK")

    assert isinstance(found.message, QuickReply)
    assert found.form == "quick_reply"
    assert found.message.text == "Pick extras"
    assert [item.model_dump() for item in found.message.items] == THREE


@pytest.mark.parametrize(
    "sections",
    [
        [{"title": "Bikes", "items": THREE[:1]}],
        [{"title": "Bikes", "items": [{"identifier": str(n), "title": f"Bike {n}"} for n in range(6)]}],
        [{"title": "Bikes", "items": THREE, "multiple": True}],
        [{"title": "Bikes", "items": THREE[:2]}, {"title": "More", "items": THREE[2:]}],
        [{"title": "Bikes", "items": [*THREE[:2], THREE[2] | {"image": {"data": "x"}}]}],
    ],
    ids=["one item", "six items", "several of them", "two sections", "a picture"],
)
def test_a_list_that_is_no_quick_reply_becomes_a_numbered_text(sections: list[Json]) -> None:
    assert chosen(LIST_PICKER | {"sections": sections}, "QUICK").form == "text"


def test_a_numbered_text_says_all_that_the_list_says() -> None:
    assert body(FULL_LIST_PICKER) == (
        "Pick extras\n"
        "Tap to choose\n"
        "Extras:\n"
        "1. Bell (Brass, 12 €)\n"
        "2. Basket (Willow, 39 €)\n"
        "Colour:\n"
        "3. Red\n"
        "(1, 2 …)"
    )


def test_titles_that_are_numbers_go_by_letters() -> None:
    people = [{"identifier": f"p{count}", "title": str(count)} for count in (2, 4, 6)]

    assert body(QUICK_REPLY | {"items": people}) == "Was this helpful?\na. 2\nb. 4\nc. 6"


def test_a_time_picker_becomes_a_list_in_the_order_of_time() -> None:
    found = chosen(FULL_TIME_PICKER, "LIST", "QUICK")

    assert isinstance(found.message, ListPicker)
    assert found.form == "list_picker"
    assert found.message.model_dump(exclude_none=True, exclude={"to", "fallback", "auto_reply", "type"}) == {
        "title": "Choose a time",
        "subtitle": "It takes half an hour",
        "style": "large",
        "image": {"url": "https://shop.example/workshop.jpg"},
        "reply": {"title": "Thank you"},
        "sections": [
            {
                "title": "Bike fitting",
                "multiple": False,
                "items": [
                    {"identifier": "s1", "title": "2027-03-04 10:00"},
                    {"identifier": "s2", "title": "2027-03-04 10:30"},
                ],
            }
        ],
    }


def test_a_time_picker_becomes_a_numbered_text() -> None:
    assert body(FULL_TIME_PICKER, "QUICK") == (
        "Choose a time\nIt takes half an hour\n1. 2027-03-04 10:00\n2. 2027-03-04 10:30"
    )


def test_without_an_offset_of_the_place_a_time_is_shown_as_it_was_written() -> None:
    assert body(TIME_PICKER) == "Choose a time\n1. 2027-03-04 09:00"
    assert body(put(copy.deepcopy(TIME_PICKER), "/slots/0/start", "2027-03-04T09:00-08:00")).endswith("04 09:00")


def test_a_time_at_the_end_of_time_is_shown_as_it_was_written() -> None:
    late = put(copy.deepcopy(TIME_PICKER), "/slots/0/start", "9999-12-31T23:59:00Z")

    assert body(late | {"timezone_offset": 60}).endswith("1. 9999-12-31T23:59:00Z")


def test_slots_that_have_begun_are_not_offered() -> None:
    offered = chosen(FULL_TIME_PICKER, now=1_804_151_700).offered  # 2027-03-04T09:15Z

    assert offered is not None
    assert [choice.identifier for choice in offered.choices] == ["s2"]


def test_an_attachments_place_in_a_title_is_none_in_a_text() -> None:
    assert body(QUICK_REPLY | {"text": "This \ufffc one?"}).startswith("This   one?\n")


@pytest.mark.parametrize(
    "friendly",
    [
        picker(sections=[{"title": "B", "items": [{"identifier": str(n), "title": f"B{n}"} for n in range(101)]}]),
        picker(sections=[{"title": "B", "items": [{"identifier": str(n), "title": "B" * 200} for n in range(100)]}]),
        FULL_FORM
        | {
            "start": "size",
            "pages": [
                FULL_FORM["pages"][1]
                | {"next": "mail", "items": [{"identifier": str(n), "title": f"S{n}"} for n in range(101)]},
                INPUT_FORM["pages"][0],
            ],
        },
    ],
    ids=["too many items", "too long items", "too many choices of a form"],
)
def test_what_is_too_much_for_a_text_has_no_fallback(friendly: Json) -> None:
    assert fallback.choose(sends.from_object(friendly), [], now=NOW) is None


def test_a_sign_in_takes_the_legacy_flow_where_the_device_knows_no_other() -> None:
    send = sends.from_object(BOTH_FLOWS)

    found = chosen(BOTH_FLOWS, "AUTH")

    assert isinstance(found.message, Authentication)
    assert found.message.redirect_uri is None
    assert found.message.legacy is not None
    assert (found.form, found.reason, found.offered) == ("authentication", "the device signs in the older way", None)
    assert missing(found.message, ["AUTH"]) is None
    assert fitted(send, ["AUTH"]) == found.message


@pytest.mark.parametrize("capabilities", [None, ["AUTH2"], ["AUTH", "AUTH2"], []])
def test_a_sign_in_is_left_alone_where_the_new_flow_works_or_neither(capabilities: list[str] | None) -> None:
    send = sends.from_object(BOTH_FLOWS)

    assert fitted(send, capabilities) is send


def test_a_sign_in_that_does_not_work_is_said_not_to() -> None:
    found = chosen(AUTHENTICATION | {"subtitle": "So that we see your orders"}, "AUTH", "LIST")

    assert isinstance(found.message, Text)
    assert found.message.body == (
        "Sign in to Example Bikes\nSo that we see your orders\nSigning in needs a newer device."
    )
    assert (found.form, found.reason, found.offered) == ("text", "the device does not show authentication", None)
    assert body(LEGACY, "AUTH2") == "Sign in\nThis device cannot sign in here."


def test_a_sign_in_in_neither_flow_is_broken_on_every_device() -> None:
    neither = sends.from_object({name: value for name, value in AUTHENTICATION.items() if name != "redirect_uri"})

    assert missing(neither, []) is None


@pytest.mark.parametrize(
    ("friendly", "path", "value", "where", "capabilities"),
    [
        (QUICK_REPLY, "/items/2/identifier", "yes", "/items/2/identifier", []),
        (QUICK_REPLY, "/items/2/identifier", "yes", "/items/2/identifier", ["LIST"]),
        (FULL_TIME_PICKER, "/slots/0/start", "tomorrow", "/slots/0/start", []),
        (FULL_TIME_PICKER, "/slots/0/start", "tomorrow", "/slots/0/start", ["LIST", "QUICK"]),
        (TIME_PICKER, "/slots/0/start", "2020-03-04T09:00:00Z", "/slots", ["LIST"]),
        (FULL_FORM, "/pages/1/next", "nowhere", "/pages/1/next", []),
        (FULL_LIST_PICKER, "/sections/0/title", "", "/sections/0/title", ["QUICK"]),
        (AUTHENTICATION, "/redirect_uri", "http://msp.example", "/redirect_uri", ["AUTH"]),
    ],
)
def test_what_is_broken_is_broken_whatever_the_device_shows(
    friendly: Json, path: str, value: str, where: str, capabilities: list[str]
) -> None:
    send = sends.from_object(put(copy.deepcopy(friendly), path, value))

    with pytest.raises(Invalid) as caught:
        fallback.choose(send, capabilities, now=NOW)

    assert [fault.path for fault in caught.value.faults] == [where]


@pytest.mark.parametrize(
    ("friendly", "capabilities"),
    [
        (QUICK_REPLY, ["LIST"]),
        (FULL_LIST_PICKER, []),
        (FULL_TIME_PICKER, ["LIST"]),
        (SELECT_FORM | {"private": True}, []),
        (INPUT_FORM, []),
        (FULL_FORM, []),
    ],
)
def test_an_offer_is_stored_without_anything_the_table_does_not_take(friendly: Json, capabilities: list[str]) -> None:
    offered = chosen(friendly, *capabilities).offered
    assert offered is not None

    stored = fallback.stored(offered)

    assert fallback.offered_of(copy.deepcopy(stored)) == offered
    assert types_in(stored) <= {dict, list, str, int, bool}


def types_in(value: Any) -> set[type]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return {type(value)}.union(*(types_in(member) for member in inner))


def test_an_offer_of_before_is_understood() -> None:
    choice = {"identifier": "s1", "title": "Nine", "section": None, "start": "2027-03-04T09:00:00Z", "duration": 0}

    offered = fallback.offered_of({"kind": "time_picker", "choices": [choice], "multiple": False})

    assert offered == Offered("time_picker", (Choice("s1", "Nine", start="2027-03-04T09:00:00Z", duration=0),))
    assert fallback.offered_of(fallback.stored(offered)) == offered
