"""One execution environment: the emulator, the real runtime client and a function in it."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psutil

from bench import BenchError
from bench.serving import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.artefacts import Artefacts

_PATH = "/2015-03-31/functions/function/invocations"
_START_SECONDS = 10.0
_INVOKE_SECONDS = 60.0
_STOP_SECONDS = 5.0
_LOG_BYTES = 10_000_000
_LOG_TAIL_BYTES = 4000
_INIT = re.compile(rb"INIT REPORT\(durationMs: ([0-9.]+)\)")


class Instance:
    """The emulator is started on entry; it starts the function's Python when the first event comes."""

    def __init__(
        self,
        made: Artefacts,
        folder: Path,
        handler: str,
        environment: Mapping[str, str],
        *,
        seconds: float = _INVOKE_SECONDS,
    ) -> None:
        port, runtime_port = _free_ports(2)
        self._command = [
            str(made.emulator),
            "--runtime-interface-emulator-address",
            f"{HOST}:{port}",
            "--runtime-api-address",
            f"{HOST}:{runtime_port}",
            *made.python,
            "-m",
            "awslambdaric",
            handler,
        ]
        self._folder = folder
        self._environment = made.environment(**environment)
        self._connection = http.client.HTTPConnection(HOST, port, timeout=seconds)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  (closed on exit)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + _START_SECONDS
        while True:
            with suppress(ConnectionRefusedError):
                self._connection.connect()
                return self
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise self.failure("the emulator did not start")
            time.sleep(0.005)

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        # The function's Python first, while its parent is there to see it off; and waited for, since whatever still
        # ran would take its share of the processor from the next measurement.
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self._process.pid).children(recursive=True)
            for child in children:
                child.kill()
            psutil.wait_procs(children, timeout=_STOP_SECONDS)
        self._process.kill()
        self._process.wait()
        self._log.close()

    def invoke(self, event: bytes) -> tuple[float, Any]:
        """Invoke the function with a JSON event; returns milliseconds and its answer."""
        started = time.perf_counter()
        self._connection.request("POST", _PATH, body=event)
        text = self._connection.getresponse().read()
        elapsed = (time.perf_counter() - started) * 1000
        answer = json.loads(text)
        if isinstance(answer, dict) and "errorType" in answer:
            raise self.failure(f"the function failed: {answer['errorType']}")
        return elapsed, answer

    def init_ms(self) -> float:
        """How long the emulator says that starting Python and importing the function took."""
        found = _INIT.search(self._logged())
        if found is None:
            raise self.failure("the emulator did not say how long the init phase took")
        return float(found[1])

    def peak_bytes(self) -> int:
        """The most memory the function's Python has ever had in use."""
        (python,) = [
            child for child in psutil.Process(self._process.pid).children(recursive=True) if "python" in child.name()
        ]
        status = Path(f"/proc/{python.pid}/status").read_text("ascii")
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
        if found is None:
            raise self.failure("the kernel does not say how much memory was used")
        return int(found[1]) * 1024

    def says(self, words: bytes) -> int:
        """How often these words are in the function's log."""
        return self._logged().count(words)

    def failure(self, what: str) -> BenchError:
        """What went wrong, with the end of the function's log."""
        return BenchError(f"{what}\n{self._logged()[-_LOG_TAIL_BYTES:].decode(errors='replace')}")

    def _logged(self) -> bytes:
        # Not read(): that would move the place where the processes go on writing.
        return os.pread(self._log.fileno(), _LOG_BYTES, 0)


def _free_ports(number: int) -> list[int]:
    sockets = [socket.create_server((HOST, 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
