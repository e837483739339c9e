"""List pickers (04 §4)."""

from __future__ import annotations

from typing import Any

from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Message, Put, Rename
from tests.contract.corpus.parts import DATA, RECEIVED, REPLY, interactive
from tests.contract.corpus.ui_strings import identified, limited, shown

SECTIONS = f"{DATA}/listPicker/sections"
FIRST = f"{SECTIONS}/0"
SECOND = f"{SECTIONS}/1"


def item(identifier: str, title: str, order: int = 0) -> dict[str, Any]:
    return {"identifier": identifier, "title": title, "order": order, "style": "default"}


def section(title: str, *items: dict[str, Any], multiple: bool = False, order: int = 0) -> dict[str, Any]:
    return {"title": title, "order": order, "multipleSelection": multiple, "items": list(items)}


def many(sections: int, items: int) -> list[dict[str, Any]]:
    return [
        section(f"Shelf {s}", *(item(f"s{s}-i{i}", f"Thing {i}", i) for i in range(items)), order=s)
        for s in range(sections)
    ]


def base() -> Message:
    sizes = section("Size", item("size-s", "Small"), item("size-m", "Medium", 1) | {"subtitle": "Most popular"})
    extras = section("Extras", item("x-bell", "Bell"), item("x-basket", "Basket", 1), multiple=True, order=1)
    return interactive({"listPicker": {"sections": [sizes, extras]}})


LIST_PICKER = Cases("list picker", base, "04 §4")
LIST_PICKER.good("as it is")
shown(LIST_PICKER, "section title", f"{FIRST}/title")
limited(LIST_PICKER, "item title", f"{FIRST}/items/0/title")
limited(LIST_PICKER, "item subtitle", f"{FIRST}/items/1/subtitle")
identified(LIST_PICKER, "item identifier", f"{FIRST}/items/0/identifier")
LIST_PICKER.good("one section of one item", Put(SECTIONS, many(1, 1)))
LIST_PICKER.good("seven items", Put(SECTIONS, many(1, 7)), says="04 §4: no Apple maximum")
LIST_PICKER.good("twenty sections of twenty items", Put(SECTIONS, many(20, 20)), says="04 §4: no Apple maximum")
LIST_PICKER.good("without order", Drop(f"{FIRST}/order"), Drop(f"{FIRST}/items/0/order"))
LIST_PICKER.good("without multipleSelection", Drop(f"{FIRST}/multipleSelection"))
LIST_PICKER.good("without item styles", Drop(f"{FIRST}/items/0/style"), Drop(f"{FIRST}/items/1/style"))
LIST_PICKER.good("several from every section", Put(f"{FIRST}/multipleSelection", True))
LIST_PICKER.good("two sections of one title", Put(f"{SECOND}/title", "Size"))
LIST_PICKER.good("two items of one title", Put(f"{FIRST}/items/1/title", "Small"))
LIST_PICKER.good("without a reply bubble", Drop(REPLY), says="04 §1: recommended, not required")
LIST_PICKER.good("updated under one session", Put("/interactiveData/sessionIdentifier", "B2C7A1A4-0F1B"), says="04 §6")

LIST_PICKER.broken("is an array", Put(f"{DATA}/listPicker", many(1, 1)))
LIST_PICKER.broken("sections is missing", Drop(SECTIONS))
LIST_PICKER.broken("sections is null", Put(SECTIONS, None))
LIST_PICKER.broken("no section", Put(SECTIONS, []))
LIST_PICKER.broken("a section is a string", Put(FIRST, "Size"))
LIST_PICKER.broken("section title is missing", Drop(f"{SECOND}/title"), says="04 §4; 12 no. 34")
LIST_PICKER.broken("section title is a number", Put(f"{SECOND}/title", 2))
LIST_PICKER.broken("items is missing", Drop(f"{SECOND}/items"))
LIST_PICKER.broken("a section without an item", Put(f"{SECOND}/items", []))
LIST_PICKER.broken("items under an old name", Rename(f"{FIRST}/items", "listPickerItem"), says="04 §4; 12 no. 32")
LIST_PICKER.broken("items under an old name, alone", Put(f"{FIRST}/listPickerItem", []))
LIST_PICKER.broken("section order is a string", Put(f"{FIRST}/order", "0"))
LIST_PICKER.broken("section order is a fraction", Put(f"{FIRST}/order", 0.5))
LIST_PICKER.broken("multipleSelection is a string", Put(f"{FIRST}/multipleSelection", "true"))
LIST_PICKER.broken("multipleSelection is a number", Put(f"{FIRST}/multipleSelection", 1))
LIST_PICKER.broken("an unknown key in a section", Put(f"{FIRST}/description", "Frame"))
LIST_PICKER.broken("an unknown key beside the sections", Put(f"{DATA}/listPicker/title", "Bikes"))
LIST_PICKER.broken("item identifier is missing", Drop(f"{SECOND}/items/1/identifier"))
LIST_PICKER.broken("item identifier is a number", Put(f"{SECOND}/items/1/identifier", 4))
LIST_PICKER.broken("item title is missing", Drop(f"{SECOND}/items/1/title"))
LIST_PICKER.broken("item title is empty", Put(f"{SECOND}/items/1/title", ""), says="14 row UI strings")
LIST_PICKER.broken("item subtitle is null", Put(f"{SECOND}/items/0/subtitle", None))
LIST_PICKER.broken("item order is a string", Put(f"{SECOND}/items/0/order", "first"))
LIST_PICKER.broken("an unknown key in an item", Put(f"{SECOND}/items/0/price", "12.00"))
LIST_PICKER.broken("an identifier twice in one section", Put(f"{FIRST}/items/1/identifier", "size-s"))
LIST_PICKER.broken("an identifier twice over sections", Put(f"{SECOND}/items/0/identifier", "size-m"), says="12 no. 33")
LIST_PICKER.broken(
    "an identifier three times",
    Put(f"{FIRST}/items/1/identifier", "size-s"),
    Put(f"{SECOND}/items/1/identifier", "size-s"),
)
LIST_PICKER.broken("receivedMessage is missing", Drop(RECEIVED), says="04 §1")
LIST_PICKER.broken("an item with a picture that is not there", Put(f"{FIRST}/items/0/imageIdentifier", "bell"))

ALL = (LIST_PICKER,)
