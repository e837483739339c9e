"""Verifies a webhook with Python's standard library alone. Copy it into your receiver.

    verify(body, headers, secret)         # or: verify(body, headers, new_secret, old_secret)

`body` has to be the bytes as they came, before anything parsed them.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

TOLERANCE_SECONDS = 5 * 60


class NotVerifiedError(Exception):
    """Not ours, changed on the way, or too old: answer 401 and do nothing else."""


def verify(body: bytes, headers: Mapping[str, str], *secrets: str, now: float | None = None) -> None:
    """Return if one of the signatures is of one of your secrets (`whsec_…`). Raises NotVerifiedError."""
    found = {name.lower(): value for name, value in headers.items()}
    webhook_id, timestamp, signatures = (found.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not webhook_id or not signatures:
        raise NotVerifiedError("webhook-id or webhook-signature is missing")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 16):
        raise NotVerifiedError("webhook-timestamp is not a time")
    if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE_SECONDS:
        raise NotVerifiedError("webhook-timestamp is too far from now")
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    for secret in secrets:
        expected = _signature(secret, signed)
        # compare_digest takes as long for a good guess as for a bad one; == would tell them apart.
        if any(hmac.compare_digest(one.encode(), expected) for one in signatures.split()):
            return
    raise NotVerifiedError("no signature matches")


def _signature(secret: str, signed: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    return b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
