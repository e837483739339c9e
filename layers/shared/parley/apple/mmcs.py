"""How attachments are encrypted and signed in Apple's store (protocol/08 §1, §2, §6).

Nothing here holds a file: bytes pass through piece by piece, in pieces of any size.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from typing import Final

from parley.errors import Rejected

BLOCK: Final = 16
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 21

_KEY_FIELD: Final = re.compile(r"00[0-9a-fA-F]{64}")
_MESSAGE_TYPE: Final = b"\x81"
_SALT: Final = b"com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0"


def new_key() -> str:
    """A fresh key as a dictionary carries it: `00` and 64 hex digits. One for every attachment (protocol/08 §1)."""
    return key_field(secrets.token_bytes(KEY_BYTES))


def key_field(key: bytes) -> str:
    """32 bytes as the `key` of a dictionary: the type byte 0, then the key, in lower-case hex."""
    return f"00{key.hex()}"


def key_bytes(field: object) -> bytes:
    """The 32 bytes of a `key`, hex digits in either case. Raises Rejected (`key_invalid`), never showing it."""
    if not isinstance(field, str) or not _KEY_FIELD.fullmatch(field):
        raise Rejected("the key is not 00 and 64 hex digits", code="key_invalid")
    return bytes.fromhex(field[2:])


class Cipher:
    """AES-256-CTR from an all-zero counter block; encrypting and decrypting are the same (protocol/08 §1).

    `at` is how many bytes were done before, so that a transfer can go on where it stopped.
    """

    def __init__(self, key: bytes, *, at: int = 0) -> None:
        # Late: it is slow to load, and most of what imports this module never encrypts.
        from cryptography.hazmat.primitives.ciphers import Cipher as Mode
        from cryptography.hazmat.primitives.ciphers import algorithms, modes

        counter = (at // BLOCK).to_bytes(BLOCK)
        self._context = Mode(algorithms.AES256(key), modes.CTR(counter)).encryptor()
        self._context.update(bytes(at % BLOCK))

    def update(self, piece: bytes) -> bytes:
        """The next bytes, as many as were given."""
        return self._context.update(piece)


class Signature:
    """What Apple calls signature or file checksum: a type byte and a salted SHA-1 of the encrypted bytes."""

    def __init__(self) -> None:
        self._digest = hashlib.sha1(_SALT, usedforsecurity=False)
        self.size = 0

    def update(self, encrypted: bytes) -> None:
        """Take the next encrypted bytes."""
        self._digest.update(encrypted)
        self.size += len(encrypted)

    def value(self) -> bytes:
        """The 21 bytes for what has been taken so far."""
        return _MESSAGE_TYPE + self._digest.digest()

    def base64(self) -> str:
        """As `signature-base64` and `fileChecksum` say it."""
        return base64.b64encode(self.value()).decode()

    def agrees_with(self, expected: bytes) -> bool:
        """Whether the sender signed the same bytes. Of another type of signature only the sender knows."""
        return expected[:1] != _MESSAGE_TYPE or self.value() == expected


def read_signature(hexadecimal: object, in_base64: object) -> bytes | None:
    """The 21 bytes of a dictionary's `signature` (hex, either case) or else of its `signature-base64`, if any."""
    for text, decode in ((hexadecimal, binascii.unhexlify), (in_base64, _from_base64)):
        if isinstance(text, str):
            try:
                value = decode(text)
            except (binascii.Error, ValueError):
                continue
            if len(value) == SIGNATURE_BYTES:
                return value
    return None


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
