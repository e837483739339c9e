"""Connections to servers that are not ours: dialled at the checked address, kept, and never waited for without end."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import OrderedDict
from http.client import HTTPException
from typing import TYPE_CHECKING, Final

import urllib3

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.egress import Target

MAX_POOLS: Final = 64
CONNECTIONS_EACH: Final = 16


class Pools:
    """One pool for each address and name, the most recently used 64; shared by threads."""

    def __init__(self, *, connect_seconds: float, read_seconds: float) -> None:
        self._timeout = urllib3.Timeout(connect=connect_seconds, read=read_seconds)
        self._pools: OrderedDict[tuple[str, str, int, str], urllib3.HTTPConnectionPool] = OrderedDict()
        self._lock = threading.Lock()

    def to(self, target: Target) -> urllib3.HTTPConnectionPool:
        """Connections to exactly this address, on which TLS checks exactly this name."""
        key = (target.scheme, target.address, target.port, target.host)
        with self._lock:
            pool = self._pools.get(key)
            if pool is None:
                pool = self._pools[key] = _open(target, self._timeout)
                if len(self._pools) > MAX_POOLS:
                    self._pools.popitem(last=False)
            self._pools.move_to_end(key)
            return pool


def _open(target: Target, timeout: urllib3.Timeout) -> urllib3.HTTPConnectionPool:
    if target.scheme == "http":
        return _Pool(target.address, target.port, maxsize=CONNECTIONS_EACH, retries=False, timeout=timeout)
    return _TlsPool(
        target.address,
        target.port,
        maxsize=CONNECTIONS_EACH,
        retries=False,
        timeout=timeout,
        cert_reqs="CERT_REQUIRED",
        server_hostname=target.host,
        assert_hostname=target.host,
    )


def _head_in_time(
    connection: urllib3.connection.HTTPConnection, read: Callable[[], urllib3.HTTPResponse]
) -> urllib3.HTTPResponse:
    """Give the head of an answer one read timeout as a whole.

    A socket's timeout starts anew with every byte, so an endpoint that drips them could hold a thread, and
    with it everybody else's webhooks, for hours.
    """
    late = threading.Event()

    def hang_up() -> None:
        late.set()
        if connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(connection.timeout or 0, hang_up)
    timer.daemon = True
    timer.start()
    try:
        return read()
    except (OSError, HTTPException):
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()


class _Connection(urllib3.connection.HTTPConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
        return _head_in_time(self, super().getresponse)


class _TlsConnection(urllib3.connection.HTTPSConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
        return _head_in_time(self, super().getresponse)


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection
