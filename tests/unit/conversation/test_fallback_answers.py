"""Reading a customer's own words as the answer to a question, and telling it in the shape that was asked for."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple import limits
from parley.conversation import fallback
from tests.unit.apple.wire.breaking import put
from tests.unit.business.kinds.samples import (
    FULL_LIST_PICKER,
    FULL_TIME_PICKER,
    INPUT_FORM,
    LIST_PICKER,
    QUICK_REPLY,
    Json,
)
from tests.unit.conversation.choosing import DATE_FORM, SELECT_FORM, chosen

if TYPE_CHECKING:
    from parley.conversation.fallback import Offered


def offer(friendly: Json) -> Offered:
    offered = chosen(friendly).offered
    assert offered is not None
    return fallback.offered_of(fallback.stored(offered))


def answer(text: str, friendly: Json) -> Json | None:
    """The result, as a business gets it; None for what is no answer."""
    offered = offer(friendly)
    found = fallback.read_answer(text, offered)
    return None if found is None else fallback.answer_of(found, offered)


def picked(text: str, friendly: Json) -> list[str] | None:
    """The identifiers that were chosen."""
    found = fallback.read_answer(text, offer(friendly))
    return None if found is None else [choice.identifier for choice in found]


def question(*titles: str) -> Json:
    items = [{"identifier": f"i{number}", "title": title} for number, title in enumerate(titles, start=1)]
    return QUICK_REPLY | {"items": items}


def several(*titles: str) -> Json:
    items = [{"identifier": f"i{number}", "title": title} for number, title in enumerate(titles, start=1)]
    return LIST_PICKER | {"sections": [{"title": "Extras", "multiple": True, "items": items}]}


@pytest.mark.parametrize(
    "text",
    [
        "2", " 2 ", "2.", "2)", "(2)", "#2", "# 2", "[2]", "2!", "02", "\uff12", "2\ufe0f\u20e3", "\u0662", "No. 2",
        "no.2", "Nr. 2", "nr 2", "\u2116 2", "\u2461", "2\n", "no", "NO", "No.", "no!", "  No  ", "\u201cNo\u201d",
        "\ufffc2",
    ],
)  # fmt: skip
def test_a_choice_goes_by_its_number_or_its_title(text: str) -> None:
    assert picked(text, QUICK_REPLY) == ["no"]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "0", "4", "-1", "1.5", "1-2", "1/2", "2026", "\u00bd", "1, 2", "1 and 2", "yes or no", "maybe", "?",
        "2?", "two", "Talk to a", "\ufffc", "no 2 persons", "1 2", "99999999999999999999", "#", "()", "yes, no",
        "no 1", "1 no",
    ],
)  # fmt: skip
def test_what_chooses_nothing_or_two_things_is_no_answer(text: str) -> None:
    assert picked(text, QUICK_REPLY) is None


@pytest.mark.parametrize(
    "text",
    [
        "1, 3", "1,3", "1 3", "1 and 3", "1 und 3", "1 et 3", "1 y 3", "1 e 3", "1+3", "1 & 3", "#1 #3", "1. 3.",
        "1;3", "1\n3", "(1) (3)", "Bell, Lamp", "bell\nlamp", "Bell and Lamp", "Bell & Lamp", "bell; lamp", "1, 3, 1",
        "Bell, Lamp, Bell",
    ],
)  # fmt: skip
def test_several_go_by_their_numbers_or_their_titles(text: str) -> None:
    assert picked(text, several("Bell", "Basket", "Lamp")) == ["i1", "i3"]


@pytest.mark.parametrize("text", ["1, 4", "Bell, Horn", "Bell and 3", "1 or 3", "1.3", "all", "Bell Lamp"])
def test_several_of_which_one_is_not_offered_are_no_answer(text: str) -> None:
    assert picked(text, several("Bell", "Basket", "Lamp")) is None


def test_several_come_in_the_order_of_the_answer() -> None:
    assert picked("3 1", several("Bell", "Basket", "Lamp")) == ["i3", "i1"]


def test_one_may_be_taken_of_each_section_that_allows_one() -> None:
    one_each = {"title": "Colour", "items": [{"identifier": name, "title": name} for name in ("red", "blue")]}
    both = LIST_PICKER | {"sections": [*several("Bell", "Basket")["sections"], one_each]}

    assert picked("1, 2, 3", both) == ["i1", "i2", "red"]
    assert picked("4", both) == ["blue"]
    assert picked("3, 4", both) is None
    assert picked("red, blue", both) is None


@pytest.mark.parametrize(
    ("titles", "text", "expected"),
    [
        (("Bell", "bell"), "Bell", ["i1"]),
        (("Bell", "bell"), "bell", ["i2"]),
        (("Bell", "bell"), "BELL", None),
        (("Bell", "Bell"), "Bell", None),
        (("Bell", "Bell"), "2", ["i2"]),
        (("C++", "C#"), "c#", ["i2"]),
        (("C++", "C#"), "c", None),
        (("\U0001f44d", "\U0001f44e"), "\U0001f44e", ["i2"]),
        (("Caf\u00e9", "Tee"), "CAFE\u0301", ["i1"]),
        (("Stra\u00dfe", "Weg"), "STRASSE", ["i1"]),
        (("2 persons", "4 persons"), "2", ["i2"]),
        (("2 persons", "4 persons"), "2 persons", ["i1"]),
        (("2", "4"), "2", ["i1"]),
        (("2", "4"), "b", ["i2"]),
        (("2", "4"), "b)", ["i2"]),
        (("2", "4"), "1", None),
        (("b", "2"), "b", None),
        (("b", "2"), "a", ["i1"]),
        (("Salt and pepper", "Salt"), "salt and pepper", ["i1"]),
    ],
)
def test_an_answer_that_could_mean_two_things_means_nothing(
    titles: tuple[str, ...], text: str, expected: list[str] | None
) -> None:
    assert picked(text, question(*titles)) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("ac", ["i1", "i3"]), ("a, c", ["i1", "i3"]), ("ad", None), ("b", ["i2"])]
)
def test_letters_may_stand_together_where_several_are_allowed(text: str, expected: list[str] | None) -> None:
    assert picked(text, several("1", "2", "3")) == expected


def test_a_choice_may_be_called_salt_and_pepper_and_be_one_of_several() -> None:
    assert picked("Salt and pepper", several("Salt and pepper", "Salt", "Pepper")) == ["i1"]
    assert picked("Salt and Pepper", several("Sugar", "Salt", "Pepper")) == ["i2", "i3"]


def test_an_answer_to_a_quick_reply_and_to_a_list_is_a_selection() -> None:
    assert answer("2", QUICK_REPLY) == {
        "kind": "quick_reply",
        "selection": [{"identifier": "no", "title": "No", "section": None}],
    }
    assert answer("1, 3", FULL_LIST_PICKER) == {
        "kind": "list_picker",
        "selection": [
            {"identifier": "x-bell", "title": "Bell", "section": "Extras"},
            {"identifier": "red", "title": "Red", "section": "Colour"},
        ],
    }


def test_an_answer_to_a_time_picker_is_a_slot() -> None:
    slot = {"identifier": "s2", "start": "2027-03-04T09:30:00Z", "duration": 1800}

    assert answer("2", FULL_TIME_PICKER) == {"kind": "time_picker", "slot": slot}
    assert answer("2027-03-04 10:30", FULL_TIME_PICKER) == {"kind": "time_picker", "slot": slot}
    assert answer("1, 2", FULL_TIME_PICKER) is None


@pytest.mark.parametrize("kind", ["select", "wheel"])
def test_an_answer_to_a_form_of_one_choice_is_that_of_its_page(kind: str) -> None:
    form = put(copy.deepcopy(SELECT_FORM), "/pages/0/type", kind) | {"private": True}

    assert answer("cargo", form) == {
        "kind": "form",
        "answers": {"kind": {"type": kind, "items": [{"identifier": "k2", "title": "Cargo", "value": "k2"}]}},
        "private": True,
    }
    assert answer("3", form) is None


def test_what_was_tapped_in_another_form_is_found_by_its_identifier() -> None:
    form, slots = offer(SELECT_FORM), offer(FULL_TIME_PICKER)

    assert fallback.answer_of(fallback.by_identifier(["k1", None], form), form)["answers"] == {
        "kind": {"type": "select", "items": [{"identifier": "k1", "title": "City", "value": "city"}]}
    }
    assert fallback.answer_of(fallback.by_identifier(["s2"], slots), slots)["slot"]["identifier"] == "s2"


def test_nothing_tapped_is_an_answer_without_content() -> None:
    results = [
        fallback.answer_of(fallback.by_identifier([None, "?"], offered), offered)
        for offered in map(offer, (QUICK_REPLY, FULL_TIME_PICKER, SELECT_FORM))
    ]

    assert results == [
        {"kind": "quick_reply", "selection": []},
        {"kind": "time_picker", "slot": None},
        {"kind": "form", "answers": {}, "private": False},
    ]


@pytest.mark.parametrize("text", ["kim@example.net", "2", "No, never.\nNever!", "\ufffc see above"])
def test_whatever_is_written_answers_a_form_of_something_to_write(text: str) -> None:
    assert answer(text, INPUT_FORM) == {
        "kind": "form",
        "answers": {"mail": {"type": "input", "text": text.replace("\ufffc", " ").strip()}},
        "private": False,
    }


def test_a_blank_or_too_long_a_text_is_no_answer() -> None:
    short = put(copy.deepcopy(INPUT_FORM), "/pages/0/max_length", 5)

    assert answer(" \n\ufffc", INPUT_FORM) is None
    assert answer("12345", short) is not None
    assert answer("123456", short) is None


@pytest.mark.parametrize(
    ("page", "text", "day"),
    [
        ({}, "12.03.2027", "2027-03-12"),
        ({}, " 2027-03-12 ", "2027-03-12"),
        ({}, "03/12/2027", None),
        ({}, "31.02.2027", None),
        ({}, "tomorrow", None),
        ({"format": None}, "03/12/2027", "2027-03-12"),
        ({"format": "EEEE, d MMMM yyyy"}, "2027-03-12", "2027-03-12"),
        ({"format": "EEEE, d MMMM yyyy"}, "Friday, 12 March 2027", "2027-03-12"),
        ({"minimum": "12.03.2027", "maximum": "12.03.2027"}, "12.03.2027", "2027-03-12"),
        ({"minimum": "12.03.2027"}, "11.03.2027", None),
        ({"maximum": "12.03.2027"}, "2027-03-13", None),
    ],
)
def test_a_day_is_read_in_the_form_it_was_asked_in(page: Json, text: str, day: str | None) -> None:
    form = DATE_FORM | {"pages": [DATE_FORM["pages"][0] | page]}

    found: Any = answer(text, form)

    assert (found and found["answers"]["day"]) == (day and {"type": "date", "date": day, "shown": text.strip()})


def test_a_book_is_no_answer() -> None:
    assert answer("x" * limits.MAX_TEXT_CHARS, INPUT_FORM) is not None
    assert answer("x" * (limits.MAX_TEXT_CHARS + 1), INPUT_FORM) is None
