"""Dates in replies: instants in many spellings, and days in the pattern a form asked for."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

_EPOCH: Final = re.compile(r"[0-9]{10,13}")
_LAST_SECOND: Final = 100_000_000_000
"""A larger number counts milliseconds: as seconds it would lie in the year 5138."""

_FIELD: Final = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|.", re.DOTALL)
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\u2066-\u2069\ufeff]")

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""Month names are worded by the device; only English ones are read."""

_MAX_CHARS: Final = 64
"""own: no date is longer, and it bounds what the pattern's regular expression can cost."""

DEFAULT_PATTERN: Final = "MM/dd/yyyy"
"""What a date picker shows when the request names no `dateFormat` (protocol/05 §3.3)."""


def instant(value: object) -> datetime | None:
    """An aware datetime in UTC, or None.

    `2027-03-04T09:30+0000` is what Apple sends; with seconds, `Z`, a colon in the offset, a blank before it,
    without an offset (read as UTC) or as Unix time it is understood too (protocol/04 §5).
    """
    try:
        if isinstance(value, str) and not _EPOCH.fullmatch(value.strip()):
            moment = datetime.fromisoformat(re.sub(r"\s+(?=[-+Z])", "", value.strip().upper()))
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        seconds = float(value)
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > _LAST_SECOND else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def day(shown: str, pattern: str) -> date | None:
    """The day `shown` in a Unicode TR35 `pattern` such as `dd.MM.yyyy`, or None when it does not fit."""
    if len(pattern) > _MAX_CHARS or len(shown) > _MAX_CHARS:
        return None
    found = re.fullmatch(_expression(pattern), _INVISIBLE.sub("", shown).strip(), re.IGNORECASE)
    if found is None:
        return None
    parts = found.groupdict()
    try:
        year = int(parts["y"])
        if len(parts["y"]) == 2:  # TR35 picks the century around today; forms ask for days of ours
            year += 2000
        return date(year, _month(parts["M"]), int(parts["d"]))
    except (KeyError, ValueError):
        return None


def local_midnight(moment: datetime) -> date | None:
    """The day whose local midnight `moment` is, where one can tell (protocol/05 §5).

    East of Greenwich midnight falls on the day before in UTC. Between 10:00 and 12:00 it may be either side of the
    date line (UTC+13 or UTC-11), so no day is named: a wrong booking is worse than none.
    """
    if 10 <= moment.hour < 12:
        return None
    try:
        return (moment + timedelta(hours=12)).date()
    except OverflowError:
        return None


def _month(name: str) -> int:
    """Its number. Raises ValueError for a name that is not English."""
    return int(name) if name.isdecimal() else _MONTHS.index(name[:3].lower()) + 1


def _expression(pattern: str) -> str:
    """A regular expression with the groups y, M and d; what else the pattern shows is skipped or must be there."""
    expression, seen = "", set()
    for found in _FIELD.finditer(pattern):
        piece, letter = found[0], {"L": "M", "u": "y", "Y": "y"}.get(found[1] or "", found[1])
        if letter is None:
            literal = piece[1:-1].replace("''", "'") or "'" if piece.startswith("'") else piece
            expression += r"\s+" if literal.isspace() else re.escape(literal)
        elif letter not in "yMd" or letter in seen:
            expression += r"[^\d]*?"
        else:
            seen.add(letter)
            expression += f"(?P<{letter}>{_digits(letter, len(piece))})"
    return expression


def _digits(letter: str, width: int) -> str:
    if letter == "y":
        return {1: r"\d{1,4}", 2: r"\d{2}"}.get(width, r"\d{4}")
    if letter == "M" and width > 2:
        return r"[^\W\d]+\.?"
    return r"\d{1,2}"
