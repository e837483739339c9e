"""One message as a phone shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from local.gateway.kinds import content_of, dictionary, kind_of

Direction = Literal["received", "sent"]
NOT_SHOWN = "This message cannot be shown on this device."


@dataclass
class Bubble:
    """A message on a phone; `received` came from the business, `sent` from the customer."""

    n: int
    at: str
    direction: Direction
    envelope: dict[str, Any]
    interactive: dict[str, Any] | None = None
    """Of an interactive message: its data, also when it travelled by reference."""
    link: dict[str, Any] | None = None
    """Of a rich link that travelled by reference: what stands behind it."""
    session: str | None = None
    """Of a received interactive message: its session, which the phone makes up if the business named none."""
    supported: bool = True
    """Whether the customer's device can show the kind."""
    auto_reply: bool = False
    msp_agent: str | None = None
    posts: int = 1
    """How often the MSP posted this id."""
    violations: list[str] = field(default_factory=list)
    answers: int = 0
    """How often the customer answered a received message."""
    in_reply_to: str | None = None
    """Of a sent message: the id of the one it answers."""
    delivered: bool | None = None
    """Of a sent message: whether the MSP answered 200; None while it has not."""

    @property
    def id(self) -> str:
        """The message id."""
        return str(self.envelope.get("id"))

    @property
    def kind(self) -> str:
        """The kind of message, `text`, `rich_link`, `list_picker` …"""
        return kind_of(self.envelope, self.interactive)

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """The attachment dictionaries; a customer's hostile envelope may hold anything, so only dictionaries."""
        parts = self.envelope.get("attachments")
        return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []

    def shown(self) -> str:
        """Return the one line a person reads on the bubble."""
        if not self.supported:
            return NOT_SHOWN
        if self.interactive is not None:
            return _interactive_line(self.interactive, self.kind, self.direction)
        link = self.rich_link()
        if link:
            return ", ".join(str(link[key]) for key in ("title", "url") if key in link)
        return _text(self.envelope.get("body"))

    def rich_link(self) -> dict[str, Any]:
        """Return title, URL and assets of a rich link; empty for other messages."""
        return self.link or dictionary(self.envelope.get("richLinkData") or self.envelope.get("richLinkDataRef"))

    def as_json(self) -> dict[str, Any]:
        """Describe the bubble for the control API."""
        description = {
            "n": self.n,
            "at": self.at,
            "direction": self.direction,
            "id": self.envelope.get("id"),
            "type": self.envelope.get("type"),
            "kind": self.kind,
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
            return {
                **description,
                "in_reply_to": self.in_reply_to,
                "delivered": self.delivered,
                "raw": self.envelope,
            }
        return {
            **description,
            "shown_as": self.kind if self.supported else "unsupported",
            "rich_link": self.rich_link() or None,
            "session": self.session,
            "answers": self.answers,
            "auto_reply": self.auto_reply,
            "msp_agent": self.msp_agent,
            "posts": self.posts,
            "violations": self.violations,
            "raw": self.envelope,
        }


def reply_title(interactive_data: dict[str, Any]) -> str:
    """Return the title of a reply; replies carry it inside `data`, except of third parties (protocol/02 §6)."""
    inside = dictionary(interactive_data.get("data")).get("replyMessage")
    return _text(dictionary(inside or interactive_data.get("replyMessage")).get("title"))


def _interactive_line(interactive_data: dict[str, Any], kind: str, direction: Direction) -> str:
    title = _text(dictionary(interactive_data.get("receivedMessage")).get("title"))
    if kind == "invitation":
        content = content_of(interactive_data, kind)
        if direction == "sent":
            return _text(dictionary(dictionary(content.get("displayContent")).get("determinateResponse")).get("title"))
        return title or _text(dictionary(content.get("parameters")).get("brandName"))
    if direction == "sent":
        return reply_title(interactive_data) or title
    if kind == "quick_reply":
        return title or _text(content_of(interactive_data, kind).get("summaryText"))
    return title


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
