"""Places in time as ULIDs: which ones a span of time covers, and which stands next to which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORM: Final = re.compile(f"[0-7][{_CROCKFORD}]{{25}}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HIGHEST: Final = (1 << 128) - 1

FIRST: Final = "0" * 26
LAST: Final = "7" + "Z" * 25


def is_ulid(text: str) -> bool:
    """Whether `text` is one."""
    return _FORM.fullmatch(text) is not None


def first_of(moment: datetime) -> str:
    """The first ULID of a moment's millisecond; before 1970 there is none, and the first of all stands for it."""
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    return _write(max(0, milliseconds) << 80)


def time_of(ulid: str) -> float:
    """Its moment in Unix seconds."""
    return (_read(ulid) >> 80) / 1000


def before(ulid: str) -> str | None:
    """The one right before it; None for the first."""
    number = _read(ulid)
    return _write(number - 1) if number else None


def after(ulid: str) -> str | None:
    """The one right after it; None for the last."""
    number = _read(ulid)
    return _write(number + 1) if number < _HIGHEST else None


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last ULID, both included; empty when the last stands before the first."""

    first: str = FIRST
    last: str = LAST

    @classmethod
    def of(cls, since: datetime | None, until: datetime | None) -> Span | None:
        """What was received at `since` or later, but before `until`; None when that can be nothing."""
        first = FIRST if since is None else first_of(since)
        last = LAST if until is None else before(first_of(until))
        return None if last is None else cls(first, last)

    @property
    def is_empty(self) -> bool:
        """Nothing is in it."""
        return self.last < self.first

    def up_to(self, ulid: str) -> Span | None:
        """What of it stands before `ulid`."""
        last = before(ulid)
        return None if last is None else Span(self.first, min(self.last, last))

    def behind(self, ulid: str) -> Span | None:
        """What of it stands after `ulid`."""
        first = after(ulid)
        return None if first is None else Span(max(self.first, first), self.last)


def _read(ulid: str) -> int:
    number = 0
    for letter in ulid:
        number = number << 5 | _CROCKFORD.index(letter)
    return number


def _write(number: int) -> str:
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))
