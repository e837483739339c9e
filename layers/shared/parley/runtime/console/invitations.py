"""Invitations, as far as they are asked for; inviting is in `functions/outbound`, with all that a message needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business import cursors
from parley.business.calls import Answer
from parley.business.operations import invitations as operations
from parley.conversation.identity import is_conversation_id
from parley.conversation.ulids import is_ulid
from parley.errors import Fault, Invalid
from parley.runtime import compose
from parley.runtime.console.call import Call, Route
from parley.runtime.views import invitation_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.operations.invitations import InvitationQuery
    from parley.conversation.invitations import Invited


def newest(call: Call) -> Answer:
    """GET /v1/invitations."""
    query: InvitationQuery = call.query
    after = _place(call, {}, is_ulid)
    found, following = compose.invitations().page(call.business_id, after=after, limit=query.limit)
    return _list(call, found, following, {})


def under(call: Call) -> Answer:
    """GET /v1/invitations/{reference_id}."""
    query: InvitationQuery = call.query
    reference_id = call.path["reference_id"]
    filters = {"reference_id": reference_id}
    after = _place(call, filters, is_conversation_id)
    found, following = compose.invitations().under(call.business_id, reference_id, after=after, limit=query.limit)
    return _list(call, found, following, filters)


def _place(call: Call, filters: dict[str, str], is_place: Callable[[str], bool]) -> str | None:
    query: InvitationQuery = call.query
    if query.cursor is None:
        return None
    place = cursors.read(query.cursor, business_id=call.business_id, filters=filters)
    if not is_place(place):
        raise Invalid([Fault("?cursor", "cursor_invalid", "use the next_cursor of this very list")])
    return place


def _list(call: Call, found: list[Invited], following: str | None, filters: dict[str, str]) -> Answer:
    content: dict[str, object] = {"data": [invitation_view(each) for each in found]}
    if following is not None:
        content["next_cursor"] = cursors.write(following, business_id=call.business_id, filters=filters)
    return Answer(operations.LIST.status, content)


ROUTES = (Route(operations.LIST, newest), Route(operations.GET, under))
