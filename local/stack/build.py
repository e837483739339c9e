"""`sam build` of template.yaml for this machine, done again only when what it is made from changed."""

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local.stack import cloud, lock
from local.stack.errors import StackError
from local.stack.fingerprint import fingerprint
from local.stack.layout import HOST, Layout
from local.stack.processes import tail

Say = Callable[[str], None]

_SOURCES = ("template.yaml", "samconfig.toml", "functions", "layers", "tools/sam.txt")
_STAMP = "parley-fingerprint"
_SECONDS = 900
_HIDDEN_PREFIXES = ("AWS_", "MAKE", "MFLAGS", "VIRTUAL_ENV", "PYTHON", "SAM_CLI_")


def architecture() -> str:
    """This machine's architecture as Lambda calls it, so that native wheels run here."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def wheels() -> dict[str, str]:
    """Which wheels the layer takes. Lambda's run on Linux; on a Mac the functions run with the Mac's own."""
    if sys.platform != "darwin":
        return {}
    machine = {"arm64": "aarch64", "x86_64": "x86_64"}[architecture()]
    return {"PARLEY_PLATFORM": f"{machine}-apple-darwin"}


def build(layout: Layout, say: Say) -> tuple[Path, str]:
    """Build unless an equal build is there; returns the built template and its fingerprint.

    The result does not depend on the ports, so every stack of this checkout shares it.
    """
    folder = layout.root / ".aws-sam" / f"local-{architecture()}"
    stamp = folder / _STAMP

    def waiting(holder: str) -> None:
        say(f"Another build is going on (pid {holder}); waiting …")

    with lock.held(folder.with_suffix(".lock"), waiting=waiting) as descriptor:
        wanted = fingerprint(layout.root, *_SOURCES, salt=f"{architecture()} {sys.platform}")
        if not stamp.exists() or stamp.read_text() != wanted:
            say(f"Building the template with sam build, for {architecture()} …")
            stamp.unlink(missing_ok=True)
            _build(layout, folder, descriptor)
            stamp.write_text(wanted)
    return folder / "template.yaml", wanted


def _build(layout: Layout, folder: Path, lock_descriptor: int) -> None:
    sam(
        layout,
        "sam-build",
        [
            "build",
            "--config-env=local",
            f"--build-dir={folder}",
            "--no-cached",
            "--parameter-overrides",
            f"Architecture={architecture()}",
        ],
        lock_descriptor=lock_descriptor,
        hint="Put right what sam complains about and run parley up again.",
    )


def sam(layout: Layout, step: str, arguments: Sequence[str], *, lock_descriptor: int, hint: str) -> None:
    """Run sam with its output in a log of its own; StackError with the end of that log when it fails."""
    python = layout.tools / "sam" / "bin" / "python"
    if not python.exists():
        raise StackError("aws-sam-cli is not installed.", hint="Run: make setup")
    log = layout.log(step)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            finished = subprocess.run(
                [str(python), "-m", "samcli", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=sam_environment(layout, os.environ),
                cwd=layout.root,
                pass_fds=(lock_descriptor,),
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise StackError(
                f"{step} took more than {_SECONDS // 60} minutes.",
                log=str(log),
                log_tail=tail(log),
                hint=hint,
            ) from None
    if finished.returncode:
        raise StackError(
            f"{step} failed (exit code {finished.returncode}).", log=str(log), log_tail=tail(log), hint=hint
        )


def sam_environment(layout: Layout, environ: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without any AWS account in it, pointed at the local cloud.

    Package indexes and proxies stay as they are: the layer's build needs them. Whatever profile, endpoint or
    credential the caller has is hidden, so that a local deployment can reach nothing but the local cloud.
    """
    plain = {name: value for name, value in environ.items() if not name.startswith(_HIDDEN_PREFIXES)}
    bootstrap = layout.tools / "bootstrap" / "bin"
    no_proxy = ",".join(filter(None, [environ.get("NO_PROXY") or environ.get("no_proxy"), HOST]))
    return {
        **plain,
        # sam looks for python3.13 and pip on PATH, the layer's Makefile for uv.
        "PATH": f"{bootstrap}{os.pathsep}{environ.get('PATH', os.defpath)}",
        "PARLEY_ARCHITECTURE": architecture(),
        **wheels(),
        "SAM_CLI_TELEMETRY": "0",
        # sam's own waiting between two looks at the stack, in seconds.
        "SAM_CLI_POLL_DELAY": "0.25",
        "__SAM_CLI_APP_DIR": str(layout.state_dir / "sam"),
        **cloud.credentials(layout),
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }
