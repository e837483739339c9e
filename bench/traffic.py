"""Messages in both directions at a steady rate, each followed to where it should arrive."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

OUTBOUND_EVERY = 3
"""Every third message is the business's: its usage plan allows 20 a second."""

_WORKERS = 96


class Doors(Protocol):
    """Where messages go in and come out. Ids are the messages'."""

    def customer_writes(self, number: int) -> tuple[str, int | None]:
        """One message of a customer: its id, and what the MSP answered the last time (None: nothing)."""

    def business_writes(self, number: int) -> tuple[str | None, int]:
        """One message of the business: its id if it was accepted, and what the API answered the last time."""

    def at_the_business(self) -> Iterable[str]:
        """What the business's endpoint took."""

    def on_phones(self) -> Iterable[str]:
        """What the phones show."""


@dataclass
class Count:
    """What became of a run."""

    sent: int = 0
    refused: int = 0
    """Tokens and keys that were not believed."""
    slow: int = 0
    """Answers after more than two seconds."""
    unanswered: int = 0
    """Neither accepted nor refused, however often it was tried."""
    dropped: int = 0
    """Accepted, and never seen where it should have arrived."""
    answers: Counter[str] = field(default_factory=Counter)


class Traffic:
    """One run: `rate` messages a second from `start` to `stop`."""

    def __init__(self, doors: Doors, *, rate: float) -> None:
        self._doors = doors
        self._rate = rate
        self._inbound: set[str] = set()
        self._outbound: set[str] = set()
        self._count = Count()
        self._lock = threading.Lock()
        self._over = threading.Event()

    @classmethod
    def capacity(cls, doors: Doors, *, workers: int, seconds: float, settle: float) -> float:
        """Messages a second that arrive when so many senders each wait for their answer."""
        traffic, began = cls(doors, rate=0), time.monotonic()

        def send(worker: int) -> None:
            number = worker
            while time.monotonic() < began + seconds:
                traffic._one(number)
                number += workers

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(send, range(workers)))
        count = traffic.settle(seconds=settle)
        return (count.sent - count.unanswered - count.dropped) / (time.monotonic() - began)

    def start(self) -> threading.Thread:
        """Send until `stop`."""
        thread = threading.Thread(target=self._send, name="traffic")
        thread.start()
        return thread

    def stop(self) -> None:
        """Send nothing more."""
        self._over.set()

    def settle(self, *, seconds: float) -> Count:
        """Wait until everything that was taken has arrived, at most so long; what has not is dropped."""
        deadline = time.monotonic() + seconds
        while (missing := self._missing()) and time.monotonic() < deadline:
            time.sleep(0.5)
        self._count.dropped = missing
        return self._count

    def _send(self) -> None:
        began = time.monotonic()
        number = 0
        with ThreadPoolExecutor(_WORKERS) as pool:
            while not self._over.is_set():
                pool.submit(self._one, number)
                number += 1
                self._over.wait(max(0.0, began + number / self._rate - time.monotonic()))

    def _one(self, number: int) -> None:
        began = time.monotonic()
        outbound = number % OUTBOUND_EVERY == 0
        message_id: str | None
        status: int | None
        message_id, status = (self._doors.business_writes if outbound else self._doors.customer_writes)(number)
        accepted = message_id is not None and status is not None and 200 <= status < 300
        with self._lock:
            count = self._count
            count.sent += 1
            count.answers[f"{'api' if outbound else 'apple'} {status}"] += 1
            count.refused += status in {401, 403}
            count.slow += time.monotonic() - began > 2
            count.unanswered += not accepted and status not in {401, 403}
            if message_id is not None and accepted:
                (self._outbound if outbound else self._inbound).add(message_id)

    def _missing(self) -> int:
        return len(self._inbound - set(self._doors.at_the_business())) + len(
            self._outbound - set(self._doors.on_phones())
        )
