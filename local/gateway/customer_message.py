"""What a customer does on the phone, turned into what Apple posts (protocol/01 §2.1, 02, 08)."""

from __future__ import annotations

import base64
import binascii
import gzip
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from local.gateway import attachment_cipher, tokens
from local.gateway.judge.text import PLACEHOLDER
from local.gateway.references import is_large
from local.web.json_requests import RequestError
from local.web.strict_json import compact

if TYPE_CHECKING:
    from local.gateway.config import Customer
    from local.gateway.gateway import Gateway


def _from_base64(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("must be a string of base64")  # noqa: TRY004 - pydantic reports a ValueError by field
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("is not base64") from None


Base64 = Annotated[bytes, BeforeValidator(_from_base64)]


class AttachmentOrder(BaseModel):
    """A file the customer attaches: `data_base64`, its content in clear, or `file`, one that was posted before."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: str | None = None
    mime_type: str | None = None
    data_base64: Base64 | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.data_base64 is None) == (self.file is None):
            raise ValueError("give either data_base64 or file")
        if self.file is None and (self.name is None or self.mime_type is None):
            raise ValueError("give name and mime_type")
        return self


class CustomerMessage(BaseModel):
    """Body of POST /control/messages."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    opaque_id: str | None = None
    business_id: str | None = None
    type: str = "text"
    body: str | None = None
    subject: str | None = None
    locale: str | None = None
    intent: str | None = None
    group: str | None = None
    capabilities: list[str] | str | None = None
    """A string goes into the header exactly as it is."""
    attachments: list[AttachmentOrder] = []
    interactive_data: dict[str, Any] | None = None
    by_reference: bool = False
    """Whether interactive data travels as `interactiveDataRef` even when it is small."""
    id: str | None = None
    extra: dict[str, Any] = {}
    """Laid over the finished envelope."""

    repeat: Annotated[int, Field(ge=1, le=100)] = 1
    concurrent: bool = False

    gzip: bool = True
    headers: dict[str, str | None] = {}
    """Laid over the finished headers; null removes one."""
    token: str | None = None
    """Sent instead of a token the gateway signs."""
    claims: dict[str, Any] = {}
    """Laid over the claims the gateway signs; null removes one."""
    raw_body: str | None = None
    raw_body_base64: Base64 | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.raw_body is not None and self.raw_body_base64 is not None:
            raise ValueError("give either raw_body or raw_body_base64")
        if self.is_raw:
            return self
        if self.type == "text" and self.body is None and not self.attachments and "body" not in self.extra:
            raise ValueError("a text needs a body or attachments")
        if self.type == "interactive" and self.interactive_data is None and not self.extra:
            raise ValueError("an interactive needs interactive_data")
        return self

    @property
    def is_raw(self) -> bool:
        """Whether the request body is given byte by byte."""
        return self.raw_body is not None or self.raw_body_base64 is not None


@dataclass(frozen=True)
class Outgoing:
    """A finished POST. `envelope` is what the phone shows; `body` may be anything a test wants."""

    id: str
    envelope: dict[str, Any]
    headers: dict[str, str]
    body: bytes


def prepare(gateway: Gateway, order: CustomerMessage, customer: Customer, *, base_url: str) -> Outgoing:
    """Encrypt and store attachments, build the envelope, sign, compress."""
    message_id = order.id or str(uuid.uuid4())
    envelope: dict[str, Any] = {
        "v": 1,
        "id": message_id,
        "type": order.type,
        "sourceId": customer.opaque_id,
        "destinationId": order.business_id or (gateway.config.businesses or [""])[0],
    }
    if order.type in {"text", "interactive"} or order.locale is not None:
        envelope["locale"] = customer.locale if order.locale is None else order.locale
    for key in ("body", "subject", "intent", "group"):
        if getattr(order, key) is not None:
            envelope[key] = getattr(order, key)
    if order.attachments:
        envelope["attachments"] = [_attach(gateway, part, base_url) for part in order.attachments]
        envelope["body"] = _with_placeholders(order.body or "", len(order.attachments))
    if order.interactive_data is not None:
        envelope |= _interactive(gateway, order, order.interactive_data, base_url)
    envelope |= order.extra
    body = compact(envelope) if order.raw_body is None else order.raw_body.encode()
    if order.raw_body_base64 is not None:
        body = order.raw_body_base64
    return Outgoing(
        id=message_id,
        envelope=envelope,
        headers=_headers(gateway, order, customer, envelope),
        body=gzip.compress(body, mtime=0) if order.gzip else body,
    )


def twin(order: CustomerMessage, first: Outgoing) -> CustomerMessage:
    """Order the same message under another id, as some devices post a reply twice (protocol/01 §2.3)."""
    content = {key: value for key, value in first.envelope.items() if key != "id"}
    return order.model_copy(update={"id": None, "interactive_data": None, "attachments": [], "extra": content})


def _interactive(gateway: Gateway, order: CustomerMessage, data: dict[str, Any], base_url: str) -> dict[str, Any]:
    """Carry interactive data inline, or by reference when it is large (protocol/09 §1)."""
    if order.by_reference or is_large(data):
        return {"interactiveDataRef": gateway.references.for_msp(data, base_url=base_url)}
    return {"interactiveData": data}


def _attach(gateway: Gateway, part: AttachmentOrder, base_url: str) -> dict[str, Any]:
    name, mime_type = part.name, part.mime_type
    if part.data_base64 is not None:
        key = attachment_cipher.new_key_field()
        stored = gateway.store.put(attachment_cipher.apply(key, part.data_base64), base_url=base_url)
    else:
        file = gateway.files.get(part.file or "")
        if file is None:
            raise RequestError(404, "There is no such file; POST /control/files stores one.")
        name, mime_type = name or file.name, mime_type or file.mime_type
        key, stored = file.key, file.stored
    return {
        "name": name,
        "mimeType": mime_type,
        "size": stored.size,
        "signature": stored.signature.upper(),
        "url": stored.url,
        "owner": stored.owner,
        "key": key,
    }


def _with_placeholders(body: str, attachments: int) -> str:
    missing = attachments - body.count(PLACEHOLDER)
    return body + PLACEHOLDER * max(missing, 0)


def _headers(gateway: Gateway, order: CustomerMessage, customer: Customer, envelope: dict[str, Any]) -> dict[str, str]:
    capabilities = customer.capabilities if order.capabilities is None else order.capabilities
    headers: dict[str, str | None] = {
        "content-type": "application/json",
        "content-encoding": "gzip" if order.gzip else None,
        "authorization": f"Bearer {_token(gateway, order)}",
        "id": str(envelope.get("id", "")),
        "source-id": str(envelope.get("sourceId", "")),
        "destination-id": str(envelope.get("destinationId", "")),
        "capability-list": capabilities if isinstance(capabilities, str) else ",".join(capabilities),
    }
    headers |= {name.lower(): value for name, value in order.headers.items()}
    return {name: value for name, value in headers.items() if value is not None}


def _token(gateway: Gateway, order: CustomerMessage) -> str:
    if order.token is not None:
        return order.token
    claims = {"aud": gateway.config.msp_id, "iat": int(gateway.clock())} | order.claims
    claims = {name: value for name, value in claims.items() if value is not None}
    return tokens.mint(gateway.config.keys[0], claims)
