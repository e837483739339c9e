"""Sends what botocore has signed, over a connection that each thread keeps for itself (docs/decisions/0025).

Half of what botocore does for a call begins after signing: a pool is looked up by the parts of a URL, asked for a
connection under a lock, and everything is wrapped twice. `before-send` is its event for those who send by themselves.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
import weakref
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from botocore.utils import get_environ_proxies
from urllib3.util import wait_for_read

from parley.heads import Head

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any
    from urllib.parse import SplitResult

    from botocore.awsrequest import AWSPreparedRequest

EVENT: Final = "before-send"

TRUSTED_SECONDS: Final = 1.0
"""So long after its last use nobody looks whether a connection is still there: to look is to let all others by."""


class OwnConnections:
    """The handler of one client's `before-send`. Whether to try again is botocore's to say, as it always is."""

    def __init__(self, *, connect_seconds: float, read_seconds: float) -> None:
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._own = threading.local()

    @classmethod
    def register(cls, client: Any) -> None:
        """Have `client`, of a service that is spoken to in JSON, send this way; not through a proxy, though."""
        if get_environ_proxies(client.meta.endpoint_url):
            return
        config = client.meta.config
        own = cls(connect_seconds=config.connect_timeout, read_seconds=config.read_timeout)
        client.meta.events.register(f"{EVENT}.{client.meta.service_model.service_id.hyphenize()}", own)

    def __call__(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """Raises what botocore itself raises when nobody is there, nobody answers, or an answer breaks off."""
        to = urlsplit(request.url)
        connection = self._ready(to.scheme, to.netloc, request.url)
        body: Any = request.body  # bytes, to these services
        try:
            connection.sock.sendall(_head(request, to) + body)
            with Head(connection.sock, method=request.method) as answer:
                answer.begin()
                content = answer.read()
        except TimeoutError as fault:
            connection.close()
            raise ReadTimeoutError(endpoint_url=request.url, error=fault) from fault
        except (OSError, http.client.HTTPException) as fault:
            connection.close()
            raise ConnectionClosedError(endpoint_url=request.url, error=fault, request=request) from fault
        except BaseException:
            connection.close()  # half an answer must not be read as the next one
            raise
        if answer.will_close:
            connection.close()
        headers: Any = answer.headers  # of the class that botocore's own are made of
        return AWSResponse(request.url, answer.status, headers, _Content(content))

    def _ready(self, scheme: str, host: str, url: str) -> http.client.HTTPConnection:
        """This thread's connection to that host, unless the other side has hung up on it meanwhile."""
        kept: _Kept | None = getattr(self._own, "kept", None)
        if kept is not None and kept.leads_to == (scheme, host) and kept.is_open:
            return kept.connection
        kept = self._own.kept = _Kept((scheme, host), self._open(scheme, host, url))
        return kept.connection

    def _open(self, scheme: str, host: str, url: str) -> http.client.HTTPConnection:
        connection = (
            http.client.HTTPSConnection(host, timeout=self._connect_seconds, context=self._tls)
            if scheme == "https"
            else http.client.HTTPConnection(host, timeout=self._connect_seconds)
        )
        try:
            connection.connect()
        except OSError as fault:
            connection.close()
            raise EndpointConnectionError(endpoint_url=url, error=fault) from fault
        connection.sock.settimeout(self._read_seconds)
        return connection

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


class _Kept:
    """A connection that is closed when another takes its place, or when its thread ends."""

    def __init__(self, leads_to: tuple[str, str], connection: http.client.HTTPConnection) -> None:
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


def _head(request: AWSPreparedRequest, to: SplitResult) -> bytes:
    """Raises ValueError for a line that would be two. `http.client` looks at every name and value by itself."""
    lines = [f"{request.method} {to.path or '/'} HTTP/1.1", f"Host: {to.netloc}", "Accept-Encoding: identity"]
    lines += [f"{name}: {_text(value)}" for name, value in request.headers.items()]
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1:
        raise ValueError("a header holds the end of its line")
    return f"{head}\r\n\r\n".encode("latin-1")


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


class _Content:
    """What botocore reads an answer from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content
