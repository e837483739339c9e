"""The binary form of large interactive data: a gzip stream around a binary property list (protocol/09 §1)."""

from __future__ import annotations

import gzip
import plistlib
import zlib
from typing import Any

from local.web.strict_json import compact, parse_object

MAX_BYTES = 20_000_000
"""Largest inflated payload; more is taken for a bomb."""

_GZIP_MAGIC = b"\x1f\x8b"
_ENTRY = "interactiveData"


def encode(interactive_data: dict[str, Any]) -> bytes:
    """Pack interactive data the way a phone uploads it."""
    return gzip.compress(plistlib.dumps({_ENTRY: compact(interactive_data)}, fmt=plistlib.FMT_BINARY), mtime=0)


def decode(payload: bytes) -> dict[str, Any]:
    """Unpack what `encode` made, also when the gzip layer is already off. Raises ValueError."""
    plist = _inflate(payload) if payload.startswith(_GZIP_MAGIC) else payload
    try:
        content = plistlib.loads(plist, fmt=plistlib.FMT_BINARY)[_ENTRY]
    except Exception as error:
        raise ValueError("the payload is not a binary property list with interactive data") from error
    if not isinstance(content, bytes):
        raise ValueError("the payload holds no interactive data")  # noqa: TRY004 - one kind of error for callers
    return parse_object(content)


def _inflate(payload: bytes) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    try:
        data = inflater.decompress(payload, MAX_BYTES + 1)
    except zlib.error as error:
        raise ValueError("the payload's gzip stream is damaged") from error
    if len(data) > MAX_BYTES:
        raise ValueError(f"the payload inflates to more than {MAX_BYTES} bytes")
    if not inflater.eof:
        raise ValueError("the payload's gzip stream ends too early")
    return data
