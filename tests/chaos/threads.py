"""Locks and pools of threads for tasks: as much of them as Parley uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from tests.chaos.loop import FOREVER, Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.chaos.loop import Loop, Task


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
            future.task.waiting.append(loop.current)
            if until < FOREVER:
                loop.wake_at(until, loop.current)
            loop.park()
    done = {future for future in futures if future.task.done}
    return done, futures - done
