"""JSON Web Tokens in both directions (protocol/01 §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt

if TYPE_CHECKING:
    from collections.abc import Sequence

ALGORITHM = "HS256"
MAX_AGE = 3600
"""Seconds after which Apple calls a token too old."""
MAX_SKEW = 60
"""Seconds a clock may run ahead. Apple's figure is unknown (open question 39)."""


class TokenError(Exception):
    """The token is not one this gateway accepts; the text says why and quotes nothing of it."""


def verify(token: str, *, msp_id: str, keys: Sequence[bytes], now: float) -> None:
    """Check a token of the MSP against every active key. Raises TokenError."""
    claims = _signed_claims(token, keys)
    if claims.get("iss") != msp_id:
        raise TokenError("claim iss is not the MSP id")
    if "aud" in claims:
        raise TokenError("claim aud does not belong into a token towards Apple")
    issued = claims.get("iat")
    if not isinstance(issued, int) or isinstance(issued, bool):
        raise TokenError("claim iat must be the Unix time in whole seconds")
    if issued > now + MAX_SKEW:
        raise TokenError("claim iat lies in the future")
    if issued < now - MAX_AGE:
        raise TokenError("claim iat is older than one hour")


def _signed_claims(token: str, keys: Sequence[bytes]) -> dict[str, Any]:
    # Times are judged by the gateway's own clock, so the library only checks form and signature.
    options: dict[str, Any] = {
        "verify_aud": False,
        "verify_iat": False,
        "verify_exp": False,
        "verify_nbf": False,
    }
    problem = "no MSP is configured here; PUT /control/config"
    for key in keys:
        try:
            claims: dict[str, Any] = jwt.decode(token, key, algorithms=[ALGORITHM], options=options)  # type: ignore[arg-type]
        except jwt.InvalidSignatureError:
            problem = "the signature does not match; the key is the base64-decoded secret"
        except jwt.InvalidAlgorithmError:
            raise TokenError("the algorithm must be HS256") from None
        except jwt.PyJWTError:
            raise TokenError("it is not a readable JSON Web Token") from None
        else:
            return claims
    raise TokenError(problem)


def mint(key: bytes, claims: dict[str, Any]) -> str:
    """Sign `claims` as Apple signs what it posts to an MSP."""
    return jwt.encode(claims, key, ALGORITHM, headers={"typ": ""})  # Apple's header is the algorithm alone
