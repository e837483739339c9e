"""A server on a loopback port of its own, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from typing import Final, Self

HOST: Final = "127.0.0.1"
_START_SECONDS: Final = 10.0


class Serving(ABC):
    """Serves from entry to exit; what is spoken is for others to say."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    @abstractmethod
    def protocol(self) -> asyncio.Protocol:
        """What speaks with one connection."""

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._listening.wait(_START_SECONDS):
            raise RuntimeError(f"the {type(self).__name__} did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        server = self._loop.run_until_complete(self._loop.create_server(self.protocol, HOST, 0))
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        self._loop.run_forever()
        server.close()
        server.close_clients()
        self._loop.run_until_complete(server.wait_closed())
        self._loop.close()
