"""API keys: `<key id>.<secret>`, shown once, stored as SHA-256 (design §4)."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from parley.business.model import ApiKey

_FORM: Final = re.compile(r"([A-Za-z0-9_-]{4,64})\.([A-Za-z0-9_-]{20,128})")


def parse(authorization: str | None) -> tuple[str, str] | None:
    """Split `Bearer <key id>.<secret>`; None for anything else."""
    scheme, _, credential = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    found = _FORM.fullmatch(credential.strip())
    return (found[1], found[2]) if found else None


def digest(secret: str) -> str:
    """SHA-256 in hex. The secrets are random and long, so a slow hash would only cost time."""
    return hashlib.sha256(secret.encode()).hexdigest()


def opens(key: ApiKey | None, secret: str, *, now: float) -> bool:
    """Whether `secret` is this key's, compared in constant time even when there is no such key."""
    same = hmac.compare_digest(digest(secret), key.secret_sha256 if key else "0" * 64)
    return key is not None and same and key.enabled and (key.expires_at is None or now < key.expires_at)
