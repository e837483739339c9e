"""Lambda: functions in processes that stay warm, die, or run out of time; pollers that feed them from queues."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from tests.chaos import weather
from tests.chaos.loop import Crash
from tests.chaos.process import FunctionProcess
from tests.chaos.sqs import record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from tests.chaos.calls import Trace
    from tests.chaos.deployment import Deployed, Trigger
    from tests.chaos.loop import Loop
    from tests.chaos.queues import Queue
    from tests.chaos.surroundings import Surroundings
    from tests.chaos.weather import Weather

COLD_SECONDS: Final = 0.4
STEADY_SECONDS: Final = 1.0
"""How often a poller looks that has not all hands full."""
SKEW_SECONDS: Final = 0.005
"""How wrong the clock of a machine is: Amazon's time service promises less. By it messages are put in order."""
JUMP_SECONDS: Final = 2.0
JUMPING: Final = frozenset({"Wakeups", "OutboundSender", "Sweeper"})
"""Whose clocks may jump: they only ask what is due."""


@dataclass(frozen=True)
class Context:
    """As much of Lambda's context as Parley asks for."""

    aws_request_id: str
    until: float
    now: Callable[[], float]

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends the process."""
        return max(0, int((self.until - self.now()) * 1000))


class Failed(Exception):  # noqa: N818  (what the caller of a function sees)
    """The function died, ran out of time, or raised."""


class Host(Protocol):
    """What functions run on."""

    loop: Loop
    sky: Weather
    chance: Random
    trace: Trace
    around: Surroundings
    clients: Mapping[str, Any]
    steady: bool
    """Nothing is left to chance: full batches, right clocks."""


class Function:
    """One function with its warm processes."""

    def __init__(self, deployed: Deployed, host: Host) -> None:
        self.deployed = deployed
        self.busy = 0
        self._host = host
        self._idle: list[FunctionProcess] = []
        self._born = 0
        self._calls = 0

    def invoke(self, event: dict[str, Any]) -> Any:
        """Run one invocation in a process of its own, from the calling task. Raises Failed."""
        host = self._host
        self.busy += 1
        process = self._process()
        self._calls += 1
        number = f"{process.name}#{self._calls}"
        until = host.loop.now + self.deployed.timeout
        context = Context(number, until, lambda: host.loop.now)
        task = host.loop.spawn(lambda: process.module.handler(event, context), name=number, process=process)
        host.loop.call_at(until, lambda: None if task.done else host.loop.kill(process))
        try:
            host.loop.join(task)
        finally:
            self.busy -= 1
        if task.fault is None:
            self._rest(process)
            return task.result
        if isinstance(task.fault, Crash):
            host.trace.add(host.loop.now, number, "died", "", "")
        else:
            self._rest(process)
        raise Failed(str(task.fault))

    def _process(self) -> FunctionProcess:
        host = self._host
        if self._idle:
            return self._idle.pop(host.chance.randrange(len(self._idle)))
        self._born += 1
        if host.loop.current is not None:
            host.loop.sleep(COLD_SECONDS)
        return FunctionProcess(
            f"{self.deployed.name}-{self._born}",
            source=self.deployed.source,
            env=self.deployed.env,
            clients=host.clients,
            around=host.around,
            skew=0.0 if host.steady else host.chance.uniform(-SKEW_SECONDS, SKEW_SECONDS),
        )

    def _rest(self, process: FunctionProcess) -> None:
        """Keep the process warm, unless fate replaces it. What it left running is frozen with it: there is nothing."""
        kind = self._host.sky.strike(weather.INVOCATION)
        if kind == "killed_idle":
            return
        if kind == "clock_jump" and self.deployed.name in JUMPING:
            process.skew = self._host.chance.uniform(-JUMP_SECONDS, JUMP_SECONDS)
        self._idle.append(process)


class Poller:
    """An event source mapping: batches of a queue go to a function, what did not fail is deleted."""

    def __init__(self, function: Function, queue: Queue, trigger: Trigger, host: Host) -> None:
        self._function = function
        self._queue = queue
        self._trigger = trigger
        self._host = host
        self._planned = float("inf")
        self._looked = float("-inf")
        self._full = False
        queue.woken = self._plan

    def _plan(self, at: float) -> None:
        """Look into the queue at that time, if not earlier; in a steady world with a second's rhythm."""
        if self._host.steady:
            at = max(at, self._host.loop.now, self._looked + STEADY_SECONDS)
        if at < self._planned:
            self._planned = at
            self._host.loop.call_at(at, lambda: self._look(at))

    def _look(self, planned: float) -> None:
        if planned != self._planned:
            return  # an earlier look has taken its place
        self._planned = float("inf")
        self._looked = planned
        self._full = False
        while self._function.busy < self._trigger.concurrency:
            batch = self._queue.receive(self._size())
            if not batch:
                break
            self._function.busy += 1  # until its task takes over
            self._host.loop.spawn(partial(self._hand_over, batch), name=f"poller-{self._queue.name}")
        else:
            self._full = True
            return  # looks again when one is done
        next_at = self._queue.next_at()
        if next_at is not None:
            self._plan(next_at)

    def _size(self) -> int:
        size = self._trigger.batch
        return size if self._host.steady or self._host.chance.random() < 0.7 else self._host.chance.randint(1, size)

    def _hand_over(self, batch: list[Any]) -> None:
        records = [record(self._queue, note) for note in batch]
        handles = [note.receipt for note in batch]
        self._function.busy -= 1
        try:
            answer = self._function.invoke({"Records": records})
            failed = {entry["itemIdentifier"] for entry in answer["batchItemFailures"]}
            if self._host.sky.strike(weather.INVOCATION[:1]):
                return  # handled, yet it will come back
            for entry, note, handle in zip(records, batch, handles, strict=True):
                if entry["messageId"] not in failed and note.receipt == handle:
                    self._queue.delete(note)
        except Failed:
            return  # everything comes back after the queue's own timeout
        finally:
            if self._full:
                self._looked = float("-inf")
            self._plan(self._host.loop.now)
