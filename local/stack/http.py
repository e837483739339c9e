"""Plain HTTP to the stack's own servers: never through a proxy, never slowly."""

import json
from collections.abc import Mapping
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from local.stack.errors import StackError

_pool = urllib3.PoolManager(retries=False)


def answers(url: str, *, timeout: float = 2.0) -> bool:
    """Whether a GET is answered with 2xx."""
    try:
        return 200 <= _pool.request("GET", url, timeout=timeout).status < 300
    except HTTPError:
        return False


def ask(
    method: str, url: str, body: object = None, *, headers: Mapping[str, str] | None = None, timeout: float = 15.0
) -> Any:
    """Send JSON, return the parsed JSON of the answer; StackError unless it is a 2xx."""
    content = {} if body is None else {"Content-Type": "application/json"}
    try:
        answer = _pool.request(
            method,
            url,
            body=None if body is None else json.dumps(body).encode(),
            headers={**content, **(headers or {})},
            timeout=timeout,
        )
    except HTTPError as error:
        raise StackError(f"{method} {url} was not answered: {error.__class__.__name__}.") from error
    if not 200 <= answer.status < 300:
        raise StackError(f"{method} {url} answered {answer.status}: {answer.data[:300].decode(errors='replace')}")
    return json.loads(answer.data) if answer.data else None
