"""Somebody asks to be forgotten: begun here, and asked about. The work is done by `erase.Erase`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from parley.conversation.erasures import Erasure
from parley.conversation.events import Forgetting
from parley.conversation.identity import conversation_id
from parley.conversation.ulids import Span
from parley.errors import NotFound, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.services import ports


class Erasures:
    """An erasure is stored before it is answered: from then on it is done, whoever dies."""

    def __init__(
        self,
        *,
        erasures: ports.Erasures,
        conversations: ports.Conversations,
        store: ports.Deliveries,
        notes: ports.ErasureNotes,
        clock: Callable[[], float],
        new_ulid: Callable[[], str],
    ) -> None:
        self._erasures = erasures
        self._conversations = conversations
        self._store = store
        self._notes = notes
        self._clock = clock
        self._new_ulid = new_ulid

    def of_conversation(self, business_id: str, conversation: str) -> Erasure:
        """Forget one conversation. Raises NotFound (`conversation_unknown`): another business's is none."""
        known = self._conversations.get(conversation)
        ours = known.business_id == business_id if known is not None else self._has_messages(business_id, conversation)
        if not ours:
            raise NotFound("no such conversation", code="conversation_unknown")
        return self._begin(business_id, conversation)

    def of_customer(self, business_id: str, opaque_id: str) -> Erasure:
        """Forget a customer, known or not: who asks twice is told twice that nothing is left."""
        return self._begin(business_id, conversation_id(business_id, opaque_id))

    def get(self, business_id: str, erasure_id: str) -> Erasure:
        """Raises NotFound (`erasure_unknown`)."""
        erasure = self._erasures.get(business_id, erasure_id)
        if erasure is None:
            raise NotFound("no such erasure", code="erasure_unknown")
        return erasure

    def _begin(self, business_id: str, conversation: str) -> Erasure:
        erasure = Erasure(self._new_ulid(), business_id, conversation, requested_at=self._clock())
        if not self._erasures.save(erasure):
            raise Retryable("the erasure could not be stored; call again", code="erasure_busy", after=1)
        with suppress(Retryable):  # it stands in `due`: the sweeper sees to it
            self._notes.send(Forgetting(business_id, erasure.id))
        return erasure

    def _has_messages(self, business_id: str, conversation: str) -> bool:
        """Of a customer who has been written to, and has never answered, only the messages are known."""
        page = self._store.places(business_id, span=Span(), limit=1, newest_first=True, conversation_id=conversation)
        return bool(self._store.read(business_id, (place.message_id for place in page.places)))
