"""The client of Apple's gateway: one POST, one verdict (protocol/01 §3.2)."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import urllib3

from parley.answers import InTimePool, InTimeTlsPool, read_bounded
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
    data_ref: dict[str, Any] | None = field(default=None, repr=False)
    """What can be sent in the place of the interactive data that was accepted (protocol/09 §3)."""


@dataclass(frozen=True, slots=True)
class Constructed:
    """What Apple built: the reference to send as it is, or None with the answer that says why."""

    reference: dict[str, Any] | None
    answer: GatewayAnswer


_OPAQUE: Final = re.compile(r"urn(?::|%3a)mbid(?::|%3a)[a-z0-9+/=%]+|tel:\+\d+", re.IGNORECASE)
_WORDS: Final = 500


class AppleGateway:
    """Posts to `<base url>/message` and its neighbours. Keeps its connections; redirects are not followed."""

    def __init__(self, base_url: str, *, timeout: float = limits.GATEWAY_TIMEOUT_SECONDS) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._pool = urllib3.PoolManager(
            num_pools=2,
            maxsize=16,
            retries=False,
            timeout=urllib3.Timeout(connect=3.0, read=timeout),
        )
        self._pool.pool_classes_by_scheme = {"http": InTimePool, "https": InTimeTlsPool}

    def send(self, message: OutboundMessage, *, token: str) -> GatewayAnswer:
        """POST one message. Never raises for what the network or Apple does: that is the answer."""
        started = time.monotonic()
        answer, text = self._post(message.door, message.body(), token=token, headers=message.headers())
        if isinstance(answer, Verdict):
            return GatewayAnswer(answer, 0, text.decode(), _since(started))
        verdict = verdict_of(answer.status)
        return GatewayAnswer(
            verdict,
            answer.status,
            _words(text, message.opaque_id),
            _since(started),
            retry_after_of(answer.headers.get("Retry-After")),
            _reference(text, "dataRef") if verdict is Verdict.ACCEPTED else None,
        )

    def construct(self, body: dict[str, Any], *, business_id: str, token: str) -> Constructed:
        """Have Apple build a link (protocol/13 §1). A refusal means: send an ordinary rich link instead."""
        started = time.monotonic()
        answer, text = self._post("constructPayload", body, token=token, headers={"Source-Id": business_id})
        if isinstance(answer, Verdict):
            return Constructed(None, GatewayAnswer(answer, 0, text.decode(), _since(started)))
        verdict = verdict_of(answer.status)
        reference = _reference(text, "richLinkDataRef") if verdict is Verdict.ACCEPTED else None
        told = GatewayAnswer(verdict, answer.status, _words(text, ""), _since(started))
        return Constructed(reference, told)

    def _post(
        self, door: str, body: dict[str, Any], *, token: str, headers: dict[str, str]
    ) -> tuple[urllib3.BaseHTTPResponse | Verdict, bytes]:
        """The answer and its text; without an answer a verdict and the name of what went wrong."""
        try:
            answer = self._pool.request(
                "POST",
                f"{self._base_url}/{door}",
                body=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
                headers={
                    "Authorization": f"Bearer {token}",
                    "Content-Type": "application/json",
                    "User-Agent": "parley",
                    **headers,
                },
                redirect=False,
                preload_content=False,
            )
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as fault:
            return Verdict.NOT_NOW, type(fault).__name__.encode()
        except urllib3.exceptions.HTTPError as fault:
            # The request may have gone out before the connection broke.
            return Verdict.UNCERTAIN, type(fault).__name__.encode()
        return answer, read_bounded(answer, max_bytes=limits.MAX_GATEWAY_ANSWER_BYTES, seconds=self._timeout)


def verdict_of(status: int) -> Verdict:
    """What a status means, on any of the gateway's paths."""
    if 200 <= status < 300:
        return Verdict.ACCEPTED
    if status >= 500:
        return Verdict.UNCERTAIN
    by_status = {403: Verdict.FORBIDDEN, 408: Verdict.UNCERTAIN, 410: Verdict.GONE, 429: Verdict.NOT_NOW}
    return by_status.get(status, Verdict.REFUSED)


def _words(text: bytes, opaque_id: str) -> str:
    """Apple's line of text for an operator, without identifiers, URL-encoded or not (protocol/01 §3.2)."""
    line = text.decode("utf-8", "replace")
    return _OPAQUE.sub("…", line.replace(opaque_id, "…") if opaque_id else line)[:_WORDS]


def _reference(text: bytes, name: str) -> dict[str, Any] | None:
    """A reference in an answer, kept as it is, unknown keys included (protocol/09 §3, 13 §1)."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    reference = answer.get(name) if isinstance(answer, dict) else None
    return reference if isinstance(reference, dict) else None


def retry_after_of(header: str | None) -> float | None:
    """`Retry-After` in seconds; its date form is not worth reading for a gateway that never shows it."""
    if header is None or not header.strip().isdecimal():
        return None
    return min(float(header), 3600.0)


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
