"""A whole receiver with Python's standard library: verify, keep, answer, and only then work on it.

    WEBHOOK_SECRET=whsec_… python receiver.py 8000

It keeps what came in memory; keep it in a database, in one transaction with the mark that you have seen it.
"""

import json
import os
import queue
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from verify import NotVerifiedError, verify

MAX_BYTES = 1_000_000


class Inbox:
    """What has come. The same webhook may come again, and an older one after a newer: `take` tells."""

    def __init__(self) -> None:
        self.work: queue.Queue[dict[str, Any]] = queue.Queue()
        self._seen: set[str] = set()
        self._latest: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, webhook_id: str, event: dict[str, Any]) -> str:
        """Keep an event unless it came before. Returns `new`, `repeated` or `late`."""
        with self._lock:
            if webhook_id in self._seen:
                return "repeated"
            self._seen.add(webhook_id)
            conversation, sequence = event["data"].get("conversation_id"), event["data"].get("sequence")
            is_late = sequence is not None and sequence < self._latest.get(conversation, 0)
            if sequence is not None and not is_late:
                self._latest[conversation] = sequence
            self.work.put(event)
            return "late" if is_late else "new"


def server(secret: str, inbox: Inbox, port: int) -> ThreadingHTTPServer:
    """A server on 127.0.0.1: put something that speaks https in front of it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > MAX_BYTES:
                return self.send_status(413)
            body = self.rfile.read(int(length))
            try:
                verify(body, dict(self.headers), secret)
            except NotVerifiedError:
                return self.send_status(401)
            inbox.take(self.headers["webhook-id"], json.loads(body))
            return self.send_status(204)

        def send_status(self, status: int) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """A log is no place for what customers write."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    inbox = Inbox()
    receiver = server(os.environ["WEBHOOK_SECRET"], inbox, int(sys.argv[1]))
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    while True:
        event = inbox.work.get()
        data = event["data"]
        chosen = [each["identifier"] for each in data.get("result", {}).get("selection", [])]
        told = [event["type"], data.get("conversation_id"), data.get("sequence"), *chosen]
        print(*(one for one in told if one is not None))
