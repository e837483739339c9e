"""Days of UTC, and what was counted in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from parley.conversation.ulids import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SETTLED_SECONDS: Final = 3600
"""After a day is over: what was received in it is in the index by then."""


@dataclass(frozen=True, slots=True)
class Count:
    """Messages, by where they went."""

    inbound: int = 0
    outbound: int = 0
    test: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.inbound + other.inbound, self.outbound + other.outbound, self.test + other.test)


@dataclass(frozen=True, slots=True)
class DayCount:
    """What is counted of a day so far, partition by partition. It is kept only when the day is over."""

    day: date
    shards: Mapping[str, Count] = field(default_factory=dict)

    @property
    def total(self) -> Count:
        """Of all that is counted."""
        return sum(self.shards.values(), start=Count())


def day_of(at: float) -> date:
    """The day of a moment in Unix seconds."""
    return datetime.fromtimestamp(at, UTC).date()


def days(first: date, last: date) -> Iterator[date]:
    """All of them, the first and the last included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def is_over(day: date, *, now: float) -> bool:
    """Whether nothing more will be counted in it."""
    return now >= _begin(day + timedelta(days=1)).timestamp() + SETTLED_SECONDS


def span_of(day: date) -> Span:
    """Everything received on that day."""
    span = Span.of(_begin(day), _begin(day + timedelta(days=1)))
    assert span is not None  # noqa: S101  (only the time before 1970 has none)
    return span


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
