"""The binary form of large interactive data: a gzip stream around a keyed archive (protocol/09 §1).

The archive is a binary property list as NSKeyedArchiver writes it. Its dictionary has an entry `URL`, a query string
whose parameters are base64 JSON, one for each key of the interactive data.
"""

from __future__ import annotations

import base64
import gzip
import json
import plistlib
import zlib
from typing import Any
from urllib.parse import parse_qsl, urlencode

from local.web.strict_json import compact, parse_object

MAX_BYTES = 20_000_000
"""Largest inflated payload; more is taken for a bomb."""

_GZIP_MAGIC = b"\x1f\x8b"
_ENTRY = "URL"
_ARCHIVER = "NSKeyedArchiver"


def encode(interactive_data: dict[str, Any]) -> bytes:
    """Pack interactive data the way a phone uploads it."""
    query = urlencode({key: base64.b64encode(compact(value)).decode() for key, value in interactive_data.items()})
    return gzip.compress(plistlib.dumps(_archived(f"?{query}"), fmt=plistlib.FMT_BINARY), mtime=0)


def decode(payload: bytes) -> dict[str, Any]:
    """Unpack what `encode` made, also when the gzip layer is already off. Raises ValueError."""
    plist = _inflate(payload) if is_gzip(payload) else payload
    try:
        query = _url(plistlib.loads(plist, fmt=plistlib.FMT_BINARY))
        parts = parse_qsl(query.lstrip("?"), strict_parsing=True)
        content = {key: json.loads(base64.b64decode(text, validate=True)) for key, text in parts}
    except Exception as error:
        raise ValueError("the payload is not a keyed archive with interactive data") from error
    return parse_object(compact(content))


def is_gzip(payload: bytes) -> bool:
    """Whether the gzip layer is still on."""
    return payload.startswith(_GZIP_MAGIC)


def _archived(url: str) -> dict[str, Any]:
    """One dictionary with one NSURL in it, flattened as the archiver does: every object refers to others by number."""
    to = plistlib.UID
    return {
        "$version": 100_000,
        "$archiver": _ARCHIVER,
        "$top": {"root": to(1)},
        "$objects": [
            "$null",
            {"NS.keys": [to(2)], "NS.objects": [to(3)], "$class": to(5)},
            _ENTRY,
            {"NS.base": to(0), "NS.relative": to(4), "$class": to(6)},
            url,
            {"$classname": "NSMutableDictionary", "$classes": ["NSMutableDictionary", "NSDictionary", "NSObject"]},
            {"$classname": "NSURL", "$classes": ["NSURL", "NSObject"]},
        ],
    }


def _url(archive: dict[str, Any]) -> str:
    """The text of the entry `URL`. Raises what a wrong archive makes it."""
    objects = archive["$objects"]
    root = objects[archive["$top"]["root"].data]
    keys = [objects[uid.data] for uid in root["NS.keys"]]
    entry = objects[root["NS.objects"][keys.index(_ENTRY)].data]
    url: str = objects[entry["NS.relative"].data]
    return url


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
