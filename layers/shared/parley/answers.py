"""Reading another server's answer without trusting its length or its pace."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import urllib3

if TYPE_CHECKING:
    from collections.abc import Callable


def read_bounded(
    answer: urllib3.BaseHTTPResponse,
    *,
    max_bytes: int,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> bytes:
    """At most `max_bytes` of the body, within `seconds`; the connection is kept only if the body ended.

    A body that breaks off, is too long or too slow is cut, not an error: the status was the message.
    """
    deadline = clock() + seconds
    taken = bytearray()
    whole = False
    try:
        while len(taken) < max_bytes and clock() < deadline:
            piece = answer.read1(min(8192, max_bytes - len(taken)))
            if not piece:
                whole = True
                break
            taken += piece
    except urllib3.exceptions.HTTPError:
        whole = False
    if whole:
        answer.release_conn()
    else:
        answer.close()
    return bytes(taken)
