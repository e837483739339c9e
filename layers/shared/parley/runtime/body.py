"""The bytes of a request, however API Gateway handed them over."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING, Any, Final

from parley.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping

GZIP_MAGIC: Final = b"\x1f\x8b"

MAX_MEMBERS: Final = 64
"""own: gzip may come in several members and Apple sends one; each costs a copy of all that is behind it."""


def headers_of(event: Mapping[str, Any]) -> dict[str, str]:
    """Header names in lower case; of a repeated header the last value, as API Gateway itself does."""
    return {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}


def raw_body(event: Mapping[str, Any], *, max_bytes: int) -> bytes:
    """The body as it was sent. Raises Rejected (`body_too_large`, `body_not_base64`)."""
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        if len(body) > max_bytes * 4 // 3 + 4:
            raise _too_large(max_bytes)
        try:
            content = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise Rejected("the body is not base64", code="body_not_base64") from None
    else:
        content = body.encode("utf-8", "surrogatepass")
    if len(content) > max_bytes:
        raise _too_large(max_bytes)
    return content


def inflated(content: bytes, *, max_bytes: int) -> bytes:
    """`content`, gunzipped when it is gzip: told by its first bytes, because a REST API may have done it already.

    Stops at `max_bytes`, whatever the sender claims. Raises Rejected (`gzip_broken`, `body_too_large`).
    """
    if not content.startswith(GZIP_MAGIC):
        return content
    whole = bytearray()
    for _ in range(MAX_MEMBERS):
        member = zlib.decompressobj(wbits=31)
        try:
            whole += member.decompress(content, max_bytes + 1 - len(whole))
        except zlib.error:
            raise Rejected("the gzip body is damaged", code="gzip_broken") from None
        if len(whole) > max_bytes:
            raise _too_large(max_bytes)
        if not member.eof:
            raise Rejected("the gzip body is cut off", code="gzip_broken")
        content = member.unused_data
        if not content:
            return bytes(whole)
    raise Rejected("the gzip body has too many members", code="gzip_broken")


def _too_large(max_bytes: int) -> Rejected:
    return Rejected(f"the body is larger than {max_bytes // 1024} KiB", code="body_too_large")
