"""POSTs webhooks to endpoints: through the egress guard, bounded, over connections that are kept."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

import urllib3

from parley.answers import read_bounded
from parley.business.pools import Pools
from parley.errors import Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.egress import EgressGuard

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 10.0
WORDS_SECONDS: Final = 2.0
"""For the body of an answer, which only people read: the status has decided already."""
MAX_ANSWER_BYTES: Final = 4096
KEPT_ANSWER_CHARS: Final = 500


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What an endpoint said: `status` 0 and a `reason` code when there was no answer. `ms` is the whole call."""

    status: int
    ms: int
    words: str
    reason: str | None = None
    retry_after: float | None = None

    @property
    def ok(self) -> bool:
        """Only 2xx takes the message over; a redirect does not."""
        return 200 <= self.status < 300


class WebhookClient:
    """One per process, shared by threads. Never raises for what an endpoint does: that is the answer.

    A call takes 24 s at most: 3 for the name, 3 each to connect, to agree on TLS and to send, 10 for the head of
    the answer as a whole, 2 for its body.
    """

    def __init__(
        self,
        guard: EgressGuard,
        *,
        clock: Callable[[], float] = time.time,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._guard = guard
        self._clock = clock
        self._words_seconds = min(WORDS_SECONDS, read_seconds)
        self._pools = Pools(connect_seconds=connect_seconds, read_seconds=read_seconds)

    def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> WebhookAnswer:
        """POST once, following nothing."""
        started = time.monotonic()
        try:
            target = self._guard.check(url)
        except (Rejected, Retryable) as refusal:
            return WebhookAnswer(0, _since(started), str(refusal), reason=refusal.code)
        try:
            answer = self._pools.to(target).urlopen(
                "POST",
                target.path,
                body=body,
                headers={
                    "Host": target.authority,
                    "Content-Type": "application/json",
                    "User-Agent": "parley-webhooks/1",
                    **headers,
                },
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except urllib3.exceptions.HTTPError as fault:
            return WebhookAnswer(0, _since(started), _words(fault), reason=_reason(fault))
        words = read_bounded(answer, max_bytes=MAX_ANSWER_BYTES, seconds=self._words_seconds)
        return WebhookAnswer(
            answer.status,
            _since(started),
            words.decode("utf-8", "replace")[:KEPT_ANSWER_CHARS],
            reason=None if 200 <= answer.status < 300 else "status",
            retry_after=self._retry_after(answer.headers.get("Retry-After")),
        )

    def _retry_after(self, header: str | None) -> float | None:
        """Seconds to wait, from either form of the header; None when it is absent or unreadable."""
        if header is None:
            return None
        if header.strip().isdecimal():
            return float(header.strip()[:9])
        try:
            return max(0.0, parsedate_to_datetime(header).timestamp() - self._clock())
        except (ValueError, OverflowError):
            return None


def _reason(fault: urllib3.exceptions.HTTPError) -> str:
    """Why there was no answer; urllib3 counts a refused connection among the timeouts."""
    refused = isinstance(fault, urllib3.exceptions.NewConnectionError)
    return "timeout" if isinstance(fault, urllib3.exceptions.TimeoutError) and not refused else "connection_failed"


def _words(fault: urllib3.exceptions.HTTPError) -> str:
    """What happened, without addresses; of a certificate, what is wrong with it."""
    cause = fault.args[0] if fault.args else None
    what = cause.verify_message if isinstance(cause, ssl.SSLCertVerificationError) else None
    return f"{type(fault).__name__}: {what}"[:KEPT_ANSWER_CHARS] if what else type(fault).__name__


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
