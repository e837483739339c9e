"""One function against the floor: cold and warm, in turns, with proof that both made the same calls."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from bench import BenchError, say, world
from bench.calls import operations, services, total_bytes
from bench.figure import Figure
from bench.instance import Instance
from bench.stub import Stub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.artefacts import Artefacts
    from bench.calls import Call

COLD_PAIRS: Final = 30
WARM_UP: Final = 300
WARM_ROUNDS: Final = 60
WARM_BLOCK: Final = 25

STRAYS: Final = 0.02
"""The share of warm invocations that may have renewed a cache on the way; they are not counted."""
SIZE_TOLERANCE: Final = 0.02
"""How much the sizes of a call and of its repetition may differ: a time has not always as many digits."""


@dataclass(frozen=True, slots=True)
class Case:
    """A function as `sam build` leaves it, and one event that it gets again and again.

    `cold` and `warm` are the calls that a first and any later invocation must make, in this order.
    `answer` has to be in the function's answer.
    """

    folder: str
    handler: str
    environment: Mapping[str, str]
    event: Mapping[str, Any]
    answer: Mapping[str, Any]
    cold: tuple[str, ...]
    warm: tuple[str, ...]


@dataclass(slots=True)
class Side:
    """The function or the floor, and the milliseconds it took."""

    folder: str
    handler: str
    answer: Mapping[str, Any]
    environment: Mapping[str, str]
    cold_event: bytes
    warm_event: bytes
    cold_ms: list[float] = field(default_factory=list)
    after_init_ms: list[float] = field(default_factory=list)
    warm_ms: list[float] = field(default_factory=list)
    strays: int = 0


def compared(name: str, case: Case, made: Artefacts) -> Iterator[Figure]:
    """Cold start, then warm time. Raises BenchError when the two sides cannot be compared."""
    with Stub(items=world.stored_items(), lists=world.stored_lists(), secret=world.APPLE_SECRET) as stub:
        comparison = _Comparison(case, made, stub)
        say(f"{name}: {COLD_PAIRS} cold starts each …")
        comparison.measure_cold()
        function, floor = comparison.sides
        yield Figure(name, "cold", median(function.cold_ms), "ms", median(floor.cold_ms))
        yield Figure(name, "cold after init", median(function.after_init_ms), "ms", median(floor.after_init_ms))
        say(f"{name}: {WARM_ROUNDS * WARM_BLOCK} warm invocations each …")
        comparison.measure_warm()
        yield Figure(name, "warm", median(function.warm_ms), "ms", median(floor.warm_ms))


class _Comparison:
    def __init__(self, case: Case, made: Artefacts, stub: Stub) -> None:
        self._case = case
        self._made = made
        self._stub = stub
        event = json.dumps(case.event).encode()
        environment = world.environment(stub.url, case.environment)
        function = Side(case.folder, case.handler, case.answer, environment, event, event)
        self._cold_bytes, self._warm_bytes = 0, 0
        floor = self._floor(function)
        self.sides = (function, floor)

    def _floor(self, function: Side) -> Side:
        """The floor repeats what the function is seen to do, so its calls are as many and as large."""
        with self._started(function) as instance:
            cold = self._invoke(instance, function, function.cold_event)[1]
            warm = self._invoke(instance, function, function.warm_event)[1]
        _require_calls(function, cold, self._case.cold)
        _require_calls(function, warm, self._case.warm)
        self._cold_bytes, self._warm_bytes = total_bytes(cold), total_bytes(warm)
        environment = world.environment(self._stub.url, {"FLOOR_SERVICES": ",".join(services(cold))})
        return Side("Floor", "app.handler", {"statusCode": 200}, environment, self._replay(cold), self._replay(warm))

    def _replay(self, calls: list[Call]) -> bytes:
        return json.dumps({"calls": [call.replay(self._stub.url) for call in calls]}).encode()

    def measure_cold(self) -> None:
        """A first invocation in a new environment each time, the two sides in turns."""
        for _ in range(COLD_PAIRS):
            for side in self.sides:
                with self._started(side) as instance:
                    elapsed, calls = self._invoke(instance, side, side.cold_event)
                    after_init = elapsed - instance.init_ms()
                _require_calls(side, calls, self._case.cold)
                _require_size(side, calls, self._cold_bytes)
                side.cold_ms.append(elapsed)
                side.after_init_ms.append(after_init)

    def measure_warm(self) -> None:
        """Many invocations of one environment per side, in blocks that take turns."""
        function, floor = self.sides
        with self._started(function) as ours, self._started(floor) as theirs:
            both = ((ours, function), (theirs, floor))
            for instance, side in both:
                for event in (side.cold_event, *[side.warm_event] * WARM_UP):
                    self._invoke(instance, side, event)
            for _ in range(WARM_ROUNDS):
                for instance, side in both:
                    for _ in range(WARM_BLOCK):
                        self._measure_warm_once(instance, side)
        allowed = STRAYS * WARM_ROUNDS * WARM_BLOCK
        if function.strays > allowed or floor.strays:
            raise BenchError(
                f"{function.strays} invocations of {function.folder} and {floor.strays} of the floor "
                f"made other calls than {self._case.warm}."
            )

    def _measure_warm_once(self, instance: Instance, side: Side) -> None:
        elapsed, calls = self._invoke(instance, side, side.warm_event)
        if operations(calls) == self._case.warm:
            _require_size(side, calls, self._warm_bytes)
            side.warm_ms.append(elapsed)
        else:
            side.strays += 1

    @contextmanager
    def _started(self, side: Side) -> Iterator[Instance]:
        folder = self._made.function(side.folder)
        with Instance(self._made, folder, side.handler, side.environment) as instance:
            yield instance

    def _invoke(self, instance: Instance, side: Side, event: bytes) -> tuple[float, list[Call]]:
        elapsed, answer = instance.invoke(event)
        if not side.answer.items() <= answer.items():
            raise BenchError(f"{side.folder} answered {answer}.")
        return elapsed, self._stub.take_calls()


def _require_calls(side: Side, calls: list[Call], expected: tuple[str, ...]) -> None:
    """Without this the comparison could be a lie: the floor must do all that the function does, and no less."""
    if operations(calls) != expected:
        raise BenchError(f"{side.folder} made the calls {operations(calls)}, not {expected}.")


def _require_size(side: Side, calls: list[Call], size: int) -> None:
    if abs(total_bytes(calls) - size) > SIZE_TOLERANCE * size:
        raise BenchError(f"{side.folder} sent {total_bytes(calls)} bytes, not about {size}.")
