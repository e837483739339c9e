"""Notes of agents and bots about a conversation."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from parley.business.bounds import DEFAULT_PAGE, MAX_NOTES
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Cursor, Limit, Next, Query, Shown

MAX_BODY: Final = 4000
MAX_AUTHOR: Final = 64


class NewNote(Asked):
    """A note for your own people and programs. The customer never sees it."""

    body: Annotated[str, Field(min_length=1, max_length=MAX_BODY)]
    author: Annotated[
        str | None, Field(min_length=1, max_length=MAX_AUTHOR, description="Who notes it, by any name of yours.")
    ] = None


class NoteQuery(Query):
    """Which page."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_PAGE


class NoteView(Shown):
    """A note, kept as long as messages are."""

    id: str
    body: str
    author: str | None = None
    created_at: str


class NotePage(Shown):
    """The newest first."""

    data: list[NoteView]
    next_cursor: Next = None


_ALL: Final = "/v1/conversations/{conversation_id}/notes"
_UNKNOWN: Final = {404: "No such conversation of this business."}

CREATE: Final = Operation(
    id="createNote",
    method="POST",
    path=_ALL,
    scope="send",
    summary="Note something about a conversation",
    description="For those who handle it after you. It is never sent to the customer, and no webhook tells of it.",
    body=(NewNote,),
    status=201,
    outcome="Noted.",
    answer=NoteView,
    headers=("Location",),
    refusals=_UNKNOWN | {409: f"There are {MAX_NOTES} notes already."},
    once=True,
)
LIST: Final = Operation(
    id="listNotes",
    method="GET",
    path=_ALL,
    scope="read",
    summary="What was noted about a conversation",
    query=NoteQuery,
    outcome="The newest first.",
    answer=NotePage,
    refusals=_UNKNOWN,
)
REMOVE: Final = Operation(
    id="deleteNote",
    method="DELETE",
    path=f"{_ALL}/{{note_id}}",
    scope="send",
    summary="Delete a note",
    status=204,
    outcome="Deleted.",
    refusals={404: "No such conversation of this business, or no such note."},
)

OPERATIONS: Final = (CREATE, LIST, REMOVE)
