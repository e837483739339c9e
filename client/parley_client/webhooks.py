"""Webhooks: believed only with a signature (Standard Webhooks 1.0.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any, Final, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLERANCE_SECONDS: Final = 300.0


class NotVerifiedError(Exception):
    """Not Parley's, changed on the way, or too old: answer 401 and do nothing else."""


class WebhookEvent(TypedDict):
    """`type` says what `data` is; there may be types and fields you do not know yet."""

    type: str
    timestamp: str
    data: dict[str, Any]


def verify(
    body: bytes,
    headers: Mapping[str, str],
    *secrets: str,
    tolerance: float = TOLERANCE_SECONDS,
    now: float | None = None,
) -> WebhookEvent:
    """The event, if one of the signatures is of one of your secrets (`whsec_…`).

    `body` is the bytes as they came, `now` Unix seconds. Raises NotVerifiedError, or ValueError for what is no secret.
    """
    keys = [_key(secret) for secret in secrets]
    found = {name.lower(): value for name, value in headers.items()}
    webhook_id, timestamp, signatures = (found.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not webhook_id or not signatures:
        raise NotVerifiedError("webhook-id or webhook-signature is missing")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 16):
        raise NotVerifiedError("webhook-timestamp is not a time")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance:
        raise NotVerifiedError("webhook-timestamp is too far from now")
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    expected = [b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys]
    # Every pair is compared, each in constant time: how long it takes tells nothing of which was right.
    matches = [hmac.compare_digest(given.encode(), one) for given in signatures.split() for one in expected]
    if not any(matches):
        raise NotVerifiedError("no signature matches")
    return _event(body)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise ValueError("a webhook secret is whsec_ and base64") from None


def _event(body: bytes) -> WebhookEvent:
    try:
        event: WebhookEvent = json.loads(body)
    except ValueError:
        raise NotVerifiedError("the body is not JSON") from None
    return event
