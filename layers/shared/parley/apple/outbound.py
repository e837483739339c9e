"""What an MSP posts to Apple (protocol/03)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from parley.apple import limits
from parley.errors import Fault, Invalid

_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


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
        return headers


def text(body: str, subject: str | None = None) -> dict[str, Any]:
    """The content of a `text` (protocol/03 §2). Raises Invalid with every fault found."""
    faults: list[Fault] = []
    if not body.strip():
        faults.append(Fault("/body", "blank", "write at least one visible character"))
    if len(body) > limits.MAX_TEXT_CHARS:
        faults.append(
            Fault("/body", "too_long", f"shorten it to {limits.MAX_TEXT_CHARS:,} characters, or send two messages")
        )
    faults += _control_faults("/body", body)
    if subject is not None:
        if not subject.strip() or len(subject) > limits.MAX_SUBJECT_CHARS or "\n" in subject:
            faults.append(Fault("/subject", "malformed", f"one line of 1 to {limits.MAX_SUBJECT_CHARS} characters"))
        faults += _control_faults("/subject", subject)
    if faults:
        raise Invalid(faults)
    return {"body": body} if subject is None else {"body": body, "subject": subject}


def _control_faults(path: str, value: str) -> list[Fault]:
    found = _UNPRINTABLE.search(value)
    if found is None:
        return []
    return [Fault(path, "unprintable", f"remove the character U+{ord(found[0]):04X} at position {found.start()}")]
