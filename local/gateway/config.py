"""What the gateway must know about its one MSP."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_OPAQUE_ID = re.compile(r"urn:mbid:[A-Za-z0-9+/=]+")
_TELEPHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_HEX_KEY = re.compile(r"[0-9a-fA-F]{32,}")


def is_uuid(text: str) -> bool:
    """Tell whether `text` is a UUID in its usual 36 characters."""
    return _UUID.fullmatch(text) is not None


def _uuid(text: str) -> str:
    if not is_uuid(text):
        raise ValueError("must be a UUID such as 2f0a6f0e-52b8-4c0c-9a44-6f1f3b1a7c11")
    return text


def _opaque_id(text: str) -> str:
    if _OPAQUE_ID.fullmatch(text) is None:
        raise ValueError("must be urn:mbid: followed by base64 text")
    return text


def _secret(text: str) -> str:
    if _HEX_KEY.fullmatch(text):
        # Hex happens to be valid base64: the mistake would only show as a wrong signature (protocol/01 §5).
        raise ValueError("looks like hex; the secret must be the base64 text of the key")
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("must be the base64 text of the key") from None
    if not key:
        raise ValueError("must not be empty")
    return text


def _http_url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", text):
        raise ValueError("must be an http or https URL, complete with /message at its end")
    return text


def is_telephone(text: str) -> bool:
    """Tell whether `text` is a telephone number in E.164, such as +15550100."""
    return _TELEPHONE.fullmatch(text) is not None


def _telephone(text: str) -> str:
    if not is_telephone(text):
        raise ValueError("must be a telephone number such as +15550100")
    return text


def _https_prefix(text: str) -> str:
    if not re.fullmatch(r"https://[^\s/]+/\S*", text):
        raise ValueError("must be the beginning of https URLs, the slash after the host included")
    return text


BusinessId = Annotated[str, AfterValidator(_uuid)]
OpaqueId = Annotated[str, AfterValidator(_opaque_id)]
Telephone = Annotated[str, AfterValidator(_telephone)]
Capabilities = list[str]

DEFAULT_CAPABILITIES = ("AUTH", "LIST", "TIME", "FORM", "QUICK", "AUTH2")


class Customer(BaseModel):
    """One customer and the phone in their hand."""

    model_config = ConfigDict(extra="forbid")

    opaque_id: OpaqueId
    name: str = "Customer"
    locale: str = "en_US"
    capabilities: Capabilities = list(DEFAULT_CAPABILITIES)
    tel: Telephone | None = None
    """Where an invitation reaches the phone."""
    timezone_offset: Annotated[int, Field(ge=-720, le=840)] = 60
    """Minutes from GMT. East of it by default, where the UTC date of a midnight is the day before."""


class Config(BaseModel):
    """The gateway's configuration; until it names an MSP, every token is refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    msp_id: Annotated[str, AfterValidator(_uuid)] | None = None
    secrets: list[Annotated[str, AfterValidator(_secret)]] = Field(default=[], repr=False)
    """Base64 texts. Every one verifies the MSP's tokens; the first signs what phones send."""
    message_url: Annotated[str, AfterValidator(_http_url)] | None = None
    """Where customers' messages are posted, complete with `/message`."""
    businesses: list[BusinessId] = []
    customers: list[Customer] = []
    decode_shape: Literal["bare", "wrapped"] = "bare"
    """The two answers of decodePayload seen in the wild (protocol/09 §1)."""
    decode_takes: Literal["any", "gzip", "inflated"] = "any"
    """What decodePayload wants posted: the decrypted bytes as they are, or gunzipped (open question 16)."""
    download_seconds: Annotated[float, Field(ge=0)] = 60
    """How long a download URL works."""
    upload_seconds: Annotated[float, Field(ge=0)] = 600
    """How long an upload URL works."""
    reference_seconds: Annotated[float, Field(ge=0)] | None = None
    """How long a `dataRef` can be sent again (open question 17); null for ever."""

    app_clips: list[Annotated[str, AfterValidator(_https_prefix)]] = ["https://appclip.example.com/"]
    """Beginnings of the URLs constructPayload makes a link of."""
    numbers_without_imessage: list[Telephone] = ["+15550199"]
    """Invitations to them are answered 404; every other number gets a phone with its first invitation."""
    merchant_ids: list[str] | None = None
    """The Apple Pay merchant ids of the business's registration; null takes any."""

    @property
    def keys(self) -> list[bytes]:
        """The HMAC keys: the secrets, base64-decoded."""
        return [base64.b64decode(secret) for secret in self.secrets]
