"""Cursors: where a list goes on. They hold for the business and the filter they were made for, and say nothing."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIGEST_BYTES: Final = 12


def write(place: str, *, business_id: str, filters: Mapping[str, Any]) -> str:
    """A cursor for a place (ASCII)."""
    content = _digest(place, business_id, filters) + place.encode()
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def read(cursor: str, *, business_id: str, filters: Mapping[str, Any]) -> str:
    """The place. Raises Invalid (`cursor_invalid`) for a cursor of another list, or none at all.

    The digest keeps honest callers from a wrong list. It guards nothing: what is read is always the business's own.
    """
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place = content[_DIGEST_BYTES:].decode("ascii")
    except (binascii.Error, ValueError):
        raise _invalid() from None
    if content[:_DIGEST_BYTES] != _digest(place, business_id, filters):
        raise _invalid()
    return place


def _digest(place: str, business_id: str, filters: Mapping[str, Any]) -> bytes:
    canonical = json.dumps([place, business_id, {name: str(value) for name, value in filters.items()}], sort_keys=True)
    return hashlib.sha256(canonical.encode()).digest()[:_DIGEST_BYTES]


def _invalid() -> Invalid:
    return Invalid([Fault("?cursor", "cursor_invalid", "use the next_cursor of this very list, with the same filter")])
