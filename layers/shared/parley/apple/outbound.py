"""What an MSP posts to Apple (protocol/03)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message on its way to Apple: the envelope and what travels in headers (protocol/01 §3.1)."""

    id: str
    type: str
    business_id: str
    opaque_id: str = field(repr=False)
    content: dict[str, Any] = field(repr=False)
    auto_reply: bool = False
    agent: str | None = None
    door: str = "message"
    """The path it is posted to: `message`, or `authenticate` (protocol/07 §1)."""
    extra_headers: dict[str, str] | None = None

    def body(self) -> dict[str, Any]:
        """The JSON envelope; ids are repeated in the headers with the same values (protocol/00 §6)."""
        return {
            "v": 1,
            "id": self.id,
            "type": self.type,
            "sourceId": self.business_id,
            "destinationId": self.opaque_id,
            **self.content,
        }

    def headers(self) -> dict[str, str]:
        """Everything but Authorization."""
        headers = {"id": self.id, "Source-Id": self.business_id, "Destination-Id": self.opaque_id}
        if self.auto_reply:
            headers["auto-reply"] = "true"
        if self.agent:
            headers["msp-agent"] = self.agent
        return headers | (self.extra_headers or {})
