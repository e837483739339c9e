"""Pictures: PNG in base64, and the identifiers that point to them (protocol/04 §1.2, 14)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from local.gateway.judge.wording import judge_identifiers, judge_ui_texts

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields

MAX_IMAGE_BYTES = 204_800
"""200 KB in the most generous reading."""
ADVISED_BASE64_CHARACTERS = 200_000
"""200 KB in the strictest reading, which counts the base64 text."""
MAX_TOTAL_BYTES = 5 * 1024 * 1024
"""Of all pictures of a message; they must stay below."""
PNG = b"\x89PNG\r\n\x1a\n"


def judge_picture(fields: Fields, key: str = "data") -> list[str]:
    """Judge one picture. Returns violations; raises RefusalError."""
    size = len(read_png(fields, key))
    if size > MAX_IMAGE_BYTES:
        raise fields.wrong(key, f"holds {size} bytes; at most 200 KB are allowed")
    if len(fields.text(key)) > ADVISED_BASE64_CHARACTERS:
        return [f"{fields.path(key)} is longer than {ADVISED_BASE64_CHARACTERS} base64 characters"]
    return []


def read_png(fields: Fields, key: str) -> bytes:
    """Return the bytes of a picture."""
    text = fields.text(key)
    if text.startswith("data:"):
        raise fields.wrong(key, "must be raw base64 without a data: prefix")
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        raise fields.wrong(key, "is not base64") from None
    if not content.startswith(PNG):
        raise fields.wrong(key, "is not a PNG")
    return content


def judge_images(data: Fields) -> tuple[frozenset[str], list[str]]:
    """Judge `data.images`, which may be missing. Returns their identifiers and violations."""
    if "images" not in data:
        return frozenset(), []
    images = data.objects("images")
    identifiers = judge_identifiers(images)
    violations = []
    for image in images:
        judge_ui_texts(image, "description")
        violations += judge_picture(image) + image.unknown({"identifier", "data", "description"})
    if sum(len(base64.b64decode(image.text("data"))) for image in images) >= MAX_TOTAL_BYTES:
        raise data.wrong("images", "hold 5 MB or more together")
    return frozenset(identifiers), violations


def judge_image_identifier(fields: Fields, images: frozenset[str]) -> None:
    """Refuse an `imageIdentifier` that no picture of the message has."""
    if "imageIdentifier" in fields and fields.text("imageIdentifier") not in images:
        raise fields.wrong("imageIdentifier", "is the identifier of no entry of images")
