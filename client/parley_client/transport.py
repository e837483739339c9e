"""One call over HTTP: sent, repeated while that is safe, and read."""

from __future__ import annotations

import json
import random
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import urllib3

from parley_client import problems
from parley_client.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_BYTES: Final = 10 * 1024 * 1024
"""What API Gateway answers at most."""

LONGEST_WAIT: Final = 60.0
"""Seconds. Whoever is told to wait longer is told so, and not kept waiting."""

_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Reply[T]:
    """A good answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: T | None

    @property
    def data(self) -> T:
        """What came. Raises LookupError when there is nothing, as after a typing indicator (`status` is 204)."""
        if self.content is None:
            raise LookupError(f"this answer has no content: {self.status}")
        return self.content

    @property
    def etag(self) -> str | None:
        """The version of what came, for `if_match`."""
        return self.headers.get("etag")

    @property
    def location(self) -> str | None:
        """Where it can be asked for, or downloaded."""
        return self.headers.get("location")

    @property
    def replayed(self) -> bool:
        """This very call was answered before; nothing was done twice."""
        return self.headers.get("idempotent-replayed") == "true"


class Transport:
    """`base_url` is the stack's BusinessApiUrl: https, but for a local cloud. `api_key` is `<key id>.<secret>`."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        attempts: int = 4,
        timeout: float = 30.0,
        http: urllib3.PoolManager | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("base_url must be https: the key is sent with every call")
        self._base = base_url.rstrip("/")
        self._key = api_key
        self._attempts = attempts
        self._timeout = urllib3.Timeout(connect=5.0, read=timeout)
        self._http = http or urllib3.PoolManager(maxsize=10)
        self._sleep = sleep

    def __repr__(self) -> str:
        """Without the key."""
        return f"{type(self).__name__}({self._base!r})"

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, object] | None = None,
        key: str | None = None,
        if_match: str | None = None,
        accept: str = "application/json",
    ) -> Reply[Any]:
        """The good answer. Raises ProblemError."""
        headers = {"Authorization": f"Bearer {self._key}", "Accept": accept, "User-Agent": "parley-client/1"}
        named = {
            "Content-Type": None if body is None else "application/json",
            "Idempotency-Key": key,
            "If-Match": if_match,
        }
        headers |= {name: value for name, value in named.items() if value is not None}
        asked = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        url = f"{self._base}{path}" + (f"?{urlencode(asked, quote_via=quote)}" if asked else "")
        content = None if body is None else json.dumps(body).encode()
        for attempt in range(1, self._attempts + 1):
            try:
                return self._sent(method, url, headers, content)
            except ProblemError as problem:
                wait = _wait(problem, attempt)
                if attempt == self._attempts or wait > LONGEST_WAIT or not _repeatable(problem, if_match):
                    raise
                self._sleep(wait)
        raise ValueError("attempts must be at least 1")

    def _sent(self, method: str, url: str, headers: dict[str, str], content: bytes | None) -> Reply[Any]:
        try:
            answer = self._http.request(
                method,
                url,
                body=content,
                headers=headers,
                timeout=self._timeout,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            received = answer.read(MAX_BYTES + 1)
        except urllib3.exceptions.HTTPError as error:
            raise ProblemError(0, "unreachable", type(error).__name__) from error
        if len(received) > MAX_BYTES:
            answer.close()
            raise ProblemError(answer.status, "answer_too_large", f"more than {MAX_BYTES} bytes")
        answer.release_conn()
        found = {name.lower(): value for name, value in answer.headers.items()}
        if answer.status >= 400:
            raise problems.read(answer.status, found, received)
        return Reply(answer.status, found, _content(found, received))


def new_key() -> str:
    """An `Idempotency-Key` for one call and its repetitions."""
    return str(uuid.uuid4())


def step(value: str) -> str:
    """One step of a path."""
    return quote(value, safe="")


def _content(headers: Mapping[str, str], received: bytes) -> Any:
    if not received:
        return None
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return json.loads(received) if kind.endswith("json") else received


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _repeatable(problem: ProblemError, if_match: str | None) -> bool:
    """What was refused before it was read may always come again; what may have been done, only if that harms nobody."""
    if problem.status == 429 or problem.code == "in_progress":
        return True
    return if_match is None and problem.status in {0, 502, 503, 504}


def _wait(problem: ProblemError, attempt: int) -> float:
    """Seconds: as long as the answer says, or half a second, one, two …, and a little by chance."""
    if problem.retry_after is not None:
        return problem.retry_after
    return float(0.5 * 2 ** (attempt - 1) * (1 + random.random() / 4))  # noqa: S311  (nothing is secret about it)
