"""Start, find and end the stack's processes.

The process table itself is the record: every part is started with `-X parley=<part>:<port>@<state dir>`,
which Python keeps among its own arguments. So a part is found even when the `up` that started it was killed
before it could write anything down, and a stranger with a recycled process id is never mistaken for it.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from local.stack.errors import StackError
from local.stack.layout import HOST, TITLES, Layout

_TAIL_LINES = 20
_TAIL_BYTES = 64_000
_GROUP_GRACE = 3.0
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Launch:
    """How to start one part: `arguments` follow `python`, `environment` is all it gets to see."""

    part: str
    python: Path
    arguments: Sequence[str]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """A part that runs."""

    process: psutil.Process
    port: int


_ABSENCES = 5
"""How often in a row a part is looked for in vain before it counts as dead."""


class Processes:
    """The processes of one local stack."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        # Referenced until this program ends: a part outlives it and is nobody's child to wait for.
        self._started: list[subprocess.Popen[bytes]] = []

    def running(self, part: str) -> Part | None:
        """The living process of a part, and the port it was told to listen on."""
        start, end = self._marker(part, "").split("@", 1)
        for process in psutil.process_iter():
            match _arguments(process):
                case [_, "-X", mark, *_] if mark.startswith(start) and mark.endswith(f"@{end}"):
                    return Part(process, int(mark.removeprefix(start).partition("@")[0]))
        return None

    def start(self, launch: Launch) -> None:
        """Start a part in a session of its own, its output appended to its log."""
        log = self.layout.log(launch.part)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            child = subprocess.Popen(
                [
                    str(launch.python),
                    "-X",
                    self._marker(launch.part, self.layout.port(launch.part)),
                    *launch.arguments,
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(launch.environment),
                cwd=self.layout.root,
                start_new_session=True,
            )
        self._started.append(child)

    def stop(self, part: str, *, patience: float) -> bool:
        """End a part and all it started; False when nothing of it was running.

        The part itself is asked first and gets `patience` seconds, because it may have something to save.
        What is left of its family then gets a moment, and no choice after that.
        """
        found = self.running(part)
        leader = found.process if found else None
        family = self._family(part, leader)
        if leader is not None:
            _signal([leader], kill=False)
            psutil.wait_procs([leader], timeout=patience)
        family += [process for process in self._family(part, None) if process not in family]
        _signal(family, kill=False)
        _, alive = psutil.wait_procs(family, timeout=_GROUP_GRACE)
        _signal(alive, kill=True)
        psutil.wait_procs(alive, timeout=_GROUP_GRACE)
        return bool(family)

    def wait_until_healthy(self, part: str, healthy: Callable[[], bool], *, timeout: float) -> None:
        """Return once the part answers; StackError with the end of its log when it dies or stays silent."""
        deadline = time.monotonic() + timeout
        absences = 0
        while not healthy():
            # A process that has just been started may have no command line to be known by for a moment.
            absences = absences + 1 if self.running(part) is None else 0
            died = absences >= _ABSENCES
            if died or time.monotonic() > deadline:
                what = "stopped while it was starting" if died else f"did not answer within {timeout:.0f} s"
                log = self.layout.log(part)
                raise StackError(
                    f"The {TITLES[part]} {what}.",
                    log=str(log),
                    log_tail=tail(log),
                    hint="If the log does not tell why: parley down --purge, then parley up, starts afresh.",
                )
            time.sleep(0.05)

    def _marker(self, part: str, port: int | str) -> str:
        return f"parley={part}:{port}@{self.layout.state_dir}"

    def _family(self, part: str, leader: psutil.Process | None) -> list[psutil.Process]:
        """The part, its descendants, and orphans of a killed one: they run scripts from its `tmp` folder."""
        family: list[psutil.Process] = []
        if leader is not None:
            family.append(leader)
            with suppress(psutil.Error):
                family += leader.children(recursive=True)
        scripts = f"{self.layout.part_dir(part) / 'tmp'}{os.sep}"
        for process in psutil.process_iter():
            match _arguments(process):
                case [program, script, *_] if script.startswith(scripts) and "python" in Path(program).name:
                    if process not in family:
                        family.append(process)
        return family


def tail(path: Path, lines: int = _TAIL_LINES) -> list[str]:
    """The last lines of a log that may be missing."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            return file.read().decode(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        return []


def environment(**extra: str) -> dict[str, str]:
    """What a part may see of the environment: nothing of anybody's cloud account, proxy or Python."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {"PYTHONUNBUFFERED": "1", "NO_PROXY": HOST, "no_proxy": HOST, **kept, **extra}


def _arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.Error, OSError):
        return []


def _signal(processes: Iterable[psutil.Process], *, kill: bool) -> None:
    for process in processes:
        with suppress(psutil.Error):
            if kill:
                process.kill()
            else:
                process.terminate()
