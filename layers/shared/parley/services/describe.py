"""What a webhook says: the event's type and its `data`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from parley.business import shown, webhooks
from parley.services.understand import Understood

if TYPE_CHECKING:
    from parley.apple.inbound import InboundMessage
    from parley.conversation.records import Conversation, Message
    from parley.services.parts import Arrived
    from parley.services.understand import Understand


@dataclass(frozen=True, slots=True)
class Described:
    """One webhook without its envelope."""

    type: str
    data: dict[str, Any] = field(repr=False)
    facts: dict[str, Any] | None = field(default=None, repr=False)
    """What of `data` had to be found out: the `result` of an answer, the `reaction`."""


class Describe:
    """Tell a customer's event, or a notice of Parley's own, in the business's words."""

    def __init__(self, *, understand: Understand) -> None:
        self._understand = understand

    def __call__(
        self,
        stored: Message,
        message: InboundMessage,
        conversation: Conversation,
        arrived: Arrived | None,
        *,
        at: float,
    ) -> Described:
        """A customer's event. `arrived` is what was fetched for it, None when there is nothing to fetch."""
        if arrived is not None and arrived.content is not None:
            message = replace(message, raw=_with_content(message.raw, arrived.content))
        redacted = _redacted(stored, message, arrived)
        understood = (
            self._understand(message, conversation, at=at)
            if redacted is None
            else self._remembered(stored, message, conversation, redacted, at=at)
        )
        data: dict[str, Any] = {
            "business_id": stored.business_id,
            "conversation_id": conversation.id,
            "message": _shown(message, arrived),
            "customer": {
                "opaque_id": message.source_id,
                "locale": message.locale or conversation.locale,
                "capabilities": conversation.capabilities,
                "intent": conversation.intent,
                "group": conversation.group,
            },
            "received_at": webhooks.iso(at),
        }
        if stored.sequence is not None:
            data["sequence"] = stored.sequence
        if redacted is not None:
            data["message"]["redacted"] = redacted
        return Described(understood.type, data | understood.facts, understood.facts or None)

    def _remembered(
        self, stored: Message, message: InboundMessage, conversation: Conversation, redacted: list[str], *, at: float
    ) -> Understood:
        """What was understood of a message before something was taken out of it: its words no longer say it."""
        if stored.facts is not None:
            facts = json.loads(stored.facts)
            return Understood("reaction.received" if "reaction" in facts else "message.received", facts)
        from parley.business.redaction import hide

        understood = self._understand(message, conversation, at=at)
        return Understood(understood.type, hide(understood.facts, redacted))

    @staticmethod
    def notice(stored: Message) -> Described:
        """Parley's own news; what it says was written when it happened."""
        data: dict[str, Any] = {"business_id": stored.business_id, **json.loads(stored.payload or "{}")}
        if stored.opaque_id is not None:
            data |= {
                "conversation_id": stored.conversation_id,
                "customer": {"opaque_id": stored.opaque_id},
                "sequence": stored.sequence,
            }
        return Described(stored.type, data)


def _redacted(stored: Message, message: InboundMessage, arrived: Arrived | None) -> list[str] | None:
    """What was taken out of it. Where that was done in the bucket and no further, the copy tells."""
    if stored.redacted is not None or (stored.payload_key is None and (arrived is None or arrived.content is None)):
        return stored.redacted
    from parley.business.redaction import found_in

    return found_in(message.raw) or None


def _with_content(raw: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    """Apple's message as it would have been, had its data not come by reference (protocol/09 §1)."""
    return {name: value for name, value in raw.items() if name != "interactiveDataRef"} | {"interactiveData": content}


def _shown(message: InboundMessage, arrived: Arrived | None) -> dict[str, Any]:
    """What was said, and what came with it."""
    said = {} if message.is_typing else shown.inbound(message.type, message.raw)
    view: dict[str, Any] = {"id": message.id, "type": message.type, **said}
    if arrived is not None and arrived.attachments:
        view["attachments"] = arrived.attachments
    if arrived is not None and arrived.reference is not None:
        view["content"] = arrived.reference
    return view
