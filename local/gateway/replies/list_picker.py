"""Choosing from a list (protocol/04 §4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from local.gateway.replies.answer import frame, impossible
from local.gateway.replies.choice import Choice
from local.gateway.replies.language import join

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.gateway.replies.answer import Asked


class ListAnswer(Choice):
    """Items of one or more sections. What a reply holds beside them is in dispute, so all forms can be had."""

    style: Literal["chosen-only", "selected-section", "all-items"] = "chosen-only"
    """`selected-section` puts the choice into a section of its own before the rest; `all-items` echoes everything
    and tells the choice by the title alone."""

    def reply(self, asked: Asked) -> dict[str, Any]:
        """The sections, in the form that `style` says."""
        sections = [
            {**section, "items": _in_order(section["items"])} for section in _in_order(asked.content["sections"])
        ]
        chosen = self.pick([item for section in sections for item in section["items"]])
        identifiers = {item["identifier"] for item in chosen}
        for section in sections:
            taken = [item for item in section["items"] if item["identifier"] in identifiers]
            if len(taken) > 1 and not section.get("multipleSelection", False):
                raise impossible("identifiers", f"only one item of section {section['title']!r} can be chosen")
        title = join([item["title"] for item in chosen], asked.locale)
        bubble = {"style": (asked.interactive.get("replyMessage") or {}).get("style", "icon")}
        return frame(asked, {"sections": self._styled(sections, chosen, identifiers)}, title, **bubble)

    def _styled(
        self, sections: list[dict[str, Any]], chosen: list[dict[str, Any]], identifiers: set[str]
    ) -> list[dict[str, Any]]:
        if self.style == "all-items":
            return sections
        if self.style == "chosen-only":
            return _only(sections, lambda item: item["identifier"] in identifiers)
        selected = {"title": "Selected Items", "order": 0, "multipleSelection": True, "items": chosen}
        rest = _only(sections, lambda item: item["identifier"] not in identifiers)
        return [selected, *({**section, "order": order} for order, section in enumerate(rest, 1))]


def _only(sections: list[dict[str, Any]], keep: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Return the sections with some of their items; sections without any are left out."""
    kept = [{**section, "items": list(filter(keep, section["items"]))} for section in sections]
    return [section for section in kept if section["items"]]


def _in_order(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort by `order`, as the phone shows them; an entry without one counts by its place."""
    numbered = sorted(enumerate(entries), key=lambda place: place[1].get("order", place[0]))
    return [entry for _, entry in numbered]
