"""The business API's own shapes: what comes in, what goes out (design §6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Shown(BaseModel):
    model_config = ConfigDict(defer_build=True)


class MessageFault(_Shown):
    """Why a message did not go out."""

    code: str
    message: str


class Note(_Shown):
    """Something that was changed on the way, and where."""

    path: str
    note: str


class FileView(_Shown):
    """A file of a message, as it is now. Ask for its bytes by `id`."""

    id: str
    name: str | None = None
    mime_type: Annotated[str | None, Field(description="What its sender calls it.")] = None
    size: Annotated[int | None, Field(description="Bytes.")] = None
    status: Literal["pending", "awaiting_upload", "processing", "ready", "failed"]
    content_type: Annotated[str | None, Field(description="What its first bytes say, once it is ready.")] = None
    sha256: str | None = None
    reason: Annotated[str | None, Field(description="Why it failed: a stable code.")] = None


class TemplateUsed(_Shown):
    """Which template of the library a message was made of."""

    name: str
    version: int
    locale: str


class MessageView(_Shown):
    """A message as the API shows it. Apple sends no delivery or read receipts: `sent` is all there is."""

    id: str
    conversation_id: str
    direction: Literal["inbound", "outbound", "notice"]
    type: str
    state: Literal["received", "held", "delivered", "suppressed", "queued", "sent", "unknown", "cancelled", "failed"]
    created_at: str
    kind: Annotated[str | None, Field(description="What was asked for: `list_picker`, `form` …")] = None
    form: Annotated[str | None, Field(description="What was sent instead, where the device could not show it.")] = None
    form_reason: str | None = None
    body: str | None = None
    subject: str | None = None
    sequence: int | None = None
    attempts: int = 0
    sent_at: str | None = None
    delivered_at: str | None = None
    error: MessageFault | None = None
    parts: Annotated[
        list[str] | None, Field(description="The ids of all messages one call became, this one first.")
    ] = None
    mode: Annotated[Literal["test"] | None, Field(description="It was sent with a test key, and so to nobody.")] = None
    template: TemplateUsed | None = None
    notes: Annotated[list[Note] | None, Field(description="What was done to pictures to make them fit.")] = None
    raw: Annotated[
        dict[str, Any] | None,
        Field(
            description="Of everything but a text, when it is read: Apple's own JSON, without pictures of yours and "
            "without codes, tokens and keys."
        ),
    ] = None
    attachments: Annotated[
        list[FileView] | None, Field(description="When it is read: its files, in the order of their places.")
    ] = None
    content: Annotated[
        dict[str, Any] | None,
        Field(description="Of an answer too large to travel in its message: as its webhook told."),
    ] = None
    result: Annotated[
        dict[str, Any] | None, Field(description="What the customer answered, as the webhook told it once delivered.")
    ] = None
    reaction: Annotated[
        dict[str, Any] | None, Field(description="The tapback it is, as the webhook told it once delivered.")
    ] = None
    redacted: Annotated[
        list[str] | None,
        Field(
            description="What is taken out, as the privacy settings say: `body`, `subject`, `answers/<page>`, "
            "`answers`, or `raw` of an answer of which more is not known."
        ),
    ] = None
    omitted: Annotated[
        bool | None, Field(description="True when it is too large for a list: ask for the message itself.")
    ] = None


class Fault(_Shown):
    """One thing that is wrong with a request. `path` is a JSON pointer into the body."""

    path: str
    code: str
    message: str


class Problem(_Shown):
    """application/problem+json (RFC 9457) with a stable `code`."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    request_id: str | None = None
    errors: list[Fault] = []
