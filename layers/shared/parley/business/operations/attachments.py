"""Attachments: files a business uploads to send them, and those customers sent."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from parley.apple import limits
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Query, Shown, Whole

MAX_NAME_CHARS: Final = 1024

type AttachmentState = Literal["pending", "awaiting_upload", "processing", "scanning", "ready", "quarantined", "failed"]


class NewAttachment(Asked):
    """A file that is about to be uploaded."""

    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_NAME_CHARS,
            description="With its extension. Directories, control characters and the like are taken out.",
            examples=["receipt-9001.pdf"],
        ),
    ]
    content_type: Annotated[
        str | None,
        Field(
            max_length=127,
            pattern=r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$",
            description="What the customer's device is told; without it, what the first bytes say.",
            examples=["application/pdf"],
        ),
    ] = None
    size: Annotated[Whole, Field(ge=1, le=limits.MAX_ATTACHMENT_BYTES, description="Bytes, exactly.")]
    sha256: Annotated[
        str | None,
        Field(pattern=r"^[0-9a-fA-F]{64}$", description="In hex. A file that turns out to be another one fails."),
    ] = None
    upload: Annotated[
        Literal["put", "form"],
        Field(description="`put` is one PUT of the bytes; `form` a form upload from a browser."),
    ] = "put"


class UploadView(Shown):
    """How to upload: the bytes with these headers, or a form with these fields and `file` as the last."""

    method: Literal["PUT", "POST"]
    url: str
    headers: dict[str, str] | None = None
    fields: dict[str, str] | None = None
    expires_at: str


class AttachmentView(Shown):
    """A file. `name` is safe for a disk; `content_type` is what its first bytes say, whatever anybody called it."""

    id: str
    direction: Literal["inbound", "outbound"]
    state: AttachmentState
    name: str | None = None
    mime_type: Annotated[str | None, Field(description="What its sender called it.")] = None
    content_type: str | None = None
    size: int | None = None
    sha256: str | None = None
    reason: Annotated[str | None, Field(description="Why it `failed`.")] = None
    conversation_id: str | None = None
    message_id: str | None = None
    created_at: str
    settled_at: str | None = None
    download_url: Annotated[
        str | None, Field(description="For a `ready` one. It saves the file, and works for five minutes.")
    ] = None
    download_expires_at: str | None = None
    upload: UploadView | None = None


class ContentQuery(Query):
    """In which form."""

    rendition: Annotated[
        Literal["jpeg"] | None, Field(description="`jpeg` of a HEIC picture, for those who cannot show it.")
    ] = None


_ONE: Final = "/v1/attachments/{id}"
_UNKNOWN: Final = {404: "No such attachment of this business."}

CREATE: Final = Operation(
    id="createAttachment",
    method="POST",
    path="/v1/attachments",
    scope="send",
    summary="Announce a file and get a place to upload it",
    description=(
        "Upload it right away; it is encrypted and brought to Apple as soon as it is there, so that it is ready before "
        "the message. A message may name it at once."
    ),
    body=(NewAttachment,),
    status=201,
    outcome="Announced. `upload` says how to send the bytes.",
    answer=AttachmentView,
    headers=("Location",),
    once=True,
)
GET: Final = Operation(
    id="getAttachment",
    method="GET",
    path=_ONE,
    scope="read",
    summary="What is known of a file",
    outcome="The attachment, with a short-lived download URL when it is ready.",
    answer=AttachmentView,
    refusals=_UNKNOWN,
)
CONTENT: Final = Operation(
    id="getAttachmentContent",
    method="GET",
    path=f"{_ONE}/content",
    scope="read",
    summary="Download a file",
    query=ContentQuery,
    status=302,
    outcome="`Location` is a download URL that works for five minutes. It saves the file and never shows it.",
    headers=("Location",),
    also={202: "It is not there yet; `Retry-After` says when to call again."},
    refusals=_UNKNOWN
    | {
        410: "It will never be there: it failed, or the malware scanner keeps it back. `detail` says which.",
        422: "This file has no such rendition.",
    },
)

OPERATIONS: Final = (CREATE, GET, CONTENT)
