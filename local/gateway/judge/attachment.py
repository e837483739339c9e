"""Attachment dictionaries of outbound messages (protocol/08 §2)."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from local.gateway.attachment_cipher import is_key_field
from local.gateway.mmcs import MAX_BYTES, SIGNATURE_BYTES

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields

KNOWN = {"name", "mimeType", "size", "url", "owner", "key", "signature-base64", "signature"}


def judge_attachment(part: Fields) -> list[str]:
    """Judge one entry of `attachments`. Returns violations; raises RefusalError."""
    for key in ("name", "mimeType", "url", "owner"):
        part.text(key)
    size = part.text("size")
    if not re.fullmatch(r"[1-9][0-9]{0,17}", size):
        raise part.wrong("size", "must be a string of decimal digits")
    if int(size) > MAX_BYTES:
        raise part.wrong("size", f"is more than {MAX_BYTES} bytes")
    judge_key(part)
    judge_signature(part)
    violations = part.unknown(KNOWN)
    if "signature" in part:
        violations.append(f"{part.path('signature')} is only for messages from Apple")
    return violations


def judge_key(part: Fields) -> None:
    """Refuse a key that is not `00` and 64 hex digits."""
    if not is_key_field(part.text("key")):
        raise part.wrong("key", "must be 00 followed by 64 hex digits")


def judge_signature(part: Fields) -> None:
    """Refuse a signature that is not the base64 text of 21 bytes."""
    if not is_signature(part.text("signature-base64")):
        raise part.wrong("signature-base64", f"must be the base64 text of {SIGNATURE_BYTES} bytes")


def is_signature(text: str) -> bool:
    """Tell whether `text` is the standard base64 of 21 bytes."""
    try:
        return len(base64.b64decode(text, validate=True)) == SIGNATURE_BYTES
    except ValueError:
        return False
