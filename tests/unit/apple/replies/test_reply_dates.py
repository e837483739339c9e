"""Instants and days as devices spell them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from parley.apple.replies import dates

HALF_PAST_NINE = datetime(2027, 5, 6, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "spelling",
    [
        "2027-05-06T09:30+0000",
        "2027-05-06T11:30+0200",
        "2027-05-06T11:30+02:00",
        "2027-05-06T11:30+02",
        "2027-05-06T02:30-0700",
        "2027-05-06T09:30Z",
        "2027-05-06T09:30:00Z",
        "2027-05-06T09:30:00.000Z",
        "2027-05-06t09:30z",
        "2027-05-06 09:30 +0000",
        " 2027-05-06T09:30+0000 ",
        "20270506T0930Z",
        "2027-05-06T09:30",
        1809595800,
        1809595800.0,
        "1809595800",
        1809595800000,
        "1809595800000",
    ],
)
def test_every_spelling_of_an_instant_is_the_same_aware_datetime(spelling: object) -> None:
    found = dates.instant(spelling)

    assert found == HALF_PAST_NINE
    assert found is not None
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "spelling",
    ["", "soon", "2027-13-01T00:00Z", "0001-01-01T00:00+1400", None, True, [], {}, 1e300, float("nan"), float("inf")],
)
def test_what_is_no_instant_is_none(spelling: object) -> None:
    assert dates.instant(spelling) is None


@pytest.mark.parametrize(
    ("shown", "pattern"),
    [
        ("03/12/2027", "MM/dd/yyyy"),
        ("3/12/2027", "MM/dd/yyyy"),
        ("12.03.2027", "dd.MM.yyyy"),
        ("12.3.27", "d.M.yy"),
        ("2027-03-12", "yyyy-MM-dd"),
        ("20270312", "yyyyMMdd"),
        ("2027年3月12日", "y年M月d日"),
        ("Mar 12, 2027", "MMM d, yyyy"),
        ("12 march 2027", "d MMMM y"),
        ("Friday, 12 March 2027", "EEEE, d MMMM yyyy"),
        ("12 de 03 de 2027", "d 'de' MM 'de' yyyy"),
        ("12 o'03 2027", "d 'o'''MM yyyy"),
        ("12'03'2027", "dd''MM''yyyy"),
        ("12' 03 2027", "dd' MM yyyy"),
        ("12.03.2027", "dd.LL.uuuu"),
        ("12.03.2027", "dd.MM.YYYY"),
        ("12/3/27", "d/M/y"),
        ("\u200e12/\u200e03/\u200e2027", "dd/MM/yyyy"),
        ("12\u00a003\u202f2027", "dd MM yyyy"),
        ("١٢/٠٣/٢٠٢٧", "dd/MM/yyyy"),
    ],
)
def test_a_day_is_read_by_the_pattern_it_was_asked_in(shown: str, pattern: str) -> None:
    assert dates.day(shown, pattern) == date(2027, 3, 12)


@pytest.mark.parametrize(
    ("shown", "pattern"),
    [
        ("", "MM/dd/yyyy"),
        ("12.03.2027", "MM/dd/yyyy"),
        ("13/12/2027", "MM/dd/yyyy"),
        ("12 März 2027", "d MMMM yyyy"),
        ("März 2027", "MMMM yyyy"),
        ("12/03", "dd/MM"),
        ("12/03/2027", "dd/MM/yyyy" + "E" * 60),
        ("x" * 60 + " 12/03/2027", "E dd/MM/yyyy"),
        ("03/03/12/2027", "MM/MM/dd/yyyy"),
    ],
)
def test_a_day_that_does_not_fit_its_pattern_is_none(shown: str, pattern: str) -> None:
    assert dates.day(shown, pattern) is None


@pytest.mark.parametrize(
    ("moment", "meant"),
    [
        (datetime(2027, 3, 11, 23, tzinfo=UTC), date(2027, 3, 12)),  # Berlin
        (datetime(2027, 3, 12, 0, tzinfo=UTC), date(2027, 3, 12)),  # London
        (datetime(2027, 3, 12, 5, tzinfo=UTC), date(2027, 3, 12)),  # New York
        (datetime(2027, 3, 12, 8, tzinfo=UTC), date(2027, 3, 12)),  # Los Angeles
        (datetime(2027, 3, 11, 12, tzinfo=UTC), date(2027, 3, 12)),  # Auckland in winter
        (datetime(2027, 3, 11, 11, tzinfo=UTC), None),  # Auckland in summer, or Pago Pago
        (datetime(2027, 3, 12, 10, tzinfo=UTC), None),  # Honolulu, or Kiritimati
        (datetime.max.replace(tzinfo=UTC), None),
    ],
)
def test_a_local_midnight_names_its_day_only_where_that_is_certain(moment: datetime, meant: date | None) -> None:
    assert dates.local_midnight(moment) == meant
