"""Notes about a conversation."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from parley.business.calls import Answer
from parley.business.operations import notes as operations
from parley.business.operations.notes import NewNote, NotePage, NoteQuery, NoteView
from parley.business.webhooks import iso
from parley.conversation.ulids import Span, is_ulid
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, shown
from parley.runtime.console.pages import following, left_of
from parley.services.notes import unknown

if TYPE_CHECKING:
    from parley.conversation.notes import Note


def create(call: Call) -> Answer:
    """POST /v1/conversations/{conversation_id}/notes."""
    new: NewNote = call.body
    note = compose.notes().add(call.business_id, call.path["conversation_id"], body=new.body, author=new.author)
    location = {"Location": f"/v1/conversations/{note.conversation_id}/notes/{note.id}"}
    return shown(operations.CREATE, _view(note), location)


def newest(call: Call) -> Answer:
    """GET /v1/conversations/{conversation_id}/notes."""
    query: NoteQuery = call.query
    span = left_of(call, Span())
    page = compose.notes().newest(call.business_id, call.path["conversation_id"], span, limit=query.limit)
    view = NotePage(data=[_view(note) for note in page.notes], next_cursor=following(call, page.reached))
    return shown(operations.LIST, view)


def remove(call: Call) -> Answer:
    """DELETE /v1/conversations/{conversation_id}/notes/{note_id}."""
    note_id = call.path["note_id"].upper()
    conversation = compose.handover().get(call.business_id, call.path["conversation_id"])
    if not is_ulid(note_id):
        raise unknown()
    compose.notes().remove(call.business_id, conversation.id, note_id)
    return Answer(HTTPStatus.NO_CONTENT)


def _view(note: Note) -> NoteView:
    return NoteView(id=note.id, body=note.body, author=note.author, created_at=iso(note.created_at))


ROUTES = (
    Route(operations.CREATE, create),
    Route(operations.LIST, newest),
    Route(operations.REMOVE, remove),
)
