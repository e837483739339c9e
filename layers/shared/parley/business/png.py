"""Whether a PNG can go to Apple untouched: complete, sound, a single picture, and telling nothing but the picture."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

# What says how to paint it. Not here: text, time and EXIF (they may tell who took it, and where), frames of an
# animation, and whatever an editor adds for itself.
_PAINTS: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"hIST", b"pHYs"}
)
_HEADER: Final = struct.Struct(">IIBBBBB")
_NUMBERS_IN_A_PIXEL: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By colour type."""


def is_clean(content: bytes, *, widest: int) -> bool:
    """Whether `content` is a whole PNG, at most `widest` pixels in each direction, of painting chunks alone."""
    if not content.startswith(SIGNATURE):
        return False
    try:
        chunks = list(_chunks(content))
        names = [name for name, _ in chunks]
        width, height, depth, colours, *methods = _HEADER.unpack(chunks[0][1])
    except (ValueError, struct.error):
        return False
    if names[0] != b"IHDR" or names.count(b"IHDR") != 1 or not _PAINTS.issuperset(names):
        return False
    # The last of the methods is interlacing, which no bubble gains from.
    if not (0 < width <= widest and 0 < height <= widest) or colours not in _NUMBERS_IN_A_PIXEL or any(methods):
        return False
    if colours == 3 and b"PLTE" not in names:
        return False
    line = 1 + (width * depth * _NUMBERS_IN_A_PIXEL[colours] + 7) // 8
    return _unpacks(b"".join(data for name, data in chunks if name == b"IDAT"), height * line)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and data of each chunk. Raises ValueError when one is broken or something is left over."""
    at = len(SIGNATURE)
    name = b""
    while name != b"IEND":
        length = int.from_bytes(content[at : at + 4])
        named = content[at + 4 : at + 8 + length]
        checksum = content[at + 8 + length : at + 12 + length]
        if len(checksum) != 4 or int.from_bytes(checksum) != zlib.crc32(named):
            raise ValueError
        name = named[:4]
        yield name, named[4:]
        at += 12 + length
    if at != len(content):
        raise ValueError


def _unpacks(packed: bytes, size: int) -> bool:
    """Whether the pixels are one whole zlib stream of exactly `size` bytes."""
    stream = zlib.decompressobj()
    try:
        return len(stream.decompress(packed, size + 1)) == size and stream.eof
    except zlib.error:
        return False
