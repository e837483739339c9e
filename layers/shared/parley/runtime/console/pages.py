"""Pages of lists that go by time: which span a cursor leaves, and the cursor to what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.business import cursors
from parley.conversation.ulids import is_ulid
from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from pydantic import BaseModel

    from parley.conversation.ulids import Span
    from parley.runtime.console.call import Call


def left_of(call: Call, span: Span | None, *, newest_first: bool = True) -> Span | None:
    """What of the span the pages before have not shown. Raises Invalid (`cursor_invalid`)."""
    cursor = call.query.cursor
    if cursor is None or span is None:
        return span
    place = cursors.read(cursor, business_id=call.business_id, filters=_filters(call))
    if not is_ulid(place):
        raise Invalid([Fault("?cursor", "cursor_invalid", "use the next_cursor of this very list")])
    return span.up_to(place) if newest_first else span.behind(place)


def following(call: Call, reached: str | None) -> str | None:
    """The cursor to what comes after `reached`."""
    return None if reached is None else cursors.write(reached, business_id=call.business_id, filters=_filters(call))


def _filters(call: Call) -> dict[str, Any]:
    """A cursor holds for one list with one filter, whatever the size of its pages."""
    query: BaseModel = call.query
    return {**call.path, **query.model_dump(exclude={"cursor", "limit"})}
