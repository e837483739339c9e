"""The flat result a business gets for a form: one typed answer per visited page."""

from __future__ import annotations

from typing import Any

import pytest

from parley.apple import replies
from parley.business.results import Asked, asked_of, result_of
from tests.unit.apple.replies.envelopes import reply, sent

MESSAGE = "0b9a5a1e-1111-4222-8333-444455556666"


def result(data: dict[str, Any], question: Asked | None = None) -> dict[str, Any]:
    return result_of(replies.read(reply(data)), question)


def form(*selections: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"dynamic": {"version": "1.2", "template": "messageForms", "selections": list(selections), **fields}}


def page(identifier: str | None, *items: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"title": "T", "subtitle": "S", "items": list(items)}
    return made if identifier is None else {"pageIdentifier": identifier, **made}


def question_form(*pages: dict[str, Any], **fields: Any) -> Asked:
    content = sent({"dynamic": {"template": "messageForms", "data": {"pages": list(pages), **fields}}})
    found = asked_of(MESSAGE, content)
    assert found is not None
    return found


def test_a_form_gives_a_typed_answer_per_visited_page() -> None:
    found = result(
        form(
            page("kind", {"identifier": "k1", "title": "City", "value": "city", "type": "select"}),
            page("size", {"identifier": "m", "title": "Medium", "value": "M", "type": "picker"}),
            page(
                "date",
                {"identifier": "date", "title": "03/12/2027", "value": "2027-03-11T23:00:00Z", "type": "datePicker"},
            ),
            page("mail", {"identifier": "mail", "title": "a@b.example", "value": "a@b.example", "type": "input"}),
            private=False,
        ),
        question_form({"pageIdentifier": "kind", "type": "select"}),
    )

    assert found == {
        "kind": "form",
        "in_reply_to": MESSAGE,
        "answers": {
            "kind": {"type": "select", "items": [{"identifier": "k1", "title": "City", "value": "city"}]},
            "size": {"type": "wheel", "items": [{"identifier": "m", "title": "Medium", "value": "M"}]},
            "date": {"type": "date", "date": "2027-03-12", "shown": "03/12/2027"},
            "mail": {"type": "input", "text": "a@b.example"},
        },
        "private": False,
    }
    assert list(found["answers"]) == ["kind", "size", "date", "mail"]


def test_a_page_of_several_choices_lists_them() -> None:
    found = result(form(page("tags", {"identifier": 1, "value": 10}, {"identifier": "2", "value": "20"})))

    assert found["answers"]["tags"] == {
        "type": "select",
        "items": [
            {"identifier": "1", "title": None, "value": "10"},
            {"identifier": "2", "title": None, "value": "20"},
        ],
    }


def date_answer(item: dict[str, Any], options: dict[str, Any]) -> Any:
    question = question_form({"pageIdentifier": "date", "type": "datePicker", "options": options})
    return result(form(page("date", item)), question)["answers"]["date"]


def test_a_day_is_read_in_the_format_it_was_asked_in() -> None:
    item = {"identifier": "date", "title": "05.04.2027", "value": "2027-04-04T22:00:00Z"}

    assert date_answer(item, {"dateFormat": "dd.MM.yyyy"})["date"] == "2027-04-05"


def test_the_title_of_a_day_outweighs_its_instant() -> None:
    item = {"identifier": "date", "title": "04/05/2027", "value": "2027-04-04T11:00:00Z"}  # Auckland in summer

    assert date_answer(item, {})["date"] == "2027-04-05"


def test_a_day_that_does_not_fit_its_format_is_taken_from_the_instant_of_local_midnight() -> None:
    item = {"identifier": "date", "title": "5. April 2027", "value": "2027-04-04T22:00:00Z"}

    assert date_answer(item, {"dateFormat": "d. MMM yyyy 'um'"})["date"] == "2027-04-05"


def test_a_day_that_cannot_be_told_is_null_and_shown_as_it_came() -> None:
    assert date_answer({"identifier": "date", "title": "some day"}, {}) == {
        "type": "date",
        "date": None,
        "shown": "some day",
    }
    empty = question_form({"pageIdentifier": "date", "type": "datePicker"})
    assert result(form(page("date")), empty)["answers"]["date"] == {"type": "date", "date": None, "shown": None}


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], ""),
        ([{"identifier": "note", "value": "", "title": ""}], ""),
        ([{"identifier": "note", "value": "hello"}], "hello"),
        ([{"identifier": "note", "title": "hello"}], "hello"),
        ([{"identifier": "note", "value": 42}], "42"),
    ],
)
def test_an_input_is_its_text_even_when_it_was_left_empty(items: list[dict[str, Any]], text: str) -> None:
    question = question_form({"pageIdentifier": "note", "type": "input"})

    assert result(form(page("note", *items)), question)["answers"]["note"] == {"type": "input", "text": text}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"identifier": "p", "title": "hello", "value": "hello"}, "input"),
        ({"identifier": "p", "title": "2027-03-11T23:00:00Z", "value": "2027-03-11T23:00:00Z"}, "input"),
        ({"identifier": "p", "title": "03/12/2027", "value": "2027-03-11T23:00:00Z"}, "date"),
        ({"identifier": "k1", "title": "City", "value": "city"}, "select"),
        ({"title": "City"}, "select"),
        ({"identifier": "p", "type": "DatePicker", "title": "x"}, "date"),
        ({"identifier": "k1", "type": "hologram"}, "select"),
    ],
)
def test_a_type_that_is_not_stated_is_told_by_the_shape(item: dict[str, Any], expected: str) -> None:
    assert result(form(page("p", item)))["answers"]["p"]["type"] == expected


def test_an_empty_page_of_unknown_type_says_so() -> None:
    assert result(form(page("p")))["answers"]["p"] == {"type": "unknown"}


def test_a_page_without_a_name_is_named_by_its_item_or_left_to_the_raw_data() -> None:
    found = result(
        form(
            page(None, {"identifier": "mail", "value": "x", "type": "input"}),
            page(None, {"identifier": "k1", "type": "select"}),
            page(None),
        )
    )

    assert list(found["answers"]) == ["mail"]


def test_a_page_visited_again_keeps_its_last_answer() -> None:
    found = result(form(*(page("p", {"identifier": "p", "value": value, "type": "input"}) for value in ("a", "b"))))

    assert found["answers"]["p"]["text"] == "b"


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        (form(private=True), None),
        (form(private="true"), None),
        (form(data={"private": True}), None),
        (form(), question_form(private=True)),
    ],
)
def test_a_form_is_private_when_either_side_says_so(answer: dict[str, Any], question: Asked | None) -> None:
    read = replies.read(reply(answer))

    assert result_of(read, question)["private"] is True
    assert read.private is (question is None)
