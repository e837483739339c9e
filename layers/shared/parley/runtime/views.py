"""Stored things as the business API shows them: `business.api` has the shapes, and tests hold these to them.

Made without those models: to build them would cost a cold start more than to write down what they say.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from parley.business.webhooks import iso

if TYPE_CHECKING:
    from parley.conversation.records import Message


def message_view(message: Message, *, notes: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """A message of either direction as `MessageView`; what is absent is left out."""
    content = json.loads(message.payload) if message.payload is not None else {}
    fault = None
    if message.error_code is not None:
        fault = {"code": message.error_code, "message": message.error_message or ""}
    view = {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "direction": message.direction.value,
        "type": message.type,
        "state": message.state.value,
        "created_at": iso(message.received_at),
        "kind": message.kind,
        "form": message.form,
        "form_reason": message.form_reason,
        "body": _text(content.get("body")),
        "subject": _text(content.get("subject")),
        "sequence": message.sequence,
        "attempts": message.attempts,
        "sent_at": iso(message.sent_at) if message.sent_at is not None else None,
        "delivered_at": iso(message.delivered_at) if message.delivered_at is not None else None,
        "error": fault,
        "parts": message.parts,
        "notes": notes or None,
    }
    return {name: value for name, value in view.items() if value is not None}


def _text(value: object) -> str | None:
    """Apple's envelope is kept as it came, so a field may be anything."""
    return value if isinstance(value, str) else None
