"""The title inside a reference that Apple will not decode (protocol/09 §1: undocumented, a last resort).

The bytes are said to be gzip around a binary property list made by NSKeyedArchiver, in which a `URL` is a query
string with base64 JSON in it. They come from a phone, so every bound here is against what somebody made up.
"""

from __future__ import annotations

import base64
import json
import plistlib
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from parley.apple.content import GZIP, inflate

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PLIST_BYTES: Final = 2 * 1024 * 1024
MAX_TITLE_CHARS: Final = 512
_MAX_OBJECTS: Final = 10_000
_WHERE: Final = ("replyMessage", "receivedMessage")


def title(payload: bytes) -> str | None:
    """The title of the bubble, or None. Never raises for what the bytes hold."""
    plist = inflate(payload) if payload.startswith(GZIP) else payload
    if plist is None or len(plist) > MAX_PLIST_BYTES:
        return None
    try:
        archive = plistlib.loads(plist, fmt=plistlib.FMT_BINARY)
        found = next(_titles(archive), None)
    except (plistlib.InvalidFileException, ValueError, TypeError, LookupError, RecursionError, OverflowError):
        return None
    return found


def _titles(archive: Any) -> Iterator[str]:
    """From every URL of the archive: NSKeyedArchiver keeps all its objects in one flat list."""
    objects = archive.get("$objects") if isinstance(archive, dict) else None
    for text in (objects if isinstance(objects, list) else [])[:_MAX_OBJECTS]:
        if isinstance(text, str) and "=" in text:
            parameters = dict(parse_qsl(urlsplit(text).query or text.lstrip("?"), max_num_fields=100))
            yield from filter(None, (_title(parameters.get(name)) for name in _WHERE))


def _title(parameter: str | None) -> str | None:
    """`title` of one message in base64 JSON, whose `+` a query string may have made a space."""
    if parameter is None:
        return None
    text = parameter.replace(" ", "+").replace("-", "+").replace("_", "/")
    try:
        message = json.loads(base64.b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return None
    found = message.get("title") if isinstance(message, dict) else None
    return found[:MAX_TITLE_CHARS] if isinstance(found, str) and found.strip() else None
