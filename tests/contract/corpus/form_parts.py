"""Forms to vary: the example of the page, forms of one page, chains of pages (05)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.contract.corpus import pictures
from tests.contract.corpus.parts import DATA, interactive

if TYPE_CHECKING:
    from tests.contract.corpus.edits import Message

DYNAMIC = f"{DATA}/dynamic"
FORM = f"{DYNAMIC}/data"
PAGES = f"{FORM}/pages"


def form(start: str, pages: list[dict[str, Any]], **more: Any) -> Message:
    """A form message of the given pages; the picture `hero` comes along when something shows it."""
    data = {"startPageIdentifier": start, **more, "pages": pages}
    dynamic = {"version": "1.2", "template": "messageForms", "data": data}
    shown = '"imageIdentifier": "hero"' in json.dumps(data)
    images = [{"identifier": "hero", "data": pictures.png()}] if shown else []
    return interactive({"dynamic": dynamic}, images=images)


def choice(identifier: str, title: str, value: str, **more: str) -> dict[str, Any]:
    return {"identifier": identifier, "title": title, "value": value, **more}


def page(identifier: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"pageIdentifier": identifier, "type": kind, "subtitle": f"What about {identifier}?", **more}


def chain(count: int, *, loop: bool = False) -> list[dict[str, Any]]:
    """So many input pages one after another; the last leads back to the first when `loop`."""
    pages = [page(f"p{n}", "input", nextPageIdentifier=f"p{n + 1}") for n in range(count)]
    if loop:
        pages[-1]["nextPageIdentifier"] = "p0"
    else:
        del pages[-1]["nextPageIdentifier"]
    return pages


def test_ride() -> Message:
    """The complete request of 05 §4: kind (0) branches to size (1) or date (2), then mail (3)."""
    kinds = [
        choice("k1", "City", "city", nextPageIdentifier="size"),
        choice("k2", "Cargo", "cargo", nextPageIdentifier="date"),
    ]
    sizes = [choice("s", "Small", "S"), choice("m", "Medium", "M")]
    dates = {
        "dateFormat": "MM/dd/yyyy",
        "startDate": "03/04/2027",
        "minimumDate": "03/01/2027",
        "maximumDate": "03/31/2027",
        "labelText": "Day",
    }
    mail = {
        "inputType": "singleline",
        "required": True,
        "keyboardType": "emailAddress",
        "textContentType": "emailAddress",
        "maximumCharacterCount": 80,
        "regex": "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$",
    }
    pages = [
        page("kind", "select", title="Bike", multipleSelection=False, items=kinds),
        page("size", "picker", pickerTitle="Size", selectedItemIndex=1, items=sizes, nextPageIdentifier="date"),
        page("date", "datePicker", options=dates, nextPageIdentifier="mail"),
        page("mail", "input", hintText="We send one confirmation", options=mail, submitForm=True),
    ]
    splash = {
        "header": "Hello",
        "splashtext": "Four short questions",
        "buttonTitle": "Start",
        "imageIdentifier": "hero",
    }
    return form("kind", pages, showSummary=True, private=False, splash=splash)


def extras() -> Message:
    """One page: several of three choices."""
    items = [
        choice("a", "Bell", "bell", imageIdentifier="hero"),
        choice("b", "Basket", "basket"),
        choice("c", "Lock", "lock"),
    ]
    return form("extras", [page("extras", "select", multipleSelection=True, items=items)])


def one_input() -> Message:
    """One page: a line of text."""
    return form("note", [page("note", "input", options={"inputType": "singleline"})])


def three_in_a_row() -> Message:
    """Three input pages p0, p1, p2."""
    return form("p0", chain(3))
