"""All webhooks as one AsyncAPI 3.0 document, made from the models that describe them.

`docs/webhooks/asyncapi.json` is its output; a test compares the two.
"""

from __future__ import annotations

from typing import Any, Final

from parley.business.webhook_events.catalogue import CATALOGUE, WebhookEvent, body, definitions

_SCHEMAS: Final = "#/components/schemas/{model}"
_HTTP_BINDING: Final = "0.3.0"

_HEADERS: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Standard Webhooks 1.0.0. The signature covers `{webhook-id}.{webhook-timestamp}.{body}`.",
    "properties": {
        "webhook-id": {"type": "string", "description": "The same over all attempts: use it to ignore repeats."},
        "webhook-timestamp": {
            "type": "string",
            "pattern": "^[0-9]+$",
            "description": "Unix seconds of this attempt. Refuse what is more than five minutes away from now.",
        },
        "webhook-signature": {
            "type": "string",
            "pattern": "^v1,[A-Za-z0-9+/=]+( v1,[A-Za-z0-9+/=]+)*$",
            "description": "One or more, separated by spaces: while a secret is replaced, one of each. One is enough.",
        },
        "content-type": {"const": "application/json"},
    },
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature", "content-type"],
}


def document() -> dict[str, Any]:
    """The whole description, ready to be written as JSON."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parley webhooks",
            "version": "1",
            "description": (
                "What a business is told of its conversations: signed, in order within a conversation, at least once, "
                "tried for 76 hours. New types of events and new fields may come; ignore what you do not know."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {
            "webhooks": {
                "address": None,
                "title": "Your endpoint",
                "description": "The URL you register: https, public, port 443 or 8443. Redirects are not followed.",
                "messages": {event.type: {"$ref": f"#/components/messages/{event.type}"} for event in CATALOGUE},
            }
        },
        "operations": {
            "deliver": {
                "action": "send",
                "channel": {"$ref": "#/channels/webhooks"},
                "title": "Deliver a webhook",
                "summary": "POST one event to your endpoint",
                "description": (
                    "Answer 2xx within ten seconds, and work on it afterwards. Any other answer, or none, and it is "
                    "tried again, with all that follows it in its conversation waiting behind it. `Retry-After` is "
                    "honoured. 410 switches the endpoint off; nothing is lost by that."
                ),
                "bindings": {"http": {"method": "POST", "bindingVersion": _HTTP_BINDING}},
                "messages": [{"$ref": f"#/channels/webhooks/messages/{event.type}"} for event in CATALOGUE],
            }
        },
        "components": {
            "messages": {event.type: _message(event) for event in CATALOGUE},
            "schemas": {"WebhookHeaders": _HEADERS, **definitions(_SCHEMAS)},
        },
    }


def _message(event: WebhookEvent) -> dict[str, Any]:
    return {
        "name": event.type,
        "title": event.type,
        "summary": event.summary,
        "contentType": "application/json",
        "headers": {"$ref": _SCHEMAS.format(model="WebhookHeaders")},
        "payload": body(event, _SCHEMAS.format(model=event.model.__name__)),
        "examples": [{"name": event.type, "payload": event.example}],
    }
