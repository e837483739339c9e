"""The layer, and what a function carries beside it, is what uv.lock says, for the processor that was asked for."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.template.translation import ROOT

LAYER = ROOT / "layers/shared"


def packages() -> dict[str, Any]:
    """Everything in the lock file, by name."""
    return {each["name"]: each for each in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}


def locked(wanted: list[dict[str, str]]) -> dict[str, tuple[str, set[str]]]:
    """Name → version and hashes of everything `wanted` needs, directly or not."""
    known = packages()
    found: dict[str, tuple[str, set[str]]] = {}
    waiting = [each["name"] for each in wanted]
    while waiting:
        package = known[waiting.pop()]
        if package["name"] not in found:
            files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
            found[package["name"]] = (package["version"], {file["hash"] for file in files})
            waiting += [each["name"] for each in package.get("dependencies", [])]
    return found


def required(folder: Path) -> dict[str, tuple[str, set[str]]]:
    """The same, as a requirements.txt says it."""
    text = (folder / "requirements.txt").read_text().replace("\\\n", " ")
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
    assert required(LAYER) == locked(packages()["parley-msp"]["dependencies"])


def test_what_changes_pictures_is_as_locked_and_in_one_folder_only() -> None:
    pictures = locked(packages()["parley-msp"]["dev-dependencies"]["pictures"])

    assert required(ROOT / "functions/outbound") == pictures
    assert {"pillow", "pillow-heif"} <= pictures.keys()
    assert not pictures.keys() & required(LAYER).keys()


def test_what_encrypts_is_as_locked_and_in_one_folder_only() -> None:
    cryptography = locked(packages()["parley-msp"]["dev-dependencies"]["attachments"])

    assert required(ROOT / "functions/attachments").keys() == {"cryptography", "cffi", "pycparser"}
    assert required(ROOT / "functions/attachments") == cryptography
    assert not cryptography.keys() & required(LAYER).keys()


def test_what_draws_codes_is_as_locked_and_in_one_folder_only() -> None:
    codes = locked(packages()["parley-msp"]["dev-dependencies"]["codes"])

    assert required(ROOT / "functions/console") == codes
    assert codes.keys() == {"segno"}
    assert not codes.keys() & required(LAYER).keys()


def test_only_five_functions_carry_anything_beside_the_layer() -> None:
    carrying = {path.parent.name for path in (ROOT / "functions").glob("*/requirements.txt")}

    assert carrying == {"outbound", "attachments", "renditions", "console", "docs"}


def test_nothing_of_the_laptop_is_in_the_layer() -> None:
    assert not {"rich", "typer", "starlette", "uvicorn", "moto", "cryptography"} & required(LAYER).keys()


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
