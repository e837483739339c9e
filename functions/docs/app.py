"""The description of the business API, and a page that shows it: files of this folder, for everybody."""

from __future__ import annotations

import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_HERE: Final = Path(__file__).parent
_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "blob:",  # the search index
    "style-src": "'self' 'unsafe-inline'",  # Redoc writes its styles as it goes
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
_ALWAYS: Final = {
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": "; ".join(f"{name} {allowed}" for name, allowed in _POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FILES: Final = {
    "/docs": ("page.html", "text/html; charset=utf-8"),
    "/docs/page.css": ("page.css", "text/css; charset=utf-8"),
    "/docs/redoc.js": ("redoc.standalone.js", "text/javascript; charset=utf-8"),
    "/v1/openapi.json": ("openapi.json", "application/json"),
}
"""By the resource of API Gateway. Redoc's script is put there by the Makefile."""


class _File(NamedTuple):
    text: str
    etag: str


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One file, or 304 to those who have it."""
    name, content_type = _FILES[event["resource"]]
    file = _read(name)
    headers = {**_ALWAYS, "ETag": file.etag}
    asked = {key.lower(): value for key, value in (event.get("headers") or {}).items()}
    if file.etag in asked.get("if-none-match", "").replace("W/", "").split(", "):
        return {"statusCode": HTTPStatus.NOT_MODIFIED, "headers": headers, "body": ""}
    return {"statusCode": HTTPStatus.OK, "headers": {**headers, "Content-Type": content_type}, "body": file.text}


@cache
def _read(name: str) -> _File:
    content = (_HERE / name).read_bytes()
    return _File(content.decode("utf-8"), f'"{hashlib.sha256(content).hexdigest()[:32]}"')
