"""Apple's key changes while messages go both ways: how many valid tokens are refused, how many messages are lost."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Final

from bench import BenchError, say
from bench.figure import Figure
from bench.private_stack import private_stack
from bench.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.artefacts import Artefacts
    from bench.private_stack import PrivateStack
    from bench.traffic import Count

NAME: Final = "rotation"
RATE: Final = 50
"""Messages a second. The local cloud takes fewer and answers late; it gets fewer only when some are not answered."""

_TRIAL_SECONDS = 15.0
_TRIAL_WORKERS = 8
_TRIAL_SHARE = 0.7
"""Of what it can take: a queue that only just keeps up would measure itself."""
_AROUND_SECONDS = 5.0
_PAUSE_SECONDS = 4.0
_SETTLE_SECONDS = 180.0
_CUSTOMERS = 24


def figures(_made: Artefacts) -> Iterator[Figure]:
    """On the local cloud and in one process, at the full rate."""
    with private_stack() as stack:
        sustained = _sustained(stack)
        rate, count = RATE, _rotated(stack, RATE)
        if count.unanswered:
            say(f"{NAME}: {count.unanswered} of {count.sent} were never answered; once more at {sustained}/s")
            rate, count = sustained, _rotated(stack, sustained)
        yield from _figures("", rate, count)
    from bench import rotation_in_process  # with moto and the tests' memory, which no other bench needs

    say(f"{NAME}: in one process at {RATE} messages/s …")
    yield from _figures("in-process ", RATE, rotation_in_process.rotated(RATE))


def _figures(prefix: str, rate: float, count: Count) -> Iterator[Figure]:
    say(f"{NAME}: {dict(count.answers)}, {count.slow} slow")
    if count.unanswered:
        raise BenchError(f"{count.unanswered} of {count.sent} were never answered: the machine is too busy to tell")
    yield Figure(NAME, f"{prefix}rate", rate, "messages/s")
    yield Figure(NAME, f"{prefix}messages", count.sent, "messages")
    yield Figure(NAME, f"{prefix}rejected", count.refused, "tokens")
    yield Figure(NAME, f"{prefix}dropped", count.dropped, "messages")


def _sustained(stack: PrivateStack) -> int:
    """What this machine can take of it. Raises BenchError when that is nothing."""
    say(f"{NAME}: how much can this machine take? …")
    doors = _Doors(stack)
    taken = 0.0
    for _ in range(2):  # the first starts the functions' environments, as many as there are senders
        taken = Traffic.capacity(doors, workers=_TRIAL_WORKERS, seconds=_TRIAL_SECONDS, settle=_SETTLE_SECONDS)
    rate = min(RATE, int(taken * _TRIAL_SHARE))
    say(f"{NAME}: {taken:.1f} messages/s arrive when each waits for its answer")
    if rate < 1:
        raise BenchError("the local cloud does not take one message a second")
    return rate


def _rotated(stack: PrivateStack, rate: float) -> Count:
    say(f"{NAME}: rotating under {rate} messages/s …")
    traffic = Traffic(_Doors(stack), rate=rate)
    sending = traffic.start()
    try:
        time.sleep(_AROUND_SECONDS)
        with stack.parley("rotate", "--pause", str(_PAUSE_SECONDS)) as rotation:
            if rotation.wait() != 0:
                raise BenchError("parley rotate failed")
        time.sleep(_AROUND_SECONDS)
    finally:
        traffic.stop()
        sending.join()
    return traffic.settle(seconds=_SETTLE_SECONDS)


class _Doors:
    """The stack's public doors, with customers of this run's own."""

    def __init__(self, stack: PrivateStack) -> None:
        self._stack = stack
        self._inbox_url = stack.facts["webhook_inbox_url"]
        stack.call("PUT", self._inbox_url.replace("/inbox", "/behaviour"), {"echo": False})
        stack.call("DELETE", self._inbox_url)
        run = uuid.uuid4()
        self._customers = [
            str(stack.control("POST", "/customers", {"name": f"{run} {number}"})["opaque_id"])
            for number in range(_CUSTOMERS)
        ]

    def customer_writes(self, number: int) -> tuple[str, int | None]:
        """Posted again under the same id while nothing answers, as Apple may."""
        message = {"id": str(uuid.uuid4()), "type": "text", "body": str(number), "opaque_id": self._customer(number)}
        status: int | None = None
        for _ in range(5):
            (attempt,) = self._stack.control("POST", "/messages", message)["attempts"]
            status = attempt["status"]
            if status is not None and status < 500:
                break
            time.sleep(1)
        return str(message["id"]), status

    def business_writes(self, number: int) -> tuple[str | None, int]:
        """Called again, under the same idempotency key, while the API asks for patience or cannot answer."""
        status, answer, key = 0, None, str(uuid.uuid4())
        for _ in range(20):
            content = {"to": self._customer(number), "body": str(number)}
            status, answer = self._stack.api("POST", "/v1/messages", content, idempotency_key=key)
            if 0 < status < 500 and status != 429:
                break
            time.sleep(0.5)
        return (answer or {}).get("id"), status

    def at_the_business(self) -> list[str]:
        """Read from the inbox."""
        _, inbox = self._stack.call("GET", self._inbox_url)
        return [hook["webhook_id"] for hook in inbox["webhooks"] if (hook["answered"] or 599) < 300]

    def on_phones(self) -> list[str]:
        """Read phone by phone."""
        return [
            message["id"]
            for customer in self._customers
            for message in self._stack.control("GET", f"/phones/{_quoted(customer)}/messages")["messages"]
        ]

    def _customer(self, number: int) -> str:
        return self._customers[number % len(self._customers)]


def _quoted(opaque_id: str) -> str:
    from urllib.parse import quote

    return quote(opaque_id, safe="")
