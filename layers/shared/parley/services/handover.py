"""One conversation as the business sees it, and who handles it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.conversation.events import Event, Kind
from parley.errors import Fault, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.conversation.records import Conversation
    from parley.services import ports


class Handover:
    """Both raise NotFound (`conversation_unknown`) for a conversation that is not this business's."""

    def __init__(
        self,
        *,
        store: ports.EndpointStore,
        conversations: ports.Conversations,
        handovers: ports.Handovers,
        events: ports.Events,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._handovers = handovers
        self._events = events
        self._new_id = new_id

    def get(self, business_id: str, conversation_id: str) -> Conversation:
        """The conversation as it is now."""
        known = self._conversations.get(conversation_id)
        if known is None or known.business_id != business_id or not known.is_with_customer:
            raise _unknown()
        return known

    def __call__(self, business_id: str, conversation_id: str, endpoint_id: str | None) -> Conversation:
        """Hand it to an endpoint, or back to the routes (None). Raises Invalid (`unknown_endpoint`)."""
        if endpoint_id is not None and endpoint_id not in self._store.read(business_id).business.endpoints:
            message = "use the id of an endpoint of this business, or null"
            raise Invalid([Fault("/endpoint_id", "unknown_endpoint", message)])
        if not self._handovers.hand_over(business_id, conversation_id, endpoint_id):
            raise _unknown()
        conversation = self.get(business_id, conversation_id)
        if conversation.is_held:
            wake = Event(Kind.WAKE, business_id, conversation_id, forced=True)
            self._events.send(wake, deduplication_id=f"handover-{self._new_id()}")
        return conversation


def _unknown() -> NotFound:
    return NotFound("no such conversation", code="conversation_unknown")
