"""Standard Webhooks 1.0.0: how a receiver knows that a webhook is ours."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Final

from parley.errors import Fatal

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX: Final = "whsec_"


def new_secret() -> str:
    """A fresh signing secret: `whsec_` and the base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def signed_headers(keys: Iterable[str], *, webhook_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a signed webhook; one signature for every key, newest first.

    `timestamp` is Unix seconds of this attempt. Raises Fatal for a secret that is not `whsec_<base64>`, and for none.
    """
    content = f"{webhook_id}.{timestamp}.".encode() + body
    signatures = [f"v1,{base64.b64encode(_mac(key, content)).decode('ascii')}" for key in keys]
    if not signatures:
        raise Fatal("there is no webhook secret; store one")
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _mac(secret: str, content: bytes) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise Fatal("the webhook secret is not 'whsec_<base64>'; store a new one") from None
    if not key:
        raise Fatal("the webhook secret is empty; store a new one")
    return hmac.new(key, content, hashlib.sha256).digest()
