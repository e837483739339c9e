"""Pictures inside a message: PNG in base64, and the identifiers that refer to them (protocol/04 §1.2)."""

import binascii
from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from parley.apple import limits
from parley.apple.wire.arrays import unique
from parley.apple.wire.node import Node, shown
from parley.apple.wire.rules import ABSENT, Complaint, Identifier, Rule, UIText, checked
from parley.apple.wire.structure import Wire
from parley.errors import Fault

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER: Final = b"\x00\x00\x00\x0dIHDR"
_HEAD_BYTES: Final = 33
_HEAD_CHARS: Final = 44
_OTHERS: Final = ((b"\xff\xd8\xff", "a JPEG"), (b"GIF8", "a GIF"), (b"RIFF", "a WebP"), (b"BM", "a BMP"))


def png(most: int) -> Rule:
    """A PNG in standard base64 of at most this many characters."""

    def rule(value: str) -> Iterator[Complaint]:
        if value.startswith("data:"):
            yield "data_prefix", "write the base64 text alone, without data:…;base64, before it"
            return
        if len(value) > most:
            yield "image_too_large", f"shrink the picture: {len(value):,} base64 characters, at most {most:,}"
        try:
            # Of a picture that is too large only the head is looked at.
            content = binascii.a2b_base64(value if len(value) <= most else value[:_HEAD_CHARS], strict_mode=True)
        except (ValueError, binascii.Error):
            yield "not_base64", "write standard base64 (A-Z a-z 0-9 + /, padded with =) without line breaks"
            return
        yield from _png(content)

    return rule


def _png(content: bytes) -> Iterator[Complaint]:
    if not content.startswith(_SIGNATURE):
        was = next((kind for magic, kind in _OTHERS if content.startswith(magic)), "something else")
        yield "not_png", f"convert it to PNG: this is {was}"
        return
    width, height = content[16:20], content[20:24]
    if len(content) < _HEAD_BYTES or content[8:16] != _HEADER or not (any(width) and any(height)):
        yield "not_png", "the PNG is damaged: it has no sound IHDR chunk; export it again"


Png = Annotated[str, checked(png(limits.MAX_IMAGE_BASE64_CHARS))]


class Image(Wire):
    """One entry of `data.images`."""

    identifier: Identifier
    data: Png
    description: UIText = ABSENT


def check(data: Node, references: Iterable[Node]) -> Iterator[Fault]:
    """Judge `data.images` as a whole, and every `imageIdentifier` that refers to it."""
    images = data.each("images")
    yield from unique((image.at("identifier") for image in images), "picture")
    if sum(len(image.at("data").text or "") for image in images) > limits.MAX_IMAGES_BASE64_CHARS:
        most = limits.MAX_IMAGES_BASE64_CHARS
        yield data.at("images").fault("images_too_large", f"together they have at most {most:,} base64 characters")
    yield from _references(data, images, list(references))


def _references(data: Node, images: list[Node], references: list[Node]) -> Iterator[Fault]:
    names = {image.at("identifier").text for image in images}
    malformed = None in names or not isinstance(data.at("images").value, list | None)
    used = set()
    for reference in references:
        name = reference.text
        used.add(name)
        if name is not None and name not in names and not malformed:
            yield reference.fault("unresolved", f"add a picture named {shown(name)} to data.images, or remove this")
    for image in images:
        name = image.at("identifier").text
        if name is not None and name not in used:
            yield image.warning("unused_image", "nothing refers to this picture; remove it")
