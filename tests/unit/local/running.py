"""Real servers on 127.0.0.1 for the tests, and a plain HTTP call."""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import urllib3

from local.web.serving import bind, server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.applications import Starlette


@contextlib.contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Serve `app` in a thread; gives its base URL."""
    with bind(0) as listener:
        running = server(app)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.data)


def call(
    method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None, **options: Any
) -> Answer:
    """Send bytes as they are, anything else as JSON; never retries."""
    data = body if body is None or isinstance(body, bytes) or options.get("chunked") else json.dumps(body).encode()
    with urllib3.PoolManager(retries=False, timeout=20) as pool:
        answer = pool.request(method, url, body=data, headers=headers, **options)  # type: ignore[arg-type]
        return Answer(answer.status, answer.headers, answer.data)
