"""Days in the patterns of a form's date picker (protocol/05 §3.3)."""

from __future__ import annotations

from datetime import date

import pytest

from local.gateway import form_dates


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("MM/dd/yyyy", "03/04/2027"),
        ("d.M.yy", "4.3.27"),
        ("yyyy-MM-dd", "2027-03-04"),
        ("EEE, d MMM yyyy", "Thu, 4 Mar 2027"),
        ("MMMM d, y", "March 4, 2027"),
        ("'on the' dd.LL.uuuu", "on the 04.03.2027"),
        ("d 'o''clock' M y", "4 o'clock 3 2027"),
    ],
)
def test_a_day_is_written_and_read_in_its_pattern(pattern: str, text: str) -> None:
    assert form_dates.show(date(2027, 3, 4), pattern) == text
    assert form_dates.read(text, pattern) == date(2027, 3, 4)


@pytest.mark.parametrize("text", ["", "4.3.", "13/40/2027", "Foo 4, 2027", "2027-02-30", "20270304"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert form_dates.read(text, "MM/dd/yyyy") is None
    assert form_dates.read(text, "MMM d, yyyy") is None


def test_a_pattern_that_names_a_part_again_and_again_is_not_read() -> None:
    assert form_dates.read("1" * 10_000, "dMdMdM" * 30) is None
    assert form_dates.read("2027-03-04", "dd dd") == date(2027, 3, 4)
