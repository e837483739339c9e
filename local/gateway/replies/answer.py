"""What all answers share: the message they answer, and the frame around what was chosen."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from local.gateway.customer_message import CustomerMessage
from local.gateway.kinds import KEYS, content_of, dictionary
from local.web.json_requests import RequestError

if TYPE_CHECKING:
    from local.gateway.config import Customer


@dataclass(frozen=True)
class Asked:
    """The interactive message a customer answers, as the phone shows it."""

    kind: str
    interactive: dict[str, Any]
    session: str
    customer: Customer
    locale: str
    now: float

    @property
    def data(self) -> dict[str, Any]:
        """Its `data`; empty for an iMessage app."""
        return dictionary(self.interactive.get("data"))

    @property
    def content(self) -> dict[str, Any]:
        """What stands under the key of its kind."""
        return content_of(self.interactive, self.kind)

    @property
    def title(self) -> str:
        """What the reply bubble says when the choice does not replace it."""
        for bubble in ("replyMessage", "receivedMessage"):
            title = dictionary(self.interactive.get(bubble)).get("title")
            if title:
                return str(title)
        return ""


class Answer(BaseModel):
    """What a customer does with a message of one kind; the fields are the control API's."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    DECLINE: ClassVar[dict[str, Any] | None] = None
    """The fields that say no; None where a phone sends nothing then."""

    @abstractmethod
    def reply(self, asked: Asked) -> dict[str, Any]:
        """Return the interactive data Apple posts. Raises RequestError for what the phone does not offer."""

    def messages(self, asked: Asked) -> list[CustomerMessage]:
        """Return what the phone sends, usually one message."""
        return [CustomerMessage(type="interactive", interactive_data=self.reply(asked), locale=asked.locale)]


def frame(asked: Asked, content: dict[str, Any], title: str, **bubble: Any) -> dict[str, Any]:
    """Put the chosen content into the interactive data of a reply.

    Both bubbles move inside `data`, and the device puts the choice into the title (protocol/04 §1.3, §2).
    `bubble` adds to the reply's bubble. Pictures come back without their bytes.
    """
    key = next(key for key, kind in KEYS.items() if kind == asked.kind)
    data: dict[str, Any] = {
        "version": asked.data.get("version", "1.0"),
        "requestIdentifier": asked.data.get("requestIdentifier"),
        key: content,
        "replyMessage": {
            **dictionary(asked.interactive.get("replyMessage")),
            "title": title,
            "alternateTitle": title,
            **bubble,
        },
    }
    if "receivedMessage" in asked.interactive:
        data["receivedMessage"] = asked.interactive["receivedMessage"]
    if asked.data.get("images"):
        data["images"] = [
            {name: image[name] for name in ("identifier", "description") if name in image}
            for image in asked.data["images"]
        ]
    return {"bid": asked.interactive["bid"], "sessionIdentifier": asked.session, "data": data}


def impossible(field: str, problem: str) -> RequestError:
    """Make the error for an answer the phone does not offer."""
    return RequestError(400, "The phone does not offer this answer.", {field: problem})
