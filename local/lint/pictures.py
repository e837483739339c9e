"""The pictures of one message: those inside it are looked at, the others are stood in for."""

from __future__ import annotations

import base64
import ipaddress
import struct
import zlib
from typing import TYPE_CHECKING, Final

from parley.business.egress import EgressGuard
from parley.business.fetch import Fetched, GuardedFetch
from parley.business.pictures import Pictures
from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.business.kinds.base import ImageRef, Send

_PUBLIC: Final = "93.184.216.34"
_HOUR: Final = 3600.0


class LookedAt:
    """The server's own pictures, but nothing is fetched. `faults` have the paths of the message."""

    def __init__(self, send: Send) -> None:
        self.faults: list[Fault] = []
        self._pictures = Pictures(fetch=_Elsewhere(), attachments=_Uploads(), seconds=_HOUR)
        try:
            self._pictures.gather(send)
        except Invalid as error:
            self.faults += error.faults
        except ImportError:  # Pillow comes with the function that needs it, not with every installation
            pass

    def png(self, image: ImageRef) -> str:
        """Base64 of the picture as it would be sent, or of another one where that is not known."""
        try:
            return self._pictures.png(image)
        except (Invalid, ImportError):
            return base64.b64encode(stand_in(repr(image))).decode("ascii")


class _Elsewhere(GuardedFetch):
    """Judges a URL as the egress guard does, and gives a picture in place of what is there."""

    def __init__(self) -> None:
        guard = EgressGuard(allow_loopback=False, resolve=_resolve)
        super().__init__(guard)
        self._judge = guard

    def get(self, url: str, *, types: Sequence[str], max_bytes: int, seconds: float) -> Fetched:  # noqa: ARG002
        """Raises Rejected for a URL that would be refused unseen."""
        self._judge.check(url)
        return Fetched(url, "image/png", stand_in(url))


class _Uploads:
    """Every attachment there might be."""

    def read(self, attachment_id: str, *, max_bytes: int) -> bytes:  # noqa: ARG002
        """A picture, whatever was uploaded."""
        return stand_in(attachment_id)


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
