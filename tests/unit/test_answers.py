"""Reading another server's answer without trusting its length or its pace."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import urllib3

from parley.answers import read_bounded
from tests.support.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable


class Body(io.RawIOBase):
    """A body that comes in given pieces."""

    def __init__(self, *pieces: bytes, before: Callable[[], None] = lambda: None) -> None:
        self.pieces = list(pieces)
        self.before = before

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.before()
        piece = self.pieces.pop(0) if self.pieces else b""
        self.pieces = [piece[size:], *self.pieces] if size >= 0 and len(piece) > size else self.pieces
        return piece[:size] if size >= 0 else piece

    read1 = read


class Answer(urllib3.HTTPResponse):
    """Remembers whether its connection was given back or dropped."""

    ended = ""

    def release_conn(self) -> None:
        self.ended = self.ended or "released"

    def close(self) -> None:
        self.ended = self.ended or "closed"
        super().close()


def answer(body: Body) -> Answer:
    return Answer(body=body, preload_content=False, status=200)


def test_a_whole_body_is_read_and_its_connection_kept() -> None:
    found = answer(Body(b"ab", b"cd"))

    assert read_bounded(found, max_bytes=100, seconds=10) == b"abcd"
    assert found.ended == "released"


@pytest.mark.parametrize("pieces", [(b"x" * 50,), (b"x",) * 50, (b"x" * 10, b"x" * 40)])
def test_a_body_that_is_too_long_is_cut_and_its_connection_dropped(pieces: tuple[bytes, ...]) -> None:
    found = answer(Body(*pieces))

    assert read_bounded(found, max_bytes=10, seconds=10) == b"x" * 10
    assert found.ended == "closed"


def test_a_body_that_is_too_slow_is_cut() -> None:
    clock = Clock()
    found = answer(Body(*[b"x"] * 50, before=lambda: clock.advance(1)))

    assert read_bounded(found, max_bytes=100, seconds=5, clock=clock) == b"x" * 5
    assert found.ended == "closed"


@pytest.mark.parametrize(
    "fault",
    [urllib3.exceptions.ProtocolError("broken"), urllib3.exceptions.ReadTimeoutError(None, "", "late")],  # type: ignore[arg-type]
)
def test_a_body_that_breaks_off_is_what_came_before(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    found = answer(Body(b"ab", b"cd"))
    real: Any = found.read1
    pieces = iter([real, real])

    def read1(amount: int) -> bytes:
        step = next(pieces, None)
        if step is None:
            raise fault
        piece: bytes = step(amount)
        return piece

    monkeypatch.setattr(found, "read1", read1)

    assert read_bounded(found, max_bytes=100, seconds=10) == b"abcd"
    assert found.ended == "closed"
