"""API keys: `<key id>.<secret>`, shown once, stored as SHA-256 (design §4).

Parley's own look like `parley_live_<16>.<38>` in letters and digits, and the last six are a checksum of all that stands
before them: a secret scanner can tell one from other text without asking us, and so can we without asking the table.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.model import ApiKey
    from parley.business.scopes import Mode

FORM: Final = r"parley_(?:live|test)_[0-9A-Za-z]{16}\.[0-9A-Za-z]{38}"
"""What a secret scanner looks for."""

_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_CHARS: Final = 16
_RANDOM_CHARS: Final = 32
"""190 bits."""
_CHECK_CHARS: Final = 6
"""Base 62 of 32 bits."""

_OURS: Final = re.compile(FORM)
_PREFIX: Final = "parley_"
_OLDER: Final = re.compile(r"([A-Za-z0-9_-]{4,64})\.([A-Za-z0-9_-]{20,128})")
_NO_SECRET: Final = "0" * 64


def new_id(mode: Mode, *, choice: Callable[[str], str] = secrets.choice) -> str:
    """The id of a new key."""
    return f"{_PREFIX}{mode}_{_text(_ID_CHARS, choice)}"


def new_secret(key_id: str, *, choice: Callable[[str], str] = secrets.choice) -> str:
    """A secret for the key with this id, its checksum included."""
    drawn = _text(_RANDOM_CHARS, choice)
    return drawn + checksum(f"{key_id}.{drawn}")


def checksum(text: str) -> str:
    """CRC-32 of ASCII text, in six characters of base 62. It finds what was mistyped, and proves nothing."""
    rest, found = zlib.crc32(text.encode("ascii")), ""
    for _ in range(_CHECK_CHARS):
        rest, digit = divmod(rest, len(_ALPHABET))
        found = _ALPHABET[digit] + found
    return found


def parse(authorization: str | None) -> tuple[str, str] | None:
    """Split `Bearer <key id>.<secret>`; None for anything else, and for a key of ours whose checksum is not right."""
    scheme, _, credential = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    credential = credential.strip()
    found = _OLDER.fullmatch(credential)
    if found is None or (credential.startswith(_PREFIX) and not _is_ours(credential)):
        return None
    return found[1], found[2]


def digest(secret: str) -> str:
    """SHA-256 in hex. The secrets are random and long, so a slow hash would only cost time."""
    return hashlib.sha256(secret.encode()).hexdigest()


def opens(key: ApiKey | None, secret: str, *, now: float) -> bool:
    """Whether `secret` is this key's, compared in constant time even when there is no such key."""
    shown = digest(secret)
    is_current = hmac.compare_digest(shown, key.secret_sha256 if key else _NO_SECRET)
    is_former = hmac.compare_digest(shown, _former(key, now=now))
    return key is not None and (is_current or is_former) and key.is_good(now=now)


def _former(key: ApiKey | None, *, now: float) -> str:
    """The digest of a secret that was replaced and is still good."""
    if key is None or key.former_sha256 is None or key.former_until is None or now >= key.former_until:
        return _NO_SECRET
    return key.former_sha256


def _is_ours(credential: str) -> bool:
    return (
        _OURS.fullmatch(credential) is not None and checksum(credential[:-_CHECK_CHARS]) == credential[-_CHECK_CHARS:]
    )


def _text(length: int, choice: Callable[[str], str]) -> str:
    return "".join(choice(_ALPHABET) for _ in range(length))
