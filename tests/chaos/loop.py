"""Tasks that take turns on a virtual clock. Who goes next among equals is a seeded choice, so a run can be had again.

A task is a greenlet: the code under test calls its clients as ever, and every call of a fake hands the turn on.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any, Final, Self

from greenlet import getcurrent, greenlet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
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

    __slots__ = ("_waiting", "_work", "done", "fault", "greenlet", "name", "process", "result", "turn")

    def __init__(self, work: Callable[[], Any], name: str, process: Process | None) -> None:
        self.name = name
        self.process = process
        self.greenlet: greenlet | None = None
        self.turn = 0
        self.done = False
        self.result: Any = None
        self.fault: BaseException | None = None
        self._work = work
        self._waiting: list[Task] = []

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
            task._waiting.append(self.current)
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
        for waiting in task._waiting:
            self.unpark(waiting)


class Lock:
    """`threading.Lock` for tasks. One that dies with it takes its whole process along, so nobody waits in vain."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._held = False
        self._waiting: list[Task] = []

    def acquire(self) -> bool:
        while self._held:
            assert self._loop.current is not None
            self._waiting.append(self._loop.current)
            self._loop.park()
        self._held = True
        return True

    def release(self) -> None:
        self._held = False
        waiting, self._waiting = self._waiting, []
        for task in waiting:
            self._loop.unpark(task)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class Future:
    """What a pool was given to do. Numbered, so that a set of them has the same order in every run."""

    def __init__(self, loop: Loop, task: Task, number: int) -> None:
        self._loop = loop
        self._number = number
        self.task = task

    def __hash__(self) -> int:
        return self._number

    def result(self) -> Any:
        """What came of it, when it is done."""
        self._loop.join(self.task)
        return self.task.value()


class Pool:
    """`ThreadPoolExecutor` for tasks: as much of it as a batch uses."""

    def __init__(self, loop: Loop, max_workers: int) -> None:
        self._loop = loop
        self._max_workers = max_workers
        self._given: list[Future] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for future in self._given:
            self._loop.join(future.task)

    def submit(self, work: Callable[..., Any], *given: Any) -> Future:
        """Run it beside the others."""
        parent = self._loop.current
        assert parent is not None
        number = len(self._given)
        if number >= self._max_workers:
            raise Unsupported("more work than workers")
        task = self._loop.spawn(lambda: work(*given), name=f"{parent.name}/{number}", process=parent.process)
        self._given.append(Future(self._loop, task, number))
        return self._given[-1]

    def map[Given, Made](self, work: Callable[[Given], Made], given: Iterable[Given]) -> list[Made]:
        """Run `work` for each side by side, and give the results in order."""
        return [future.result() for future in [self.submit(work, one) for one in given]]


def wait(loop: Loop, futures: set[Future], timeout: float | None = None) -> tuple[set[Future], set[Future]]:
    """`concurrent.futures.wait`: the done and the others, when all are done or time is up."""
    until = FOREVER if timeout is None else loop.now + timeout
    for future in sorted(futures, key=hash):
        while not future.task.done and loop.now < until:
            assert loop.current is not None
            future.task._waiting.append(loop.current)
            if until < FOREVER:
                loop.wake_at(until, loop.current)
            loop.park()
    done = {future for future in futures if future.task.done}
    return done, futures - done
