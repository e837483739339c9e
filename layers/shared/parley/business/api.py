"""The business API's own shapes: what comes in, what goes out (design §6)."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from parley import errors
from parley.apple import limits
from parley.errors import Invalid, Rejected

MAX_BODY_BYTES: Final = 256 * 1024
IDEMPOTENCY_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class SendText(_Strict):
    """A text for one customer."""

    to: Annotated[
        str,
        Field(
            min_length=1,
            max_length=limits.MAX_OPAQUE_ID_CHARS,
            pattern=r"^[\x21-\x7e]+$",
            description="The conversation id, or the customer's opaque id exactly as a webhook showed it.",
            examples=["mfzgqylcmnsgkzlqojxw42djnr", "urn:mbid:AQAAYexample0customer0A=="],
        ),
    ]
    type: Literal["text"] = "text"
    body: Annotated[str, Field(description="Plain text; new lines as \\n.", max_length=limits.MAX_TEXT_CHARS)]
    subject: Annotated[
        str | None, Field(description="One line shown above the text.", max_length=limits.MAX_SUBJECT_CHARS)
    ] = None
    auto_reply: Annotated[bool, Field(description="True when a bot wrote it (Apple's auto-reply header).")] = False
    agent: Annotated[
        str | None,
        Field(
            description="Which agent or system sends it; no personal data (Apple's msp-agent header).",
            max_length=limits.MAX_AGENT_CHARS,
            pattern=r"^[\x20-\x7e]*$",
        ),
    ] = None


class MessageFault(BaseModel):
    """Why a message did not go out."""

    code: str
    message: str


class MessageView(BaseModel):
    """A message as the API shows it. Apple sends no delivery or read receipts: `sent` is all there is."""

    id: str
    conversation_id: str
    direction: Literal["inbound", "outbound"]
    type: str
    state: Literal["received", "held", "delivered", "suppressed", "queued", "sent", "unknown", "cancelled", "failed"]
    created_at: str
    body: str | None = None
    subject: str | None = None
    sequence: int | None = None
    attempts: int = 0
    sent_at: str | None = None
    delivered_at: str | None = None
    error: MessageFault | None = None


class Fault(BaseModel):
    """One thing that is wrong with a request. `path` is a JSON pointer into the body."""

    path: str
    code: str
    message: str


class Problem(BaseModel):
    """application/problem+json (RFC 9457) with a stable `code`."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    request_id: str | None = None
    errors: list[Fault] = []


_SEND: Final[TypeAdapter[SendText]] = TypeAdapter(SendText)


def read_send(body: bytes) -> SendText:
    """Read the body of `POST /v1/messages`. Raises Invalid with every fault and its JSON pointer."""
    try:
        return _SEND.validate_json(body or b"null", strict=True)
    except ValidationError as error:
        raise Invalid([_fault(entry) for entry in error.errors(include_url=False)]) from None


def read_idempotency_key(header: str | None) -> str | None:
    """The `Idempotency-Key` header, or None when the caller gave none."""
    if header is None:
        return None
    if not IDEMPOTENCY_KEY.fullmatch(header):
        raise Rejected("1 to 255 visible ASCII characters", code="idempotency_key_malformed")
    return header


def _fault(entry: Any) -> errors.Fault:
    path = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in entry["loc"])
    code, message = _MENDS.get(entry["type"], (entry["type"], entry["msg"]))
    return errors.Fault(path, code, message)


_MENDS: Final = {
    "extra_forbidden": ("unknown_field", f"remove it; the fields are {', '.join(SendText.model_fields)}"),
    "json_invalid": ("body_not_json", "send one JSON object in UTF-8"),
    "missing": ("required", "add this field"),
    "model_type": ("body_not_object", "send one JSON object"),
}


def canonical(send: SendText) -> str:
    """The request as one line of JSON, equal for equal requests: what an idempotency key is bound to."""
    return json.dumps(send.model_dump(), sort_keys=True, separators=(",", ":"))
