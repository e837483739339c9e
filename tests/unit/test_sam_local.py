"""The parts of `make sam-local` that can be looked at without Docker."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from local.sam_local import api, bridge, docker
from local.stack.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ENDPOINT = "http://host.docker.internal:4566"
EVERYBODY = ipaddress.ip_network("127.0.0.0/8")
STRANGERS = ipaddress.ip_network("10.0.0.0/8")
ADDRESS = "127.0.0.2"


@pytest.fixture
def fake_docker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Path]:
    """A `docker` command with the given body in sh; returns the file it keeps its arguments in."""

    def install(body: str) -> Path:
        calls = tmp_path / "calls"
        command = tmp_path / "docker"
        command.write_text(f'#!/bin/sh\necho "$*" >>{calls}\n{body}\n')
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        return calls

    return install


def test_without_the_docker_command_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StackError, match="no docker command") as raised:
        docker.engine()

    assert "Install Docker" in raised.value.hint


def test_a_docker_that_does_not_answer_is_quoted(fake_docker: Callable[[str], Path]) -> None:
    fake_docker("echo 'Cannot connect to the Docker daemon' >&2; exit 1")

    with pytest.raises(StackError, match="Cannot connect to the Docker daemon") as raised:
        docker.engine()

    assert "systemctl start docker" in raised.value.hint


def test_sam_is_told_the_socket_of_the_current_context(fake_docker: Callable[[str], Path]) -> None:
    fake_docker('case "$1" in version) echo 28.0.1;; context) echo unix:///run/other.sock;; esac')

    assert docker.engine() == docker.Engine("28.0.1", "unix:///run/other.sock")


def test_an_image_that_is_here_is_not_pulled(fake_docker: Callable[[str], Path]) -> None:
    calls = fake_docker("exit 0")

    assert docker.image({docker.IMAGE_VARIABLE: "stand-in:1"}, pytest.fail) == "stand-in:1"
    assert "pull" not in calls.read_text()


def test_an_image_that_is_not_here_is_pulled(fake_docker: Callable[[str], Path]) -> None:
    fake_docker('test "$1" = pull')
    said: list[str] = []

    name = docker.image({}, said.append)

    assert name.startswith("public.ecr.aws/lambda/python:3.13-")
    assert said == [f"Pulling {name} …"]


def test_where_no_registry_is_reached_it_points_to_the_stand_in(fake_docker: Callable[[str], Path]) -> None:
    fake_docker("echo 'no such host' >&2; exit 1")

    with pytest.raises(StackError, match="no such host") as raised:
        docker.image({}, lambda _: None)

    assert docker.PAGE in raised.value.hint
    assert docker.IMAGE_VARIABLE in raised.value.hint


def test_only_containers_of_this_cloud_count_as_ours(fake_docker: Callable[[str], Path], tmp_path: Path) -> None:
    containers = [_container("ours", ENDPOINT), _container("theirs", "http://host.docker.internal:4999")]
    (tmp_path / "inspected").write_text(json.dumps(containers))
    fake_docker(f'case "$1" in ps) echo a b;; inspect) cat {tmp_path / "inspected"};; esac')

    assert docker.containers(ENDPOINT) == [docker.Container("ours", "InboundFunction", "samcli/lambda-python:1")]


def test_with_no_container_nothing_is_inspected_or_removed(fake_docker: Callable[[str], Path]) -> None:
    calls = fake_docker("exit 0")

    docker.remove(docker.containers(ENDPOINT))

    assert [line.split()[0] for line in calls.read_text().splitlines()] == ["ps"]


def test_a_container_calls_this_machine_by_its_name_there() -> None:
    deployed = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "TABLE_NAME": "t", "QUEUE": "http://127.0.0.1:4566/0/q"}

    assert api.for_container(deployed) == {
        "AWS_ENDPOINT_URL": ENDPOINT,
        "TABLE_NAME": "t",
        "QUEUE": f"{ENDPOINT}/0/q",
    }


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux needs the forwarder, and has 127.0.0.2")
loopback = pytest.mark.allow_hosts(["127.0.0.1", ADDRESS])


@linux
@loopback
def test_the_forwarder_hands_on_both_ways_and_closes_each_way_by_itself() -> None:
    question = b"q" * 300_000

    with (
        _length_server() as port,
        bridge.forwarded(ADDRESS, port, EVERYBODY),
        socket.create_connection((ADDRESS, port), timeout=10) as call,
    ):
        call.sendall(question)
        call.shutdown(socket.SHUT_WR)
        answer = call.makefile("rb").read()

    assert answer == b"300000"


@linux
@loopback
def test_the_forwarder_turns_strangers_away() -> None:
    with (
        _length_server() as port,
        bridge.forwarded(ADDRESS, port, STRANGERS),
        socket.create_connection((ADDRESS, port), timeout=10) as call,
        contextlib.suppress(ConnectionError),
    ):
        assert call.recv(1) == b""


@linux
@loopback
def test_a_port_that_is_taken_on_the_bridge_is_named() -> None:
    with socket.create_server((ADDRESS, 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(StackError, match=f"Port {port} on {ADDRESS}"), bridge.forwarded(ADDRESS, port, EVERYBODY):
            pass


@contextlib.contextmanager
def _length_server() -> Iterator[int]:
    """On 127.0.0.1: reads one call to its end, then answers how many bytes came."""

    def serve() -> None:
        with contextlib.suppress(OSError), listener.accept()[0] as call:
            call.sendall(str(len(call.makefile("rb").read())).encode())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]


def _container(identity: str, endpoint: str) -> dict[str, object]:
    return {
        "Id": identity,
        "Config": {
            "Image": "samcli/lambda-python:1",
            "Labels": {"sam.cli.function.name": "InboundFunction"},
            "Env": ["STAGE=local", f"AWS_ENDPOINT_URL={endpoint}"],
        },
    }
