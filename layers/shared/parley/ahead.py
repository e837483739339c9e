"""Two things at a time: whatever makes pieces works while whatever takes them does."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DEPTH: Final = 16
"""Pieces that may wait between two stages; times their size, this is all the memory a stage needs."""

_TICK_SECONDS: Final = 0.1


class Ahead[Piece]:
    """Runs an iterable in a thread of its own, at most `depth` pieces ahead of whoever iterates over this.

    Stages are put one into the other: `Ahead(encrypted(Ahead(pieces)))` reads, encrypts and lets its user write at
    the same time. What the iterable raises is raised to the user, in order. Leaving the context stops the thread:
    a generator is closed in it, so its own `finally` runs, and nothing is left behind.
    """

    def __init__(self, pieces: Iterable[Piece], *, depth: int = DEPTH) -> None:
        self._pieces = pieces
        self._queue: queue.Queue[tuple[Piece] | BaseException | None] = queue.Queue(maxsize=depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def __iter__(self) -> Iterator[Piece]:
        while (entry := self._get()) is not None:
            if isinstance(entry, BaseException):
                raise entry
            yield entry[0]

    def _get(self) -> tuple[Piece] | BaseException | None:
        while not self._stopped.is_set():
            with suppress(queue.Empty):
                return self._queue.get(timeout=_TICK_SECONDS)
        return None

    def _run(self) -> None:
        last: BaseException | None = None
        try:
            for piece in self._pieces:
                if not self._put((piece,)):
                    return
        except BaseException as fault:  # noqa: BLE001  (the user of the pieces has to see it, whatever it is)
            last = fault
        finally:
            close = getattr(self._pieces, "close", None)
            if close is not None:
                close()
            self._put(last)

    def _put(self, entry: tuple[Piece] | BaseException | None) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(entry, timeout=_TICK_SECONDS)
            except queue.Full:
                continue
            return True
        return False
