"""Small real pictures, made for the test that needs them."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()

RED, BLUE = (220, 30, 30), (30, 30, 220)


def written(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """`image` as a file."""
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    """A file as a picture, read to its end."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def plain(width: int, height: int, colour: tuple[int, ...] = RED) -> Image.Image:
    """One colour."""
    return Image.new("RGB" if len(colour) == 3 else "RGBA", (width, height), colour)


def halves(width: int, height: int) -> Image.Image:
    """Red on the left, blue on the right."""
    image = plain(width, height)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """As hard to pack as it gets; the same each time."""
    size = width * height * len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), random.Random(7).randbytes(size))  # noqa: S311


def photo(width: int, height: int) -> Image.Image:
    """Soft, with some grain: packs like a photo."""
    soft = noise(8, 6).resize((width, height), Image.Resampling.BICUBIC)
    return Image.blend(soft, noise(width // 2, height // 2).resize((width, height)), 0.1)


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_chunk(content: bytes, name: bytes, data: bytes) -> bytes:
    """A PNG with one more chunk behind its header."""
    return content[:33] + chunk(name, data) + content[33:]


def header(width: int, height: int, *, depth: int = 8, colours: int = 2, interlaced: int = 0) -> bytes:
    """A PNG's signature and header."""
    return b"\x89PNG\r\n\x1a\n" + chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, interlaced)
    )
