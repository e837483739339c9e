"""Days as a form's date picker writes them: Unicode TR35 patterns such as `MM/dd/yyyy` (protocol/05 §3.3)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

DEFAULT_FORMAT = "MM/dd/yyyy"

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_PIECE = re.compile(r"'(?P<quoted>(?:[^']|'')*)'|(?P<letters>([A-Za-z])\3*)|(?P<other>.)", re.DOTALL)


def show(day: date, pattern: str) -> str:
    """Write a day in `pattern`; names are English, letters that stand for no part of a day stay as they are."""
    return "".join(_write(piece, day) for piece in _PIECE.finditer(pattern))


def read(text: str, pattern: str) -> date | None:
    """Read a day written in `pattern`, or as ISO `yyyy-MM-dd`; None when it is neither."""
    found = re.fullmatch(_expression(pattern), text.strip(), re.IGNORECASE)
    parts = found.groupdict() if found else {}
    try:
        return date(_year(parts["y"]), _month(parts["M"]), int(parts["d"]))
    except (KeyError, ValueError):
        return _iso(text)


def midnight(day: date, *, offset_minutes: int) -> str:
    """Return the instant a local day begins, in UTC: `2027-03-11T23:00:00Z` for March 12th one hour east."""
    start = datetime(day.year, day.month, day.day, tzinfo=timezone(timedelta(minutes=offset_minutes)))
    return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def today(now: float, *, offset_minutes: int) -> date:
    """Return the local day of a Unix time."""
    return datetime.fromtimestamp(now, timezone(timedelta(minutes=offset_minutes))).date()


def _write(piece: re.Match[str], day: date) -> str:
    letters = piece["letters"] or ""
    width = len(letters)
    match _part(piece):
        case "y":
            return f"{day.year % 100:02}" if width == 2 else f"{day.year:0{width}}"
        case "M":
            return f"{day.month:0{width}}" if width < 3 else _name(MONTHS[day.month - 1], width)
        case "d":
            return f"{day.day:0{width}}"
        case "E":
            return _name(WEEKDAYS[day.weekday()], width)
        case _:
            return letters or _literal(piece)


def _name(name: str, width: int) -> str:
    """Three letters or fewer abbreviate, four spell it out."""
    return name if width == 4 else name[:3]


def _expression(pattern: str) -> str:
    """Make the expression for texts in `pattern`; one that names a part twice matches nothing."""
    pieces = list(_PIECE.finditer(pattern))
    parts = [part for piece in pieces if (part := _part(piece)) in set("yMdE")]
    # A part is looked for once: repeated, their expressions could take for ever to fail.
    return "".join(map(_expect, pieces)) if len(parts) == len(set(parts)) else r"(?!)"


def _part(piece: re.Match[str]) -> str:
    """Name the part of a day that letters stand for, in the letter used most."""
    first = (piece["letters"] or " ")[0]
    return {"u": "y", "Y": "y", "L": "M", "c": "E"}.get(first, first)


def _expect(piece: re.Match[str]) -> str:
    letters = piece["letters"] or ""
    match _part(piece):
        case "y":
            return rf"(?P<y>\d{{{len(letters) if len(letters) in {2, 4} else '1,4'}}})"
        case "M" if len(letters) > 2:
            return r"(?P<M>[^\W\d]+)\.?"
        case "M" | "d" as part:
            return rf"(?P<{part}>\d{{1,2}})"
        case "E":
            return r"[^\W\d]+\.?"
        case _:
            return re.escape(letters or _literal(piece))


def _literal(piece: re.Match[str]) -> str:
    """Return text that stands for itself; two apostrophes are one."""
    return piece["other"] if piece["quoted"] is None else piece["quoted"].replace("''", "'") or "'"


def _year(digits: str) -> int:
    return 2000 + int(digits) if len(digits) == 2 else int(digits)


def _month(text: str) -> int:
    """Return the number of a month. Raises ValueError for a name that is not English."""
    if text.isdecimal():
        return int(text)
    return [name[:3].lower() for name in MONTHS].index(text[:3].lower()) + 1


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if re.fullmatch(r"\s*\d{4}-\d{2}-\d{2}\s*", text) else None
    except ValueError:
        return None
