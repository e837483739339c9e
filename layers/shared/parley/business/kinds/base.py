"""What all kinds share: the address, the options of a send, and how mapping is told."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from parley.apple import limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.kinds.bubbles import Bubble, ImageRef, WithBubble

BUSINESS_EXTENSION: Final = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:com.apple.icloud.apps.messages.business.extension"
)
"""The `bid` of every built-in kind (protocol/04 §1)."""


class Strict(BaseModel):
    """Nothing unknown, nothing coerced: a typing mistake is told, not guessed around.

    Built on first use: a process that sends a text does not pay for bubbles and pictures.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class Send(Strict):
    """The part of a message that is the same for every kind."""

    to: Annotated[
        str,
        Field(
            min_length=1,
            max_length=limits.MAX_OPAQUE_ID_CHARS,
            pattern=r"^[\x21-\x7e]+$",
            description="The conversation id, or the customer's opaque id exactly as a webhook showed it.",
            examples=["mfzgqylcmnsgkzlqojxw42djnr", "urn:mbid:AQAAYexample0customer0A=="],
        ),
    ]
    auto_reply: Annotated[bool, Field(description="True when a bot wrote it (Apple's auto-reply header).")] = False
    agent: Annotated[
        str | None,
        Field(
            description="Which agent or system sends it; no personal data (Apple's msp-agent header).",
            max_length=limits.MAX_AGENT_CHARS,
            pattern=r"^[\x20-\x7e]*$",
        ),
    ] = None
    topic: Annotated[
        str | None,
        Field(
            description="What kind of notification it is: the id of a topic of the channel settings. Sent only to "
            "customers who want that.",
            max_length=32,
            pattern=r"^[a-z0-9][a-z0-9_-]*$",
        ),
    ] = None
    fallback: Annotated[
        Literal["auto", "reject"] | dict[str, Any],
        Field(description="When the device cannot show this kind: the next best form, a 422, or this other message."),
    ] = "auto"

    @abstractmethod
    def to_apple(self, build: Build) -> Mapped:
        """Apple's shape of this message."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A message in Apple's shape. `content` stands beside the ids; `paths` leads its pointers back to the caller's."""

    type: str
    content: dict[str, Any] = field(repr=False)
    paths: dict[str, str] = field(default_factory=dict)
    request_identifier: str | None = None
    session_identifier: str | None = None
    reference_id: str | None = None
    """Of an invitation, whose answer comes from another conversation."""
    door: Literal["message", "authenticate"] = "message"
    headers: dict[str, str] = field(default_factory=dict)
    construct: dict[str, Any] | None = None
    """What Apple has to build first (`/constructPayload`), in place of `content`."""


class Build:
    """Collects what a mapping needs: the request identifier, the pictures (each once), and the paths."""

    def __init__(self, *, request_identifier: str, now: float, png: Callable[[ImageRef], str]) -> None:
        self.request_identifier = request_identifier
        self.now = now
        self.paths: dict[str, str] = {}
        self._png = png
        self._images: dict[str, dict[str, str]] = {}

    def base64_png(self, image: ImageRef, wire: str, path: str) -> str:
        """A picture as Apple takes it: base64 of a PNG within the limits. It stands at `wire` and came from `path`."""
        self.paths[wire] = f"{path}/{_given(image)}"
        return self._png(image)

    def image(self, image: ImageRef, path: str) -> str:
        """Put a picture into `data.images`; returns its identifier. The same picture is sent once."""
        data = self._png(image)
        known = next((number for number, entry in self._images.items() if entry["data"] == data), None)
        identifier = str(len(self._images)) if known is None else known
        if known is None:
            wire = f"/interactiveData/data/images/{identifier}"
            self.paths |= {wire: path, f"{wire}/data": f"{path}/{_given(image)}"}
            self._images[identifier] = {"identifier": identifier, "data": data}
        if image.description and "description" not in self._images[identifier]:
            self.paths[f"/interactiveData/data/images/{identifier}/description"] = f"{path}/description"
            self._images[identifier]["description"] = image.description
        return identifier

    def bubble(self, bubble: Bubble | WithBubble, wire: str, path: str) -> dict[str, Any]:
        """One of Apple's message dictionaries."""
        self.paths[wire] = path
        shown: dict[str, Any] = {"title": bubble.title}
        if bubble.subtitle is not None:
            shown["subtitle"] = bubble.subtitle
        if bubble.image is not None:
            shown["imageIdentifier"] = self.image(bubble.image, f"{path}/image")
            self.paths[f"{wire}/imageIdentifier"] = f"{path}/image"
        if bubble.style is not None:
            shown["style"] = bubble.style
        return shown

    def interactive(self, key: str, content: dict[str, Any], bubbles: dict[str, Any]) -> Mapped:
        """A built-in interactive message with `content` under `data.<key>`."""
        data: dict[str, Any] = {"version": "1.0", "requestIdentifier": self.request_identifier, key: content}
        if self._images:
            data["images"] = list(self._images.values())
        interactive = {"bid": BUSINESS_EXTENSION, "data": data, **bubbles}
        return Mapped(
            "interactive",
            {"interactiveData": interactive},
            paths=self.paths,
            request_identifier=self.request_identifier,
        )


def _given(image: ImageRef) -> str:
    """The member the picture came in."""
    return next((name for name in ("url", "attachment_id", "asset_id") if getattr(image, name) is not None), "data")


def present(**values: object) -> dict[str, Any]:
    """The values that are there: Apple wants absent keys, not nulls."""
    return {name: value for name, value in values.items() if value is not None}
