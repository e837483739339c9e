"""The dates of a `datePicker` page: Unicode TR35 patterns, and dates written in them (protocol/05 §3.3)."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from parley.apple.wire.node import Node, shown
from parley.apple.wire.rules import Complaint, visible
from parley.errors import Fault

_DEFAULT: Final = "MM/dd/yyyy"
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_TOKEN: Final = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'")
_LETTERS: Final = frozenset("GyYuUrQqMLlwWdDFgEecabBhHKkjJCmsSAzZOvVXx")
"""Every pattern letter TR35 defines; all other letters must stand in quotes."""
_FIELDS: Final = {
    "y": r"([0-9]{4})", "yy": r"([0-9]{2})", "yyyy": r"([0-9]{4})", "u": r"([0-9]{4})", "uuuu": r"([0-9]{4})",
    "M": r"([0-9]{1,2}+)", "MM": r"([0-9]{2})", "MMM": r"([A-Za-z]{3})", "MMMM": r"([A-Za-z]++)",
    "d": r"([0-9]{1,2}+)", "dd": r"([0-9]{2})",
}  # fmt: skip
"""Which runs of letters we can read a date by, each as the group that holds it; possessive, so none is tried twice."""
_WEEKDAY: Final = r"[^\W\d_]++\.?"
_MISTAKEN: Final = {
    "Y": "write yyyy: YYYY is the year a week belongs to",
    "D": "write dd: DD is the day of the year",
}


def date_format(value: str) -> Iterator[Complaint]:
    """A pattern of letters TR35 knows, with balanced quotes."""
    yield from visible(value)
    for found in _TOKEN.finditer(value):
        run = found[0]
        if run == "'":
            yield "malformed", "close the quote, or write '' for an apostrophe"
        elif found[1] and run[0] not in _LETTERS:
            yield "malformed", f"put {shown(run)} in single quotes: it is no pattern letter of Unicode TR35"


def check(options: Node, now: float) -> Iterator[Fault]:
    """The dates are written in `dateFormat` and stand in order: minimum, start, maximum."""
    pattern = options.at("dateFormat")
    letters = _DEFAULT if not options.has("dateFormat") else pattern.text
    if letters is None or any(date_format(letters)):
        return
    runs = {found[0][0] for found in _TOKEN.finditer(letters) if found[1]}
    for letter in sorted(runs & _MISTAKEN.keys()):
        yield pattern.warning("suspicious_format", _MISTAKEN[letter])
    days = {}
    reader = _reader(letters)
    if reader is None:
        return
    for key in ("minimumDate", "startDate", "maximumDate"):
        text = options.at(key).text
        days[key] = None if text is None else _read(text, *reader)
        if text is not None and days[key] is None:
            yield options.at(key).fault("malformed", f"write a day that exists in the form {shown(letters)}")
    yield from _order(options, days, datetime.fromtimestamp(now, UTC).date() + timedelta(days=1))


def _order(options: Node, days: dict[str, date | None], tomorrow: date) -> Iterator[Fault]:
    first, start, last = days["minimumDate"], days["startDate"], days["maximumDate"]
    if first and last and first > last:
        yield options.at("minimumDate").fault("out_of_order", "write a day not after maximumDate")
    if first and start and start < first:
        yield options.at("startDate").fault("out_of_order", "write a day not before minimumDate")
    elif start and last and start > last:
        yield options.at("startDate").fault("out_of_order", "write a day not after maximumDate")
    future = any(day is not None and day > tomorrow for day in (first, start))
    if future and not options.has("maximumDate"):
        yield options.at("maximumDate").warning(
            "blocked_dates", "add it: without one, no day after today can be chosen"
        )


def _reader(letters: str) -> tuple[re.Pattern[str], list[str]] | None:
    """How to read a date of this pattern; None when it holds more than year, month, day and weekday."""
    regex = ""
    fields: list[str] = []
    for found in _TOKEN.finditer(letters):
        run, field = found[0], found[0].replace("L", "M")
        if run.startswith("'"):
            regex += re.escape("'" if run == "''" else run[1:-1].replace("''", "'"))
        elif not found[1]:
            regex += re.escape(run)
        elif run[0] in "Eec":
            regex += _WEEKDAY
        elif field in _FIELDS and field[0] not in "".join(fields):
            regex += _FIELDS[field]
            fields.append(field)
        else:
            return None
    return re.compile(regex), fields


def _read(text: str, regex: re.Pattern[str], fields: list[str]) -> date | None:
    found = regex.fullmatch(text)
    if found is None:
        return None
    # A pattern without year, month or day reads as a leap year's first.
    parts = {"y": 2000, "M": 1, "d": 1}
    for field, value in zip(fields, found.groups(), strict=True):
        number = int(value) if value.isdecimal() else _month(value)
        parts["y" if field[0] == "u" else field[0]] = number + 2000 if field == "yy" else number
    try:
        return date(parts["y"], parts["M"], parts["d"])
    except ValueError:
        return None


def _month(name: str) -> int:
    return next((n for n, month in enumerate(_MONTHS, 1) if name.lower() in {month, month[:3]}), 0)
