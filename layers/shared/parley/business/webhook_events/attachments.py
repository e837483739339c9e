"""Files a customer sent, and what became of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from parley.business.webhook_events.shapes import Absent, Named, News, Shape

type Status = Annotated[
    Literal["pending", "ready", "failed"],
    Field(description="`pending` means that `attachment.ready` or `attachment.failed` will follow."),
]


class File(Shape):
    """One file. Ask the API for its bytes by `id`."""

    id: Annotated[str, Field(description="For the API.")]
    name: Annotated[str | None, Field(description="As the sender called it, made safe to be a file's name.")]
    mime_type: Annotated[str | None, Field(description="What the sender calls it. Nobody has checked that.")]
    size: Annotated[int | None, Field(ge=0, description="Bytes.")]
    status: Status
    content_type: Annotated[str | Absent, Field(description="What its first bytes say, once it is ready.")] = None
    sha256: Annotated[str | Absent, Field(description="Of the bytes, in hex, once it is ready.")] = None
    reason: Annotated[str | Absent, Field(description="Why it failed: a stable code.")] = None


class Content(Shape):
    """Interactive data that Apple sent beside the message, because there was too much of it."""

    id: str
    status: Status
    title: Annotated[str | Absent, Field(description="The title of its bubble.")] = None
    reason: Annotated[str | Absent, Field(description="Why it failed: a stable code.")] = None


class AttachmentReady(News):
    """A file that was `pending` in its message is there now."""

    message: Annotated[Named, Field(description="The message it belongs to.")]
    attachment: File


class AttachmentFailed(News):
    """A file that was `pending` in its message will not come."""

    message: Annotated[Named, Field(description="The message it belongs to.")]
    attachment: File
