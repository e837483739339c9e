"""Rich links (protocol/03 §4)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from local.gateway.judge.attachment import judge_key, judge_signature

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields

MAX_TITLE = 200
MAX_IMAGE_BYTES = 204_800
"""200 KB in the most generous reading."""
ADVISED_BASE64_CHARACTERS = 200_000
"""200 KB in the strictest reading, which counts the base64 text."""


def judge_rich_link(envelope: Fields) -> list[str]:
    """Judge a `richLink`. Returns violations; raises RefusalError."""
    if envelope.either("richLinkData", "richLinkDataRef") == "richLinkDataRef":
        reference = envelope.object("richLinkDataRef")
        reference.text("url")
        reference.text("owner")
        reference.whole_number("size")
        judge_key(reference)
        judge_signature(reference)
        return []
    link = envelope.object("richLinkData")
    if not link.text("url").startswith(("https://", "http://")):
        raise link.wrong("url", "must be an http or https URL")
    if len(link.text("title")) > MAX_TITLE:
        raise link.wrong("title", f"is longer than {MAX_TITLE} characters")
    return link.unknown({"url", "title", "assets"}) + _judge_assets(link.object("assets"))


def _judge_assets(assets: Fields) -> list[str]:
    violations = assets.unknown({"image", "video"})
    if "image" not in assets and "video" not in assets:
        raise assets.wrong("image", "or video is needed")
    if "image" in assets:
        violations += _judge_image(assets.object("image"))
    if "video" in assets:
        video = assets.object("video")
        if not video.text("url").startswith("https://"):
            raise video.wrong("url", "must be an https URL")
        video.text("mimeType")
        if "image" not in assets:
            violations.append("a link with a video should also have an image")
    return violations


def _judge_image(image: Fields) -> list[str]:
    data = image.text("data")
    if data.startswith("data:"):
        raise image.wrong("data", "must be raw base64 without a data: prefix")
    try:
        size = len(base64.b64decode(data, validate=True))
    except ValueError:
        raise image.wrong("data", "is not base64") from None
    if image.text("mimeType") != "image/png":
        raise image.wrong("mimeType", "must be image/png")
    if size > MAX_IMAGE_BYTES:
        raise image.wrong("data", f"holds {size} bytes; at most 200 KB are allowed")
    if len(data) > ADVISED_BASE64_CHARACTERS:
        return [f"{image.path('data')} is longer than {ADVISED_BASE64_CHARACTERS} base64 characters"]
    return []
