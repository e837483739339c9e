"""Two changes of one stack never happen at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from local.stack import lock

if TYPE_CHECKING:
    from pathlib import Path


def _never(holder: str) -> None:
    raise AssertionError(f"waited for {holder}")


def test_the_second_waits_for_the_first_and_is_told_who_it_is(tmp_path: Path) -> None:
    order: list[str] = []
    told = threading.Event()

    def waiting(holder: str) -> None:
        order.append(f"waits for {holder}")
        told.set()

    def second() -> None:
        with lock.held(tmp_path / "lock", waiting=waiting):
            order.append("second")

    with lock.held(tmp_path / "lock", waiting=_never):
        thread = threading.Thread(target=second)
        thread.start()
        assert told.wait(10)
        order.append("first")
    thread.join()

    assert order == [f"waits for {os.getpid()}", "first", "second"]


def test_a_lock_is_free_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), lock.held(tmp_path / "lock", waiting=_never):
        raise RuntimeError

    with lock.held(tmp_path / "lock", waiting=_never):
        pass


def test_a_child_that_inherits_it_keeps_the_lock_when_its_parent_is_gone(tmp_path: Path) -> None:
    waits: list[str] = []
    with lock.held(tmp_path / "lock", waiting=_never) as descriptor:
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(descriptor,), text=True
        )

    def waiting(holder: str) -> None:
        waits.append(holder)
        child.communicate("\n")

    with lock.held(tmp_path / "lock", waiting=waiting):
        assert waits == [str(os.getpid())]
