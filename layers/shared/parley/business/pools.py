"""Connections to servers that are not ours: dialled at the checked address, kept, and never waited for without end."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import urllib3
from urllib3.util.ssl_ import create_urllib3_context

from parley.answers import InTimePool, InTimeTlsPool

if TYPE_CHECKING:
    import ssl

    from parley.business.egress import Target

MAX_POOLS: Final = 64
CONNECTIONS_EACH: Final = 16


class Pools:
    """One pool for each address and name, the most recently used 64; shared by threads."""

    def __init__(self, *, connect_seconds: float, read_seconds: float) -> None:
        self._timeout = urllib3.Timeout(connect=connect_seconds, read=read_seconds)
        self._pools: OrderedDict[tuple[str, str, int, str], urllib3.HTTPConnectionPool] = OrderedDict()
        self._context: ssl.SSLContext | None = None
        self._lock = threading.Lock()

    def to(self, target: Target) -> urllib3.HTTPConnectionPool:
        """Connections to exactly this address, on which TLS checks exactly this name."""
        key = (target.scheme, target.address, target.port, target.host)
        with self._lock:
            pool = self._pools.get(key)
            if pool is None:
                pool = self._pools[key] = self._open(target)
                if len(self._pools) > MAX_POOLS:
                    self._pools.popitem(last=False)
            self._pools.move_to_end(key)
            return pool

    def _open(self, target: Target) -> urllib3.HTTPConnectionPool:
        if target.scheme == "http":
            return InTimePool(
                target.address, target.port, maxsize=CONNECTIONS_EACH, retries=False, timeout=self._timeout
            )
        if self._context is None:
            # Once, not for each connection: reading a machine's certificates takes longer than a handshake.
            self._context = create_urllib3_context()
            self._context.load_default_certs()
        return InTimeTlsPool(
            target.address,
            target.port,
            maxsize=CONNECTIONS_EACH,
            retries=False,
            timeout=self._timeout,
            cert_reqs="CERT_REQUIRED",
            ssl_context=self._context,
            server_hostname=target.host,
        )
