"""The stack's own servers are asked plainly."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from local.stack import http
from local.stack.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Mirror(BaseHTTPRequestHandler):
    """Answers the status its path names, and with what it was sent."""

    def do_POST(self) -> None:
        self.send_response(int(self.path[1:]))
        self.end_headers()
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.wfile.write(content and json.dumps({"sent": json.loads(content), "key": self.headers["X-Key"]}).encode())

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Mirror) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_only_a_2xx_counts_as_an_answer(url: str) -> None:
    assert http.answers(f"{url}/204")
    assert not http.answers(f"{url}/503")
    assert not http.answers("http://127.0.0.1:1/")


def test_json_goes_there_and_comes_back(url: str) -> None:
    assert http.ask("POST", f"{url}/200", {"a": 1}, headers={"X-Key": "k"}) == {"sent": {"a": 1}, "key": "k"}
    assert http.ask("GET", f"{url}/204") is None


def test_a_refusal_is_told_with_status_and_words(url: str) -> None:
    with pytest.raises(StackError, match=r'answered 409: \{"sent": "why"'):
        http.ask("POST", f"{url}/409", "why")


def test_silence_is_told() -> None:
    with pytest.raises(StackError, match="was not answered"):
        http.ask("GET", "http://127.0.0.1:1/")


def test_no_proxy_of_the_caller_stands_between(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert http.answers(f"{url}/200")
