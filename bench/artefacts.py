"""What is measured: the functions and the layer as `sam build` makes them, and the runtime that runs them."""

from __future__ import annotations

import compileall
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

from bench import BenchError, say
from local.stack import build
from local.stack.errors import StackError
from local.stack.layout import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUNTIME = ("awslambdaric", "simplejson", "snapshot-restore-py")
_FLOOR = Path(__file__).parent / "floor"
_WHOSE_PACKAGES = (
    "import boto3, pydantic, sys; print(all(m.__file__.startswith(sys.argv[1]) for m in (boto3, pydantic)))"
)


@dataclass(frozen=True, slots=True)
class Artefacts:
    """A private copy, so that a build by somebody else in the meantime changes nothing."""

    root: Path
    emulator: Path
    """AWS's Lambda runtime interface emulator, from the aws-sam-cli package."""

    def function(self, name: str) -> Path:
        """The folder that is `/var/task` on Lambda."""
        return self.root / name

    @property
    def functions(self) -> list[str]:
        """The names of all functions of the template."""
        return sorted(folder.name for folder in self.root.glob("*Function"))

    @property
    def layer(self) -> Path:
        """The folder that is `/opt/python` on Lambda."""
        return self.root / "SharedLayer" / "python"

    @property
    def runtime(self) -> Path:
        """The folder that is `/var/runtime` on Lambda: the runtime client and nothing else."""
        return self.root / "runtime"

    @property
    def python(self) -> list[str]:
        """The interpreter, without the site-packages of any environment."""
        return [sys.executable, "-S"]

    def environment(self, **more: str) -> dict[str, str]:
        """All a function gets to see."""
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONPATH": f"{self.layer}{os.pathsep}{self.runtime}",
            "PYTHONDONTWRITEBYTECODE": "1",  # Lambda's folders are read-only
            **more,
        }


@contextmanager
def artefacts() -> Iterator[Artefacts]:
    """Build what is not up to date and copy it. Raises BenchError."""
    if sys.platform != "linux":
        raise BenchError("AWS's runtime client and emulator run on Linux only; so does the bench.")
    try:
        template, _ = build.build(layout(os.environ), say)
    except StackError as error:
        raise BenchError("\n".join([error.message, *error.log_tail, error.hint])) from None
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        root = Path(folder)
        shutil.copytree(template.parent, root, dirs_exist_ok=True)
        shutil.copytree(_FLOOR, root / "Floor", ignore=shutil.ignore_patterns("__*__*"))
        made = Artefacts(root, _emulator())
        _copy_runtime(made.runtime)
        _require_isolation(made)
        yield made


def _copy_runtime(target: Path) -> None:
    """AWS ships its runtime client with bytecode; so is this copy."""
    for name in _RUNTIME:
        for file in distribution(name).files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.locate(), target / file)
    compileall.compile_dir(target, quiet=1)


def _emulator() -> Path:
    machine = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine().lower(), "x86_64")
    python = layout(os.environ).tools / "sam" / "bin" / "python"
    where = "import samcli, pathlib; print(pathlib.Path(samcli.__file__).parent)"
    package = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout.strip()
    emulator = Path(package) / "local" / "rapid" / f"aws-lambda-rie-{machine}"
    if not emulator.exists():
        raise BenchError(f"{emulator} is not in the aws-sam-cli package any more.")
    return emulator


def _require_isolation(made: Artefacts) -> None:
    """A measurement of this environment's packages instead of the layer's would be worth nothing."""
    command = [*made.python, "-c", _WHOSE_PACKAGES, str(made.layer)]
    seen = subprocess.run(command, env=made.environment(), cwd=made.root, capture_output=True, text=True, check=True)
    if seen.stdout.strip() != "True":
        raise BenchError("The functions would not use the layer's packages.")
