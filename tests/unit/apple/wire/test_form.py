from __future__ import annotations

from typing import Any

import pytest

from tests.unit.apple.wire.breaking import DATA, GONE, errors, judged, mend, put, warnings
from tests.unit.apple.wire.samples import form, page

FORM = f"{DATA}/dynamic/data"
PAGES = f"{FORM}/pages"
KIND, EXTRAS, SIZE, DAY, MAIL, NOTE = (f"/pages/{n}" for n in range(6))


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/version", GONE, "required"),
        ("/version", 1.2, "wrong_type"),
        ("/version", "v1.2", "malformed"),
        ("/template", GONE, "required"),
        ("/template", "messageForm", "unknown_value"),
        ("/private", "no", "wrong_type"),
        ("/private", True, "contradiction"),
        ("/selections", [], "unknown_field"),
        ("/data", GONE, "required"),
        ("/data", [], "wrong_type"),
    ],
)
def test_a_broken_frame_of_a_form_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = f"{DATA}/dynamic{path}"
    found = [fault for fault in errors(put(form(), path, value)) if fault[1] != "unused_image"]

    assert found == [(path, code)]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/startPageIdentifier", GONE, "required"),
        ("/startPageIdentifier", 0, "wrong_type"),
        ("/startPageIdentifier", "nowhere", "unresolved"),
        ("/showSummary", "yes", "wrong_type"),
        ("/private", 1, "wrong_type"),
        ("/splash/buttonTitle", GONE, "required"),
        ("/splash/splashText", "x", "unknown_field"),
        ("/splash/header", "", "blank"),
        ("/splash/splashtext", "x" * 201, "too_long"),
        ("/splash/imageIdentifier", "nowhere", "unresolved"),
        ("/pages", GONE, "required"),
        ("/pages", {}, "wrong_type"),
        ("/pages", [], "too_few"),
        (f"{MAIL}/type", GONE, "required"),
        (f"{MAIL}/type", "text", "unknown_value"),
        (f"{MAIL}/type", 5, "wrong_type"),
        (f"{MAIL}/subtitle", GONE, "required"),
        (f"{MAIL}/subtitle", " ", "blank"),
        (f"{MAIL}/title", "a\nb", "unprintable"),
        (f"{MAIL}/submitForm", 1, "wrong_type"),
        (f"{MAIL}/nextPageIdentifier", "nowhere", "unresolved"),
        (f"{MAIL}/nextPageIdentifier", "", "unresolved"),
        (f"{MAIL}/nextPageIdentifier", 5, "wrong_type"),
        (f"{MAIL}/pageIdentifier", GONE, "required"),
        (f"{MAIL}/items", [], "unknown_field"),
        (f"{KIND}/multipleSelection", "no", "wrong_type"),
        (f"{KIND}/items", GONE, "required"),
        (f"{KIND}/items/1/identifier", "kind-0", "duplicate"),
        (f"{KIND}/items/0/title", GONE, "required"),
        (f"{KIND}/items/0/value", GONE, "required"),
        (f"{KIND}/items/0/value", 1, "wrong_type"),
        (f"{KIND}/items/0/value", "\x00", "unprintable"),
        (f"{KIND}/items/0/imageIdentifier", "nowhere", "unresolved"),
        (f"{KIND}/items/0/nextPageIdentifier", "nowhere", "unresolved"),
        (f"{KIND}/items/0/subtitle", "x", "unknown_field"),
        (f"{KIND}/hintText", "x", "unknown_field"),
        (f"{EXTRAS}/items", [], "too_few"),
        (f"{EXTRAS}/items/0/nextPageIdentifier", "size", "forbidden"),
        (f"{SIZE}/items", [], "too_few"),
        (f"{SIZE}/items/0/nextPageIdentifier", "day", "forbidden"),
        (f"{SIZE}/items/1/identifier", "size-0", "duplicate"),
        (f"{SIZE}/selectedItemIndex", 2, "out_of_range"),
        (f"{SIZE}/selectedItemIndex", -1, "out_of_range"),
        (f"{SIZE}/selectedItemIndex", "1", "wrong_type"),
        (f"{SIZE}/pickerTitle", "", "blank"),
        (f"{SIZE}/multipleSelection", False, "unknown_field"),
        (f"{DAY}/options", [], "wrong_type"),
        (f"{DAY}/options/dateFormat", "", "blank"),
        (f"{DAY}/options/dateFormat", "dd.MM.yyyy 'at", "malformed"),
        (f"{DAY}/options/dateFormat", "dd.MM.yyyy T", "malformed"),
        (f"{DAY}/options/startDate", "2027-03-04", "malformed"),
        (f"{DAY}/options/startDate", "31.02.2027", "malformed"),
        (f"{DAY}/options/startDate", "28.02.2027", "out_of_order"),
        (f"{DAY}/options/startDate", "01.04.2027", "out_of_order"),
        (f"{DAY}/options/minimumDate", 20270301, "wrong_type"),
        (f"{DAY}/options/labelText", "", "blank"),
        (f"{DAY}/options/regex", ".", "unknown_field"),
        (f"{DAY}/hintText", "x" * 201, "too_long"),
        (f"{MAIL}/options/inputType", "single", "unknown_value"),
        (f"{MAIL}/options/required", "true", "wrong_type"),
        (f"{MAIL}/options/placeholder", "", "blank"),
        (f"{MAIL}/options/maximumCharacterCount", 0, "out_of_range"),
        (f"{MAIL}/options/maximumCharacterCount", "80", "wrong_type"),
        (f"{MAIL}/options/regex", "([a-z]", "not_compilable"),
        (f"{MAIL}/options/regex", "a{1,99999999999}", "not_compilable"),
        (f"{MAIL}/options/regex", "(" * 500 + ")" * 500, "not_compilable"),
        (f"{MAIL}/options/regex", "x" * 1001, "too_long"),
        (f"{MAIL}/options/keyboardType", "UIKeyboardTypeEmailAddress", "unknown_value"),
        (f"{MAIL}/options/keyboardType", "email", "unknown_value"),
        (f"{MAIL}/options/textContentType", "email", "unknown_value"),
        (f"{MAIL}/options/dateFormat", "dd", "unknown_field"),
        (f"{NOTE}/options/labelText", "x", "forbidden"),
        (f"{NOTE}/options/prefixText", "x", "forbidden"),
    ],
)
def test_a_broken_form_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = FORM + path

    assert errors(put(form(), path, value)) == [(path, code)]


def test_a_wheel_shows_no_pictures() -> None:
    path = f"{PAGES}/2/items/0/imageIdentifier"

    assert errors(put(form(), path, "hero")) == [(path, "forbidden")]


def test_a_minimum_after_the_maximum_is_out_of_order() -> None:
    path = f"{PAGES}/3/options"

    assert errors(put(put(form(), f"{path}/startDate", GONE), f"{path}/minimumDate", "01.04.2027")) == [
        (f"{path}/minimumDate", "out_of_order")
    ]


@pytest.mark.parametrize(
    ("identifier", "code"),
    [
        ("p" * 20, "too_long"),
        ("🙂" * 10, "too_long"),
        ("it's", "forbidden_characters"),
        ("", "blank"),
        ("\ud800", "unprintable"),
    ],
)
def test_a_page_identifier_is_short_and_plain(identifier: str, code: str) -> None:
    assert errors(form(page(identifier))) == [(f"{PAGES}/0/pageIdentifier", code)]


@pytest.mark.parametrize("identifier", ["p" * 19, "🙂" * 9 + "p"])
def test_nineteen_utf_16_units_fit_a_page_identifier(identifier: str) -> None:
    assert errors(form(page(identifier))) == []


@pytest.mark.parametrize(("former", "now"), [("singleSelect", "select"), ("wheelPicker", "picker")])
def test_former_names_of_page_types_are_recognised(former: str, now: str) -> None:
    assert mend(form(page("only", former)), f"{PAGES}/0/type") == f"write {now}"


def test_a_page_that_is_no_object_leaves_the_others_judged() -> None:
    message = put(put(form(), f"{PAGES}/1", "extras"), f"{PAGES}/4/subtitle", "")

    assert {(f"{PAGES}/1", "wrong_type"), (f"{PAGES}/4/subtitle", "blank")} <= set(errors(message))


def test_a_page_identifier_is_given_once() -> None:
    message = form(page("a", nextPageIdentifier="b"), page("b"), page("b"))

    assert errors(message) == [(f"{PAGES}/2/pageIdentifier", "duplicate")]


def test_a_page_no_other_leads_to_is_refused() -> None:
    message = form(page("a"), page("b", nextPageIdentifier="c"), page("c"))

    assert errors(message) == [(f"{PAGES}/1", "unreachable"), (f"{PAGES}/2", "unreachable")]


def test_a_page_level_exit_no_item_takes_leads_nowhere() -> None:
    branching = page("a", "select", nextPageIdentifier="c")
    for item in branching["items"]:
        item["nextPageIdentifier"] = "b"

    assert errors(form(branching, page("b"), page("c"))) == [(f"{PAGES}/2", "unreachable")]


def test_an_item_without_a_branch_takes_the_exit_of_its_page() -> None:
    branching = page("a", "select", nextPageIdentifier="c")
    branching["items"][0]["nextPageIdentifier"] = "b"

    assert errors(form(branching, page("b"), page("c"))) == []


def test_an_item_without_a_branch_ends_a_page_that_has_no_exit() -> None:
    branching = page("a", "select")
    branching["items"][0]["nextPageIdentifier"] = "b"

    assert warnings(form(branching, page("b", nextPageIdentifier="a"))) == [
        (f"{PAGES}/1/nextPageIdentifier", "cycle"),
    ]


def test_a_form_that_never_ends_is_refused() -> None:
    message = form(page("a", nextPageIdentifier="b"), page("b", nextPageIdentifier="a"))

    assert errors(message) == [(PAGES, "no_end")]


def test_a_trap_beside_a_way_out_is_refused() -> None:
    branching = page("a", "select")
    branching["items"][0]["nextPageIdentifier"] = "b"
    message = form(branching, page("b", nextPageIdentifier="c"), page("c", nextPageIdentifier="b"))

    assert errors(message) == [(f"{PAGES}/1", "no_end"), (f"{PAGES}/2", "no_end")]
    assert [fault.code for fault in judged(message)] == ["no_end", "no_end"]


def test_a_page_that_submits_is_an_end() -> None:
    message = form(page("a", nextPageIdentifier="b"), page("b", nextPageIdentifier="a", submitForm=True))

    assert warnings(message) == [
        (f"{PAGES}/1/nextPageIdentifier", "cycle"),
    ]


def test_two_ways_to_one_page_are_no_cycle() -> None:
    branching = page("a", "select")
    branching["items"][0]["nextPageIdentifier"] = "b"
    branching["items"][1]["nextPageIdentifier"] = "c"
    message = form(branching, page("b", nextPageIdentifier="d"), page("c", nextPageIdentifier="d"), page("d"))

    assert warnings(message) == []


@pytest.mark.parametrize("more", [{"type": "select", "multipleSelection": True}, {"type": "picker"}])
def test_branches_that_are_not_allowed_make_no_page_unreachable(more: dict[str, Any]) -> None:
    message = form({**page("a", "select"), **more}, page("b"))
    path = f"{PAGES}/0/items/0/nextPageIdentifier"

    assert errors(put(message, path, "b")) == [(path, "forbidden")]


def test_a_broken_reference_hides_no_page_behind_it() -> None:
    message = form(page("a", nextPageIdentifier="x"), page("b"))

    assert errors(message) == [(f"{PAGES}/0/nextPageIdentifier", "unresolved")]


def day(now_options: dict[str, Any]) -> dict[str, Any]:
    return form(page("day", "datePicker", options=now_options))


@pytest.mark.parametrize(
    ("letters", "written"),
    [
        ("MM/dd/yyyy", "03/04/2020"),
        ("yyyy-MM-dd", "2020-03-04"),
        ("d.M.yy", "4.3.20"),
        ("d. MMMM y", "4. march 2020"),
        ("EEEE, MMM d, u", "Wednesday, Mar 4, 2020"),
        ("dd 'of' LLLL yyyy", "04 of March 2020"),
        ("d 'o''clock' MM uuuu", "4 o'clock 03 2020"),
        ("MM''yyyy", "03'2020"),
    ],
)
def test_dates_are_read_in_the_pattern_they_are_written_in(letters: str, written: str) -> None:
    path = f"{PAGES}/0/options/startDate"

    assert errors(day({"dateFormat": letters, "startDate": written})) == []
    assert errors(day({"dateFormat": letters, "startDate": written + "x"})) == [(path, "malformed")]


@pytest.mark.parametrize(("letters", "written"), [("MMM d", "Foo 4"), ("d.M.yyyy", "4.13.2020"), ("dd/MM", "4/03")])
def test_a_date_that_does_not_exist_or_fit_is_refused(letters: str, written: str) -> None:
    assert errors(day({"dateFormat": letters, "startDate": written})) == [(f"{PAGES}/0/options/startDate", "malformed")]


def test_dates_without_a_format_are_american() -> None:
    assert errors(day({"startDate": "03/31/2020"})) == []
    assert errors(day({"startDate": "31/03/2020"})) == [(f"{PAGES}/0/options/startDate", "malformed")]


@pytest.mark.parametrize("letters", ["HH:mm dd.MM.yyyy", "yyyy-'W'ww", "MM/dd/yyyy (MM)"])
def test_dates_in_a_pattern_we_cannot_read_are_left_alone(letters: str) -> None:
    assert errors(day({"dateFormat": letters, "startDate": "any"})) == []


def test_week_years_and_days_of_the_year_are_worth_a_warning() -> None:
    path = f"{PAGES}/0/options/dateFormat"
    message = day({"dateFormat": "MM/DD/YYYY"})

    assert warnings(message) == [(path, "suspicious_format")]
    assert "dd" in mend(message, path)


def test_future_days_without_a_maximum_are_worth_a_warning() -> None:
    path = f"{PAGES}/0/options/maximumDate"

    assert warnings(day({"startDate": "03/04/2027"})) == [(path, "blocked_dates")]
    assert warnings(day({"minimumDate": "03/04/2027"})) == [(path, "blocked_dates")]
    assert warnings(day({"startDate": "05/28/2026"})) == []


@pytest.mark.parametrize("kind", ["creditCardNumber", "password", "newPassword"])
def test_asking_for_secrets_is_worth_a_warning(kind: str) -> None:
    message = form(page("only", options={"textContentType": kind}))

    assert warnings(message) == [(f"{PAGES}/0/options/textContentType", "sensitive")]


def test_an_unseen_version_is_worth_a_warning() -> None:
    assert warnings(put(form(), f"{DATA}/dynamic/version", "1.3")) == [(f"{DATA}/dynamic/version", "unproven")]


@pytest.mark.parametrize(
    "regex",
    [
        r"^\p{L}+\P{Nd}$",
        r"\h+\R\z",
        r"(?<word>\w+)-\k<word>",
        r"\x{1F642}|\\",
        r"\Q(\E|\Q[",
        "[[a-z]",
        "[(?i)]",
        r"(?<!a|bc)b(?<=x{1,3})",
        r"a(?i)b(?w-i:c)",
        r"a++",
    ],
)
def test_patterns_the_device_understands_compile(regex: str) -> None:
    assert errors(form(page("only", options={"regex": regex}))) == []


def test_a_pattern_that_does_not_compile_is_told_why() -> None:
    message = form(page("only", options={"regex": "ab("}))

    assert "unterminated subpattern" in mend(message, f"{PAGES}/0/options/regex")
