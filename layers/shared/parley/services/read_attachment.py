"""Show a file to the business it belongs to, and let it be downloaded: never in place, never under a foreign type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parley.business.content_types import ACTIVE, UNKNOWN
from parley.business.filenames import disposition
from parley.conversation.arrivals import CLEAN
from parley.conversation.attachments import PartKind, PartState, rendition_key
from parley.errors import NotFound, Rejected
from parley.services.render import HEIC

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.conversation.attachments import Attachment
    from parley.services import ports

DOWNLOAD_SECONDS: Final = 300
RENDITION_SECONDS: Final = 600.0
"""own: a rendition that is not there by then is not coming."""

SCANNING: Final = "scanning"
QUARANTINED: Final = "quarantined"


@dataclass(frozen=True, slots=True)
class Download:
    """Where the bytes can be had until `expires_at` (Unix seconds)."""

    url: str = field(repr=False)
    expires_at: float


@dataclass(frozen=True, slots=True)
class Readable:
    """A file, its state as the caller is told it, and the way to its bytes when there is one."""

    attachment: Attachment
    state: str
    download: Download | None


class ReadAttachment:
    """`GET /v1/attachments/{id}` and its content. Another business's file is as unknown as none."""

    def __init__(
        self,
        *,
        attachments: ports.Attachments,
        downloads: ports.Downloads,
        uploads: ports.Uploads,
        scanned: bool,
        clock: Callable[[], float],
    ) -> None:
        self._attachments = attachments
        self._downloads = downloads
        self._uploads = uploads
        self._scanned = scanned
        self._clock = clock

    def __call__(self, business_id: str, attachment_id: str) -> Readable:
        """Raises NotFound."""
        attachment = self._attachments.get(business_id, attachment_id)
        if attachment is None or attachment.kind is not PartKind.FILE:
            raise NotFound("no such attachment", code="attachment_unknown")
        state = self._state(attachment)
        ready = state == PartState.READY and attachment.s3_key is not None
        return Readable(attachment, state, self._download(attachment, attachment.s3_key or "") if ready else None)

    def content(self, business_id: str, attachment_id: str, *, rendition: str | None = None) -> Download | None:
        """Where the bytes are; None while they are on their way.

        Raises NotFound, or Rejected: `content_gone`, `rendition_unavailable`.
        """
        found = self(business_id, attachment_id)
        if found.state == PartState.FAILED:
            raise Rejected(f"the file could not be had: {found.attachment.reason}", code="content_gone")
        if found.state == QUARANTINED:
            raise Rejected("the malware scanner did not call the file clean", code="content_gone")
        if found.download is None or rendition is None:
            return found.download
        return self._rendition(found.attachment)

    def _state(self, attachment: Attachment) -> str:
        if not self._scanned or attachment.state is not PartState.READY:
            return attachment.state.value
        verdict = self._uploads.verdict(attachment.s3_key or "")
        if verdict is None:
            return SCANNING
        return PartState.READY.value if verdict == CLEAN else QUARANTINED

    def _download(self, attachment: Attachment, key: str) -> Download:
        content_type = attachment.content_type or UNKNOWN
        url = self._downloads.presigned_get(
            key,
            seconds=DOWNLOAD_SECONDS,
            content_type=UNKNOWN if content_type in ACTIVE else content_type,
            disposition=disposition(attachment.name),
        )
        return Download(url, self._clock() + DOWNLOAD_SECONDS)

    def _rendition(self, attachment: Attachment) -> Download | None:
        if attachment.content_type not in HEIC:
            raise Rejected("only HEIC pictures have one", code="rendition_unavailable", path="?rendition")
        key = rendition_key(attachment.business_id, attachment.id)
        size = self._uploads.find(key)
        if size is None:
            if self._clock() - (attachment.settled_at or 0.0) > RENDITION_SECONDS:
                raise Rejected("it could not be made", code="rendition_unavailable", path="?rendition")
            return None
        if size == 0:
            raise Rejected("the picture cannot be read", code="rendition_unavailable", path="?rendition")
        stem = (attachment.name or "picture").rpartition(".")[0] or attachment.name or "picture"
        url = self._downloads.presigned_get(
            key, seconds=DOWNLOAD_SECONDS, content_type="image/jpeg", disposition=disposition(f"{stem}.jpg")
        )
        return Download(url, self._clock() + DOWNLOAD_SECONDS)
