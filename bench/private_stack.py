"""A local cloud of the bench's own: its own folder and ports, gone afterwards."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import urllib3

from bench import BenchError, say

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARLEY = Path(sys.executable).parent / "parley"
_PORTS = ("PARLEY_AWS_PORT", "PARLEY_GATEWAY_PORT", "PARLEY_BUSINESS_PORT")
_UP_SECONDS = 900


@dataclass(frozen=True)
class PrivateStack:
    """The running stack; `facts` is what `parley up --json` says of it."""

    environment: dict[str, str]
    facts: dict[str, Any]
    http: urllib3.PoolManager

    def parley(self, *words: str) -> subprocess.Popen[str]:
        """Start a command of the stack's; its output is on stderr."""
        return subprocess.Popen([_PARLEY, *words], env=self.environment, stdout=sys.stderr, text=True)

    def call(self, method: str, url: str, content: object = None, **headers: str) -> tuple[int, Any]:
        """One JSON call: status and answer; 0 when there was none."""
        try:
            answer = self.http.request(method, url, json=content, headers=headers, timeout=60)
        except urllib3.exceptions.HTTPError:
            return 0, None
        return answer.status, json.loads(answer.data) if answer.data[:1] in (b"{", b"[") else None

    def control(self, method: str, path: str, content: object = None) -> Any:
        """One call of the gateway's control API. Raises BenchError when it does not work."""
        status, answer = self.call(method, self.facts["control_url"] + path, content)
        if not 200 <= status < 300:
            raise BenchError(f"the gateway answered {status} to {method} {path}")
        return answer

    def api(self, method: str, path: str, content: object, *, idempotency_key: str) -> tuple[int, Any]:
        """One call of the business API."""
        headers = {
            "Authorization": f"Bearer {self.facts['business']['api_key']}",
            "Idempotency-Key": idempotency_key,
        }
        return self.call(method, self.facts["business_api_url"] + path, content, **headers)


@contextmanager
def private_stack() -> Iterator[PrivateStack]:
    """`parley up`, and `parley down --purge` whatever happens, a polite kill included. Raises BenchError."""
    before = signal.signal(signal.SIGTERM, _interrupted)
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        ports = dict(zip(_PORTS, map(str, _free_ports(len(_PORTS))), strict=True))
        environment = {**os.environ, **ports, "PARLEY_STATE_DIR": folder}
        say("Starting a local cloud …")
        try:
            started = subprocess.run(
                [_PARLEY, "up", "--json"],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=sys.stderr,
                text=True,
                timeout=_UP_SECONDS,
                check=False,
            )
            if started.returncode != 0:
                raise BenchError("the local cloud did not start")
            http = urllib3.PoolManager(maxsize=128, retries=False)
            yield PrivateStack(environment, json.loads(started.stdout), http)
        finally:
            subprocess.run([_PARLEY, "down", "--purge"], env=environment, stderr=subprocess.DEVNULL, check=False)
            signal.signal(signal.SIGTERM, before)


def _interrupted(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [opened.getsockname()[1] for opened in sockets]
    finally:
        for opened in sockets:
            opened.close()
