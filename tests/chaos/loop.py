"""Tasks that take turns on a virtual clock. Who goes next among equals is a seeded choice, so a run can be had again.

A task is a greenlet: the code under test calls its clients as ever, and every call of a fake hands the turn on.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any, Final

from greenlet import getcurrent, greenlet

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

FOREVER: Final = float("inf")


class Crash(BaseException):
    """The process died at this very step: no `except Exception` sees it, as none would."""


class Unsupported(BaseException):
    """A fake was asked for something it does not know: the run is worth nothing, so it ends at once."""


class Process:
    """What dies together: its tasks, and with them everything it kept in memory. `skew`: how wrong its clock is."""

    def __init__(self, name: str, *, skew: float = 0.0) -> None:
        self.name = name
        self.skew = skew
        self.dead = False
        self.tasks: list[Task] = []


class Task:
    """One line of work. `fault` is what ended it, if it was not its own end."""

    __slots__ = ("_work", "done", "fault", "greenlet", "name", "process", "result", "turn", "waiting")

    def __init__(self, work: Callable[[], Any], name: str, process: Process | None) -> None:
        self.name = name
        self.process = process
        self.greenlet: greenlet | None = None
        self.turn = 0
        self.done = False
        self.result: Any = None
        self.fault: BaseException | None = None
        self._work = work
        self.waiting: list[Task] = []

    def value(self) -> Any:
        """What the work returned, or what it raised."""
        if self.fault is not None:
            raise self.fault
        return self.result


class Loop:
    """The virtual clock (Unix seconds) and everybody's turns."""

    def __init__(self, chance: Random, *, now: float) -> None:
        self.now = now
        self.current: Task | None = None
        self.stopped = False
        self.turns = 0
        self._chance = chance
        self._heap: list[tuple[float, float, int, Task | Callable[[], None], int]] = []
        self._count = 0
        self._until = FOREVER
        self._main: greenlet | None = None

    def spawn(self, work: Callable[[], Any], *, name: str, process: Process | None = None, after: float = 0.0) -> Task:
        """Begin `work` after so many seconds. It belongs to `process` and ends when that dies."""
        task = Task(work, name, process)
        if process is not None:
            process.tasks.append(task)
        self._push(self.now + after, task, 0)
        return task

    def call_at(self, when: float, callback: Callable[[], None]) -> None:
        """Call back at that time. The callback belongs to nobody and may not wait."""
        self._push(max(when, self.now), callback, -1)

    def sleep(self, seconds: float) -> None:
        """Hand the turn on until then. Raises Crash when the task's process has died meanwhile."""
        task = self.current
        assert task is not None, "only a task can wait"
        when = self.now + seconds
        if (self._heap and self._heap[0][0] <= when) or when > self._until:
            task.turn += 1
            self._push(when, task, task.turn)
            self._yield()
        else:
            self.now = when
        if task.process is not None and task.process.dead:
            raise Crash

    def park(self) -> None:
        """Wait until somebody calls `unpark`, or the process dies."""
        task = self.current
        assert task is not None, "only a task can wait"
        task.turn += 1
        self._yield()
        if task.process is not None and task.process.dead:
            raise Crash

    def unpark(self, task: Task) -> None:
        """It is this task's turn again, now; nothing for one that is done."""
        if not task.done:
            task.turn += 1
            self._push(self.now, task, task.turn)

    def wake_at(self, when: float, task: Task) -> None:
        """It is this task's turn at that time, unless it has had one since."""
        self._push(when, task, task.turn + 1)

    def join(self, task: Task) -> None:
        """Wait until `task` is done."""
        while not task.done:
            assert self.current is not None
            task.waiting.append(self.current)
            self.park()

    def kill(self, process: Process) -> None:
        """The process dies now. Its tasks end without another effect."""
        process.dead = True
        for task in process.tasks:
            if task is not self.current:
                self.unpark(task)
        process.tasks = []

    def run(self, *, until: float = FOREVER) -> None:
        """Let everything happen up to `until`, or until nothing is left, or somebody sets `stopped`."""
        self._main, self._until, self.stopped = getcurrent(), until, False
        heap = self._heap
        while heap and heap[0][0] <= until and not self.stopped:
            when, _, _, target, turn = heapq.heappop(heap)
            if isinstance(target, Task):
                if target.turn == turn and not target.done:
                    self.now = when
                    self._resume(target)
            else:
                self.now = when
                target()
        if until < FOREVER and not self.stopped:
            self.now = max(self.now, until)

    def _push(self, when: float, target: Task | Callable[[], None], turn: int) -> None:
        self._count += 1
        heapq.heappush(self._heap, (when, self._chance.random(), self._count, target, turn))

    def _yield(self) -> None:
        assert self._main is not None
        self._main.switch()

    def _resume(self, task: Task) -> None:
        self.turns += 1
        self.current = task
        if task.greenlet is None:
            task.greenlet = greenlet(self._live)
        try:
            task.greenlet.switch()
        finally:
            self.current = None

    def _live(self) -> None:
        task = self.current
        assert task is not None
        try:
            if task.process is None or not task.process.dead:
                task.result = task._work()
            else:
                task.fault = Crash()
        except (Exception, Crash) as fault:  # noqa: BLE001  (whoever asks for the task's value gets it)
            task.fault = fault
        task.done = True
        task.greenlet = None
        if task.process is not None and task in task.process.tasks:
            task.process.tasks.remove(task)
        for waiting in task.waiting:
            self.unpark(waiting)
