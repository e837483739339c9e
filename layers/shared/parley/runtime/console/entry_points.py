"""Entry points."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from parley.apple import entry_points as apple
from parley.business import cursors
from parley.business.api import Note
from parley.business.calls import Answer
from parley.business.operations import entry_points as operations
from parley.business.operations.entry_points import (
    CodeQuery,
    EntryPointList,
    EntryPointQuery,
    EntryPointView,
    NewEntryPoint,
)
from parley.business.webhooks import iso
from parley.conversation.ulids import is_ulid
from parley.errors import Fault, Invalid
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, drawn, shown
from parley.services.entry_points import unknown

if TYPE_CHECKING:
    from parley.business.model import EntryPoint


def create(call: Call) -> Answer:
    """POST /v1/entry-points."""
    new: NewEntryPoint = call.body
    made = compose.entry_points().create(call.business_id, **new.model_dump())
    return shown(operations.CREATE, _view(made), {"Location": f"/v1/entry-points/{made.id}"})


def everything(call: Call) -> Answer:
    """GET /v1/entry-points."""
    query: EntryPointQuery = call.query
    after = None
    if query.cursor is not None:
        after = cursors.read(query.cursor, business_id=call.business_id, filters={})
        if not is_ulid(after):
            raise Invalid([Fault("?cursor", "cursor_invalid", "use the next_cursor of this very list")])
    found, more = compose.entry_points().page(call.business_id, after=after, limit=query.limit)
    following = cursors.write(found[-1].id, business_id=call.business_id, filters={}) if more else None
    return shown(operations.LIST, EntryPointList(data=[_view(each) for each in found], next_cursor=following))


def get(call: Call) -> Answer:
    """GET /v1/entry-points/{entry_point_id}."""
    return shown(operations.GET, _view(_named(call)))


def remove(call: Call) -> Answer:
    """DELETE /v1/entry-points/{entry_point_id}."""
    compose.entry_points().remove(call.business_id, _id(call))
    return Answer(HTTPStatus.NO_CONTENT)


def svg(call: Call) -> Answer:
    """GET /v1/entry-points/{entry_point_id}/qr.svg."""
    query: CodeQuery = call.query
    link = _link(_named(call))
    from parley.business import qr

    return drawn(operations.SVG, qr.svg(link, size=query.size, error=query.error).encode())


def png(call: Call) -> Answer:
    """GET /v1/entry-points/{entry_point_id}/qr.png."""
    query: CodeQuery = call.query
    link = _link(_named(call))
    from parley.business import qr

    return drawn(operations.PNG, qr.png(link, size=query.size, error=query.error))


def _id(call: Call) -> str:
    entry_point_id = call.path["entry_point_id"].upper()
    if not is_ulid(entry_point_id):
        raise unknown()
    return entry_point_id


def _named(call: Call) -> EntryPoint:
    return compose.entry_points().get(call.business_id, _id(call))


def _link(known: EntryPoint) -> str:
    return apple.link(known.business_id, intent=known.intent, group=known.group, body=known.body)


def _view(known: EntryPoint) -> EntryPointView:
    named = {"intent": known.intent, "group": known.group}
    odd = [name for name, word in named.items() if word is not None and not apple.is_plain(word)]
    words = "letters, digits, _, - and . are read the same by everybody; the rest is encoded"
    return EntryPointView(
        id=known.id,
        name=known.name,
        **named,
        body=known.body,
        link=_link(known),
        open_link=apple.open_link(known.business_id, **named, body=known.body),
        web_button=apple.web_button(known.business_id, **named),
        created_at=iso(known.created_at),
        notes=[Note(path=f"/{name}", note=words) for name in odd] or None,
    )


ROUTES = (
    Route(operations.CREATE, create),
    Route(operations.LIST, everything),
    Route(operations.GET, get),
    Route(operations.REMOVE, remove),
    Route(operations.SVG, svg),
    Route(operations.PNG, png),
)
