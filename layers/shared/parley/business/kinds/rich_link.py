"""A rich link (protocol/03 §4)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from parley.business.kinds.base import Build, Mapped, Send, Strict
from parley.business.kinds.bubbles import ImageRef, one_of


class Video(Strict):
    """A video the device loads by itself."""

    url: str
    mime_type: str = "video/mp4"


class RichLink(Send):
    """A URL with a title and a picture, a video or both. Every device can show it."""

    model_config = ConfigDict(json_schema_extra=one_of("image", "video", several=True))

    type: Literal["rich_link"]
    url: str
    title: str
    image: ImageRef | None = None
    video: Video | None = None

    def to_apple(self, build: Build) -> Mapped:
        """`richLinkData`."""
        level = "/richLinkData"
        build.paths |= {
            level: "",
            f"{level}/assets": "/image",
            f"{level}/assets/image": "/image",
            f"{level}/assets/video": "/video",
            f"{level}/assets/video/mimeType": "/video/mime_type",
        }
        assets: dict[str, Any] = {}
        if self.image is not None:
            assets["image"] = {
                "data": build.base64_png(self.image, f"{level}/assets/image/data", "/image"),
                "mimeType": "image/png",
            }
        if self.video is not None:
            assets["video"] = {"url": self.video.url, "mimeType": self.video.mime_type}
        data = {"url": self.url, "title": self.title, "assets": assets}
        return Mapped("richLink", {"richLinkData": data}, paths=build.paths)
