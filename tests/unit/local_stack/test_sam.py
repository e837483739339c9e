"""sam runs with its own Python, against the local cloud, and its failures are told with their log."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from local.stack import build
from local.stack.errors import StackError

if TYPE_CHECKING:
    from local.stack.layout import Layout


@pytest.fixture
def descriptor() -> int:
    return 2


def _installed(layout: Layout, program: str) -> None:
    """A `python` in sam's environment that runs this program instead of sam."""
    script = layout.tools / "sam" / "bin" / "python"
    script.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{program}' \"$@\"\n")
    script.chmod(0o755)


def test_sam_gets_its_arguments_and_writes_into_its_log(layout: Layout, descriptor: int) -> None:
    _installed(layout, "import sys; print(sys.argv[1:])")

    build.sam(layout, "sam-build", ["build", "--no-cached"], lock_descriptor=descriptor, hint="")

    assert layout.log("sam-build").read_text() == "['-m', 'samcli', 'build', '--no-cached']\n"


def test_a_failing_sam_shows_the_end_of_its_log(layout: Layout, descriptor: int) -> None:
    _installed(layout, 'import sys; print("Error: no such layer"); sys.exit(3)')

    with pytest.raises(StackError) as failure:
        build.sam(layout, "sam-build", [], lock_descriptor=descriptor, hint="Put it right.")

    assert failure.value.message == "sam-build failed (exit code 3)."
    assert failure.value.log_tail == ("Error: no such layer",)
    assert failure.value.log == str(layout.log("sam-build"))
    assert failure.value.hint == "Put it right."


def test_sam_sees_the_local_cloud_and_no_account_of_the_caller(layout: Layout) -> None:
    environ = {
        "PATH": "/usr/bin",
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL": "https://example",
        "VIRTUAL_ENV": "/venv",
        "PYTHONPATH": "/elsewhere",
        "MAKEFLAGS": "-j8",
        "NO_PROXY": "example.org",
        "PIP_INDEX_URL": "https://packages.example",
    }

    seen = build.sam_environment(layout, environ)

    assert seen["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4766"
    assert seen["AWS_ACCESS_KEY_ID"] == "test"
    assert seen["NO_PROXY"] == seen["no_proxy"] == "example.org,127.0.0.1"
    assert seen["PIP_INDEX_URL"] == "https://packages.example"
    assert seen["PATH"] == f"{layout.tools}/bootstrap/bin{os.pathsep}/usr/bin"
    assert seen["PARLEY_ARCHITECTURE"] == build.architecture()
    assert not {"AWS_PROFILE", "VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS"} & seen.keys()


@pytest.mark.parametrize(
    ("machine", "expected"),
    [("arm64", "arm64"), ("aarch64", "arm64"), ("x86_64", "x86_64"), ("AMD64", "x86_64")],
)
def test_the_architecture_is_this_machines(monkeypatch: pytest.MonkeyPatch, machine: str, expected: str) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)

    assert build.architecture() == expected


def test_a_mac_gets_wheels_it_can_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    monkeypatch.setattr("sys.platform", "linux")
    assert build.wheels() == {}

    monkeypatch.setattr("sys.platform", "darwin")
    assert build.wheels() == {"PARLEY_PLATFORM": "aarch64-apple-darwin"}


def test_without_sam_the_way_to_get_it_is_told(layout: Layout, descriptor: int) -> None:
    (layout.tools / "sam" / "bin" / "python").unlink()

    with pytest.raises(StackError) as failure:
        build.sam(layout, "sam-build", [], lock_descriptor=descriptor, hint="")

    assert failure.value.hint == "Run: make setup"
