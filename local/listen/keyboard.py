"""Single keys, as they are pressed."""

from __future__ import annotations

import os
import sys
import termios
import threading
import tty
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def is_there() -> bool:
    """Whether somebody sits at it."""
    return sys.stdin.isatty()


@contextmanager
def pressed(tell: Callable[[str], None]) -> Iterator[None]:
    """Have `tell` called with every key, without Enter; the terminal is as before afterwards. Ctrl-C stays Ctrl-C."""
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)

    def read() -> None:
        with suppress(OSError):  # the terminal is gone
            while key := os.read(keyboard, 1):
                tell(key.decode("ascii", "ignore"))

    tty.setcbreak(keyboard)
    threading.Thread(target=read, daemon=True).start()
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
