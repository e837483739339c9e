"""Whether a business is open, by the clock on its own wall.

Hours are what a sign on the door says, so they are compared with wall time: 09:00 is 09:00 before and after the clocks
are changed. In the hour that comes twice the sign is right twice; an hour that is left out is nobody's.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from parley.business.channel import Hours

LOOK_BACK_DAYS: Final = 31
"""How far back the end of the last opening is looked for."""


def closed_period(hours: Hours, at: float) -> str | None:
    """None while it is open at `at` (Unix seconds); else the name of the closed time, the same from end to end.

    That is the wall time at which it began. Who has not been open for a month has one such time a month.
    """
    from zoneinfo import ZoneInfo

    now = datetime.fromtimestamp(at, ZoneInfo(hours.time_zone)).replace(tzinfo=None)
    closed: datetime | None = None
    for back in range(LOOK_BACK_DAYS + 1):
        known = closed
        for start, end in _openings(hours, (now - timedelta(days=back)).date()):
            if start <= now < end:
                return None
            if end <= now:
                closed = end if closed is None else max(closed, end)
        if known is not None:
            break  # what began the day before may have ended last; what began earlier has not
    return f"{now:%Y-%m}" if closed is None else closed.isoformat(timespec="minutes")


def _openings(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Wall times, of what begins on `day`."""
    special = hours.holidays.get(day.isoformat())
    if special is None:
        special = hours.holidays.get(f"{day:%m-%d}")
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (wall time)
    for span in hours.week[day.weekday()] if special is None else special:
        over = 0 if span.end > span.start else 1
        yield midnight + timedelta(minutes=span.start), midnight + timedelta(days=over, minutes=span.end)
