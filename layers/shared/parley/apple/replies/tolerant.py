"""Taking values out of JSON that somebody else wrote: a wrong type reads as if nothing were there.

Numbers come as strings and strings as numbers in captured replies, so both readings are accepted.
"""

from __future__ import annotations

import re
from typing import Any, Final

type Json = dict[str, Any]

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_MAX_INTEGER: Final = 10**18
"""Longer numbers mean nothing here, and turning a huge one into text is refused by Python itself."""


def table(value: object) -> Json:
    """A JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def tables(value: object) -> list[Json]:
    """The objects of an array; a single object counts as an array of one."""
    if isinstance(value, dict):
        return [value]
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def text(value: object) -> str | None:
    """A string as it is, a whole number as its digits."""
    if isinstance(value, str):
        return value
    number = integer(value)
    return None if number is None else str(number)


def word(value: object) -> str | None:
    """A `text` that says something: blank counts as absent."""
    found = text(value)
    return found if found is not None and found.strip() else None


def integer(value: object) -> int | None:
    """A whole number, also written as a string or as `1.0`."""
    if isinstance(value, str):
        value = int(value) if _INTEGER.fullmatch(value.strip()) else None
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) < _MAX_INTEGER else None


def flag(value: object) -> bool | None:
    """A truth value, also written as a string or as 0 and 1; None when it is neither."""
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    return bool(value) if value in (0, 1) else None
