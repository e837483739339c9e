"""The scheduler: a clock that jumps, turns that can be had again, processes that die whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.loop import Crash, Loop, Process
from tests.chaos.threads import Lock, Pool, wait
from tests.chaos.weather import seeded

if TYPE_CHECKING:
    from collections.abc import Callable


def a_loop(seed: int = 0) -> Loop:
    return Loop(seeded(seed), now=100.0)


def test_time_passes_only_while_everybody_waits() -> None:
    loop = a_loop()
    seen: list[float] = []

    def work() -> None:
        seen.append(loop.now)
        loop.sleep(3600.0)
        seen.append(loop.now)

    loop.spawn(work, name="work", after=5.0)
    loop.run()

    assert seen == [105.0, 3705.0]


def test_a_run_stops_at_its_hour_and_goes_on_from_there() -> None:
    loop = a_loop()
    seen: list[float] = []

    def work() -> None:
        for _ in range(3):
            loop.sleep(10.0)
            seen.append(loop.now)

    loop.spawn(work, name="work")
    loop.run(until=115.0)
    assert (loop.now, seen) == (115.0, [110.0])

    loop.run()
    assert seen == [110.0, 120.0, 130.0]


def order_of_turns(seed: int) -> list[str]:
    loop = a_loop(seed)
    seen: list[str] = []

    def work(name: str) -> Callable[[], None]:
        def steps() -> None:
            for _ in range(5):
                seen.append(name)
                loop.sleep(0.0)

        return steps

    for name in "abc":
        loop.spawn(work(name), name=name)
    loop.run()
    return seen


def test_who_goes_first_is_chance_and_the_same_chance_again() -> None:
    orders = {tuple(order_of_turns(seed)) for seed in range(20)}

    assert len(orders) > 10
    assert order_of_turns(7) == order_of_turns(7)


def test_a_process_that_dies_takes_all_its_tasks_along_and_nobody_elses() -> None:
    loop = a_loop()
    process = Process("function")
    done: list[str] = []

    def work(name: str) -> None:
        try:
            loop.sleep(10.0)
            done.append(name)
        except Exception:  # noqa: BLE001  (what must not catch it)
            done.append("caught")

    one = loop.spawn(lambda: work("one"), name="one", process=process)
    two = loop.spawn(lambda: work("two"), name="two", process=process)
    other = loop.spawn(lambda: work("other"), name="other", process=Process("another"))
    loop.call_at(105.0, lambda: loop.kill(process))
    loop.run()

    assert done == ["other"]
    assert isinstance(one.fault, Crash)
    assert isinstance(two.fault, Crash)
    assert other.fault is None


def test_a_task_that_was_to_begin_after_its_process_died_never_begins() -> None:
    loop = a_loop()
    process = Process("function")
    begun: list[str] = []
    task = loop.spawn(lambda: begun.append("begun"), name="late", process=process, after=10.0)
    loop.kill(process)
    loop.run()

    assert begun == []
    assert isinstance(task.fault, Crash)


def test_a_lock_is_held_by_one_at_a_time() -> None:
    loop = a_loop()
    lock = Lock(loop)
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        with lock:
            inside.append(1)
            most.append(len(inside))
            loop.sleep(1.0)
            inside.pop()

    for number in range(5):
        loop.spawn(work, name=f"{number}")
    loop.run()

    assert most == [1] * 5
    assert loop.now == 105.0


def test_a_pool_works_side_by_side_and_answers_in_order() -> None:
    loop = a_loop()

    def work(seconds: float) -> float:
        loop.sleep(seconds)
        return seconds

    def batch() -> list[float]:
        with Pool(loop, 3) as pool:
            return pool.map(work, [3.0, 1.0, 2.0])

    task = loop.spawn(batch, name="batch")
    loop.run()

    assert task.value() == [3.0, 1.0, 2.0]
    assert loop.now == 103.0


def test_a_pool_hands_on_what_was_raised_after_everybody_is_done() -> None:
    loop = a_loop()
    done: list[float] = []

    def work(seconds: float) -> None:
        loop.sleep(seconds)
        if seconds == 1.0:
            raise ValueError("one")
        done.append(seconds)

    def batch() -> None:
        with Pool(loop, 2) as pool:
            pool.map(work, [1.0, 2.0])

    task = loop.spawn(batch, name="batch")
    loop.run()

    with pytest.raises(ValueError, match="one"):
        task.value()
    assert done == [2.0]


def test_waiting_for_several_ends_when_time_is_up() -> None:
    loop = a_loop()
    seen: list[tuple[int, int, float]] = []

    def batch() -> None:
        with Pool(loop, 2) as pool:
            running = {pool.submit(loop.sleep, 1.0), pool.submit(loop.sleep, 10.0)}
            for timeout in (0.5, 2.0, None):
                done, others = wait(loop, running, timeout)
                seen.append((len(done), len(others), loop.now))

    loop.spawn(batch, name="batch")
    loop.run()

    assert seen == [(0, 2, 100.5), (1, 1, 102.5), (2, 0, 110.0)]
