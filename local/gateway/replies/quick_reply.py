"""Tapping a quick reply (protocol/04 §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.gateway.replies.answer import frame
from local.gateway.replies.choice import Choice

if TYPE_CHECKING:
    from local.gateway.replies.answer import Asked


class QuickAnswer(Choice):
    """One of the choices."""

    def reply(self, asked: Asked) -> dict[str, Any]:
        """All choices are echoed, the tapped one named beside them."""
        items = asked.content["items"]
        chosen = self.pick_one(items)
        content = {"items": items, "selectedIdentifier": chosen["identifier"], "selectedIndex": items.index(chosen)}
        return frame(asked, content, chosen["title"])
