"""A connection that each thread keeps for itself, for what is asked of AWS all the time (docs/decisions/0025).

Nothing is looked up by the parts of a URL, taken out under a lock or wrapped twice, as pools do it.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
import weakref
from functools import cached_property
from typing import TYPE_CHECKING, Final

from urllib3.util import wait_for_read

from parley.heads import Head

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

TRUSTED_SECONDS: Final = 1.0
"""So long after its last use nobody looks whether a connection is still there: to look is to let all others by."""


class OwnConnections:
    """One connection for each thread that asks."""

    def __init__(self, *, connect_seconds: float, read_seconds: float) -> None:
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._own = threading.local()

    def post(self, to: SplitResult, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers by their names in lower case, and body of the answer.

        Raises OSError when nobody is there or nobody answers in time, HTTPException when an answer breaks off or is
        none, ValueError for a header that is more than a line.
        """
        connection = self._ready(to)
        try:
            connection.sock.sendall(_head(to, headers, len(body)) + body)
            with Head(connection.sock, method="POST") as answer:
                answer.begin()
                content = answer.read()
        except BaseException:
            connection.close()  # half an answer must not be read as the next one
            raise
        if answer.will_close:
            connection.close()
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, content

    def _ready(self, to: SplitResult) -> http.client.HTTPConnection:
        """This thread's connection to that host, unless the other side has hung up on it meanwhile."""
        kept: _Kept | None = getattr(self._own, "kept", None)
        if kept is not None and kept.leads_to == to[:2] and kept.is_open:
            return kept.connection
        kept = self._own.kept = _Kept(to[:2], self._open(to.scheme, to.netloc))
        return kept.connection

    def _open(self, scheme: str, host: str) -> http.client.HTTPConnection:
        connection = (
            http.client.HTTPSConnection(host, timeout=self._connect_seconds, context=self._tls)
            if scheme == "https"
            else http.client.HTTPConnection(host, timeout=self._connect_seconds)
        )
        try:
            connection.connect()
        except BaseException:
            connection.close()
            raise
        connection.sock.settimeout(self._read_seconds)
        return connection

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


class _Kept:
    """A connection that is closed when another takes its place, or when its thread ends."""

    def __init__(self, leads_to: tuple[str, ...], connection: http.client.HTTPConnection) -> None:
        self.leads_to = leads_to
        self.connection = connection
        self.used_at = time.monotonic()
        weakref.finalize(self, connection.close).atexit = False

    @property
    def is_open(self) -> bool:
        """Nothing is there to be read before something was asked, except that the other side has hung up."""
        now, before = time.monotonic(), self.used_at
        self.used_at = now
        wire = self.connection.sock
        return wire is not None and (now - before < TRUSTED_SECONDS or not wait_for_read(wire, 0.0))


def _head(to: SplitResult, headers: Mapping[str, str], length: int) -> bytes:
    """Raises ValueError for a line that would be two. `http.client` looks at every name and value by itself."""
    lines = [f"POST {to.path or '/'} HTTP/1.1", f"Host: {to.netloc}", "Accept-Encoding: identity"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Length: {length}")
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1:
        raise ValueError("a header holds the end of its line")
    return f"{head}\r\n\r\n".encode("latin-1")
