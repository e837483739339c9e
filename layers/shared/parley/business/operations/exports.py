"""Exports: all that is kept of one conversation, page by page."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from parley.business.api import MessageView
from parley.business.bounds import DEFAULT_PAGE
from parley.business.operations.conversations import ConversationView
from parley.business.operations.deliveries import AttemptView  # noqa: TC001  (pydantic reads it)
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Cursor, Limit, Next, Query, Shown


class ExportQuery(Query):
    """Which page."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_PAGE


class ExportedConversation(ConversationView):
    """With the customer's own id, which other answers do not show."""

    opaque_id: str


class ExportedMessage(MessageView):
    """A message with every try that failed."""

    failed_attempts: list[AttemptView] | None = None


class ExportPage(Shown):
    """The oldest messages first. A page may be short and still have a `next_cursor`."""

    conversation: Annotated[ExportedConversation | None, Field(description="On the first page.")] = None
    messages: list[ExportedMessage]
    next_cursor: Next = None


EXPORT: Final = Operation(
    id="exportConversation",
    method="GET",
    path="/v1/conversations/{conversation_id}/export",
    scope="privacy",
    summary="All that is kept of a conversation",
    description=(
        "For a customer who asks what is known of them. Files are listed with their ids and hashes; what is `omitted` "
        "is given by `GET /v1/messages/{id}`."
    ),
    query=ExportQuery,
    outcome="One page.",
    answer=ExportPage,
    refusals={404: "No such conversation of this business."},
)

OPERATIONS: Final = (EXPORT,)
