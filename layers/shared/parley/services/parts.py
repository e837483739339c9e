"""What has come of a message's files and large content so far, as a webhook tells it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parley.apple import content, parts
from parley.business import filenames
from parley.conversation.attachments import (
    MAX_FETCHED,
    REFERENCE_PLACE,
    Attachment,
    PartKind,
    PartState,
    attachment_id,
)
from parley.conversation.records import Direction
from parley.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parley.apple.inbound import InboundMessage
    from parley.apple.parts import Description
    from parley.conversation.records import Message
    from parley.services import ports

TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Arrived:
    """The parts of one message. `pending` names those that are still on their way."""

    settled: bool
    attachments: list[dict[str, Any]] = field(default_factory=list)
    """The files in order: id, name, mime_type, size, status, and content_type, sha256, reason when they are known."""
    content: dict[str, Any] | None = field(default=None, repr=False)
    """The interactive data a reference stood for."""
    pending: list[str] = field(default_factory=list)
    reference: dict[str, Any] | None = None
    """Of a reference: id, status, and reason and title when they are known."""


class Parts:
    """Asks the table, and for the content of a reference the bucket. A message without parts costs nothing."""

    def __init__(self, *, attachments: ports.Attachments, objects: ports.Objects) -> None:
        self._attachments = attachments
        self._objects = objects

    def __call__(self, stored: Message, message: InboundMessage) -> Arrived:
        """What is there now; the same message gets more the later it asks, until all is settled."""
        expected = expected_parts(stored, message.raw)
        if not expected:
            return Arrived(settled=True)
        found = self._attachments.of_message(stored.business_id, [part.id for part, _ in expected])
        now = [found.get(part.id, part) for part, _ in expected]
        reference = next((part for part in now if part.kind is PartKind.REFERENCE), None)
        pending = [part.id for part in now if not part.settled]
        return Arrived(
            settled=not pending,
            attachments=[shown(part) for part in now if part.kind is PartKind.FILE],
            content=self._content(reference),
            pending=pending,
            reference=shown_reference(reference),
        )

    def _content(self, reference: Attachment | None) -> dict[str, Any] | None:
        if reference is None or reference.state is not PartState.READY or reference.s3_key is None:
            return None
        try:
            text = self._objects.get(reference.s3_key, max_bytes=content.MAX_DECODED_BYTES)
        except NotFound:
            return None  # it outlived the bucket's retention
        decoded: dict[str, Any] = json.loads(text)
        return decoded


def expected_parts(stored: Message, raw: Mapping[str, Any]) -> list[tuple[Attachment, Description]]:
    """Every part that Apple's JSON speaks of, as it is before it is fetched: the reference first, then the files."""
    reference = parts.reference(raw)
    expected = [] if reference is None else [(_part(stored, reference, REFERENCE_PLACE, PartKind.REFERENCE), reference)]
    files = enumerate(parts.files(raw))
    return expected + [(_part(stored, file, place, PartKind.FILE), file) for place, file in files]


def _part(stored: Message, description: Description, place: int, kind: PartKind) -> Attachment:
    """Those behind the tenth file are settled from the start."""
    too_many = place >= MAX_FETCHED
    is_file = kind is PartKind.FILE
    return Attachment(
        id=attachment_id(stored.business_id, stored.id, place),
        business_id=stored.business_id,
        conversation_id=stored.conversation_id,
        message_id=stored.id,
        direction=Direction.INBOUND,
        kind=kind,
        place=place,
        state=PartState.FAILED if too_many else PartState.PENDING,
        reason=TOO_MANY if too_many else None,
        name=filenames.safe_name(description.name or f"attachment-{place + 1}") if is_file else description.title,
        mime_type=description.mime_type,
        size=description.size,
        created_at=stored.received_at,
        settled_at=stored.received_at if too_many else None,
    )


def shown(attachment: Attachment) -> dict[str, Any]:
    """One file as webhooks and the API tell it: nothing that opens Apple's copy."""
    facts = {
        "id": attachment.id,
        "name": attachment.name,
        "mime_type": attachment.mime_type,
        "size": attachment.size,
        "status": attachment.state.value,
    }
    known = {
        "content_type": attachment.content_type,
        "sha256": attachment.sha256,
        "reason": attachment.reason,
    }
    return facts | {name: value for name, value in known.items() if value is not None}


def shown_reference(reference: Attachment | None) -> dict[str, Any] | None:
    """A reference as webhooks and the API tell it."""
    if reference is None:
        return None
    known = {"reason": reference.reason, "title": reference.name}
    return {"id": reference.id, "status": reference.state.value} | {k: v for k, v in known.items() if v is not None}
