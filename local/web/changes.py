"""Waking long polls."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Changes:
    """Lets long polls sleep until something changed. Belongs to one event loop."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._ended = False

    def announce(self) -> None:
        """Wake everybody who waits."""
        self._changed.set()
        self._changed = asyncio.Event()

    def end(self) -> None:
        """Let nobody wait any more: the server stops."""
        self._ended = True
        self.announce()

    async def until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Return when `ready()` holds, at the latest after `seconds`."""
        deadline = time.monotonic() + seconds
        while not ready() and not self._ended:
            try:
                await asyncio.wait_for(self._changed.wait(), deadline - time.monotonic())
            except TimeoutError:
                return
