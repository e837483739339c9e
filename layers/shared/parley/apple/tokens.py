"""The JWTs that Apple and an MSP show each other (protocol/01 §5)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import jwt

from parley.apple import limits
from parley.errors import Fatal, Forbidden, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ALGORITHM: Final = "HS256"

_HEX: Final = re.compile(r"[0-9a-fA-F]{32,}")


@dataclass(frozen=True, slots=True)
class Credential:
    """One version of the secret Apple Business Register issued: the MSP id and the HMAC key."""

    msp_id: str
    key: bytes = field(repr=False)

    @classmethod
    def of(cls, msp_id: str, secret: str) -> Credential:
        """Read the secret as Apple issues it: base64 of the key bytes (protocol/01 §5).

        Raises Fatal when the text is not base64 or the key is too short to be one, and for hex, which is base64 by
        accident and would sign nothing that Apple believes.
        """
        if _HEX.fullmatch(secret):
            raise Fatal("the Apple API secret looks like hex; copy the base64 text from Apple Business Register")
        try:
            key = base64.b64decode(secret, validate=True)
        except (binascii.Error, ValueError):
            raise Fatal("the Apple API secret is not base64; copy it from Apple Business Register") from None
        if len(key) < 16 or not msp_id:
            raise Fatal("the Apple secret needs a msp_id and a secret of at least 16 bytes") from None
        return cls(msp_id=msp_id, key=key)


def verify(authorization: str | None, credentials: Iterable[Credential], *, now: float) -> Credential:
    """Check Apple's `Authorization` header against every active credential; return the one that signed.

    Raises Unauthorized (`token_missing`) or Forbidden (`token_malformed`, `token_algorithm`,
    `token_signature`, `token_audience`, `token_expired`, `token_from_future`).
    """
    if authorization is None or not authorization.strip():
        raise Unauthorized("the Authorization header is missing", code="token_missing")
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Forbidden("the Authorization header must be 'Bearer <JWT>'", code="token_malformed")
    _require_algorithm(token)
    refusal = Forbidden("no active secret signed this token", code="token_signature")
    for credential in credentials:
        try:
            claims = jwt.decode(
                token,
                credential.key,
                algorithms=[ALGORITHM],
                audience=credential.msp_id,
                # Age is judged below with our own window; Apple's tokens carry no exp and may lack iat.
                options={"verify_iat": False, "verify_exp": False, "verify_nbf": False, "require": ["aud"]},
            )
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidAudienceError, jwt.MissingRequiredClaimError):
            refusal = Forbidden("the token is for another MSP (aud)", code="token_audience")
            continue
        except jwt.PyJWTError:
            raise Forbidden("the token cannot be read", code="token_malformed") from None
        _require_fresh(claims.get("iat"), now)
        return credential
    raise refusal


def _require_algorithm(token: str) -> None:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise Forbidden("the token cannot be read", code="token_malformed") from None
    if header.get("alg") != ALGORITHM:
        raise Forbidden("the token must be signed with HS256", code="token_algorithm")


def _require_fresh(issued_at: object, now: float) -> None:
    if issued_at is None:  # Apple's own sample does not ask for it (protocol/01 §5)
        return
    if isinstance(issued_at, bool) or not isinstance(issued_at, int | float):
        raise Forbidden("the token's iat is not a number", code="token_malformed")
    if not issued_at <= now + limits.TOKEN_FUTURE_SKEW_SECONDS:
        raise Forbidden("the token is from the future; check the clocks", code="token_from_future")
    if issued_at < now - limits.TOKEN_MAX_AGE_SECONDS:  # compared, not subtracted: an int may be too large for a float
        raise Forbidden("the token is older than an hour", code="token_expired")


def sign(credential: Credential, *, now: float) -> str:
    """Mint the token an MSP shows to Apple: `iss` and `iat`, nothing else (protocol/01 §5)."""
    claims = {"iss": credential.msp_id, "iat": int(now) - limits.TOKEN_BACKDATE_SECONDS}
    return jwt.encode(claims, credential.key, algorithm=ALGORITHM)


class Signer:
    """Signs for Apple, keeping one token per credential for up to half an hour."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tokens: dict[Credential, tuple[float, str]] = {}

    def token(self, credential: Credential, *, fresh: bool = False) -> str:
        """A token for `credential`; `fresh` skips the cache, for the retry after a 403."""
        now = self._clock()
        minted, token = self._tokens.get(credential, (float("-inf"), ""))
        if fresh or not 0 <= now - minted < limits.TOKEN_REUSE_SECONDS:
            token = sign(credential, now=now)
            self._tokens[credential] = (now, token)
        return token
