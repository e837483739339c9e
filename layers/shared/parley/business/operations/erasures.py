"""Erasures: a customer asks to be forgotten, and the business gets a receipt."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Shown


class NewErasure(Asked):
    """Who is to be forgotten."""

    customer: Annotated[
        str,
        Field(
            min_length=1,
            max_length=1024,
            description="`customer.opaque_id` of a webhook, or the telephone number as it was written to.",
        ),
    ]


class Deleted(Shown):
    """How much is gone. After a crash of the one who counts, a little more than it says."""

    messages: Annotated[int, Field(description="Of both directions, and news about them.")]
    attempts: Annotated[int, Field(description="Failed attempts, with what was answered.")]
    attachments: Annotated[int, Field(description="Files and large contents, with their bytes.")]
    marks: Annotated[int, Field(description="What led to a message: places in line, questions, sessions, notes.")]
    dead_letters: Annotated[int, Field(description="Notes that had been given up.")]


class Receipt(Shown):
    """An erasure and how far it is. It names no customer, and nothing that was said."""

    id: str
    state: Literal["running", "completed"]
    conversation_id: Annotated[str, Field(description="A hash of the customer's id, of no use without it.")]
    requested_at: str
    erased_at: Annotated[
        str | None, Field(description="Contents are gone since then. A second look takes what was at work meanwhile.")
    ] = None
    completed_at: str | None = None
    deleted: Deleted
    kept_files: Annotated[int, Field(description="Files of yours that you sent to other customers too.")] = 0
    unread_dead_letters: Annotated[
        list[str] | None,
        Field(description="Dead-letter queues too long to be read to the end: empty them and erase again."),
    ] = None


_LOCATION: Final = ("Location",)
_DESCRIPTION: Final = (
    "Messages of both directions, attachments, held deliveries, dead letters and everything that led to them. What "
    "Apple or this MSP still has on its way is not delivered any more. If the customer writes again, they begin anew."
)

ERASE_CONVERSATION: Final = Operation(
    id="eraseConversation",
    method="DELETE",
    path="/v1/conversations/{conversation_id}",
    scope="privacy",
    summary="Forget a conversation",
    description=_DESCRIPTION,
    status=202,
    outcome="It has begun; ask for its receipt.",
    answer=Receipt,
    headers=_LOCATION,
    refusals={404: "No such conversation of this business."},
)
CREATE: Final = Operation(
    id="eraseCustomer",
    method="POST",
    path="/v1/erasures",
    scope="privacy",
    summary="Forget a customer",
    description=_DESCRIPTION,
    body=(NewErasure,),
    status=202,
    outcome="It has begun; ask for its receipt.",
    answer=Receipt,
    headers=_LOCATION,
    once=True,
)
GET: Final = Operation(
    id="getErasure",
    method="GET",
    path="/v1/erasures/{erasure_id}",
    scope="privacy",
    summary="The receipt of an erasure",
    description="Kept for 400 days.",
    outcome="The receipt.",
    answer=Receipt,
    refusals={404: "No such erasure of this business."},
)

OPERATIONS: Final = (ERASE_CONVERSATION, CREATE, GET)
