"""Signature Version 4 for a POST of JSON to `/`, which is all that DynamoDB and SQS are sent (docs/decisions/0025).

The scheme and the names are AWS's; botocore's own signer does the same for every method, path, query and header there
is, and derives the key of the day anew for every call.
"""

from __future__ import annotations

import hmac
import time
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from botocore.auth import AUTH_TYPE_MAPS, SigV4Auth

if TYPE_CHECKING:
    from typing import Any

    from botocore.awsrequest import AWSRequest

VERSION: Final = "v4-json-post"
_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_SIGNED: Final = ("Content-Type", "X-Amz-Target")


class JsonPostAuth(SigV4Auth):
    """Signs host, content type and all of AWS's own headers; anything but a POST to `/` it leaves to botocore."""

    _region_name: str
    _service_name: str

    def add_auth(self, request: AWSRequest) -> None:
        """Replaces what an earlier try has put there. Raises what botocore raises without credentials."""
        to = urlsplit(str(request.url))
        body: Any = request.body
        headers: Any = request.headers
        credentials: Any = self.credentials  # None without any
        usual = request.method == "POST" and to.path in {"", "/"} and not to.query and to.port not in {80, 443}
        if credentials is None or not usual or not body:
            super().add_auth(request)
            return
        for name in ("Authorization", "X-Amz-Date", "X-Amz-Security-Token"):
            del headers[name]
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers["X-Amz-Date"] = moment
        signed: dict[str, str] = {"host": to.netloc, "x-amz-date": moment}
        if credentials.token:
            headers["X-Amz-Security-Token"] = signed["x-amz-security-token"] = credentials.token
        signed |= {name.lower(): headers[name] for name in _SIGNED if name in headers}
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        asked = f"POST\n/\n\n{lines}\n{names}\n{sha256(body).hexdigest()}"
        scope = f"{moment[:8]}/{self._region_name}/{self._service_name}/aws4_request"
        words = f"{_ALGORITHM}\n{moment}\n{scope}\n{sha256(asked.encode()).hexdigest()}"
        key = _key(credentials.secret_key, moment[:8], self._region_name, self._service_name)
        signature = hmac.digest(key, words.encode(), "sha256").hex()
        headers["Authorization"] = (
            f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        )


def register(client: Any) -> None:
    """Have `client`'s requests signed this way, where botocore would have signed with version 4."""
    AUTH_TYPE_MAPS[VERSION] = JsonPostAuth
    client.meta.events.register(f"choose-signer.{client.meta.service_model.service_id.hyphenize()}", _choose)


def _choose(signature_version: object, **_: object) -> str | None:
    return VERSION if signature_version == "v4" else None


@lru_cache(maxsize=8)
def _key(secret: str, *parts: str) -> bytes:
    """Good for one day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in (*parts, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
