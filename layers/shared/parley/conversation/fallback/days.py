"""A day asked for in a text, and read from one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from parley.apple.replies import dates

if TYPE_CHECKING:
    from datetime import date

    from parley.conversation.fallback.offers import Page

_ISO: Final = "yyyy-MM-dd"
_RUN: Final = re.compile(r"([A-Za-z])\1*")
_NUMERIC: Final = frozenset({"y", "yy", "yyyy", "M", "MM", "d", "dd"})


def shown(page: Page) -> str:
    """How to write the day, and which days there are: `MM/DD/YYYY, 03/01/2027 - 03/31/2027`.

    Nobody types the names of days and months: where a format has them, the day is asked for in ISO.
    """
    letters = page.format or dates.DEFAULT_PATTERN
    runs = [found[0] for found in _RUN.finditer(letters)]
    if "'" in letters or not _NUMERIC.issuperset(runs) or sorted(run[0] for run in runs) != ["M", "d", "y"]:
        return _ISO.upper()
    spelled = letters.replace("y", "yyyy") if "y" in runs else letters
    bounds = [bound for bound in (page.minimum, page.maximum) if bound is not None]
    return ", ".join([spelled.upper(), " - ".join(bounds)] if len(bounds) == 2 else [spelled.upper()])


def read(text: str, page: Page) -> date | None:
    """The day in the page's own format or in ISO, if it is one of those that may be chosen."""
    letters = page.format or dates.DEFAULT_PATTERN
    day = dates.day(text, letters) or dates.day(text, _ISO)
    first, last = (dates.day(bound, letters) if bound is not None else None for bound in (page.minimum, page.maximum))
    if day is None or (first and day < first) or (last and day > last):
        return None
    return day
