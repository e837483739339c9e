"""One signed webhook to one endpoint: the event a business sees, and what its endpoint said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.apple import inbound
from parley.business import signing, webhooks
from parley.business.webhook_client import WebhookAnswer
from parley.errors import Fatal, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.inbound import InboundMessage
    from parley.business.model import Endpoint
    from parley.conversation.records import Conversation
    from parley.services import ports

_EVENT_TYPES = {
    "typing_start": "typing.started",
    "typing_end": "typing.ended",
    inbound.CLOSE: "conversation.closed",
}


class Notify:
    """Signs and posts. Never raises for an endpoint's or its settings' fault: that is the answer."""

    def __init__(
        self, *, signing_keys: ports.SigningKeys, webhooks: ports.Webhooks, clock: Callable[[], float]
    ) -> None:
        self._signing_keys = signing_keys
        self._webhooks = webhooks
        self._clock = clock

    def __call__(
        self,
        endpoint: Endpoint | None,
        message: InboundMessage,
        conversation: Conversation,
        *,
        sequence: int | None,
        received_at: float,
    ) -> WebhookAnswer:
        """`webhook-id` is the message id, so it is the same over all attempts."""
        if endpoint is None:
            return WebhookAnswer(0, 0, "no route leads to an endpoint", reason="no_endpoint")
        if not endpoint.enabled:
            return WebhookAnswer(0, 0, "the endpoint is disabled", reason="endpoint_disabled")
        body = webhooks.event(
            _EVENT_TYPES.get(message.type, "message.received"),
            at=received_at,
            data=_data(message, conversation, sequence, received_at),
        )
        try:
            headers = signing.signed_headers(
                self._signing_keys.keys(message.destination_id),
                webhook_id=message.id,
                timestamp=int(self._clock()),
                body=body,
            )
        except (Fatal, NotFound) as fault:
            return WebhookAnswer(0, 0, str(fault), reason="no_signing_key")
        return self._webhooks.post(endpoint.url, body=body, headers=headers)


def _data(
    message: InboundMessage, conversation: Conversation, sequence: int | None, received_at: float
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "business_id": message.destination_id,
        "conversation_id": conversation.id,
        "message": _shown(message),
        "customer": {
            "opaque_id": message.source_id,
            "locale": message.locale or conversation.locale,
            "capabilities": conversation.capabilities,
            "intent": conversation.intent,
            "group": conversation.group,
        },
        "received_at": webhooks.iso(received_at),
    }
    if sequence is not None:
        data["sequence"] = sequence
    return data


def _shown(message: InboundMessage) -> dict[str, Any]:
    """A text as its fields; everything else with Apple's JSON beside it, so that nothing is withheld."""
    shown: dict[str, Any] = {"id": message.id, "type": message.type}
    raw = message.raw
    if message.type == inbound.TEXT:
        shown |= {key: raw[key] for key in ("body", "subject") if key in raw}
    elif not message.is_typing:
        shown["raw"] = {key: value for key, value in raw.items() if key not in {"sourceId", "destinationId"}}
    attachments = raw.get("attachments")
    if isinstance(attachments, list) and attachments:
        shown["attachments"] = [_attachment(entry) for entry in attachments if isinstance(entry, dict)]
        shown.get("raw", {}).pop("attachments", None)
    return shown


def _attachment(entry: dict[str, Any]) -> dict[str, Any]:
    """Name, type and size only: Apple's URL and key open the bytes and stay here."""
    return {
        "name": entry.get("name"),
        "mime_type": entry.get("mimeType") or entry.get("mime-type"),
        "size": entry.get("size") or entry.get("file-size"),
    }
