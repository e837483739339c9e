"""Usage: messages by day, and what the plan allows."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from parley.business.bounds import MAX_USAGE_DAYS
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Cursor, Next, Query, Shown
from parley.business.tiers import Tier  # noqa: TC001  (pydantic reads it)


def _day(value: object) -> date:
    """By hand, because pydantic takes numbers for days as well."""
    if isinstance(value, str) and len(value) == len("2026-11-23"):
        try:
            found = date.fromisoformat(value)
        except ValueError:
            found = date.min
        if found.isoformat() == value and found.year >= 1970 and found.year < 9999:
            return found
    raise PydanticCustomError("malformed", "write it as 2026-11-23")


type DayOfUtc = Annotated[
    date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date", "maxLength": 10})
]


class UsageQuery(Query):
    """Which days of UTC; 31 at most."""

    since: Annotated[DayOfUtc | None, Field(description="The first day; left out, a week up to `until`.")] = None
    until: Annotated[DayOfUtc | None, Field(description="The last day; left out, today.")] = None
    cursor: Cursor | None = None


class UsageDay(Shown):
    """The messages of one day of UTC."""

    day: str
    inbound: Annotated[int, Field(description="From customers.")]
    outbound: Annotated[int, Field(description="To customers, whatever became of them.")]
    test: Annotated[int, Field(description="Sent with a test key.")]
    final: Annotated[bool, Field(description="The day is over and counted; otherwise there may be more.")]


class UsageLimits(Shown):
    """Of all keys of the business together; above them 429."""

    requests_per_second: float
    burst: Annotated[int, Field(description="Calls at once.")]


class UsageView(Shown):
    """What a business uses and may use."""

    tier: Tier
    limits: UsageLimits
    data: Annotated[list[UsageDay], Field(description="The earliest day first.")]
    next_cursor: Next = None


GET: Final = Operation(
    id="getUsage",
    method="GET",
    path="/v1/usage",
    scope="read",
    summary="Messages by day, and the limits of the plan",
    description=f"Of {MAX_USAGE_DAYS} days at most. What is much is counted in several calls: follow the cursor.",
    query=UsageQuery,
    outcome="The days that are counted.",
    answer=UsageView,
)

OPERATIONS: Final = (GET,)
