"""Filled-in forms as a phone sends them (protocol/05 §5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.local.samples import GONE, broken, built_in, form
from tests.unit.local.wire import OPAQUE_ID, Msp, envelope

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.usefixtures("stub_msp")]

PAGES = "data.dynamic.data.pages"
CARGO = {"kind": "cargo", "date": "2099-03-12", "mail": "kim@example.net"}


def one_page(page: dict[str, Any]) -> dict[str, Any]:
    """A form of a single page called `p`."""
    pages = [{"pageIdentifier": "p", "subtitle": "Please", **page}]
    data = {"startPageIdentifier": "p", "pages": pages}
    return built_in("dynamic", {"version": "1.2", "template": "messageForms", "data": data})


def fill(msp: Msp, interactive: dict[str, Any], answers: dict[str, Any]) -> Any:
    """Show a form and fill it in; returns the reply's `dynamic`."""
    assert msp.post(envelope("interactive", interactiveData=interactive)).status == 200
    answer = msp.control("POST", "/phones/reply", {"answers": answers})
    assert answer.status == 200, answer.text
    return answer.json["interactive_data"]["data"]["dynamic"]


def problem(msp: Msp, interactive: dict[str, Any], answers: dict[str, Any]) -> dict[str, str]:
    """Show a form and fill it in wrongly; returns which answer is wrong and why."""
    assert msp.post(envelope("interactive", interactiveData=interactive)).status == 200
    answer = msp.control("POST", "/phones/reply", {"answers": answers})
    assert answer.status == 400, answer.text
    fields: dict[str, str] = answer.json["fields"]
    return fields


def test_every_visited_page_comes_back_in_the_order_of_the_visit(msp: Msp) -> None:
    dynamic = fill(msp, form(), {"kind": "city", "size": "M", "date": "2099-03-12", "mail": "kim@example.net"})

    assert dynamic == {
        "version": "1.2",
        "template": "messageForms",
        "private": False,
        "selections": [
            {
                "pageIdentifier": "kind",
                "title": "Bike",
                "subtitle": "Which kind?",
                "items": [{"identifier": "k1", "title": "City", "value": "city", "type": "select"}],
            },
            {
                "pageIdentifier": "size",
                "subtitle": "Frame size",
                "items": [{"identifier": "m", "title": "Medium", "value": "M", "type": "picker"}],
            },
            {
                "pageIdentifier": "date",
                "subtitle": "Which day?",
                "items": [
                    {
                        "identifier": "date",
                        "title": "03/12/2099",
                        "value": "2099-03-11T23:00:00Z",
                        "type": "datePicker",
                    }
                ],
            },
            {
                "pageIdentifier": "mail",
                "subtitle": "Where may we write?",
                "items": [
                    {"identifier": "mail", "title": "kim@example.net", "value": "kim@example.net", "type": "input"}
                ],
            },
        ],
    }


def test_a_choice_decides_which_pages_are_visited(msp: Msp) -> None:
    selections = fill(msp, form(), CARGO)["selections"]

    assert [page["pageIdentifier"] for page in selections] == ["kind", "date", "mail"]


def test_a_choice_without_a_way_of_its_own_leads_where_the_page_does(msp: Msp) -> None:
    without = broken(form(), f"{PAGES}.0.items.1.nextPageIdentifier", GONE)

    selections = fill(
        msp, broken(without, f"{PAGES}.0.nextPageIdentifier", "mail"), {"kind": "cargo", "mail": "a@b.co"}
    )

    assert [page["pageIdentifier"] for page in selections["selections"]] == ["kind", "mail"]


def test_the_bubbles_come_back_inside_data_with_the_title_repeated(msp: Msp) -> None:
    msp.post(envelope("interactive", interactiveData=form()))

    data = msp.control("POST", "/phones/reply", {"answers": CARGO}).json["interactive_data"]["data"]

    assert data["receivedMessage"] == form()["receivedMessage"]
    assert data["replyMessage"] == {"title": "Your choice", "alternateTitle": "Your choice", "style": "icon"}


@pytest.mark.parametrize("place", ["data.dynamic.private", "data.dynamic.data.private"])
def test_a_private_form_is_answered_in_private(msp: Msp, place: str) -> None:
    assert fill(msp, broken(form(), place, True), CARGO)["private"] is True


@pytest.mark.parametrize("word", ["city", "k1", "City"])
def test_an_item_is_found_by_value_identifier_or_title(msp: Msp, word: str) -> None:
    selections = fill(msp, form(), {**CARGO, "kind": word, "size": "s"})["selections"]

    assert selections[0]["items"][0]["identifier"] == "k1"


def test_wheels_and_days_may_be_left_as_they_are(msp: Msp) -> None:
    selections = fill(msp, form(), {"kind": "city", "mail": "kim@example.net"})["selections"]

    assert [page["items"][0]["title"] for page in selections] == ["City", "Medium", "03/04/2099", "kim@example.net"]


def test_several_items_come_back_in_the_order_of_the_page(msp: Msp) -> None:
    items = [{"identifier": word, "title": word.upper(), "value": word} for word in ("a", "b", "c")]
    asked = one_page({"type": "select", "multipleSelection": True, "items": items})

    dynamic = fill(msp, asked, {"p": ["c", "a"]})

    assert [item["value"] for item in dynamic["selections"][0]["items"]] == ["a", "c"]


def test_an_optional_text_may_stay_empty(msp: Msp) -> None:
    dynamic = fill(msp, one_page({"type": "input", "options": {"regex": "^x$"}}), {})

    assert dynamic["selections"][0]["items"] == [{"identifier": "p", "title": "", "value": "", "type": "input"}]


def test_a_submitting_page_ends_the_form_whatever_follows_it(msp: Msp) -> None:
    asked = broken(broken(form(), f"{PAGES}.2.submitForm", True), f"{PAGES}.3.submitForm", GONE)

    selections = fill(msp, asked, {"kind": "cargo"})["selections"]

    assert [page["pageIdentifier"] for page in selections] == ["kind", "date"]


@pytest.mark.parametrize(
    ("offset", "value"), [(60, "2099-03-11T23:00:00Z"), (0, "2099-03-12T00:00:00Z"), (-420, "2099-03-12T07:00:00Z")]
)
def test_the_value_of_a_day_is_its_midnight_at_the_device(msp: Msp, offset: int, value: str) -> None:
    msp.control("POST", "/customers", {"opaque_id": OPAQUE_ID, "timezone_offset": offset})
    selections = fill(msp, form(), CARGO)["selections"]
    msp.control("POST", "/customers", {"opaque_id": OPAQUE_ID, "timezone_offset": 60})

    assert selections[1]["items"][0]["value"] == value


def test_a_day_is_shown_in_the_pages_format(msp: Msp) -> None:
    options = {"dateFormat": "EEEE, d. MMMM yyyy", "maximumDate": "2099-12-31"}

    dynamic = fill(msp, one_page({"type": "datePicker", "options": options}), {"p": "2099-03-12"})

    assert dynamic["selections"][0]["items"][0]["title"] == "Thursday, 12. March 2099"


def test_without_a_maximum_the_future_cannot_be_chosen(msp: Msp) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()

    assert (
        "must lie between the past and" in problem(msp, one_page({"type": "datePicker"}), {"p": tomorrow})["answers.p"]
    )
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    dynamic = fill(msp, one_page({"type": "datePicker"}), {"p": yesterday.isoformat()})
    assert dynamic["selections"][0]["items"][0]["title"] == f"{yesterday:%m/%d/%Y}"


@pytest.mark.parametrize(
    ("page", "given", "text"),
    [
        ({"type": "input"}, "x" * 31, "can have 30 characters"),
        ({"type": "input", "options": {"inputType": "multiline"}}, "x" * 301, "can have 300 characters"),
        ({"type": "input", "options": {"maximumCharacterCount": 3}}, "four", "can have 3 characters"),
        ({"type": "input"}, "two\nlines", "can be only one line"),
        ({"type": "input", "options": {"required": True}}, "", "is required"),
        ({"type": "input", "options": {"required": True}}, None, "is required"),
        ({"type": "input", "options": {"regex": "^[0-9]+$"}}, "ten", "does not fit the page's regex"),
        ({"type": "input"}, ["a", "b"], "can be only one"),
        ({"type": "datePicker"}, "soon", "must be a day such as"),
    ],
)
def test_a_page_refuses_what_a_phone_would_not_let_through(
    msp: Msp, page: dict[str, Any], given: Any, text: str
) -> None:
    found = problem(msp, one_page(page), {} if given is None else {"p": given})

    assert found["answers.p"].startswith(text)


@pytest.mark.parametrize(
    ("answers", "field", "text"),
    [
        ({}, "kind", "is missing; choose from city, cargo"),
        ({"kind": "truck"}, "kind", "is none of the items; choose from city, cargo"),
        ({"kind": ["city", "cargo"]}, "kind", "can be only one item"),
        ({**CARGO, "size": "S"}, "size", "these answers do not lead to this page, or there is no such page"),
        ({**CARGO, "colour": "red"}, "colour", "these answers do not lead to this page, or there is no such page"),
        ({**CARGO, "date": "2099-04-01"}, "date", "must lie between 2099-03-01 and 2099-03-31"),
        ({**CARGO, "date": "02/28/2099"}, "date", "must lie between 2099-03-01 and 2099-03-31"),
    ],
)
def test_a_wrong_answer_is_named_by_its_page(msp: Msp, answers: dict[str, Any], field: str, text: str) -> None:
    assert problem(msp, form(), answers) == {f"answers.{field}": text}


def test_answers_that_go_in_a_circle_never_end(msp: Msp) -> None:
    asked = broken(broken(form(), f"{PAGES}.1.nextPageIdentifier", "kind"), f"{PAGES}.3.submitForm", GONE)

    assert problem(msp, asked, {"kind": "city"}) == {"answers.kind": "these answers lead in a circle"}
