"""What the demo business must know."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

SECRET_PREFIX = "whsec_"  # noqa: S105 - the public prefix of every secret


def _webhook_secret(text: str) -> str:
    try:
        key = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not text.startswith(SECRET_PREFIX) or not key:
        raise ValueError("must be whsec_ followed by the base64 text of the key")
    return text


class Config(BaseModel):
    """The configuration file of the demo business."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    webhook_secret: Annotated[str, AfterValidator(_webhook_secret), Field(repr=False)]
    business_api_url: Annotated[str, Field(pattern=r"^https?://")]
    """Base URL of the MSP's API; `/v1/messages` is appended."""
    api_key: Annotated[str, Field(min_length=1, repr=False)]
    """`<key id>.<secret>`, sent as a bearer token."""
    echo: bool = True

    @property
    def webhook_key(self) -> bytes:
        """The HMAC key inside `webhook_secret`."""
        return base64.b64decode(self.webhook_secret.removeprefix(SECRET_PREFIX))
