"""Put news of Parley's own in line with the customer's messages: kept, ordered and tried again like them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from parley.conversation.events import Event, Kind
from parley.conversation.identity import conversation_id, line_of_endpoint, notice_id, ulid
from parley.conversation.records import Direction, Message, State, erasure_before
from parley.errors import NotFound, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.conversation.records import Conversation
    from parley.services import ports

ENDPOINT_DISABLED: Final = "endpoint.disabled"
HANDED_OVER: Final = "conversation.handed_over"
_NOBODY: Final = "parley"
"""Stands for the customer in news that are about none."""


class Tell:
    """Stored is the promise, queued is speed: a notice that could not be queued is found by the sweeper."""

    def __init__(
        self,
        *,
        messages: ports.Messages,
        businesses: ports.Businesses,
        events: ports.Events,
        clock: Callable[[], float],
    ) -> None:
        self._messages = messages
        self._businesses = businesses
        self._events = events
        self._clock = clock

    def wanted(self, business_id: str, event_type: str) -> bool:
        """Whether any endpoint of the business asked for such news."""
        try:
            endpoints = self._businesses.get(business_id).endpoints.values()
        except NotFound:
            return False
        return any(endpoint.takes(event_type) for endpoint in endpoints)

    def about(self, message: Message, event_type: str, data: dict[str, Any], *, which: str = "") -> Message:
        """News about a message, for its conversation. The same news have the same id, however often they are told."""
        return self._notice(
            message.business_id,
            message.conversation_id,
            event_type,
            data,
            about=f"{message.id}\0{which}" if which else message.id,
            opaque_id=message.opaque_id,
            erasure_seen=erasure_before(message.received_at) if message.erasure_seen is None else message.erasure_seen,
        )

    def of_conversation(
        self, conversation: Conversation, event_type: str, data: dict[str, Any], *, about: str
    ) -> Message:
        """News about a conversation itself, as it was read. `about` names the change, so that it is told once."""
        return self._notice(
            conversation.business_id,
            conversation.id,
            event_type,
            data,
            about=about,
            opaque_id=conversation.opaque_id,
            erasure_seen=conversation.erased_at or 0.0,
        )

    def again(self, notice: Message, endpoint_id: str) -> Message:
        """The same news of a conversation for one more endpoint, in a line of that endpoint's own.

        If it does not answer, nothing of the conversation waits for that.
        """
        said = json.loads(notice.payload or "{}")
        place = {"conversation_id": notice.conversation_id, "customer": {"opaque_id": notice.opaque_id}}
        line = line_of_endpoint(notice.business_id, endpoint_id)
        about = f"{notice.id}\0{endpoint_id}"
        told = self._notice(notice.business_id, line, notice.type, said | place, about=about, opaque_id=None)
        told.received_at = notice.received_at
        told.only_for, told.about_conversation = endpoint_id, notice.conversation_id
        told.erasure_seen = notice.erasure_seen
        return told

    def of_endpoint(self, business_id: str, data: dict[str, Any], *, about: str) -> Message:
        """News that an endpoint was disabled, in a line of their own."""
        line = conversation_id(business_id, _NOBODY)
        return self._notice(business_id, line, ENDPOINT_DISABLED, data, about=about, opaque_id=None)

    def __call__(self, notice: Message) -> None:
        """Store a notice once, and queue it."""
        if self._messages.add(notice):
            self.queue(notice)

    def queue(self, notice: Message) -> None:
        """Queue a notice that is stored."""
        event = Event(
            kind=Kind.MESSAGE,
            business_id=notice.business_id,
            conversation_id=notice.conversation_id,
            message_id=notice.id,
            recheck=True,
        )
        try:
            self._events.send(event, deduplication_id=notice.id)
        except Retryable:
            return  # it stands in `due`

    def _notice(
        self,
        business_id: str,
        conversation: str,
        event_type: str,
        data: dict[str, Any],
        *,
        about: str,
        opaque_id: str | None,
        erasure_seen: float | None = None,
    ) -> Message:
        now = self._clock()
        return Message(
            id=notice_id(business_id, event_type, about),
            business_id=business_id,
            conversation_id=conversation,
            direction=Direction.NOTICE,
            type=event_type,
            state=State.RECEIVED,
            received_at=now,
            ulid=ulid(now),
            payload=json.dumps(data, separators=(",", ":")),
            opaque_id=opaque_id,
            erasure_seen=erasure_seen,
        )
