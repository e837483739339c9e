"""No marked value survives in what is kept or shown of any answer to a form, and all that is not marked stays."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from parley.apple import replies
from parley.business import redaction
from parley.business.model import REDACTED, Mark
from parley.business.redaction import redact
from parley.business.results import result_of
from tests.property.test_replies_never_raise import NAMES, anything

PAGES = ("kind", "size", "date", "insurance_number", "mail", "a/b")
IDS = {"requestIdentifier": "REQ-1", "version": "1.0"}


@dataclass
class Filled:
    """A form that was sent back; what each page says occurs nowhere by chance."""

    raw: dict[str, Any]
    values: dict[str, list[str]]


@st.composite
def filled(draw: st.DrawFn) -> Filled:
    pages = draw(st.lists(st.sampled_from(PAGES), min_size=1, unique=True))
    values: dict[str, list[str]] = {}
    selections: list[dict[str, Any]] = []
    for number, page in enumerate(pages):
        kind = draw(st.sampled_from(["select", "picker", "datePicker", "input", None]))
        items = []
        values[page] = []
        for place in range(draw(st.integers(0, 3))):
            said = [f"Secret-{number}-{place}-{which}-ß" for which in ("title", "value", "id")]
            if draw(st.booleans()):
                said[0] = said[1]
            own = kind in {"input", "datePicker"}
            items.append(
                {"identifier": page if own else said[2], "title": said[0], "value": said[1]}
                | ({"type": kind} if kind else {})
            )
            values[page] += said[: 2 if own else 3]
        selections.append(
            {"pageIdentifier": page, "title": f"Page {number}", "subtitle": "What is it?", "items": items}
        )
    marked = [value for each in values.values() for value in each]
    echo = st.sampled_from([*marked, *(value.upper() for value in marked), "harmless"]) if marked else st.just("x")
    echoes = st.recursive(
        echo | st.integers(), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(echo, inner, max_size=2)
    )
    said_again = draw(echo)
    dynamic: dict[str, Any] = {
        "template": "messageForms",
        "version": "1.2",
        "selections": selections,
        "private": draw(st.booleans()),
    }
    data: dict[str, Any] = IDS | {
        "dynamic": dynamic,
        "replyMessage": {"title": said_again, "style": "icon", "subtitle": draw(echo)},
    }
    interactive: dict[str, Any] = {
        "bid": "com.apple:ext",
        "sessionIdentifier": "S-1",
        "data": data,
        "receivedMessage": {"title": "Hi"},
    }
    for member in (interactive, data, dynamic, data["replyMessage"]):
        if draw(st.booleans()):
            member["future"] = draw(echoes)
    for selection in selections:
        if draw(st.booleans()):
            selection["future"] = [{"said": value} for value in values[selection["pageIdentifier"]]]
    raw = {"v": 1, "id": "m", "type": "interactive", "sourceId": "c", "interactiveData": interactive}
    return Filled(raw, values)


marks = st.lists(
    st.sampled_from([Mark("form", f"answers/{page}") for page in PAGES] + [Mark("text", "body")]), min_size=1
)


def facts_of(raw: dict[str, Any]) -> dict[str, Any]:
    return {"result": result_of(replies.read(raw), None)}


def survivors(values: list[str], *places: object) -> list[str]:
    said = json.dumps(places, ensure_ascii=False).casefold()
    return [value for value in values if value.casefold() in said]


@given(filled(), marks, st.booleans())
def test_what_is_marked_is_gone_and_the_rest_is_as_it_was(form: Filled, marked: list[Mark], known: bool) -> None:
    before, facts = deepcopy(form.raw), facts_of(form.raw)
    names = {mark.field for mark in marked if mark.type == "form"} & {f"answers/{page}" for page in form.values}

    redacted = redact(marked, form.raw, facts if known else None)

    assert form.raw == before
    if not names:
        assert redacted is None
        return
    assert redacted is not None
    assert set(redacted.names) == names
    hidden = [page for page in form.values if f"answers/{page}" in names]
    assert survivors([value for page in hidden for value in form.values[page]], redacted.raw, redacted.facts) == []
    left = redacted.raw["interactiveData"]
    now = {each["pageIdentifier"]: each for each in left["data"]["dynamic"]["selections"]}
    assert list(now) == list(form.values)
    for each in before["interactiveData"]["data"]["dynamic"]["selections"]:
        page = each["pageIdentifier"]
        question = {name: each[name] for name in ("pageIdentifier", "title", "subtitle")}
        assert now[page] == (question | {"items": REDACTED} if page in hidden else each)
    assert left["data"].items() >= IDS.items()
    assert (left["bid"], left["sessionIdentifier"], left["receivedMessage"]) == (
        "com.apple:ext",
        "S-1",
        {"title": "Hi"},
    )
    assert {name: value for name, value in redacted.raw.items() if name != "interactiveData"} == {
        name: value for name, value in before.items() if name != "interactiveData"
    }
    if known:
        answers = facts["result"]["answers"]
        assert redacted.facts is not None
        assert redacted.facts["result"] == facts["result"] | {
            "answers": {page: REDACTED if page in hidden else answer for page, answer in answers.items()}
        }


@given(filled(), marks)
def test_doing_it_again_changes_nothing(form: Filled, marked: list[Mark]) -> None:
    once = redact(marked, form.raw, facts_of(form.raw))
    if once is None:
        return

    again = redact(marked, once.raw, facts_of(once.raw))

    assert again is not None
    assert (again.names, again.raw) == (once.names, once.raw)
    assert set(redaction.found_in(once.raw)) == set(once.names)


@given(filled(), st.sampled_from([Mark("form", "answers"), Mark("form", private=True)]))
def test_a_whole_form_leaves_its_pages_and_nothing_of_what_was_said(form: Filled, mark: Mark) -> None:
    facts = facts_of(form.raw)
    private = facts["result"]["private"]

    known, unknown = redact([mark], form.raw, facts), redact([mark], form.raw, None)

    values = [value for each in form.values.values() for value in each]
    assert unknown is not None
    assert (unknown.names, survivors(values, unknown.raw)) == (("answers",), [])
    assert (known is None) == (mark.private and not private)
    if known is not None:
        assert survivors(values, known.raw, known.facts) == []
        assert known.facts is not None
        assert known.facts["result"]["answers"] == dict.fromkeys(form.values, REDACTED)


@given(filled(), marks)
def test_an_answer_by_reference_is_the_same_beside_its_message(form: Filled, marked: list[Mark]) -> None:
    content = form.raw["interactiveData"]
    reference = {"bid": "b", "size": 7, "url": "U", "key": "K", "signature": "S", "owner": "O", "title": "T"}
    raw = {"type": "interactive", "interactiveDataRef": reference}
    whole = redact(marked, form.raw, facts_of(form.raw))

    beside = redact(marked, raw, facts_of(form.raw), content=content)

    assert (beside is None) == (whole is None)
    if whole is not None and beside is not None:
        assert beside.raw == {"type": "interactive", "interactiveDataRef": {"bid": "b", "size": 7}}
        assert (beside.content, beside.facts) == (whole.raw["interactiveData"], whole.facts)


@given(
    st.lists(st.sampled_from([*NAMES, "1", "-", "[redacted]", "b"]), min_size=1, max_size=4),
    st.sampled_from(NAMES),
)
def test_an_answer_that_is_called_like_a_field_takes_no_structure_along(said: list[str], page: str) -> None:
    items = [{"identifier": page, "title": each, "value": each, "type": "input"} for each in said]
    other = {"pageIdentifier": "other page", "items": [{"title": "Ulm", "value": "Ulm"}]}
    dynamic = {"template": "messageForms", "selections": [{"pageIdentifier": page, "items": items}, other]}
    raw = {"type": "interactive", "interactiveData": {"data": IDS | {"dynamic": dynamic}}}

    redacted = redact([Mark("form", f"answers/{page}")], raw, facts_of(raw))

    assert redacted is not None
    hidden = {"pageIdentifier": page, "items": REDACTED}
    assert redacted.raw["interactiveData"]["data"] == IDS | {
        "dynamic": {"template": "messageForms", "selections": [hidden, other]}
    }


every_mark = st.lists(
    st.sampled_from(
        [
            Mark("form", "answers/m"),
            Mark("form", "answers"),
            Mark("form", private=True),
            Mark("text", "body"),
            Mark("text", "subject"),
        ]
    ),
    max_size=3,
)


@given(
    every_mark,
    st.dictionaries(st.sampled_from([*NAMES, "body", "subject"]), anything, max_size=6),
    st.sampled_from(["text", "interactive", "close", "future"]),
    st.none() | st.dictionaries(st.sampled_from(["result", "reaction"]), anything, max_size=2),
)
def test_whatever_a_device_sends_it_never_fails(
    marked: list[Mark], raw: dict[str, Any], kind: str, facts: dict[str, Any] | None
) -> None:
    raw["type"] = kind

    redacted = redact(marked, raw, facts)

    redaction.found_in(raw)
    if redacted is not None:
        assert redacted.names
        assert redact(marked, redacted.raw, redacted.facts) is not None
        replies.read(redacted.raw)


def test_of_very_many_answers_nothing_is_left_that_might_repeat_one_and_it_takes_no_time() -> None:
    selections = [{"pageIdentifier": f"p{n}", "items": [{"value": f"Secret-{n}"}]} for n in range(10_000)]
    data = IDS | {"dynamic": {"template": "messageForms", "selections": selections, "future": ["harmless"] * 10_000}}
    raw = {"type": "interactive", "interactiveData": {"data": data, "images": [{"data": "QQ==", "description": "Red"}]}}
    began = time.monotonic()

    redacted = redact([Mark("form", "answers")], raw, None)

    assert time.monotonic() - began < 5
    assert redacted is not None
    said = json.dumps(redacted.raw)
    assert [word for word in ("Secret", "harmless", "Red") if word in said] == []
    assert (said.count("QQ=="), redacted.raw["interactiveData"]["data"]["requestIdentifier"]) == (1, "REQ-1")


def test_what_is_nested_too_deeply_to_be_read_is_taken_out() -> None:
    deep: Any = "Secret-deep"
    for _ in range(900):
        deep = [deep]
    form = {"selections": [{"pageIdentifier": "m", "items": [{"value": "other"}]}], "future": deep}
    raw = {"type": "interactive", "interactiveData": {"data": {"dynamic": form}}}

    redacted = redact([Mark("form", "answers/m")], raw, None)

    assert redacted is not None
    assert "Secret" not in json.dumps(redacted.raw)
