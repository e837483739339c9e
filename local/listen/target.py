"""The program webhooks are handed on to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError

from local.stack.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

READ_SECONDS: Final = 9.0
"""Parley waits ten: an answer after that would be lost, and the webhook come again."""

PATIENCE_SECONDS: Final = 6.0
"""For a program that does not listen, because it is just being started again."""

_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 1.5
_KEPT_BYTES: Final = 4096
_NOT_THERE: Final = 503
_TOO_SLOW: Final = 504


@dataclass(frozen=True)
class Answer:
    """What the program said; `note` when it said nothing. `tries` counts how often it was called."""

    status: int
    ms: int
    tries: int
    retry_after: str | None = None
    note: str | None = None

    @property
    def ok(self) -> bool:
        """It took the webhook over."""
        return 200 <= self.status < 300


class Target:
    """POSTs to one URL. Shared by threads; never raises for what the program does."""

    def __init__(
        self,
        url: str,
        *,
        patience: float = PATIENCE_SECONDS,
        read_seconds: float = READ_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise StackError(f"--to {url} is no URL.", hint="Write it as http://localhost:3000/webhooks")
        self._url = url
        self._patience = patience
        self._sleep = sleep
        self._clock = clock
        self._pool = urllib3.PoolManager(
            maxsize=16, retries=False, timeout=urllib3.Timeout(connect=2.0, read=read_seconds)
        )

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Once it is reached its answer counts, whatever it is: Parley will try again, in order, as it always does."""
        started = self._clock()
        tries, wait = 0, _FIRST_WAIT
        while True:
            tries += 1
            try:
                answer = self._pool.request("POST", self._url, body=body, headers=headers, redirect=False)
            except (NewConnectionError, ProtocolError) as fault:
                if self._clock() - started + wait > self._patience:
                    return Answer(_NOT_THERE, self._since(started), tries, note=_told(fault))
                self._sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
                continue
            except HTTPError as fault:
                return Answer(_TOO_SLOW, self._since(started), tries, note=_told(fault))
            return Answer(answer.status, self._since(started), tries, answer.headers.get("Retry-After"))

    def _since(self, started: float) -> int:
        return round((self._clock() - started) * 1000)


def _told(fault: HTTPError) -> str:
    if isinstance(fault, NewConnectionError):
        return "nobody listens there"
    return "the connection broke off" if isinstance(fault, ProtocolError) else "no answer in time"
