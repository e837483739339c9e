"""A quick reply (protocol/04 §3)."""

from __future__ import annotations

from typing import Literal

from parley.business.kinds.base import Build, Mapped, Send, Strict


class QuickReplyItem(Strict):
    """One choice. `identifier` comes back unchanged."""

    identifier: str
    title: str


class QuickReply(Send):
    """A question with two to five choices to tap."""

    type: Literal["quick_reply"]
    text: str
    items: list[QuickReplyItem]

    def to_apple(self, build: Build) -> Mapped:
        """`data.quick-reply`; it has no bubbles."""
        level = "/interactiveData/data/quick-reply"
        build.paths |= {level: "", f"{level}/summaryText": "/text"}
        items = [{"identifier": item.identifier, "title": item.title} for item in self.items]
        return build.interactive("quick-reply", {"summaryText": self.text, "items": items}, {})
