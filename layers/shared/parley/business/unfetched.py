"""Stand-ins for what a message names by URL, where it is looked at and not sent: nothing is fetched."""

from __future__ import annotations

import ipaddress
import struct
import zlib
from typing import TYPE_CHECKING, Final

from parley.business.egress import EgressGuard
from parley.business.fetch import Fetched

if TYPE_CHECKING:
    from collections.abc import Sequence

_PUBLIC: Final = "93.184.216.34"


class Unfetched:
    """Judges a URL as the egress guard does, and gives a picture in place of what is there."""

    def __init__(self) -> None:
        self._guard = EgressGuard(allow_loopback=False, resolve=_resolve)

    def get(self, url: str, *, types: Sequence[str], max_bytes: int, seconds: float) -> Fetched:  # noqa: ARG002
        """Raises Rejected for a URL that would be refused unseen."""
        self._guard.check(url)
        return Fetched(url, "image/png", stand_in(url))


class NoPreviews:
    """Links in texts stay as they are."""

    def preview(self, url: str, *, seconds: float) -> None:
        """Nothing is known of a page that nobody reads."""


def stand_in(name: str) -> bytes:
    """A PNG of 2 by 2 pixels; another one for each name, because the same picture is sent once."""
    shades = zlib.crc32(name.encode("utf-8", "replace")).to_bytes(4)
    pixels = zlib.compress(b"\0" + shades[:2] + b"\0" + shades[2:])
    header = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)
    chunks = [_chunk(b"IHDR", header), _chunk(b"IDAT", pixels), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _resolve(host: str, _port: int) -> list[str]:
    """No name is looked up: a name counts as public, an address as what it is."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return [_PUBLIC]
