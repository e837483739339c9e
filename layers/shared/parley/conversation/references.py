"""Large interactive messages that go to many customers: when they are the same, and what is known of them.

The request identifier is part of what Apple keeps, so all answers carry the same one (protocol/09 §3). That is no
harm between customers, for an answer is looked up by customer and request identifier; but the same customer must not
be asked twice under one.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

LARGE_BYTES: Final = 10 * 1024
"""Above this Apple itself makes a reference of interactive JSON (protocol/09)."""

_NAMESPACE: Final = uuid.UUID("0c5d6c0b-9a0e-4f9e-8d0c-6a7c1f0f6b2d")
_NOBODYS: Final = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Known:
    """That a content was sent at `made_at` (Unix seconds), and Apple's reference to it, verbatim, if there is one."""

    made_at: float
    reference: dict[str, Any] | None = field(default=None, repr=False)


def large(content: dict[str, Any]) -> bytes | None:
    """The inline interactive data of a message as compact JSON, if it is larger than 10 KB."""
    interactive = content.get("interactiveData")
    if not isinstance(interactive, dict):
        return None
    text = _compact(interactive)
    return text if len(text) > LARGE_BYTES else None


def digest(text: bytes) -> str:
    """The name of a content."""
    return hashlib.sha256(text).hexdigest()


def shared_identifier(business_id: str, content: dict[str, Any]) -> str | None:
    """The request identifier of this content for every customer of the business; None when it is not large.

    UUIDv5 of the content without its own, so that equal content has an equal one.
    """
    if large(content) is None:
        return None
    return str(uuid.uuid5(_NAMESPACE, f"{business_id}\0{digest(_compact(asking_as(content, _NOBODYS)))}"))


def asking_as(content: dict[str, Any], request_identifier: str) -> dict[str, Any]:
    """The content under another request identifier."""
    interactive = content["interactiveData"]
    data = {**interactive["data"], "requestIdentifier": request_identifier}
    return {**content, "interactiveData": {**interactive, "data": data}}


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
