"""A list picker (protocol/04 §4)."""

from __future__ import annotations

from typing import Any, Literal

from parley.business.kinds.base import Build, Mapped, Strict
from parley.business.kinds.bubbles import ImageRef, WithBubble


class ListItem(Strict):
    """One choice. `identifier` comes back unchanged and must be unique in the whole picker."""

    identifier: str
    title: str
    subtitle: str | None = None
    image: ImageRef | None = None


class ListSection(Strict):
    """A titled group of choices; `multiple` lets the customer take several of them."""

    title: str
    multiple: bool = False
    items: list[ListItem]


class ListPicker(WithBubble):
    """Choices in sections, with pictures."""

    type: Literal["list_picker"]
    sections: list[ListSection]

    def to_apple(self, build: Build) -> Mapped:
        """`data.listPicker`; order is the order given."""
        level = "/interactiveData/data/listPicker"
        build.paths[level] = ""
        sections = [self._section(build, number, section) for number, section in enumerate(self.sections)]
        return build.interactive("listPicker", {"sections": sections}, self.bubbles(build))

    @staticmethod
    def _section(build: Build, number: int, section: ListSection) -> dict[str, Any]:
        wire, path = f"/interactiveData/data/listPicker/sections/{number}", f"/sections/{number}"
        build.paths |= {wire: path, f"{wire}/multipleSelection": f"{path}/multiple"}
        items = []
        for order, item in enumerate(section.items):
            shown: dict[str, Any] = {
                "identifier": item.identifier,
                "title": item.title,
                "order": order,
                "style": "default",
            }
            if item.subtitle is not None:
                shown["subtitle"] = item.subtitle
            if item.image is not None:
                shown["imageIdentifier"] = build.image(item.image, f"{path}/items/{order}/image")
                build.paths[f"{wire}/items/{order}/imageIdentifier"] = f"{path}/items/{order}/image"
            items.append(shown)
        return {"title": section.title, "order": number, "multipleSelection": section.multiple, "items": items}
