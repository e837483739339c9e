"""Spans of time as ULIDs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.conversation.identity import ulid
from parley.conversation.ulids import FIRST, LAST, Span, after, before, first_of, is_ulid, time_of

MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (given its zone there)
ULIDS = st.builds(ulid, st.floats(0, 2**38), st.binary(min_size=10, max_size=10).map(lambda chance: lambda _: chance))


@given(MOMENTS, MOMENTS)
def test_ulids_sort_as_their_moments_do(one: datetime, other: datetime) -> None:
    apart = abs(one - other) >= timedelta(milliseconds=1)

    assert is_ulid(first_of(one))
    assert not apart or (first_of(one) < first_of(other)) == (one < other)


@given(ULIDS)
def test_nothing_stands_between_a_ulid_and_its_neighbours(one: str) -> None:
    following, preceding = after(one), before(one)

    assert following is None or before(following) == one
    assert preceding is None or after(preceding) == one
    assert following is None or following > one
    assert preceding is None or preceding < one


def test_the_ends_have_no_neighbour_beyond() -> None:
    assert before(FIRST) is None
    assert after(LAST) is None
    assert Span(FIRST, LAST).up_to(FIRST) is None
    assert Span(FIRST, LAST).behind(LAST) is None


@pytest.mark.parametrize(
    "text", ["", "0" * 25, "8" + "0" * 25, "I" * 26, "0" * 27, FIRST.lower() + "\n", "\u0661" * 26]
)
def test_what_is_no_ulid(text: str) -> None:
    assert not is_ulid(text)


def test_a_span_holds_its_beginning_but_not_its_end() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    span = Span.of(noon, noon + timedelta(seconds=1))

    assert span is not None
    for moment, inside in ((11.999, False), (12.0, True), (12.999, True), (13.0, False)):
        seconds = (noon - timedelta(seconds=12)).timestamp() + moment
        assert (span.first <= ulid(seconds) <= span.last) is inside, moment


def test_a_span_may_be_open_empty_or_before_all_time() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)

    assert Span.of(None, None) == Span(FIRST, LAST)
    empty = Span.of(noon, noon)
    assert empty is not None
    assert empty.is_empty
    assert Span.of(None, datetime(1969, 12, 31, tzinfo=UTC)) is None
    assert Span.of(datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), None) == Span(FIRST, LAST)


def test_a_ulid_tells_its_time() -> None:
    assert time_of(ulid(1_767_225_600.123)) == 1_767_225_600.123
