"""One message as a phone shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Direction = Literal["received", "sent"]


@dataclass
class Bubble:
    """A message on a phone; `received` came from the business, `sent` from the customer."""

    n: int
    at: str
    direction: Direction
    envelope: dict[str, Any]
    interactive: dict[str, Any] | None = None
    """Of an interactive message: its data, also when it travelled by reference."""
    auto_reply: bool = False
    msp_agent: str | None = None
    posts: int = 1
    """How often the MSP posted this id."""
    violations: list[str] = field(default_factory=list)
    delivered: bool | None = None
    """Of a sent message: whether the MSP answered 200; None while it has not."""

    @property
    def id(self) -> str:
        """The message id."""
        return str(self.envelope.get("id"))

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """The attachment dictionaries; a customer's hostile envelope may hold anything, so only dictionaries."""
        parts = self.envelope.get("attachments")
        return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []

    def shown(self) -> str:
        """Return the one line a person reads on the bubble."""
        if self.interactive is not None:
            return _interactive_line(self.interactive, self.direction)
        link = dictionary(self.envelope.get("richLinkData") or self.envelope.get("richLinkDataRef"))
        if link:
            return ", ".join(str(link[key]) for key in ("title", "url") if key in link)
        return _text(self.envelope.get("body"))

    def as_json(self) -> dict[str, Any]:
        """Describe the bubble for the control API."""
        description = {
            "n": self.n,
            "at": self.at,
            "direction": self.direction,
            "id": self.envelope.get("id"),
            "type": self.envelope.get("type"),
            "body": self.envelope.get("body"),
            "shown": self.shown(),
            "attachments": [
                {
                    "name": part.get("name"),
                    "mime_type": part.get("mimeType"),
                    "size": part.get("size"),
                    "href": f"/control/media/{self.id}/{index}",
                }
                for index, part in enumerate(self.attachments)
            ],
            "interactive": self.interactive,
        }
        if self.direction == "sent":
            return {**description, "delivered": self.delivered, "raw": self.envelope}
        return {
            **description,
            "auto_reply": self.auto_reply,
            "msp_agent": self.msp_agent,
            "posts": self.posts,
            "violations": self.violations,
            "raw": self.envelope,
        }


def dictionary(value: Any) -> dict[str, Any]:
    """Return `value` if it is a dictionary, else an empty one."""
    return value if isinstance(value, dict) else {}


def reply_title(interactive_data: dict[str, Any]) -> str:
    """Return the title of a reply; replies carry it inside `data`, except of third parties (protocol/02 §6)."""
    inside = dictionary(interactive_data.get("data")).get("replyMessage")
    return _text(dictionary(inside or interactive_data.get("replyMessage")).get("title"))


def _interactive_line(interactive_data: dict[str, Any], direction: Direction) -> str:
    if direction == "sent":
        return reply_title(interactive_data)
    quick_reply = dictionary(dictionary(interactive_data.get("data")).get("quick-reply"))
    title = dictionary(interactive_data.get("receivedMessage")).get("title")
    return _text(title) or _text(quick_reply.get("summaryText"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
