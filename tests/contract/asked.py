"""Messages of every kind with the answer a customer has in mind, and the result a business is to get of it.

An answer names what is chosen: identifiers, a day or words; how it is given depends on what the device shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from tests.unit.apple.wire.samples import GOOD as WIRE
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
    message,
)
from tests.unit.conversation.choosing import DATE_FORM, SELECT_FORM


@dataclass(frozen=True)
class Asked:
    """`chosen`: identifiers in the order offered, for a form by page. `result`: what the business gets."""

    name: str
    friendly: Json
    chosen: Any = None
    result: Json = field(default_factory=dict)


def selection(kind: str, *items: tuple[str, str, str | None]) -> Json:
    chosen = [{"identifier": name, "title": title, "section": section} for name, title, section in items]
    return {"kind": kind, "selection": chosen}


def slot(identifier: str, start: str) -> Json:
    return {"kind": "time_picker", "slot": {"identifier": identifier, "start": start, "duration": 1800}}


def form(answers: Json, *, private: bool = False) -> Json:
    return {"kind": "form", "answers": answers, "private": private}


def items(kind: str, *chosen: tuple[str, str, str]) -> Json:
    return {"type": kind, "items": [{"identifier": i, "title": title, "value": value} for i, title, value in chosen]}


DAY: Final = {"type": "date", "date": "2027-03-12", "shown": "12.03.2027"}
MAIL: Final = {"type": "input", "text": "kim@example.net"}
NOTE: Final = {"type": "input", "text": "No"}
PEOPLE: Final = [{"identifier": f"p{count}", "title": str(count)} for count in (2, 4, 6)]
SEVEN: Final = [{"identifier": f"b{number}", "title": f"Bike {number}"} for number in range(1, 8)]
WHEEL: Final = SELECT_FORM | {"pages": [SELECT_FORM["pages"][0] | {"type": "wheel"}]}
SEVERAL: Final = SELECT_FORM | {"pages": [SELECT_FORM["pages"][0] | {"multiple": True}]}
CONTENT: Final = {"interactiveData", "richLinkData"}

CASES: Final = [
    Asked("quick reply", QUICK_REPLY, ["no"], selection("quick_reply", ("no", "No", None))),
    Asked(
        "quick reply of five",
        QUICK_REPLY | {"items": SEVEN[:5]},
        ["b5"],
        selection("quick_reply", ("b5", "Bike 5", None)),
    ),
    Asked(
        "quick reply of numbers", QUICK_REPLY | {"items": PEOPLE}, ["p4"], selection("quick_reply", ("p4", "4", None))
    ),
    Asked("list picker", LIST_PICKER, ["x-bell"], selection("list_picker", ("x-bell", "Bell", "Extras"))),
    Asked(
        "short list picker",
        LIST_PICKER | {"sections": [{"title": "Bikes", "items": SEVEN[:3]}]},
        ["b3"],
        selection("list_picker", ("b3", "Bike 3", "Bikes")),
    ),
    Asked(
        "long list picker",
        LIST_PICKER | {"sections": [{"title": "Bikes", "items": SEVEN}]},
        ["b7"],
        selection("list_picker", ("b7", "Bike 7", "Bikes")),
    ),
    Asked(
        "list picker of several",
        FULL_LIST_PICKER,
        ["x-bell", "x-basket", "red"],
        selection(
            "list_picker", ("x-bell", "Bell", "Extras"), ("x-basket", "Basket", "Extras"), ("red", "Red", "Colour")
        ),
    ),
    Asked("time picker", TIME_PICKER, ["s1"], slot("s1", "2027-03-04T09:00:00Z")),
    Asked("time picker of several days", FULL_TIME_PICKER, ["s2"], slot("s2", "2027-03-04T09:30:00Z")),
    Asked("form of a choice", SELECT_FORM, {"kind": ["k1"]}, form({"kind": items("select", ("k1", "City", "city"))})),
    Asked("form of a wheel", WHEEL, {"kind": ["k2"]}, form({"kind": items("wheel", ("k2", "Cargo", "k2"))})),
    Asked(
        "private form of several choices",
        SEVERAL | {"private": True},
        {"kind": ["k1", "k2"]},
        form({"kind": items("select", ("k1", "City", "city"), ("k2", "Cargo", "k2"))}, private=True),
    ),
    Asked("form of a day", DATE_FORM, {"day": "12.03.2027"}, form({"day": DAY})),
    Asked("form of words", INPUT_FORM, {"mail": "kim@example.net"}, form({"mail": MAIL})),
    Asked(
        "form of several pages",
        FULL_FORM,
        {"kind": ["k1"], "size": ["m"], "date": "12.03.2027", "mail": "kim@example.net", "note": "No"},
        form(
            {
                "kind": items("select", ("k1", "City", "city")),
                "size": items("wheel", ("m", "Medium", "m")),
                "date": DAY,
                "mail": MAIL,
                "note": NOTE,
            },
            private=True,
        ),
    ),
    Asked(
        "the other branch of the form",
        FULL_FORM,
        {"kind": ["k2"], "extras": ["bell", "basket"], "date": "12.03.2027", "mail": "kim@example.net"},
        form(
            {
                "kind": items("select", ("k2", "Cargo", "k2")),
                "extras": items("select", ("bell", "Bell", "bell"), ("basket", "Basket", "basket")),
                "date": DAY,
                "mail": MAIL,
            },
            private=True,
        ),
    ),
    Asked("authentication", AUTHENTICATION, "success", {"kind": "authentication", "status": "success"}),
    Asked("legacy authentication", LEGACY, "authenticated", {"kind": "authentication", "status": "success"}),
    Asked(
        "authentication in both flows",
        AUTHENTICATION | {"legacy": LEGACY["legacy"]},
        "cancel",
        {"kind": "authentication", "status": "cancel"},
    ),
    *(
        Asked(name, GOOD[name])
        for name in GOOD
        if name.endswith(("text", "link", "app", "Pay")) or "invitation" in name
    ),
    *(
        Asked(
            f"Apple's own {name}", message("apple", **{key: value for key, value in make().items() if key in CONTENT})
        )
        for name, make in WIRE.items()
        if CONTENT & make().keys() and "iMessage" not in name
    ),
]
