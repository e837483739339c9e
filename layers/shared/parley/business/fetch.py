"""GETs what a business's URLs lead to: through the egress guard, every hop anew, within a budget of time and bytes."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urldefrag, urljoin

import urllib3

from parley.answers import read_bounded
from parley.business.pools import Pools
from parley.errors import Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.business.egress import EgressGuard, Target

CONNECT_SECONDS: Final = 1.0
READ_SECONDS: Final = 2.0
MAX_REDIRECTS: Final = 3

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAY_WORK_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_IN_A_URL: Final = "%:/?#[]@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was found. `url` is where, after redirects; `whole` is False when `content` was cut at the limit."""

    url: str
    content_type: str
    content: bytes = field(repr=False)
    whole: bool = True


class GuardedFetch:
    """One per process, shared by threads. Sends no cookies and no credentials, follows up to 3 redirects."""

    def __init__(self, guard: EgressGuard) -> None:
        self._guard = guard
        self._pools = Pools(connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS)

    def get(self, url: str, *, types: Sequence[str], max_bytes: int, seconds: float) -> Fetched:
        """At most `max_bytes` of a resource whose content type begins with one of `types`, or is not told.

        Raises Rejected (the guard's codes, `fetch_redirects`, `fetch_status`, `fetch_type`) or Retryable
        (`dns_failed`, `fetch_timeout`, `fetch_failed`), never later than `seconds`.
        """
        deadline = time.monotonic() + seconds
        # Nothing bounds how long a name takes to resolve, so somebody else waits for it.
        worker = ThreadPoolExecutor(max_workers=1)
        try:
            return worker.submit(self._follow, url, types, max_bytes, deadline).result(timeout=max(0.0, seconds))
        except TimeoutError:
            raise _late() from None
        finally:
            worker.shutdown(wait=False)

    def _follow(self, url: str, types: Sequence[str], max_bytes: int, deadline: float) -> Fetched:
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._ask(self._guard.check(url), types, deadline)
            location = answer.headers.get("Location") if answer.status in _REDIRECTS else None
            if location is None:
                return _read(url, answer, types, max_bytes, deadline)
            answer.close()
            url = _joined(url, location)
        raise Rejected(f"the URL redirects more than {MAX_REDIRECTS} times", code="fetch_redirects")

    def _ask(self, target: Target, types: Sequence[str], deadline: float) -> urllib3.BaseHTTPResponse:
        left = deadline - time.monotonic()
        if left <= 0:
            raise _late()
        try:
            return self._pools.to(target).request(
                "GET",
                target.path,
                headers={
                    "Host": target.authority,
                    "Accept": ", ".join(map(_shown, types)),
                    "Accept-Encoding": "identity",
                    "User-Agent": "parley/1",
                },
                timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=min(READ_SECONDS, left)),
                redirect=False,
                preload_content=False,
            )
        except urllib3.exceptions.NewConnectionError:
            raise _broken() from None
        except urllib3.exceptions.TimeoutError:
            raise _late() from None
        except urllib3.exceptions.HTTPError:
            raise _broken() from None


def _joined(url: str, location: str) -> str:
    try:
        # A header comes as Latin-1, whatever was meant.
        return urldefrag(urljoin(url, quote(location.encode("latin-1"), safe=_IN_A_URL))).url
    except ValueError:
        raise Rejected("the URL redirects to none", code="url_malformed") from None


def _read(url: str, answer: urllib3.BaseHTTPResponse, types: Sequence[str], max_bytes: int, deadline: float) -> Fetched:
    content_type = answer.headers.get("Content-Type", "").strip().lower()
    refusal: Rejected | Retryable | None = None
    if answer.status in _MAY_WORK_LATER:
        refusal = Retryable(f"the URL answers {answer.status}", code="fetch_status")
    elif answer.status != 200:
        refusal = Rejected(f"the URL answers {answer.status}", code="fetch_status")
    elif content_type and not content_type.startswith(tuple(types)):
        kind = content_type.partition(";")[0].strip()[:60]
        refusal = Rejected(f"the URL leads to {kind} instead of {_shown(types[0])}", code="fetch_type")
    if refusal is not None:
        answer.close()
        raise refusal
    content = read_bounded(answer, max_bytes=max_bytes + 1, seconds=deadline - time.monotonic())
    if len(content) > max_bytes:
        return Fetched(url, content_type, content[:max_bytes], whole=False)
    if time.monotonic() >= deadline:
        raise _late()
    if answer.length_remaining:
        raise _broken()
    return Fetched(url, content_type, content)


def _shown(kind: str) -> str:
    """`image/` as the header and people write it."""
    return f"{kind}*" if kind.endswith("/") else kind


def _late() -> Retryable:
    return Retryable("the URL does not answer in time", code="fetch_timeout")


def _broken() -> Retryable:
    return Retryable("the connection fails or breaks off", code="fetch_failed")
