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
    from parley.services.understand import Understood


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
        understood: Understood,
        sequence: int | None,
        received_at: float,
    ) -> WebhookAnswer:
        """`webhook-id` is the message id, so it is the same over all attempts."""
        if endpoint is None:
            return WebhookAnswer(0, 0, "no route leads to an endpoint", reason="no_endpoint")
        if not endpoint.enabled:
            return WebhookAnswer(0, 0, "the endpoint is disabled", reason="endpoint_disabled")
        body = webhooks.event(
            understood.type,
            at=received_at,
            data=_data(message, conversation, sequence, received_at) | understood.facts,
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
        shown["raw"] = _without_secrets({k: v for k, v in raw.items() if k not in {"sourceId", "destinationId"}})
    attachments = raw.get("attachments")
    if isinstance(attachments, list) and attachments:
        shown["attachments"] = [_attachment(entry) for entry in attachments if isinstance(entry, dict)]
        shown.get("raw", {}).pop("attachments", None)
    return shown


def _attachment(entry: dict[str, Any]) -> dict[str, Any]:
    """Name, type and size only: Apple's URL and key open the bytes and stay here."""
    size = entry.get("size") or entry.get("file-size")
    return {
        "name": entry.get("name"),
        "mime_type": entry.get("mimeType") or entry.get("mime-type"),
        "size": int(size) if isinstance(size, str) and size.isdecimal() and len(size) < 16 else size,
    }


def _without_secrets(raw: dict[str, Any]) -> dict[str, Any]:
    """Apple's JSON without what opens something: a sign-in's token and code, a reference's key (protocol/07, 09)."""
    shown = dict(raw)
    if isinstance(shown.get("interactiveDataRef"), dict):
        hidden = {"key", "url", "owner", "signature", "signature-base64", "dataRefSig"}
        shown["interactiveDataRef"] = {k: v for k, v in shown["interactiveDataRef"].items() if k not in hidden}
    data = shown.get("interactiveData")
    inner = data.get("data") if isinstance(data, dict) else None
    signed_in = inner.get("authenticate") if isinstance(inner, dict) else None
    if isinstance(data, dict) and isinstance(inner, dict) and isinstance(signed_in, dict):
        authenticate = {k: v for k, v in signed_in.items() if k not in {"token", "code"}}
        shown["interactiveData"] = data | {"data": inner | {"authenticate": authenticate}}
    return shown
