"""The server that hears webhooks: on 127.0.0.1, believing only what is signed."""

from __future__ import annotations

import base64
import itertools
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from local.business.signature import WrongSignatureError, verify
from local.listen.target import Answer
from local.listen.webhook import Webhook
from local.stack.errors import StackError
from local.stack.layout import HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.listen.target import Target

MAX_BYTES: Final = 10_000_000
MAX_KEPT: Final = 500
"""Webhooks that can be replayed, the latest ones."""

_SOCKET_SECONDS: Final = 30.0
_GONE: Final = 410


@dataclass(frozen=True)
class Heard:
    """A webhook and what became of it. `problem` says why it was not believed."""

    number: int
    webhook: Webhook
    answer: Answer
    problem: str | None = None
    replay: bool = False


class Listener:
    """Verifies, hands on, and tells. Webhooks of one conversation come one after another; others at the same time."""

    def __init__(self, target: Target | None, tell: Callable[[Heard], None], *, secret: str | None = None) -> None:
        """`secret` is what the target knows; None for that of the endpoint."""
        self._target = target
        self._tell = tell
        self._onward_secret = secret
        self._secrets: list[str] = []
        self._numbers = itertools.count(1)
        self._known: dict[int, Heard] = {}
        self._lock = threading.Lock()

    def believe(self, *secrets: str) -> None:
        """The signing secrets of the endpoint; the first one signs what is handed on, unless told otherwise."""
        self._secrets = list(secrets)
        self._onward_secret = self._onward_secret or secrets[0]

    def hear(self, webhook: Webhook) -> Heard:
        """Take one webhook."""
        problem = self._problem(webhook)
        if problem is not None:
            return self._kept(webhook, Answer(401, 0, 0), problem=problem)
        if self._target is None:
            return self._kept(webhook, Answer(204, 0, 0))
        answer = self._target.post(webhook.body, webhook.onward(self._onward_secret or ""))
        if answer.status == _GONE:
            # Passed on, it would switch the endpoint off, and nothing more would be heard.
            answer = replace(answer, status=503, note="410 would switch your endpoint off; answered as 503")
        return self._kept(webhook, answer)

    def tell(self, heard: Heard) -> None:
        """Let it be known, once it has been answered."""
        self._tell(heard)

    def replay(self, number: int | None) -> Heard | None:
        """Hand a webhook on once more, the last one for None: the same bytes and id. None when there is no such."""
        with self._lock:
            believed = [heard for heard in self._known.values() if heard.problem is None]
        found = believed[-1] if number is None and believed else self._known.get(number or 0)
        if found is None or found.problem is not None or self._target is None:
            return None
        answer = self._target.post(found.webhook.body, found.webhook.again(self._onward_secret or "", now=time.time()))
        return replace(found, answer=answer, replay=True)

    def _problem(self, webhook: Webhook) -> str | None:
        problem = "this endpoint is not registered yet"
        for secret in self._secrets:
            try:
                key = base64.b64decode(secret.removeprefix("whsec_"))
                verify(webhook.headers, webhook.body, key=key, now=time.time())
            except WrongSignatureError as wrong:
                problem = str(wrong)
            else:
                return None
        return problem

    def _kept(self, webhook: Webhook, answer: Answer, *, problem: str | None = None) -> Heard:
        with self._lock:
            heard = Heard(next(self._numbers), webhook, answer, problem)
            self._known[heard.number] = heard
            if len(self._known) > MAX_KEPT:
                del self._known[next(iter(self._known))]
        return heard


@contextmanager
def serving(listener: Listener, port: int) -> Iterator[str]:
    """Serve on 127.0.0.1, on any free port for 0. Yields the URL. Raises StackError when the port is taken."""
    try:
        server = _Server((HOST, port), _handler(listener))
    except OSError as error:
        raise StackError(
            f"Port {port} cannot be listened on: {error.strerror}.", hint="Choose another --port."
        ) from None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that breaks off is no news."""


def _handler(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _SOCKET_SECONDS

        def do_POST(self) -> None:
            """Take a webhook and answer as the target does."""
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdecimal()) or int(length) > MAX_BYTES:
                self.close_connection = True
                self._answer(413)
                return
            webhook = Webhook.read(dict(self.headers.items()), self.rfile.read(int(length)))
            heard = listener.hear(webhook)
            try:
                self._answer(heard.answer.status, heard.answer.retry_after)
            except OSError:
                heard = replace(heard, answer=replace(heard.answer, note="too late: the webhook will come again"))
            listener.tell(heard)

        def _answer(self, status: int, retry_after: str | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            if retry_after is not None:
                self.send_header("Retry-After", retry_after)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """What was heard is told elsewhere."""

    return Handler
