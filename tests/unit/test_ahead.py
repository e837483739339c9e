"""Stages that work at the same time, and what happens when one of them breaks or is left alone."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.ahead import Ahead

if TYPE_CHECKING:
    from collections.abc import Iterator


class Source:
    """Counts what was taken of it; gives nothing more once `stopped` was noticed."""

    def __init__(self, pieces: int, *, breaks_at: int | None = None) -> None:
        self.pieces = pieces
        self.breaks_at = breaks_at
        self.given = 0
        self.closed = threading.Event()
        self.thread: int | None = None

    def __iter__(self) -> Iterator[int]:
        return self.run()

    def run(self) -> Iterator[int]:
        self.thread = threading.get_ident()
        try:
            for number in range(self.pieces):
                if number == self.breaks_at:
                    raise ValueError("broken")
                self.given += 1
                yield number
        finally:
            self.closed.set()


@given(st.lists(st.binary(max_size=5), max_size=40), st.integers(min_value=1, max_value=9))
def test_everything_arrives_in_order(pieces: list[bytes], depth: int) -> None:
    with Ahead(pieces, depth=depth) as ahead:
        assert list(ahead) == pieces


def test_the_source_runs_in_a_thread_of_its_own() -> None:
    source = Source(3)

    with Ahead(source) as ahead:
        list(ahead)

    assert source.thread not in {None, threading.get_ident()}


def test_the_source_is_at_work_before_anybody_asks_and_stops_when_it_is_far_enough_ahead() -> None:
    reached = threading.Semaphore(0)

    def pieces() -> Iterator[int]:
        for number in range(1000):
            reached.release()
            yield number

    with Ahead(pieces(), depth=3) as ahead:
        for _ in range(4):  # three wait in line, one in hand
            assert reached.acquire(timeout=5)
        assert not reached.acquire(timeout=0.3)
        assert next(iter(ahead)) == 0


def test_a_fault_comes_after_the_pieces_before_it() -> None:
    seen: list[int] = []

    with pytest.raises(ValueError, match="broken"), Ahead(Source(9, breaks_at=4)) as ahead:
        seen.extend(ahead)

    assert seen == [0, 1, 2, 3]


def test_leaving_early_closes_the_source_and_ends_its_thread() -> None:
    pieces = Source(10**9).run()
    before = threading.active_count()

    with Ahead(pieces) as ahead:
        assert next(iter(ahead)) == 0

    assert threading.active_count() == before
    with pytest.raises(StopIteration):
        next(pieces)


def test_stages_put_into_one_another_all_end_when_the_last_is_left() -> None:
    source = Source(10**9)
    before = threading.active_count()

    with Ahead(source.run()) as first, Ahead(piece + 1 for piece in first) as second:
        assert next(iter(second)) == 1

    assert source.closed.is_set()
    assert threading.active_count() == before


def test_a_stage_behind_one_that_gives_nothing_can_be_left_in_either_order() -> None:
    silent = threading.Event()

    def nothing() -> Iterator[int]:
        silent.wait(10)
        yield 1

    first, second = Ahead(nothing()), Ahead[int]([])
    with first:
        second = Ahead(first)
        second.__enter__()
        threading.Timer(0.1, silent.set).start()
    second.__exit__()

    assert not list(second)


def test_a_fault_of_the_user_leaves_nothing_running() -> None:
    source = Source(10**9)
    before = threading.active_count()

    with pytest.raises(KeyError), Ahead(source.run()):
        raise KeyError("user")

    assert source.closed.is_set()
    assert threading.active_count() == before
