"""The `Idempotency-Key` of a call; apart from the API's models, which reading a key does not need."""

from __future__ import annotations

import re
from typing import Final

from parley.errors import Rejected

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


def read_idempotency_key(header: str | None) -> str | None:
    """The `Idempotency-Key` header, or None when the caller gave none."""
    if header is None:
        return None
    if not _KEY.fullmatch(header):
        raise Rejected("1 to 255 visible ASCII characters", code="idempotency_key_malformed")
    return header
