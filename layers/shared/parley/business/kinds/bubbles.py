"""Pictures, and the bubbles that a customer taps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field

from parley.business.kinds.base import Send, Strict

if TYPE_CHECKING:
    from parley.business.kinds.base import Build


def one_of(*names: str, several: bool = False) -> dict[str, Any]:
    """What a JSON schema says where exactly one of these fields must be there, or `several` may."""
    given: list[Any] = [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in names]
    return {"anyOf" if several else "oneOf": given}


class ImageRef(Strict):
    """A picture, by exactly one of `data` (base64), `url` (https), `attachment_id` or `asset_id` (of the library).

    Any common format will do.
    """

    model_config = ConfigDict(json_schema_extra=one_of("data", "url", "attachment_id", "asset_id"))

    data: str | None = None
    url: str | None = None
    attachment_id: str | None = None
    asset_id: str | None = None
    description: Annotated[str | None, Field(description="Read aloud to people who do not see the picture.")] = None


class Bubble(Strict):
    """How the message looks after the customer has answered (Apple's replyMessage)."""

    title: str
    subtitle: str | None = None
    image: ImageRef | None = None
    style: Literal["icon", "small", "large"] | None = None


class WithBubble(Send):
    """A message whose bubble the customer taps (Apple's receivedMessage and replyMessage)."""

    title: str
    subtitle: str | None = None
    image: ImageRef | None = None
    style: Literal["icon", "small", "large"] | None = None
    reply: Bubble | None = None

    def bubbles(self, build: Build, *, level: str = "/interactiveData") -> dict[str, Any]:
        """`receivedMessage` and `replyMessage`; without a `reply` the answered bubble keeps the title."""
        received = build.bubble(self, f"{level}/receivedMessage", "")
        reply = self.reply or Bubble(title=self.title)
        return {
            "receivedMessage": received,
            "replyMessage": build.bubble(reply, f"{level}/replyMessage", "/reply" if self.reply else ""),
        }
