"""Signature Version 4 for a POST of JSON to `/`, which is all that DynamoDB and SQS are sent (docs/decisions/0025).

The scheme and the names are AWS's; botocore's own signer does the same for every method, path, query and header there
is, and derives the key of the day anew for every call.
"""

from __future__ import annotations

import hmac
import time
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.credentials import ReadOnlyCredentials

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_SIGNED: Final = ("Content-Type", "X-Amz-Target")


class Scope(NamedTuple):
    """Where a signature is good."""

    region: str
    service: str


def signed(
    headers: Mapping[str, str], host: str, body: bytes, credentials: ReadOnlyCredentials, scope: Scope
) -> dict[str, str]:
    """`headers` with the moment, the session's token and a signature over host, content type and AWS's own headers."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    own = {"X-Amz-Date": moment}
    if credentials.token:
        own["X-Amz-Security-Token"] = credentials.token
    lines = {"host": host} | {name.lower(): value for name, value in own.items()}
    lines |= {name.lower(): headers[name] for name in _SIGNED if name in headers}
    names = ";".join(sorted(lines))
    shown = "".join(f"{name}:{lines[name]}\n" for name in sorted(lines))
    asked = f"POST\n/\n\n{shown}\n{names}\n{sha256(body).hexdigest()}"
    where = f"{moment[:8]}/{scope.region}/{scope.service}/aws4_request"
    words = f"{_ALGORITHM}\n{moment}\n{where}\n{sha256(asked.encode()).hexdigest()}"
    key = _key(credentials.secret_key, moment[:8], *scope)
    signature = hmac.digest(key, words.encode(), "sha256").hex()
    claim = f"{_ALGORITHM} Credential={credentials.access_key}/{where}, SignedHeaders={names}, Signature={signature}"
    return {**headers, **own, "Authorization": claim}


@lru_cache(maxsize=8)
def _key(secret: str, *parts: str) -> bytes:
    """Good for one day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in (*parts, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
