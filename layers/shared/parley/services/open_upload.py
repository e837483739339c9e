"""Announce a file a business is about to upload, and say how."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from parley.business.content_types import UNKNOWN
from parley.business.filenames import safe_name
from parley.conversation.arrivals import upload_key
from parley.conversation.attachments import Attachment, PartState
from parley.conversation.records import Direction
from parley.errors import Conflict, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.operations.attachments import NewAttachment
    from parley.services import ports

UPLOAD_SECONDS: Final = 900
"""How long an upload may begin; one that has begun goes on."""

_NAMESPACE: Final = uuid.UUID("5b0c6f5e-0f2f-4f0b-9b6e-3f1d7c9a4e21")


@dataclass(frozen=True, slots=True)
class UploadTo:
    """One request that takes the file: PUT with `headers`, or POST of a form with `fields`."""

    method: Literal["PUT", "POST"]
    url: str = field(repr=False)
    expires_at: float
    headers: dict[str, str] | None = None
    fields: dict[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """The attachment and, while its file is awaited, where it goes. `replayed`: the call was answered before."""

    attachment: Attachment
    upload: UploadTo | None
    replayed: bool


class OpenUpload:
    """`POST /v1/attachments`. The same call again gives the same attachment, with a fresh URL if it needs one."""

    def __init__(
        self,
        *,
        attachments: ports.Attachments,
        uploads: ports.Uploads,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._attachments = attachments
        self._uploads = uploads
        self._clock = clock
        self._new_id = new_id

    def __call__(self, business_id: str, wanted: NewAttachment, *, idempotency_key: str | None) -> Opened:
        """Raises Conflict when the key was used for another file."""
        attachment = self._announced(business_id, wanted, idempotency_key)
        if self._attachments.put(attachment):
            return Opened(attachment, self._upload(attachment, wanted), replayed=False)
        stored = self._attachments.get(business_id, attachment.id)
        if stored is None:
            raise Retryable("the attachment is being stored; call again", code="in_progress", after=1)
        if stored.request_hash != attachment.request_hash:
            raise Conflict(
                "this Idempotency-Key was used for another file; take a new key", code="idempotency_conflict"
            )
        return Opened(stored, self._upload(stored, wanted), replayed=True)

    def _announced(self, business_id: str, wanted: NewAttachment, key: str | None) -> Attachment:
        identity = self._new_id() if key is None else str(uuid.uuid5(_NAMESPACE, f"{business_id}\0{key}"))
        return Attachment(
            id=identity,
            business_id=business_id,
            direction=Direction.OUTBOUND,
            state=PartState.AWAITING_UPLOAD,
            created_at=self._clock(),
            name=safe_name(wanted.name),
            mime_type=wanted.content_type,
            size=wanted.size,
            sha256=wanted.sha256.lower() if wanted.sha256 is not None else None,
            request_hash=hashlib.sha256(wanted.model_dump_json(exclude={"upload"}).encode()).hexdigest(),
        )

    def _upload(self, attachment: Attachment, wanted: NewAttachment) -> UploadTo | None:
        if attachment.state is not PartState.AWAITING_UPLOAD:
            return None
        key = upload_key(attachment.business_id, attachment.id)
        content_type = attachment.mime_type or UNKNOWN
        expires_at = self._clock() + UPLOAD_SECONDS
        sign = self._uploads.form if wanted.upload == "form" else self._uploads.put_url
        url, details = sign(key, size=wanted.size, content_type=content_type, seconds=UPLOAD_SECONDS)
        if wanted.upload == "form":
            return UploadTo("POST", url, expires_at, fields=details)
        return UploadTo("PUT", url, expires_at, headers=details)
