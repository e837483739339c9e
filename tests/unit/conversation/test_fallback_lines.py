"""Reading a customer's answer to a form that went out as one text, line by line."""

from __future__ import annotations

from typing import Any

import pytest

from parley.conversation import fallback
from tests.unit.business.kinds.samples import FULL_FORM, Json, message
from tests.unit.conversation.choosing import chosen

CITY = {"type": "select", "items": [{"identifier": "k1", "title": "City", "value": "city"}]}
CARGO = {"type": "select", "items": [{"identifier": "k2", "title": "Cargo", "value": "k2"}]}
MEDIUM = {"type": "wheel", "items": [{"identifier": "m", "title": "Medium", "value": "m"}]}
BELL = {"identifier": "bell", "title": "Bell", "value": "bell"}
BASKET = {"identifier": "basket", "title": "Basket", "value": "basket"}
DAY = {"type": "date", "date": "2027-03-12", "shown": "12.03.2027"}
MAIL = {"type": "input", "text": "kim@example.net"}

TWO_INPUTS = message(
    "form",
    title="Your address",
    pages=[
        {"type": "input", "identifier": "street", "question": "Which street?", "multiline": True, "next": "more"},
        {"type": "input", "identifier": "more", "question": "Anything else?"},
    ],
)
MANY_CHOICES = message(
    "form",
    title="Your size",
    pages=[
        {
            "type": "wheel",
            "identifier": "size",
            "question": "Which size?",
            "items": [{"identifier": f"s{number}", "title": f"Size {number}"} for number in range(30)],
            "next": "more",
        },
        {"type": "input", "identifier": "more", "question": "Anything else?"},
    ],
)


def answers(text: str, form: Json = FULL_FORM) -> dict[str, Any] | None:
    """What a business gets of the pages; None for what is no answer."""
    offered = chosen(form).offered
    assert offered is not None
    found = fallback.read_answer(text, offered)
    return None if found is None else fallback.answer_of(found, offered)["answers"]


def test_each_line_answers_the_question_of_its_number() -> None:
    offered = chosen(FULL_FORM).offered
    assert offered is not None

    found = fallback.read_answer("1a\n2 b\n4: 12.03.2027\n5: kim@example.net\n6 Thank you", offered)

    assert found is not None
    assert fallback.answer_of(found, offered) == {
        "kind": "form",
        "answers": {
            "kind": CITY,
            "size": MEDIUM,
            "date": DAY,
            "mail": MAIL,
            "note": {"type": "input", "text": "Thank you"},
        },
        "private": True,
    }


@pytest.mark.parametrize(
    "text",
    [
        "1a\n2b", "1 a\n2 b", "1. a\n2. b", "1) a\n2) b", "(1) a\n(2) b", "1: a\n2: b", "1 - a\n2 - b", "1.) A\n2.) B",
        "2b\n1a", "1 City\n2 Medium", "1: city\n2: MEDIUM", " 1a \n\n 2b ", "1a, 2b", "1a 2b", "2B;1A", "1a,2b",
        "\uff11\uff41\n\uff12\uff42", "1\ufe0f\u20e3 a\n2\ufe0f\u20e3 b", "#1 a\n#2 b", "1 a)\n2 b)", "1a\r\n2b",
        "1 City\n2: b",
    ],
)  # fmt: skip
def test_a_line_may_be_written_in_many_ways(text: str) -> None:
    assert answers(text) == {"kind": CITY, "size": MEDIUM}


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "City", "1", "1:", "1c", "1 Bike", "1a\n2x", "1a\nthank you", "Hello\n1a", "7: x", "0a", "1a\n1b",
        "1a\n1a", "1ab", "1a, b", "4: tomorrow", "4: 01.04.2027", "1a\n4:", "12345", "1a 7b", "5:\n6:",
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_makes_it_no_answer(text: str) -> None:
    assert answers(text) is None


def test_only_the_pages_count_that_the_branches_lead_to() -> None:
    assert answers("1b\n2b\n3a") == {"kind": CARGO, "extras": {"type": "select", "items": [BELL]}}
    assert answers("1a\n2b\n3a") == {"kind": CITY, "size": MEDIUM}


def test_without_an_answer_to_a_branch_every_page_behind_it_counts() -> None:
    assert answers("2b\n3a") == {"size": MEDIUM, "extras": {"type": "select", "items": [BELL]}}


@pytest.mark.parametrize("text", ["3ab", "3 a b", "3: a, b", "3 a and b", "3 Bell, Basket", "3 bell and basket"])
def test_several_may_be_chosen_where_several_are_asked_for(text: str) -> None:
    assert answers(text) == {"extras": {"type": "select", "items": [BELL, BASKET]}}


def test_a_question_left_blank_is_not_answered() -> None:
    assert answers("1a\n5:\n6:") == {"kind": CITY}


def test_an_answer_of_several_lines_belongs_to_the_question_above() -> None:
    assert answers("1: Main Street 5\nSpringfield\n\n12345 Ohio\n2: no", TWO_INPUTS) == {
        "street": {"type": "input", "text": "Main Street 5\nSpringfield\n12345 Ohio"},
        "more": {"type": "input", "text": "no"},
    }
    assert answers("2: no\nreally", TWO_INPUTS) is None


def test_numbers_and_letters_in_a_written_answer_are_no_choices() -> None:
    assert answers("1: 2 b, 1 a", TWO_INPUTS) == {"street": {"type": "input", "text": "2 b, 1 a"}}
    assert answers("1a 2b", TWO_INPUTS) == {"street": {"type": "input", "text": "a 2b"}}


def test_behind_z_comes_aa() -> None:
    sizes = {"26": "aa", "29": "ad", "25": "z"}

    found = [answers(f"1{letters}", MANY_CHOICES) for letters in sizes.values()]

    assert [one and one["size"]["items"][0]["identifier"] for one in found] == [f"s{number}" for number in sizes]
    assert answers("1ae", MANY_CHOICES) is None


def test_the_answers_come_in_the_order_in_which_the_pages_follow_each_other() -> None:
    found = answers("6: x\n5: kim@example.net\n4: 12.03.2027\n1b")

    assert found is not None
    assert list(found) == ["kind", "date", "mail", "note"]
