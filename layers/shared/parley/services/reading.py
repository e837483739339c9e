"""A stored message of a customer's, read again as it came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parley.apple.inbound import InboundMessage

if TYPE_CHECKING:
    from parley.conversation.records import Message
    from parley.services import ports


class Reading:
    """From the table or from S3."""

    def __init__(self, *, payloads: ports.Payloads) -> None:
        self._payloads = payloads

    def __call__(self, stored: Message) -> InboundMessage:
        """What Apple sent."""
        if stored.payload is None:
            stored.payload = self._payloads.get(stored.payload_key or "")
        text = stored.payload
        raw = json.loads(text)
        return InboundMessage(
            id=stored.id,
            type=raw["type"],
            source_id=raw["sourceId"],
            destination_id=stored.business_id,
            raw=raw,
            text=text,
            capabilities=stored.capabilities,
        )
