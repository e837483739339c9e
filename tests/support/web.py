"""The web in memory: pictures that are there, and pages with a title."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parley.business.kinds.constructed_link import PLAIN
from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from pydantic import BaseModel

    from parley.business.kinds.bubbles import ImageRef
    from parley.business.previews import Preview


@dataclass
class Pictures:
    """`services.ports.Pictures`: every picture is the same small one, and nothing is done to it unless `notes` says."""

    notes: list[dict[str, str]] = field(default_factory=list)
    gathered: list[tuple[str, str]] = field(default_factory=list)
    """The kind of every message whose pictures were gathered, and where it stands."""
    missing: str | None = None
    """The path of a picture that cannot be had."""
    base64: str = PLAIN
    made: int = 0

    def fresh(self) -> Pictures:
        """The collaborator of one call; a test looks at this very one."""
        self.made += 1
        return self

    def gather(self, message: BaseModel, at: str = "") -> None:
        self.gathered.append((str(getattr(message, "type", "")), at))
        if self.missing is not None:
            raise Invalid([Fault(at + self.missing, "picture_unreadable", "send a whole picture")])

    def png(self, image: ImageRef) -> str:
        return self.base64


@dataclass
class Previews:
    """`services.ports.Previews`: knows the pages it was told."""

    pages: dict[str, Preview] = field(default_factory=dict)
    asked: list[tuple[str, float]] = field(default_factory=list)
    """Every URL with the seconds there were for it."""

    def preview(self, url: str, *, seconds: float) -> Preview | None:
        self.asked.append((url, seconds))
        return self.pages.get(url)
