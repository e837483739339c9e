"""One signed webhook to one endpoint, and what the endpoint said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.business import signing, webhooks
from parley.business.webhook_client import WebhookAnswer
from parley.errors import Fatal, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.model import Endpoint
    from parley.services import ports


class Notify:
    """Signs and posts. Never raises for an endpoint's or its settings' fault: that is the answer."""

    def __init__(
        self, *, signing_keys: ports.SigningKeys, webhooks: ports.Webhooks, clock: Callable[[], float]
    ) -> None:
        self._signing_keys = signing_keys
        self._webhooks = webhooks
        self._clock = clock

    def __call__(
        self, endpoint: Endpoint, *, business_id: str, webhook_id: str, event_type: str, at: float, data: dict[str, Any]
    ) -> WebhookAnswer:
        """`webhook_id` is the message's id, so it is the same over all attempts."""
        body = webhooks.event(event_type, at=at, data=data)
        try:
            headers = signing.signed_headers(
                self._signing_keys.keys(business_id, endpoint.id),
                webhook_id=webhook_id,
                timestamp=int(self._clock()),
                body=body,
            )
        except (Fatal, NotFound) as fault:
            return WebhookAnswer(0, 0, str(fault), reason="no_signing_key")
        return self._webhooks.post(endpoint.url, body=body, headers=headers)
