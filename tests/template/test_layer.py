"""The layer is made of what uv.lock says, for the processor that was asked for."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.template.translation import ROOT

LAYER = ROOT / "layers/shared"


def locked() -> dict[str, tuple[str, set[str]]]:
    """Name → version and hashes of everything the deployed package needs, directly or not."""
    packages = {each["name"]: each for each in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    found: dict[str, tuple[str, set[str]]] = {}
    waiting = [each["name"] for each in packages["parley-msp"]["dependencies"]]
    while waiting:
        package = packages[waiting.pop()]
        if package["name"] not in found:
            files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
            found[package["name"]] = (package["version"], {file["hash"] for file in files})
            waiting += [each["name"] for each in package.get("dependencies", [])]
    return found


def required() -> dict[str, tuple[str, set[str]]]:
    """The same, as layers/shared/requirements.txt says it."""
    text = (LAYER / "requirements.txt").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    found = {}
    for line in lines:
        name, version = re.match(r"([a-z0-9-]+)==(\S+)", line).groups()  # type: ignore[union-attr]
        found[name] = (version, set(re.findall(r"--hash=(\S+)", line)))
    return found


def make(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    words = [f"{name}={value}" for name, value in variables.items()]
    command = ["make", "--directory", str(LAYER), "check-tools", f"ARTIFACTS_DIR={folder}", *words]
    environment = {**os.environ, "MAKEFLAGS": ""}  # this may be `make test`
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_the_layers_requirements_are_the_locked_ones() -> None:
    assert required() == locked()


def test_nothing_of_the_laptop_is_in_the_layer() -> None:
    assert not {"rich", "typer", "starlette", "uvicorn", "moto", "cryptography"} & required().keys()


def test_every_service_the_code_opens_is_kept_in_the_layer() -> None:
    code = "\n".join(path.read_text() for path in (LAYER / "parley").rglob("*.py"))
    opened = set(re.findall(r'client\("([a-z0-9-]+)"\)', code))
    kept = re.search(r"^SERVICES = (.+)$", (LAYER / "Makefile").read_text(), re.MULTILINE)

    assert opened
    assert kept is not None
    assert opened <= set(kept[1].split())


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_the_layer_is_built_for_both_processors(architecture: str, tmp_path: Path) -> None:
    assert make(tmp_path, PARLEY_ARCHITECTURE=architecture, PYTHON=sys.executable).returncode == 0


def test_an_unknown_processor_is_refused_before_anything_is_installed(tmp_path: Path) -> None:
    refused = make(tmp_path, PARLEY_ARCHITECTURE="amd64", PYTHON=sys.executable)

    assert refused.returncode != 0
    assert "use arm64 or x86_64" in refused.stderr
    assert not list(tmp_path.iterdir())


def test_another_python_is_refused(tmp_path: Path) -> None:
    refused = make(tmp_path, PYTHON="false")

    assert refused.returncode != 0
    assert "is not Python 3.13" in refused.stderr
