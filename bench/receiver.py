"""A business's endpoint on loopback that takes its time."""

from __future__ import annotations

import asyncio
import threading
from typing import Self

from bench.stub import HOST

_START_SECONDS = 10.0
_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Receiver:
    """Answers every POST with 204 after `seconds`; lives in a thread of its own."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="receiver", daemon=True)
        self.received = 0
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._listening.wait(_START_SECONDS):
            raise RuntimeError("the receiver did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, HOST, 0))
        self.url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}/webhooks"
        self._listening.set()
        self._loop.run_forever()
        server.close()
        server.close_clients()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").lower().split("\r\n")
                length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
                await reader.readexactly(length)
                await asyncio.sleep(self._seconds)
                self.received += 1
                writer.write(_ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
