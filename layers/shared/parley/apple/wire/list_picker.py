"""List picker: sections of items, one or several to choose in each (protocol/04 §4)."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from parley.apple.wire import interactive as base
from parley.apple.wire.arrays import counted, unique
from parley.apple.wire.node import Node
from parley.apple.wire.rules import ABSENT, Identifier, UIText
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault

_Order = Annotated[int, Field(ge=0)]


class _Item(Wire):
    identifier: Identifier
    title: UIText
    subtitle: UIText = ABSENT
    image_identifier: str = ABSENT
    order: _Order = ABSENT
    style: Literal["default", "icon"] = ABSENT


class _Section(Wire):
    title: UIText
    order: _Order = ABSENT
    multiple_selection: bool = ABSENT
    items: list[_Item]


class _ListPicker(Wire):
    sections: list[_Section]


class _Data(base.Data):
    list_picker: _ListPicker


class _Interactive(base.BuiltIn):
    data: _Data


def check(interactive: Node, _now: float) -> Iterator[Fault]:
    """Judge an `interactiveData` that holds a list picker."""
    yield from structure(_Interactive, interactive)
    picker = interactive.at("data", "listPicker")
    sections = picker.each("sections")
    items = [item for section in sections for item in section.each("items")]
    yield from base.frame(interactive, (item.at("imageIdentifier") for item in items))
    yield from counted(picker.at("sections"), "a section")
    for section in sections:
        yield from counted(section.at("items"), "an item")
    yield from unique((item.at("identifier") for item in items), "item of all sections")
