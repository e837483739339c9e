"""Open or closed, by the clock on the business's own wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.business.channel import DAYS, Hours, Span, channel_of, minutes
from parley.conversation.opening import closed_period

VIENNA = "Europe/Vienna"
ZONES = (VIENNA, "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
MIDNIGHT = 24 * 60

TIMES = st.floats(datetime(2024, 1, 1, tzinfo=UTC).timestamp(), datetime(2030, 1, 1, tzinfo=UTC).timestamp())
SPANS = st.builds(Span, st.integers(0, MIDNIGHT - 1), st.integers(0, MIDNIGHT)).filter(
    lambda span: span.start != span.end
)
WEEKS = st.lists(st.lists(SPANS, max_size=3).map(tuple), min_size=7, max_size=7).map(tuple)
HOURS = st.builds(Hours, st.sampled_from(ZONES), WEEKS)


def hours(zone: str = VIENNA, holidays: dict[str, list[dict[str, str]]] | None = None, **week: str) -> Hours:
    """`hours(monday="09:00-12:00 13:00-18:00")`."""
    known = {
        "time_zone": zone,
        "hours": {day: spans(text) for day, text in week.items()},
        "holidays": [{"date": day, "hours": special} for day, special in (holidays or {}).items()],
    }
    found = channel_of(known).hours
    assert found is not None
    return found


def spans(text: str) -> list[dict[str, str]]:
    return [dict(zip(("from", "to"), span.split("-"), strict=True)) for span in text.split()]


def at(wall: str, zone: str = VIENNA, fold: int = 0) -> float:
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


WORK = hours(monday="09:00-12:00 13:00-18:00", tuesday="09:00-12:00", friday="20:00-02:00")
# 2026-11-23 is a Monday.


@pytest.mark.parametrize(
    ("wall", "closed_since"),
    [
        ("2026-11-23T09:00", None),
        ("2026-11-23T11:59", None),
        ("2026-11-23T12:00", "2026-11-23T12:00"),
        ("2026-11-23T12:59", "2026-11-23T12:00"),
        ("2026-11-23T17:59", None),
        ("2026-11-24T08:59", "2026-11-23T18:00"),
        ("2026-11-26T15:00", "2026-11-24T12:00"),
        ("2026-11-27T23:59", None),
        ("2026-11-28T01:59", None),
        ("2026-11-28T02:00", "2026-11-28T02:00"),
        ("2026-11-29T12:00", "2026-11-28T02:00"),
    ],
)
def test_a_week_with_a_break_and_a_night(wall: str, closed_since: str | None) -> None:
    assert closed_period(WORK, at(wall)) == closed_since


def test_a_holiday_takes_the_place_of_its_day() -> None:
    special = hours(
        monday="09:00-18:00",
        tuesday="09:00-18:00",
        holidays={"2026-11-23": [], "12-25": [], "2026-11-24": spans("10:00-11:00")},
    )

    assert closed_period(special, at("2026-11-23T10:00")) is not None
    assert closed_period(special, at("2026-11-24T09:30")) is not None
    assert closed_period(special, at("2026-11-24T10:30")) is None
    assert closed_period(special, at("2028-12-25T10:00")) is not None  # a Monday, every year
    assert closed_period(special, at("2026-11-30T10:00")) is None


def test_the_year_of_a_holiday_comes_before_every_year() -> None:
    once = hours(holidays={"12-25": [], "2026-12-25": spans("09:00-10:00")})

    assert closed_period(once, at("2026-12-25T09:30")) is None
    assert closed_period(once, at("2027-12-25T09:30")) is not None


def test_who_is_never_open_is_closed_for_a_month_at_a_time() -> None:
    never = hours()

    assert closed_period(never, at("2026-11-23T10:00")) == closed_period(never, at("2026-11-24T10:00")) == "2026-11"
    assert closed_period(never, at("2026-12-01T10:00")) == "2026-12"


def test_a_span_is_open_by_the_clock_on_the_wall_when_clocks_are_changed() -> None:
    night = hours(saturday="22:00-02:30", sunday="02:15-04:00")

    # 2026-03-29: 02:00 becomes 03:00. 2026-10-25: 03:00 becomes 02:00, so 02:20 comes twice.
    assert closed_period(night, at("2026-03-29T01:59")) is None
    assert closed_period(night, at("2026-03-29T03:00")) is None
    assert closed_period(night, at("2026-03-29T04:00")) is not None
    assert closed_period(night, at("2026-10-25T02:20")) is None
    assert closed_period(night, at("2026-10-25T02:20", fold=1)) is None


def on_the_wall(known: Hours, moment: float) -> datetime:
    return datetime.fromtimestamp(moment, ZoneInfo(known.time_zone)).replace(tzinfo=None)


def open_by_the_sign(known: Hours, wall: datetime) -> bool:
    """The same rule, minute by minute: today's spans, and what is left of yesterday's."""
    minute = wall.hour * 60 + wall.minute

    def spans_of(day: date) -> tuple[Span, ...]:
        return known.week[day.weekday()]

    today = any(
        span.start <= minute < (span.end if span.end > span.start else 2 * MIDNIGHT) for span in spans_of(wall.date())
    )
    yesterday = any(span.end <= span.start and minute < span.end for span in spans_of(wall.date() - timedelta(days=1)))
    return today or yesterday


@given(HOURS, TIMES)
def test_it_is_open_exactly_when_the_sign_says_so(known: Hours, moment: float) -> None:
    assert (closed_period(known, moment) is None) == open_by_the_sign(known, on_the_wall(known, moment))


@given(HOURS, st.sampled_from(["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01"]), st.integers(0, 47))
def test_that_is_so_on_the_days_on_which_clocks_are_changed(known: Hours, day: str, half_hours: int) -> None:
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() + half_hours * 1800

    assert (closed_period(known, moment) is None) == open_by_the_sign(known, on_the_wall(known, moment))


@settings(deadline=None, max_examples=50)
@given(HOURS, TIMES, st.integers(1, 72 * 60))
def test_a_closed_time_has_one_name_from_end_to_end(known: Hours, moment: float, later: int) -> None:
    """Looked at a while later: the same name, unless it was open in between."""
    moments = [moment + 60 * minute for minute in range(0, later, 21)]
    names = [closed_period(known, each) for each in moments]

    for before, after in pairwise(names):
        if before is not None and after is not None and len(before) > len("2026-11"):
            # A gap of some minutes may hide a short opening; then the new name is the end of that.
            assert after >= before


@settings(deadline=None, max_examples=30)
@given(HOURS)
def test_different_closed_times_have_different_names(known: Hours) -> None:
    start = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
    seen: list[str | None] = []
    for step in range(7 * 24):
        name = closed_period(known, start + step * 3600)
        if not seen or seen[-1] != name:
            seen.append(name)

    named = [name for name in seen if name is not None]
    assert len(named) == len(set(named))


def test_times_of_day() -> None:
    assert [minutes(text) for text in ("00:00", "09:30", "24:00")] == [0, 570, MIDNIGHT]
    assert len(DAYS) == 7
