"""Usage."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from parley.business import cursors
from parley.business.operations import usage as operations
from parley.business.operations.usage import UsageDay, UsageLimits, UsageQuery, UsageView
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, shown

if TYPE_CHECKING:
    from parley.business.calls import Answer


def get(call: Call) -> Answer:
    """GET /v1/usage."""
    query: UsageQuery = call.query
    filters = {"since": query.since, "until": query.until}
    first, last = query.since, query.until
    if query.cursor is not None:
        reached = cursors.read(query.cursor, business_id=call.business_id, filters=filters).partition("/")
        first, last = date.fromisoformat(reached[0]), date.fromisoformat(reached[2])
    used = compose.usage()(call.business_id, first, last)
    following = None
    if used.following is not None:
        place = f"{used.following.isoformat()}/{used.last.isoformat()}"
        following = cursors.write(place, business_id=call.business_id, filters=filters)
    view = UsageView(
        tier=used.tier,
        limits=UsageLimits(requests_per_second=used.limits.requests_per_second, burst=used.limits.burst),
        data=[
            UsageDay(
                day=each.day.isoformat(),
                inbound=each.count.inbound,
                outbound=each.count.outbound,
                test=each.count.test,
                final=each.is_over,
            )
            for each in used.days
        ],
        next_cursor=following,
    )
    return shown(operations.GET, view)


ROUTES = (Route(operations.GET, get),)
