"""Files as the business API shows them: `business.operations.attachments` has the shapes, tests hold these to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.business.filenames import safe_name
from parley.business.webhooks import iso

if TYPE_CHECKING:
    from parley.conversation.attachments import Attachment
    from parley.services.open_upload import UploadTo
    from parley.services.read_attachment import Download


def attachment_view(attachment: Attachment, *, state: str, download: Download | None = None) -> dict[str, Any]:
    """A file of either direction as `AttachmentView`; what is absent is left out. Nothing that opens Apple's copy."""
    view = {
        "id": attachment.id,
        "direction": attachment.direction.value,
        "state": state,
        "name": safe_name(attachment.name),
        "mime_type": attachment.mime_type,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "reason": attachment.reason,
        "conversation_id": attachment.conversation_id,
        "message_id": attachment.message_id,
        "created_at": iso(attachment.created_at),
        "settled_at": iso(attachment.settled_at) if attachment.settled_at is not None else None,
        "download_url": download.url if download is not None else None,
        "download_expires_at": iso(download.expires_at) if download is not None else None,
    }
    return {name: value for name, value in view.items() if value is not None}


def upload_view(upload: UploadTo) -> dict[str, Any]:
    """How to upload, as `UploadView`."""
    view = {
        "method": upload.method,
        "url": upload.url,
        "headers": upload.headers,
        "fields": upload.fields,
        "expires_at": iso(upload.expires_at),
    }
    return {name: value for name, value in view.items() if value is not None}
