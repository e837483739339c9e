"""Verifying webhooks as a receiver should (Standard Webhooks 1.0.0)."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLERANCE_SECONDS = 300
VERSION = "v1"


class WrongSignatureError(Exception):
    """The webhook does not come from the MSP, or not now; the text says why."""


def verify(headers: Mapping[str, str], body: bytes, *, key: bytes, now: float) -> None:
    """Check `webhook-signature` over id, timestamp and the bytes as received. Raises WrongSignatureError.

    The header may hold several signatures, separated by spaces; one that matches is enough, so that a
    secret can be rotated. `headers` must look names up in any case.
    """
    webhook_id, timestamp, signatures = (
        _header(headers, name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    if not (timestamp.isascii() and timestamp.isdecimal()):
        raise WrongSignatureError("webhook-timestamp is not a Unix time in seconds")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise WrongSignatureError("webhook-timestamp is more than five minutes away from now")
    signed = b".".join([webhook_id.encode(), timestamp.encode(), body])
    expected = base64.b64encode(hmac.digest(key, signed, "sha256"))
    for signature in signatures.split():
        version, _, value = signature.partition(",")
        if version == VERSION and hmac.compare_digest(value.encode(), expected):
            return
    raise WrongSignatureError("no signature in webhook-signature matches")


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise WrongSignatureError(f"header {name} is missing")
    return value
