"""The head of an HTTP answer, read for what it is.

`http.client` gives its lines to the parser of e-mails, which takes longer than all else there is to reading a short
answer; and it takes a 103 for the last word, so that the real answer is read as that to the next request.
"""

from __future__ import annotations

import io
from http.client import (
    BadStatusLine,
    HTTPException,
    HTTPMessage,
    HTTPResponse,
    LineTooLong,
    RemoteDisconnected,
    parse_headers,
)
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import BinaryIO

MAX_INTERIM: Final = 8
"""How many 1xx answers may come before the real one (RFC 9110 §15.2)."""
MAX_LINE_BYTES: Final = 65_536
MAX_LINES: Final = 100
_ENDS: Final = (b"\r\n", b"\n", b"")


class Head(HTTPResponse):
    """An answer whose head is read quickly; of its body `http.client` makes what it always does."""

    _method: str | None

    def begin(self) -> None:
        """Read up to the body. Raises RemoteDisconnected for no answer, other HTTPExceptions for one that is none."""
        for _ in range(MAX_INTERIM + 1):
            version, status, reason = _status(self.fp)
            headers = read_headers(self.fp)
            if status >= 200:
                break
            if status == 101:
                raise HTTPException("another protocol, which nobody asked for")
        else:
            raise HTTPException("interim answers only")
        self.version, self.reason = version, reason
        self.code = self.status = status
        self.headers = self.msg = headers
        self.chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        self.chunk_left = None
        self.length = 0 if status in {204, 304} or self._method == "HEAD" else _length(headers, chunked=self.chunked)
        wish = headers.get("connection", "").lower()
        closes = "close" in wish if version == 11 else "keep-alive" not in wish
        # Without a length, a body ends where the connection does.
        self.will_close = closes or (self.length is None and not self.chunked)


def read_headers(source: BinaryIO) -> HTTPMessage:
    """The lines up to an empty one, with what `http.client.parse_headers` makes of them."""
    lines = [_line(source)]
    while lines[-1] not in _ENDS:
        if len(lines) > MAX_LINES:
            raise HTTPException(f"more than {MAX_LINES} header lines")
        lines.append(_line(source))
    headers = HTTPMessage()
    for line in lines[:-1]:
        name, colon, value = line.decode("latin-1").partition(":")
        if not (colon and name.isascii() and name.replace("-", "").isalnum()) or "\r" in value[:-2]:
            return parse_headers(io.BytesIO(b"".join(lines)))  # folded, or odd in another way
        headers.set_raw(name, value.lstrip(" \t").rstrip("\r\n"))
    return headers


def _status(source: BinaryIO) -> tuple[int, int, str]:
    """Version (10 or 11), status and reason."""
    line = _line(source).decode("latin-1")
    if not line:
        raise RemoteDisconnected("hung up without an answer")
    version, _, rest = line.partition(" ")
    status, _, reason = rest.strip().partition(" ")
    if version not in {"HTTP/1.0", "HTTP/1.1"} or len(status) != 3 or not _is_number(status) or status < "100":
        raise BadStatusLine(line)
    return (10 if version.endswith("0") else 11), int(status), reason.strip()


def _length(headers: HTTPMessage, *, chunked: bool) -> int | None:
    length = headers.get("content-length", "").strip()
    return int(length) if not chunked and _is_number(length) else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _line(source: BinaryIO) -> bytes:
    line = source.readline(MAX_LINE_BYTES + 1)
    if len(line) > MAX_LINE_BYTES:
        raise LineTooLong("header line")
    return line
