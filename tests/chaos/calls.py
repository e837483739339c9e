"""Every call to AWS passes here: it takes time, and fate may strike before its effect or after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.chaos import weather
from tests.chaos.loop import Crash

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.chaos.loop import Loop, Task
    from tests.chaos.weather import Weather

type Answer = dict[str, Any]

SDK_SECONDS: Final = 8.0
"""When a client has given up: four tries, most of them waiting."""

PAUSE_SECONDS: Final = 150.0
"""How long a process may stand still; Lambda ends it when its time is over."""

_THROTTLED: Final = {
    "dynamodb": "ThrottlingException",
    "sqs": "RequestThrottled",
    "s3": "SlowDown",
    "secretsmanager": "ThrottlingException",
}


_CONFLICTING: Final = frozenset({"TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"})
_ONGOING: Final = "Transaction is ongoing for the item"


class Calls(Protocol):
    """What a fake of an AWS service needs to know of the world."""

    def aws(
        self, service: str, operation: str, effect: Callable[[], Answer], *, about: str, token: bool = False
    ) -> Answer: ...
    def cut(self, count: int) -> int: ...
    def inside(self) -> bool: ...


class Direct:
    """No fate and no time: every call does what it says, at once."""

    def aws(
        self, service: str, operation: str, effect: Callable[[], Answer], *, about: str, token: bool = False
    ) -> Answer:
        return effect()

    def cut(self, count: int) -> int:
        return count

    def inside(self) -> bool:
        return False


class Step(NamedTuple):
    """One line of the trace: who did what at which time, and what became of it."""

    at: float
    who: str
    what: str
    about: str
    outcome: str


@dataclass
class Trace:
    """What happened, in order. Not kept when there is too much of it."""

    kept: bool = True
    steps: list[Step] = field(default_factory=list)

    def add(self, at: float, who: str, what: str, about: str, outcome: str = "") -> None:
        if self.kept:
            self.steps.append(Step(at, who, what, about, outcome))


class Simulated:
    """Calls of tasks: each takes two moments, one before its effect and one after it."""

    def __init__(self, loop: Loop, sky: Weather, *, chance: Random, latency: Callable[[], float], trace: Trace) -> None:
        self._loop = loop
        self._sky = sky
        self._chance = chance
        self._latency = latency
        self._trace = trace

    def aws(
        self, service: str, operation: str, effect: Callable[[], Answer], *, about: str, token: bool = False
    ) -> Answer:
        """`token`: the client's own repeat of the call is known for one and gets the first one's answer."""
        task = self.task()
        kind = self._sky.strike(weather.AWS)
        if kind is None and operation in _CONFLICTING:
            kind = self._sky.strike(weather.CONFLICT)
        self._loop.sleep(self._latency())
        outcome = kind or ""
        try:
            if kind is not None:
                return self._struck(task, kind, service, operation, effect, about=about, token=token)
            answer = effect()
        except ClientError as error:
            outcome = f"{outcome} {error.response['Error']['Code']}".strip()
            raise
        finally:
            self._trace.add(self._loop.now, task.name, operation, about, outcome)
            if kind is None:
                self._loop.sleep(self._latency())
        return answer

    def crash(self, task: Task) -> None:
        """The process of this task dies here."""
        if task.process is not None:
            self._loop.kill(task.process)
        raise Crash

    def task(self) -> Task:
        """Who is calling."""
        task = self._loop.current
        assert task is not None, "only tasks call AWS"
        if task.process is not None and task.process.dead:
            raise Crash
        return task

    def cut(self, count: int) -> int:
        """How many keys of a batch are processed."""
        return self._chance.randrange(count) if self._sky.strike(weather.BATCH) else count

    def inside(self) -> bool:
        return True

    def _struck(
        self,
        task: Task,
        kind: str,
        service: str,
        operation: str,
        effect: Callable[[], Answer],
        *,
        about: str,
        token: bool,
    ) -> Answer:
        match kind:
            case "crash_before":
                self.crash(task)
            case "crash_after":
                _silently(effect)
                self.crash(task)
            case "aws_error_after" | "aws_timeout_after":
                _silently(effect)
            case "aws_late_effect":
                after = SDK_SECONDS + self._chance.uniform(0.0, 2.0)
                self._loop.call_at(self._loop.now + after, lambda: _silently(effect))
            case "aws_sdk_repeats":
                if token:
                    answer = effect()
                else:
                    _silently(effect)
                    self._loop.sleep(self._latency())
                    answer = effect()
                return answer
            case "aws_slow" | "pause":
                self._loop.sleep(self._chance.uniform(0.5, SDK_SECONDS if kind == "aws_slow" else PAUSE_SECONDS))
                return effect()
        raise self._error(kind, service, operation, about)

    def _error(self, kind: str, service: str, operation: str, about: str) -> Exception:
        from tests.chaos.dynamo import cancelled, failure

        self._loop.sleep(SDK_SECONDS if "timeout" in kind or "late" in kind else self._latency())
        match kind:
            case "aws_throttle":
                return failure(operation, _THROTTLED[service], "Rate exceeded")
            case "aws_conflict" if operation != "TransactWriteItems":
                return failure(operation, "TransactionConflictException", _ONGOING)
            case "aws_conflict":
                reasons: list[Answer] = [{"Code": "None"} for _ in about.split()]
                reasons[self._chance.randrange(len(reasons))] = {"Code": "TransactionConflict", "Message": _ONGOING}
                return cancelled(reasons)
            case "aws_error_before" | "aws_error_after":
                return failure(operation, "InternalServerError", "Internal server error", status=500)
            case _:
                return ReadTimeoutError(endpoint_url=f"https://{service}.simulated")


def _silently(effect: Callable[[], Answer]) -> None:
    """The effect takes place; what the service says of it is not heard."""
    try:
        effect()
    except ClientError:
        return
