"""Stored things as the business API shows them: `business.api` has the shapes, and tests hold these to them.

Made without those models: to build them would cost a cold start more than to write down what they say.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from parley.business import shown
from parley.business.webhooks import iso
from parley.conversation.records import Direction

if TYPE_CHECKING:
    from parley.conversation.invitations import Invited
    from parley.conversation.records import Message
    from parley.services.history import Said


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
        "mode": "test" if message.is_test else None,
        "template": message.template,
        "notes": notes or None,
        "redacted": message.redacted,
    }
    return {name: value for name, value in view.items() if value is not None}


def said_view(said: Said) -> dict[str, Any]:
    """The same with all it says: a customer's as its webhook told it, a business's as Apple is sent it."""
    message, content = said.message, said.content
    view = message_view(message)
    if content is None:
        view["omitted"] = message.payload_key is not None or message.payload is not None
    elif message.direction is Direction.INBOUND:
        view["raw"] = shown.inbound(message.type, content).get("raw")
    elif message.direction is Direction.OUTBOUND:
        view["raw"] = shown.outbound(message.type, content).get("raw")
    facts = {"attachments": said.attachments or None, "content": said.reference}
    facts |= json.loads(message.facts) if message.facts is not None else {}
    return {name: value for name, value in (view | facts).items() if value is not None and value is not False}


def invitation_view(invited: Invited) -> dict[str, Any]:
    """An invitation as `InvitationView`; what is absent is left out."""
    message = invited.message
    fault = None
    if message.error_code is not None:
        fault = {"code": message.error_code, "message": message.error_message or ""}
    view = {
        "reference_id": message.reference_id,
        "message_id": message.id,
        "to": message.opaque_id,
        "state": invited.state,
        "created_at": iso(message.received_at),
        "sent_at": iso(message.sent_at) if message.sent_at is not None else None,
        "answered_at": iso(invited.answered_at) if invited.answered_at is not None else None,
        "conversation_id": invited.answered_in if invited.answer == "accepted" else None,
        "closed_at": iso(invited.closed_at) if invited.closed_at is not None else None,
        "error": fault,
    }
    return {name: value for name, value in view.items() if value is not None}


def _text(value: object) -> str | None:
    """Apple's envelope is kept as it came, so a field may be anything."""
    return value if isinstance(value, str) else None
