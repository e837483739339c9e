"""What a device without forms gets instead of one."""

from __future__ import annotations

import copy

import pytest

from parley.business import sends
from parley.business.kinds.list_picker import ListPicker
from parley.business.kinds.quick_reply import QuickReply
from parley.business.kinds.text import Text
from parley.conversation import fallback
from tests.unit.apple.wire.breaking import put
from tests.unit.apple.wire.samples import NOW
from tests.unit.business.kinds.samples import FULL_FORM, INPUT_FORM, Json
from tests.unit.conversation.choosing import DATE_FORM, SELECT_FORM, body, chosen


def test_a_form_of_one_choice_becomes_a_list() -> None:
    found = chosen(SELECT_FORM, "LIST", "QUICK")

    assert isinstance(found.message, ListPicker)
    assert found.form == "list_picker"
    assert found.message.model_dump(exclude_none=True, exclude={"to", "fallback", "auto_reply", "type"}) == {
        "title": "Book a test ride",
        "subtitle": "Takes one minute",
        "style": "small",
        "reply": {"title": "Thank you"},
        "sections": [
            {
                "title": "Which kind do you like?",
                "multiple": False,
                "items": [{"identifier": "k1", "title": "City"}, {"identifier": "k2", "title": "Cargo"}],
            }
        ],
    }


def test_a_form_of_several_choices_becomes_a_list_of_several() -> None:
    several = put(copy.deepcopy(SELECT_FORM), "/pages/0/multiple", value=True)

    found = chosen(several, "LIST").message

    assert isinstance(found, ListPicker)
    assert found.sections[0].multiple
    assert chosen(several, "QUICK").form == "text"
    assert body(several).endswith("1. City\n2. Cargo\n(1, 2 …)")


def test_a_form_of_one_choice_becomes_a_quick_reply() -> None:
    found = chosen(SELECT_FORM, "QUICK").message

    assert isinstance(found, QuickReply)
    assert found.text == "Which kind do you like?"
    assert [item.title for item in found.items] == ["City", "Cargo"]


@pytest.mark.parametrize("kind", ["select", "wheel"])
def test_a_form_of_one_choice_becomes_a_numbered_text(kind: str) -> None:
    assert body(put(copy.deepcopy(SELECT_FORM), "/pages/0/type", kind), "TIME") == (
        "Book a test ride\nTakes one minute\nWhich kind do you like?\n1. City\n2. Cargo"
    )


def test_the_pictures_of_a_form_go_into_the_list() -> None:
    pictured = put(copy.deepcopy(SELECT_FORM), "/pages/0/items/0/image", {"url": "https://shop.example/city.jpg"})

    found = chosen(pictured, "LIST").message

    assert isinstance(found, ListPicker)
    assert [item.image and item.image.url for item in found.sections[0].items] == [
        "https://shop.example/city.jpg",
        None,
    ]
    assert chosen(pictured, "QUICK").form == "text"


def test_a_form_of_something_to_write_becomes_its_question() -> None:
    assert body(INPUT_FORM, "LIST", "QUICK") == "Your address\nWhere may we write?"
    assert body(put(copy.deepcopy(INPUT_FORM), "/pages/0/hint", "Once only")).endswith("write? (Once only)")


@pytest.mark.parametrize(
    ("page", "note"),
    [
        ({}, "DD.MM.YYYY"),
        ({"format": None}, "MM/DD/YYYY"),
        ({"format": "d/M/yy"}, "D/M/YY"),
        ({"format": "y-M-d"}, "YYYY-M-D"),
        ({"format": "EEEE, d MMMM yyyy"}, "YYYY-MM-DD"),
        ({"format": "d 'of' M yyyy"}, "YYYY-MM-DD"),
        ({"format": "MM/yyyy"}, "YYYY-MM-DD"),
        ({"minimum": "01.03.2027", "maximum": "31.03.2027"}, "DD.MM.YYYY, 01.03.2027 - 31.03.2027"),
        ({"maximum": "31.03.2027"}, "DD.MM.YYYY"),
    ],
)
def test_a_form_of_a_day_says_how_to_write_one(page: Json, note: str) -> None:
    form = DATE_FORM | {"pages": [DATE_FORM["pages"][0] | page]}

    assert body(form, "LIST") == f"Book a test ride\nWhich day? ({note})"


def test_a_form_of_several_pages_becomes_one_text() -> None:
    found = chosen(FULL_FORM, "LIST", "QUICK", "TIME")

    assert (found.form, found.reason) == ("text", "the device does not show form")
    assert isinstance(found.message, Text)
    assert found.message.body == (
        "Book a test ride\n"
        "Takes one minute\n"
        "\n"
        "1. Which kind do you like?\n"
        "a) City\n"
        "b) Cargo → 3\n"
        "\n"
        "2. Frame size → 4\n"
        "a) Small\n"
        "b) Medium\n"
        "\n"
        "3. Which extras? (a, b, …)\n"
        "a) Bell\n"
        "b) Basket\n"
        "\n"
        "4. Preferred day (We are closed on Mondays) (DD.MM.YYYY, 01.03.2027 - 31.03.2027)\n"
        "\n"
        "5. Where may we write? (We send one confirmation)\n"
        "\n"
        "6. Anything else?\n"
        "\n"
        "Please answer line by line:\n"
        "1a\n"
        "4: …"
    )


def test_a_form_begins_with_the_page_it_starts_at_and_shows_where_it_may_end() -> None:
    items = [{"identifier": "y", "title": "Yes", "next": "mail"}, {"identifier": "n", "title": "No"}]
    pages = [INPUT_FORM["pages"][0], {"type": "select", "identifier": "ask", "question": "May we?", "items": items}]

    asked = body(INPUT_FORM | {"pages": pages, "start": "ask"})

    assert asked == (
        "Your address\n\n1. May we?\na) Yes\nb) No → ✓\n\n2. Where may we write?\n\n"
        "Please answer line by line:\n1a\n2: …"
    )


@pytest.mark.parametrize("content_type", ["creditCardNumber", "password", "newPassword"])
def test_secrets_are_not_asked_for_in_a_text(content_type: str) -> None:
    secret = sends.from_object(put(copy.deepcopy(INPUT_FORM), "/pages/0/content_type", content_type))

    assert fallback.choose(secret, ["LIST"], now=NOW) is None
