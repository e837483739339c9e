"""The client of Apple's gateway: one POST, one verdict (protocol/01 §3.2)."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import urllib3

from parley.answers import read_bounded
from parley.apple import limits

if TYPE_CHECKING:
    from parley.apple.outbound import OutboundMessage


class Verdict(StrEnum):
    """What an answer of the gateway means for the message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """400, 401, 404, 413: the same bytes will never pass."""
    FORBIDDEN = "forbidden"
    """403: the token was not believed; worth one try with another secret."""
    GONE = "gone"
    """410: the customer deleted or blocked the conversation."""
    NOT_NOW = "not_now"
    """429, or nothing was sent: certainly not accepted, worth another try."""
    UNCERTAIN = "uncertain"
    """5xx, or no answer to a request that went out: it may have been accepted."""


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """`status` is 0 when there was no answer; `words` are Apple's, at most 500 characters, ids removed."""

    verdict: Verdict
    status: int
    words: str
    ms: int = 0
    retry_after: float | None = None


_OPAQUE: Final = re.compile(r"urn(?::|%3a)mbid(?::|%3a)[a-z0-9+/=%]+|tel:\+\d+", re.IGNORECASE)
_WORDS: Final = 500


class AppleGateway:
    """Posts to `<base url>/message`. Keeps its connections between calls; redirects are not followed."""

    def __init__(self, base_url: str, *, timeout: float = limits.GATEWAY_TIMEOUT_SECONDS) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._pool = urllib3.PoolManager(
            num_pools=2,
            maxsize=16,
            retries=False,
            timeout=urllib3.Timeout(connect=3.0, read=timeout),
        )

    def send(self, message: OutboundMessage, *, token: str) -> GatewayAnswer:
        """POST one message. Never raises for what the network or Apple does: that is the answer."""
        body = json.dumps(message.body(), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "User-Agent": "parley",
            **message.headers(),
        }
        started = time.monotonic()
        try:
            answer = self._pool.request(
                "POST",
                f"{self._base_url}/message",
                body=body,
                headers=headers,
                redirect=False,
                preload_content=False,
            )
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as fault:
            return GatewayAnswer(Verdict.NOT_NOW, 0, type(fault).__name__, _since(started))
        except urllib3.exceptions.HTTPError as fault:
            # The request may have gone out before the connection broke.
            return GatewayAnswer(Verdict.UNCERTAIN, 0, type(fault).__name__, _since(started))
        text = read_bounded(answer, max_bytes=limits.MAX_GATEWAY_ANSWER_BYTES, seconds=self._timeout)
        return GatewayAnswer(
            _verdict(answer.status),
            answer.status,
            _words(text, message.opaque_id),
            _since(started),
            _seconds(answer.headers.get("Retry-After")),
        )


def _verdict(status: int) -> Verdict:
    if 200 <= status < 300:
        return Verdict.ACCEPTED
    if status >= 500:
        return Verdict.UNCERTAIN
    by_status = {403: Verdict.FORBIDDEN, 408: Verdict.UNCERTAIN, 410: Verdict.GONE, 429: Verdict.NOT_NOW}
    return by_status.get(status, Verdict.REFUSED)


def _words(text: bytes, opaque_id: str) -> str:
    """Apple's line of text for an operator, without identifiers, URL-encoded or not (protocol/01 §3.2)."""
    return _OPAQUE.sub("…", text.decode("utf-8", "replace").replace(opaque_id, "…"))[:_WORDS]


def _seconds(header: str | None) -> float | None:
    """`Retry-After` in seconds; its date form is not worth reading for a gateway that never shows it."""
    if header is None or not header.strip().isdecimal():
        return None
    return min(float(header), 3600.0)


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
