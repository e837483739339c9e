"""Taken ports are found before anything is started."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from local.stack import occupied
from local.stack.errors import StackError
from local.stack.layout import BUSINESS, CLOUD, GATEWAY, Layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def test_a_port_somebody_listens_on_is_taken_and_free_afterwards(listener: socket.socket) -> None:
    port = listener.getsockname()[1]

    assert occupied.is_taken(port)
    listener.close()
    assert not occupied.is_taken(port)


def test_a_port_bound_by_somebody_who_does_not_listen_yet_is_taken() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))

        assert occupied.is_taken(bound.getsockname()[1])


def test_who_holds_a_port_is_named_by_pid(listener: socket.socket) -> None:
    assert f"(pid {os.getpid()})" in (occupied.holder(listener.getsockname()[1]) or "")


def test_another_stack_that_holds_a_port_is_named_by_its_folder(tmp_path: Path) -> None:
    program = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
    )
    command = [sys.executable, "-X", f"parley=cloud:4566@{tmp_path}", "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())

        assert occupied.holder(port) == f"the Parley of {tmp_path} (pid {other.pid})"
        other.communicate("\n")


def test_nobody_holds_a_free_port(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()

    assert occupied.holder(port) is None


def test_the_error_names_port_part_and_variable(listener: socket.socket, tmp_path: Path) -> None:
    port = listener.getsockname()[1]
    layout = Layout(state_dir=tmp_path, ports={CLOUD: 1, GATEWAY: port, BUSINESS: 2})

    with pytest.raises(StackError) as failure:
        occupied.require_free(layout, [GATEWAY])

    assert f"Port {port}, for the Apple gateway, is already taken" in failure.value.message
    assert "PARLEY_GATEWAY_PORT=<port> parley up" in failure.value.hint
