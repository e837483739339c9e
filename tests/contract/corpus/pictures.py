"""Tiny pictures of exact sizes, made here: real PNGs, and the beginnings of other formats."""

from __future__ import annotations

import base64
import struct
import zlib
from functools import cache

LIMIT = 200_000
"""Characters of base64 that satisfy every reading of "200 KB" (14, row "counting")."""


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@cache
def png_bytes(size: int = 0, *, side: int = 1) -> bytes:
    """A grey square PNG; `size` > 0 pads it with a comment to exactly that many bytes."""
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + b"\x99" * side for _ in range(side)))
    parts = [b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", header), _chunk(b"IDAT", rows), _chunk(b"IEND", b"")]
    missing = size - sum(map(len, parts))
    if size:
        keyword = b"Comment\x00"
        if missing < 12 + len(keyword):
            raise ValueError(f"a PNG of {size} bytes is too small to pad")
        parts.insert(2, _chunk(b"tEXt", keyword + b"x" * (missing - 12 - len(keyword))))
    return b"".join(parts)


def png(size: int = 0, *, side: int = 1) -> str:
    """The same in base64, as it stands in a message."""
    return base64.b64encode(png_bytes(size, side=side)).decode()


def png_of_characters(count: int) -> str:
    """A PNG whose base64 is exactly `count` characters long (a multiple of 4)."""
    return png(count // 4 * 3)


JPEG = base64.b64encode(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x00" * 40).decode()
GIF = base64.b64encode(b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\x00" * 30).decode()
WORDS = base64.b64encode(b"These are words, not a picture.").decode()
NOT_BASE64 = "this is *not* base64"
DATA_URL = f"data:image/png;base64,{png()}"
