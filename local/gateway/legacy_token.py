"""The encrypted token of the legacy sign-in, as a device makes it (protocol/07 §2)."""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

POINT_BYTES = 97
UNREADABLE, NO_KEY = 1, 2
"""The codes a device fails with: the text is no base64, or no key can be made of it."""


class KeyProblemError(Exception):
    """The `responseEncryptionKey` is of no use. `code` is the device's."""

    def __init__(self, problem: str, code: int) -> None:
        super().__init__(problem)
        self.code = code


def read_key(text: str) -> ec.EllipticCurvePublicKey:
    """Read a `responseEncryptionKey`: base64 of an uncompressed P-384 point. Raises KeyProblemError."""
    try:
        point = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise KeyProblemError("is not standard base64", UNREADABLE) from None
    if len(point) != POINT_BYTES or not point.startswith(b"\x04"):
        raise KeyProblemError(f"is not an uncompressed P-384 point of {POINT_BYTES} bytes", NO_KEY)
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), point)
    except ValueError:
        raise KeyProblemError("is not a point of P-384", NO_KEY) from None


def seal(token: str, key: ec.EllipticCurvePublicKey, *, ephemeral: ec.EllipticCurvePrivateKey | None = None) -> str:
    """Encrypt a token for the holder of `key`; `ephemeral` is fresh unless a test needs a known one."""
    ephemeral = ephemeral or ec.generate_private_key(ec.SECP384R1())
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = ephemeral.exchange(ec.ECDH(), key)
    stretched = b"".join(hashlib.sha256(shared + counter.to_bytes(4) + point).digest() for counter in (1, 2))
    sealed = AESGCM(stretched[:32]).encrypt(stretched[32:48], token.encode(), None)
    return base64.b64encode(point + sealed).decode()
