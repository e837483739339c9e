"""The store behind Apple's upload and download URLs: bytes in, bytes out, no token (protocol/08 §3, §4).

Which hosts may be called is decided by `dial`, which connects only to what it has checked.
"""

from __future__ import annotations

import base64
import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import urllib3

from parley.answers import hung_up_after, read_bounded
from parley.apple import limits
from parley.apple.mmcs import SIGNATURE_BYTES
from parley.errors import Retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

PIECE_BYTES: Final = 256 * 1024
"""A piece, its cipher text and what the cipher copies stay in a core's cache together: of 1 MiB they do not."""

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0

_EXPIRED: Final = frozenset({403, 404, 410})
_RANGE: Final = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)")


@dataclass(frozen=True, slots=True)
class Route:
    """A checked way to one URL: connections to exactly one address, and what the request says."""

    pool: urllib3.HTTPConnectionPool
    path: str
    authority: str


type Dial = Callable[[str], Route]
"""Raises Rejected for a URL that must not be called, Retryable when its name does not resolve."""


class Download:
    """One answer of the store, read piece by piece. `start` is where in the file its first byte belongs.

    Iterating raises Retryable: `length_mismatch`, `store_cut`, `store_timeout` or `store_too_slow`.
    """

    def __init__(
        self, answer: urllib3.BaseHTTPResponse, *, start: int, size: int | None, pace: _Pace, read_seconds: float
    ) -> None:
        self._answer = answer
        self._wire = getattr(answer.connection, "wire", None)
        self._read_seconds = read_seconds
        self._size = size
        self._pace = pace
        self.start = start
        self._next = start

    def __iter__(self) -> Generator[bytes]:
        collected: list[bytes] = []
        held = 0
        try:
            while piece := self._read(PIECE_BYTES - held):
                collected.append(piece)
                held += len(piece)
                if held == PIECE_BYTES:
                    yield b"".join(collected)
                    collected.clear()
                    held = 0
            if self._size is not None and self._next != self._size:
                raise _wrong_length(self._next, self._size)
            if collected:
                yield b"".join(collected)
        finally:
            self._answer.close()

    def close(self) -> None:
        """Hang up."""
        self._answer.close()

    def _read(self, most: int) -> bytes:
        with self._pace, hung_up_after(self._read_seconds, self._wire) as is_late:
            try:
                piece = self._answer.read1(most, decode_content=False)
            except urllib3.exceptions.TimeoutError:
                raise _silent() from None
            except (urllib3.exceptions.HTTPError, OSError, ValueError):
                raise _silent() if is_late() else _cut() from None
        if is_late():
            raise _silent()
        self._next += len(piece)
        limit = limits.MAX_ATTACHMENT_BYTES if self._size is None else self._size
        if self._next > limit:
            raise _wrong_length(self._next, limit)
        self._pace.passed(len(piece))
        return piece


class ContentStore:
    """Downloads and uploads by the URLs the gateway hands out. Shared by threads."""

    def __init__(
        self, dial: Dial, *, clock: Callable[[], float] = time.monotonic, read_seconds: float = READ_SECONDS
    ) -> None:
        self._dial = dial
        self._clock = clock
        self._read_seconds = read_seconds

    def download(self, url: str, *, size: int | None, start: int = 0) -> Download:
        """GET the encrypted bytes, from `start` on if the store can do that.

        Raises Rejected (the URL leads where it must not), or Retryable: `store_expired` (ask for another URL),
        `store_status`, `store_timeout`, `store_cut`, `length_mismatch` (before a byte is read), `dns_failed`.
        """
        span = {"Range": f"bytes={start}-"} if start else {}
        answer = self._request("GET", url, headers={"Accept-Encoding": "identity", **span})
        try:
            return self._opened(answer, size, start)
        except BaseException:
            answer.close()
            raise

    def _opened(self, answer: urllib3.BaseHTTPResponse, size: int | None, start: int) -> Download:
        _require_good(answer.status, 206 if start else 200, 200)
        begins = 0
        if answer.status == 206:
            span = _RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
            if span is None or int(span[1]) != start:
                raise Retryable("the store answered another range", code="store_status")
            begins = start
        told = answer.headers.get("Content-Length", "")
        if size is not None and told.isdecimal() and begins + int(told) != size:
            raise _wrong_length(begins + int(told), size)
        pace = _Pace(self._clock)
        return Download(answer, start=begins, size=size, pace=pace, read_seconds=self._read_seconds)

    def upload(self, url: str, pieces: Iterable[bytes], *, size: int) -> str:
        """POST exactly `size` encrypted bytes; the answer is Apple's `fileChecksum` (protocol/08 §4).

        Raises as `download` does, and Retryable (`length_mismatch`) when `pieces` are more or fewer bytes: then
        nothing was stored. The URL is used up either way: try again with another one.
        """
        answer = self._request(
            "POST",
            url,
            headers={"Content-Type": "application/octet-stream", "Content-Length": str(size)},
            body=self._exactly(pieces, size),
        )
        text = read_bounded(answer, max_bytes=limits.MAX_GATEWAY_ANSWER_BYTES, seconds=self._read_seconds)
        _require_good(answer.status, 200, 201)
        checksum = _checksum(text)
        if checksum is None:
            raise Retryable("the store's receipt names no checksum", code="store_receipt")
        return checksum

    def _exactly(self, pieces: Iterable[bytes], size: int) -> Generator[bytes]:
        """Fails before the last byte is out, so that a body of a wrong length never ends well."""
        pace = _Pace(self._clock)
        sent, waiting = 0, b""
        for piece in filter(None, pieces):
            sent += len(piece)
            if sent > size:
                raise _wrong_length(sent, size)
            if waiting:
                with pace:
                    yield waiting
                pace.passed(len(waiting))
            waiting = piece
        if sent != size:
            raise _wrong_length(sent, size)
        if waiting:
            yield waiting

    def _request(self, method: str, url: str, *, headers: dict[str, str], body: Any = None) -> urllib3.BaseHTTPResponse:
        route = self._dial(url)
        try:
            return route.pool.request(
                method,
                route.path,
                body=body,
                headers={"Host": route.authority, "User-Agent": "parley", **headers},
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=self._read_seconds),
                redirect=False,
                preload_content=False,
            )
        except urllib3.exceptions.NewConnectionError:
            raise Retryable("the store cannot be reached", code="store_unreachable") from None
        except urllib3.exceptions.TimeoutError:
            raise _silent() from None
        except urllib3.exceptions.HTTPError:
            raise _cut() from None


class _Pace:
    """The time the other side takes, ours not counted. Raises Retryable when it is slower than anything useful."""

    GRACE_SECONDS: Final = 30.0
    BYTES_PER_SECOND: Final = 64 * 1024

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = 0.0
        self._spent = 0.0
        self._bytes = 0

    def __enter__(self) -> None:
        self._began = self._clock()

    def __exit__(self, *_: object) -> None:
        self._spent += self._clock() - self._began

    def passed(self, count: int) -> None:
        """So many bytes more have passed."""
        self._bytes += count
        if self._spent > self.GRACE_SECONDS + self._bytes / self.BYTES_PER_SECOND:
            raise Retryable("the store is too slow", code="store_too_slow")


def _require_good(status: int, *good: int) -> None:
    if status in _EXPIRED:
        raise Retryable(f"the store answers {status}: the URL has expired", code="store_expired")
    if status not in good:
        raise Retryable(f"the store answers {status}", code="store_status")


def _silent() -> Retryable:
    return Retryable("the store does not answer in time", code="store_timeout")


def _cut() -> Retryable:
    return Retryable("the store broke off", code="store_cut")


def _wrong_length(found: int, wanted: int) -> Retryable:
    return Retryable(f"{found} bytes instead of {wanted}", code="length_mismatch")


def _checksum(text: bytes) -> str | None:
    """`singleFile.fileChecksum`, if it is the base64 text of 21 bytes."""
    try:
        value = json.loads(text)["singleFile"]["fileChecksum"]
        good = len(base64.b64decode(value, validate=True)) == SIGNATURE_BYTES
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return value if good else None
