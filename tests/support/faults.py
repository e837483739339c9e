"""Fault injection: any port can fail before its effect or after it, once or until told otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from parley.errors import Retryable


class When(StrEnum):
    """Before the effect nothing has happened; after it everything has, but nobody heard of it."""

    BEFORE = "before"
    AFTER = "after"


class Crash(Exception):  # noqa: N818  (a process does not raise when it dies; this only stands for it)
    """The process died at this very step."""


def unavailable() -> Exception:
    """What an adapter raises when AWS does not answer."""
    return Retryable("AWS is away", code="aws_unavailable")


@dataclass
class Faults:
    """Counts every call of every watched port and breaks the ones it was told to."""

    calls: list[str] = field(default_factory=list)
    _by_number: dict[int, tuple[When, Exception]] = field(default_factory=dict)
    _by_name: dict[str, tuple[When, Exception]] = field(default_factory=dict)

    def crash_at(self, number: int, when: When) -> None:
        """Die at the `number`-th call from now (from 1), whatever it is."""
        self._by_number[len(self.calls) + number] = (when, Crash(f"{when} call {number}"))

    def break_down(self, name: str, when: When = When.BEFORE, fault: Exception | None = None) -> None:
        """Fail every call of `name` (`port.method`) until `mend`."""
        self._by_name[name] = (when, fault or unavailable())

    def repair(self, name: str) -> None:
        """Calls of `name` work again."""
        self._by_name.pop(name, None)

    def mend(self) -> None:
        """Nothing fails any more."""
        self._by_name.clear()
        self._by_number.clear()

    @property
    def pending(self) -> bool:
        """Whether a `crash_at` has not been reached yet."""
        return any(number > len(self.calls) for number in self._by_number)

    def watch[Port](self, name: str, port: Port) -> Port:
        """`port`, with every public method counted and breakable as `name.method`."""
        return cast("Port", _Watched(name, port, self))

    def _around(self, name: str) -> tuple[Exception | None, Exception | None]:
        self.calls.append(name)
        planned = [self._by_number.get(len(self.calls)), self._by_name.get(name)]
        before = next((plan[1] for plan in planned if plan and plan[0] is When.BEFORE), None)
        after = next((plan[1] for plan in planned if plan and plan[0] is When.AFTER), None)
        return before, after


class _Watched:
    def __init__(self, name: str, port: object, faults: Faults) -> None:
        self._name = name
        self._port = port
        self._faults = faults

    def __getattr__(self, method: str) -> Any:
        real = getattr(self._port, method)
        if not callable(real):
            return real

        def call(*args: Any, **kwargs: Any) -> Any:
            before, after = self._faults._around(f"{self._name}.{method}")
            if before is not None:
                raise before
            result = real(*args, **kwargs)
            if after is not None:
                raise after
            return result

        return call
