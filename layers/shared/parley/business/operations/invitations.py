"""Invitations: asking somebody by telephone number, and what came of it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from parley.business.api import MessageFault  # noqa: TC001  (pydantic reads it)
from parley.business.bounds import DEFAULT_PAGE
from parley.business.kinds.invitation import Invitation
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Cursor, Limit, Next, Query, Shown


class NewInvitation(Invitation):
    """As the message of this kind; the `type` may be left out."""

    type: Literal["invitation"] = "invitation"


class InvitationView(Shown):
    """One person, invited under one reference; the last time, if it was more than once."""

    reference_id: str
    message_id: str
    to: str
    state: Annotated[
        Literal["queued", "sent", "failed", "unknown", "cancelled", "accepted", "declined", "closed"],
        Field(
            description="Of the message until there is an answer. `closed`: the person deleted it, or ended what "
            "they had accepted."
        ),
    ]
    created_at: str
    sent_at: str | None = None
    answered_at: str | None = None
    conversation_id: Annotated[
        str | None, Field(description="The conversation that began with a yes: write there.")
    ] = None
    closed_at: str | None = None
    error: MessageFault | None = None


class InvitationList(Shown):
    """A page may be short, even empty, and still have a `next_cursor`."""

    data: list[InvitationView]
    next_cursor: Next = None


class InvitationQuery(Query):
    """Which page."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_PAGE


CREATE: Final = Operation(
    id="createInvitation",
    method="POST",
    path="/v1/invitations",
    scope="send",
    summary="Invite somebody to a conversation",
    description=(
        "Somebody who has agreed to be asked, by telephone number. It is a message of the kind `invitation`, and the "
        "same call to `POST /v1/messages` does the same."
    ),
    body=(NewInvitation,),
    status=202,
    outcome="Stored, and on its way.",
    answer=InvitationView,
    headers=("Location",),
    once=True,
)
LIST: Final = Operation(
    id="listInvitations",
    method="GET",
    path="/v1/invitations",
    scope="read",
    summary="Who was invited, and what came of it",
    query=InvitationQuery,
    outcome="The newest first.",
    answer=InvitationList,
)
GET: Final = Operation(
    id="getInvitation",
    method="GET",
    path="/v1/invitations/{reference_id}",
    scope="read",
    summary="Everybody who was invited under one reference",
    query=InvitationQuery,
    outcome="Everybody, in no order.",
    answer=InvitationList,
    refusals={404: "Nobody was invited under this reference by this business."},
)

OPERATIONS: Final = (CREATE, LIST, GET)
