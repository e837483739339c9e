"""AES-256-CTR as attachments use it (protocol/08 §1)."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import CipherContext

_KEY_FIELD = re.compile(r"00[0-9a-fA-F]{64}")
_FIRST_COUNTER_BLOCK = bytes(16)


def new_key_field() -> str:
    """Make a fresh key as messages carry it: type byte `00`, then 64 hex digits."""
    return "00" + secrets.token_hex(32)


def is_key_field(text: str) -> bool:
    """Tell whether `text` is `00` and 64 hex digits, in either case."""
    return _KEY_FIELD.fullmatch(text) is not None


def cipher(key_field: str) -> CipherContext:
    """Start encrypting or decrypting, which is the same in CTR mode; feed it by `update`."""
    if not is_key_field(key_field):
        raise ValueError("a key is 00 followed by 64 hex digits")
    key = bytes.fromhex(key_field[2:])
    return Cipher(algorithms.AES256(key), modes.CTR(_FIRST_COUNTER_BLOCK)).encryptor()


def apply(key_field: str, data: bytes) -> bytes:
    """Encrypt or decrypt `data` as a whole."""
    return cipher(key_field).update(data)
