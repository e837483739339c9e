"""Files and large content that belong to a message: how they are named, and the states they pass through."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from parley.conversation.records import Direction

_NAMESPACE: Final = uuid.UUID("b3a4dc1e-6c0f-4b6e-8a55-2d1f6f0c7e90")

REFERENCE_PLACE: Final = -1
"""The place of a message's `interactiveDataRef`; its files are at 0, 1, 2 …"""

MAX_FETCHED: Final = 10
"""Files of one message that are fetched (protocol/14: what vendors allow); those behind are `failed`, `too_many`."""


class PartKind(StrEnum):
    """What it is for the business."""

    FILE = "file"
    REFERENCE = "reference"
    """Interactive data too large to travel in its message (protocol/09 §1)."""


class PartState(StrEnum):
    """Where an attachment is.

    inbound:  pending → ready | failed.
    outbound: awaiting_upload → processing → ready | failed.
    """

    PENDING = "pending"
    AWAITING_UPLOAD = "awaiting_upload"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


SETTLED: Final = frozenset({PartState.READY, PartState.FAILED})


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file, or one reference. Times are Unix seconds, sizes bytes; `reason` says why it is `failed`.

    `mime_type` is what the sender calls it, `content_type` what its first bytes say.
    """

    id: str
    business_id: str
    direction: Direction
    state: PartState
    created_at: float
    kind: PartKind = PartKind.FILE
    conversation_id: str | None = None
    message_id: str | None = None
    place: int = 0
    name: str | None = None
    mime_type: str | None = None
    content_type: str | None = None
    size: int | None = None
    sha256: str | None = None
    s3_key: str | None = None
    reason: str | None = None
    mmcs: dict[str, Any] | None = field(default=None, repr=False)
    """What a message says of an upload: `url`, `owner`, `signature-base64`, `size` (protocol/08 §4)."""
    sealed_key: str | None = field(default=None, repr=False)
    """Its MMCS key, encrypted."""
    attempts: int = 0
    """How often a worker began with it."""
    next_at: float | None = None
    """When a worker comes to it again after it failed."""
    unfinished: dict[str, Any] | None = None
    """What an `Unfinished` says, while its transfer goes on in another invocation."""
    settled_at: float | None = None
    request_hash: str | None = None
    """Of the call that announced it, so that the same call gets the same answer."""
    sent_to: str | None = None
    """The conversation it was first enclosed in; it is forgotten with it."""
    sent_to_others: bool | None = None
    """It stays then, for it was enclosed elsewhere too."""

    @property
    def settled(self) -> bool:
        """Nothing more happens to it."""
        return self.state in SETTLED


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A multipart upload that goes on in another invocation, and what lies in the bucket of it: `done` bytes."""

    upload_id: str
    etags: list[str]
    done: int


def attachment_id(business_id: str, message_id: str, place: int) -> str:
    """UUIDv5 of where it is, so that whoever has the message can name its attachments."""
    return str(uuid.uuid5(_NAMESPACE, f"{business_id}\0{message_id}\0{place}"))


def object_key(business_id: str, attachment: str) -> str:
    """Where its bytes lie in the bucket. No name of a customer's in it."""
    return f"attachments/{business_id}/{attachment}"


def wanted_key(business_id: str, attachment: str) -> str:
    """Where an empty object asks for its rendition, until that is made."""
    return f"wanted/{business_id}/{attachment}"


def rendition_key(business_id: str, attachment: str) -> str:
    """Where its picture lies as a JPEG, if one was made; an empty object says that none can be."""
    return f"renditions/{business_id}/{attachment}.jpg"
