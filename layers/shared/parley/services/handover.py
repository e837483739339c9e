"""One conversation as the business sees it, and who handles it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.conversation.events import Event, Kind
from parley.conversation.identity import is_conversation_id
from parley.conversation.routing import route
from parley.errors import Fault, Invalid, NotFound, Retryable
from parley.services.endpoints import TRIES, stale
from parley.services.tell import HANDED_OVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.model import Business
    from parley.conversation.records import Conversation, Message
    from parley.services import ports
    from parley.services.tell import Tell


class Handover:
    """Both raise NotFound (`conversation_unknown`) for a conversation that is not this business's."""

    def __init__(
        self,
        *,
        store: ports.Snapshots,
        conversations: ports.Conversations,
        handovers: ports.Handovers,
        tell: Tell,
        events: ports.Events,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._handovers = handovers
        self._tell = tell
        self._events = events
        self._new_id = new_id

    def get(self, business_id: str, conversation_id: str) -> Conversation:
        """The conversation as it is now."""
        known = self._conversations.get(conversation_id) if is_conversation_id(conversation_id) else None
        if known is None or known.business_id != business_id or not known.is_with_customer:
            raise NotFound("no such conversation", code="conversation_unknown")
        return known

    def __call__(
        self,
        business_id: str,
        conversation_id: str,
        endpoint_id: str | None,
        *,
        note: str | None = None,
        version: int | None = None,
    ) -> Conversation:
        """Hand it to an endpoint, or back to the routes (None), and tell everybody it concerns.

        `version` is the number of handovers the caller has seen, None for any. To whom it is with already nothing is
        told. Raises Invalid (`unknown_endpoint`), Conflict (`precondition_failed`).
        """
        conversation = self._handed_over(business_id, conversation_id, endpoint_id, note=note, version=version)
        if conversation.is_held:
            wake = Event(Kind.WAKE, business_id, conversation_id, forced=True)
            self._events.send(wake, deduplication_id=f"handover-{self._new_id()}")
        return conversation

    def _handed_over(
        self, business_id: str, conversation_id: str, endpoint_id: str | None, *, note: str | None, version: int | None
    ) -> Conversation:
        for _ in range(TRIES):
            known = self.get(business_id, conversation_id)
            business = self._store.read(business_id).business
            if endpoint_id is not None and endpoint_id not in business.endpoints:
                message = "use the id of an endpoint of this business, or null"
                raise Invalid([Fault("/endpoint_id", "unknown_endpoint", message)])
            if version not in (None, known.handovers):
                raise stale("the handler")
            if known.handler == endpoint_id:
                return known
            notice = self._notice(business, known, endpoint_id, note)
            if self._handovers.hand_over(known, endpoint_id, notice=notice):
                if notice is not None:
                    self._tell.queue(notice)
                return self.get(business_id, conversation_id)
        raise Retryable("the conversation is being handed over by somebody else", code="handler_busy", after=1)

    def _notice(
        self, business: Business, known: Conversation, endpoint_id: str | None, note: str | None
    ) -> Message | None:
        """What is told of it; None when no endpoint wants to know."""
        if not any(endpoint.takes(HANDED_OVER) for endpoint in business.endpoints.values()):
            return None
        number = known.handovers + 1
        data: dict[str, Any] = {
            "from": _endpoint(business, known, known.handler),
            "to": _endpoint(business, known, endpoint_id),
            "handler": endpoint_id,
            "handover": number,
        }
        if note is not None:
            data["note"] = note
        return self._tell.of_conversation(known, HANDED_OVER, data, about=f"{known.id}\0{number}")


def _endpoint(business: Business, known: Conversation, handler: str | None) -> str | None:
    """Who has the conversation while this is its handler."""
    found = route(business, intent=known.intent, group=known.group, handler=handler, locale=known.locale)
    return found.id if found is not None else None
