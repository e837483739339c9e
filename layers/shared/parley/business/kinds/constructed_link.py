"""A link that Apple builds itself: App Clips (protocol/13 §1)."""

from __future__ import annotations

from typing import Final, Literal

from parley.business.kinds.base import Build, Mapped, Send, present
from parley.business.kinds.bubbles import ImageRef  # noqa: TC001  (a field of the model)

PLAIN: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAADwAAAA8AQMAAAAAMksxAAAAA1BMVEXl5eprhSNeAAAAD0lEQVR42mNgGAWjADsAAAIcAAFXfAS9"
    "AAAAAElFTkSuQmCC"
)
"""A plain square of 60 by 60 pixels: Apple takes no rich link without a picture (protocol/03 §4)."""


class ConstructedLink(Send):
    """Apple fetches what it knows of the URL. When it cannot, a rich link with `title` and `image` goes instead."""

    type: Literal["constructed_link"]
    url: str
    title: str
    image: ImageRef | None = None
    store_region: str | None = None

    def to_apple(self, build: Build) -> Mapped:
        """The body of `/constructPayload`, and the rich link that takes its place when Apple refuses."""
        build.paths |= {
            "/link/url": "/url",
            "/link/storeRegion": "/store_region",
            "/richLinkData": "",
        }
        picture = build.base64_png(self.image, "/richLinkData/assets/image/data", "/image") if self.image else PLAIN
        assets = {"image": {"data": picture, "mimeType": "image/png"}}
        link = present(url=self.url, storeRegion=self.store_region)
        return Mapped(
            "richLink",
            {"richLinkData": {"url": self.url, "title": self.title, "assets": assets}},
            paths=build.paths,
            construct={"version": 1.0, "type": "link", "link": link},
        )
