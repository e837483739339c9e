"""Notes of agents and bots about a conversation: for each other, never for the customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parley.business.bounds import MAX_NOTES
from parley.conversation.notes import Note
from parley.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.conversation.ulids import Span
    from parley.services import ports
    from parley.services.handover import Handover


@dataclass(frozen=True, slots=True)
class Listed:
    """One page. `reached` is the id of its last note; None at the end."""

    notes: list[Note]
    reached: str | None


class Notes:
    """Each call raises NotFound (`conversation_unknown`) for a conversation that is not this business's."""

    def __init__(
        self, *, handover: Handover, store: ports.Notes, clock: Callable[[], float], new_ulid: Callable[[], str]
    ) -> None:
        self._known = handover.get
        self._store = store
        self._clock = clock
        self._new_ulid = new_ulid

    def add(self, business_id: str, conversation_id: str, *, body: str, author: str | None) -> Note:
        """Keep one. Raises Conflict (`too_many_notes`)."""
        self._known(business_id, conversation_id)
        note = Note(self._new_ulid(), conversation_id, self._clock(), body, author)
        if self._store.add(business_id, note):
            return note
        # Some that are counted may have expired since.
        if self._store.recount(conversation_id) < MAX_NOTES and self._store.add(business_id, note):
            return note
        raise Conflict(f"there are {MAX_NOTES} notes; delete some", code="too_many_notes")

    def newest(self, business_id: str, conversation_id: str, span: Span | None, *, limit: int) -> Listed:
        """The newest `limit` of a span."""
        self._known(business_id, conversation_id)
        if span is None:
            return Listed([], None)
        notes, more = self._store.newest(conversation_id, span=span, limit=limit)
        return Listed(notes, notes[-1].id if more and notes else None)

    def remove(self, business_id: str, conversation_id: str, note_id: str) -> None:
        """Delete one. Raises NotFound (`note_unknown`)."""
        self._known(business_id, conversation_id)
        if not self._store.remove(conversation_id, note_id):
            raise unknown()


def unknown() -> NotFound:
    """There is no such note."""
    return NotFound("no such note", code="note_unknown")
