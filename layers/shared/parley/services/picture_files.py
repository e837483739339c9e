"""Pictures of a message that were uploaded before, or that a customer sent: read from the bucket by their id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.conversation.attachments import PartKind, PartState
from parley.errors import Rejected, Retryable

if TYPE_CHECKING:
    from parley.services import ports


class PictureFiles:
    """The files of one business; another one's are as unknown as none."""

    def __init__(self, business_id: str, *, attachments: ports.Attachments, objects: ports.Objects) -> None:
        self._business_id = business_id
        self._attachments = attachments
        self._objects = objects

    def read(self, attachment_id: str, *, max_bytes: int) -> bytes:
        """At most `max_bytes` + 1 of a file. Raises Rejected (unknown, failed) or Retryable (not there yet)."""
        attachment = self._attachments.get(self._business_id, attachment_id)
        if attachment is None or attachment.kind is not PartKind.FILE:
            raise Rejected("there is no such attachment", code="attachment_unknown")
        if attachment.state is PartState.FAILED:
            raise Rejected(f"the attachment failed: {attachment.reason}", code="attachment_failed")
        if attachment.state is not PartState.READY or attachment.s3_key is None:
            raise Retryable("the attachment is not ready yet; send again in a moment", code="attachment_not_ready")
        found = bytearray()
        for piece in self._objects.read(attachment.s3_key):
            found += piece
            if len(found) > max_bytes:
                break
        return bytes(found[: max_bytes + 1])
