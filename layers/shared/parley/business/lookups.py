"""Which addresses a host name has: asked of the system's resolver, and not waited for without end."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import Future
from typing import Final

from parley.errors import Retryable

LOOKUP_SECONDS: Final = 3.0


class Lookups:
    """One per process, shared by threads.

    Whoever asks for a name that is being asked for waits for the same answer: a name server that never answers
    holds one thread of ours for each name, however many webhooks wait for it.
    """

    def __init__(self, *, seconds: float = LOOKUP_SECONDS) -> None:
        self._seconds = seconds
        self._asked: dict[str, Future[list[str]]] = {}
        self._lock = threading.Lock()

    def __call__(self, host: str, port: int) -> list[str]:
        """Every address of `host`. Raises Retryable (`dns_failed`)."""
        with self._lock:
            asked = self._asked.get(host)
            if asked is None:
                asked = self._asked[host] = Future()
                threading.Thread(target=self._ask, args=(host, port, asked), name="lookup", daemon=True).start()
        try:
            return asked.result(timeout=self._seconds)
        except TimeoutError:
            raise Retryable("the host name does not resolve in time", code="dns_failed") from None

    def _ask(self, host: str, port: int, asked: Future[list[str]]) -> None:
        try:
            found = resolve_system(host, port)
        except Exception as fault:  # noqa: BLE001  (whoever waits gets it)
            answer: Exception | list[str] = fault
        else:
            answer = found
        with self._lock:
            del self._asked[host]
        if isinstance(answer, Exception):
            asked.set_exception(answer)
        else:
            asked.set_result(answer)


def resolve_system(host: str, port: int) -> list[str]:
    """Every address the system's resolver gives for `host`, however long it takes. Raises Retryable for none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Retryable("the host name does not resolve", code="dns_failed") from None
    return [str(entry[4][0]) for entry in found]
