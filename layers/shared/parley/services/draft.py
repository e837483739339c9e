"""What is stored of a call: one message for each part that Apple is sent, in order."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from parley.conversation.identity import message_id, ulid
from parley.conversation.records import Direction, Message, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parley.business.kinds.base import Send
    from parley.services import ports
    from parley.services.filled import Filled
    from parley.services.prepare import Part, Prepared

INLINE_CHARS: Final = 200_000
"""Larger contents go to S3: an item holds 400 KB (design §8)."""


class Draft:
    """Nothing is stored yet but contents that are too large for the table."""

    def __init__(self, *, payloads: ports.Payloads, clock: Callable[[], float]) -> None:
        self._payloads = payloads
        self._clock = clock

    def __call__(
        self, business_id: str, send: Send, parts: Sequence[Part], *, key: str, conversation_id: str
    ) -> list[Message]:
        """The messages of a call under `key`, which gives them their ids."""
        return [
            self._message(business_id, send, part, number=number, key=key, conversation_id=conversation_id)
            for number, part in enumerate(parts)
        ]

    def _message(
        self, business_id: str, send: Send, part: Part, *, number: int, key: str, conversation_id: str
    ) -> Message:
        now = self._clock() + number / 1000  # a millisecond apart, so that lists keep their order
        identity = message_id(business_id, key if number == 0 else f"{key}\0{number}")
        payload = json.dumps(part.content, separators=(",", ":"))
        large = len(payload) > INLINE_CHARS
        return Message(
            id=identity,
            business_id=business_id,
            conversation_id=conversation_id,
            direction=Direction.OUTBOUND,
            type=part.type,
            state=State.QUEUED,
            received_at=now,
            ulid=ulid(now),
            payload=None if large else payload,
            payload_key=self._payloads.put(business_id, _place(identity, payload), payload) if large else None,
            auto_reply=send.auto_reply,
            agent=send.agent,
            kind=part.kind,
            door=part.door,
            headers=part.headers or None,
            construct=json.dumps(part.construct) if part.construct is not None else None,
            request_identifier=part.request_identifier,
            session_identifier=part.session_identifier,
            reference_id=part.reference_id,
        )


def mark_first(messages: Sequence[Message], filled: Filled, prepared: Prepared, request_hash: str) -> None:
    """What belongs to the call as a whole stands on its first message."""
    first = messages[0]
    first.request_hash = request_hash
    first.parts = [message.id for message in messages] if len(messages) > 1 else None
    first.kind = str(getattr(filled.send, "type", ""))
    first.template = filled.used
    if prepared.reason is not None:
        first.form, first.form_reason = prepared.form, prepared.reason
    if prepared.offered is not None:
        from parley.conversation import fallback

        first.offered = fallback.stored(prepared.offered)


def _place(identity: str, payload: str) -> str:
    """Named by its content too: a call that turns out to be a repeat must not replace what is on its way."""
    return f"{identity}-{hashlib.sha256(payload.encode()).hexdigest()[:16]}"
