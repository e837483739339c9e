"""What the customer's device says it can show (protocol/11 §1)."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

MAX_TOKENS: Final = 32
"""own: Apple has six; a bound keeps a hostile header out of the table."""


def parse(header: str | None) -> list[str] | None:
    """Read `capability-list`: upper-cased tokens in order, unknown ones kept, each once.

    None when the header is absent (never reported), [] when it is there and empty (protocol/11 §1).
    Some captures have the list URL-encoded, so it is decoded when it contains a `%`.
    """
    if header is None:
        return None
    text = unquote(header) if "%" in header else header
    tokens = (token.strip().upper()[:32] for token in text.split(","))
    return list(dict.fromkeys(token for token in tokens if token))[:MAX_TOKENS]
