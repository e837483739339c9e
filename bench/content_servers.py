"""Apple's gateway and store, and what the attachments function needs of AWS, in a process of their own.

`python -m bench.content_servers SIZE` prints one JSON object with the port and with what a message says of a file of
SIZE bytes, and serves until its stdin ends. Two lines are throttled: what is downloaded, and what is uploaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from parley.apple.mmcs import Signature, new_key

if TYPE_CHECKING:
    from collections.abc import Callable

PIECE: Final = 64 * 1024
BURST_SECONDS: Final = 0.1
"""What a line makes up for: like a real one, whose buffers hold something while either end is busy."""

_LINES: Final = ("down", "up")


class Line:
    """Bytes per second for everybody together; 0 is as fast as it goes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free_at = 0.0
        self.rate = 0.0

    def pass_through(self, count: int) -> None:
        """Return when these bytes have passed."""
        if not self.rate:
            return
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic() - BURST_SECONDS) + count / self.rate
            until = self._free_at
        time.sleep(max(0.0, until - time.monotonic()))


class World:
    """One file with Apple, any number of messages that carry it, and what is stored of them."""

    def __init__(self, size: int) -> None:
        self.blob = os.urandom(size)  # whatever it is, it is the encrypted form of something
        signature = Signature()
        signature.update(self.blob)
        self.file = {
            "name": "film.mov",
            "mimeType": "video/quicktime",
            "size": size,
            "url": "https://p42-content.icloud.com/M1.C01USN00",
            "owner": "M1.C01USN00",
            "key": new_key(),
            "signature": signature.value().hex(),
        }
        self.lines = {name: Line() for name in _LINES}
        self.items: dict[str, dict[str, Any]] = {}
        self.secret = ""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    world: World

    def do_GET(self) -> None:
        """The gateway; the store and the bucket, in which everything is the one file."""
        host = self.headers["Host"]
        if self.path == "/v1/preDownload":
            self._answer(json.dumps({"download-url": f"http://{host}/store"}).encode())
            return
        if self.path == "/v1/preUpload":
            slot = {"upload-url": f"http://{host}/store", "mmcs-url": "https://named", "mmcs-owner": "M2"}
            self._answer(json.dumps(slot).encode())
            return
        self._head(len(self.world.blob))
        for at in range(0, len(self.world.blob), PIECE):
            self.world.lines["down"].pass_through(PIECE)
            self.wfile.write(self.world.blob[at : at + PIECE])

    def do_HEAD(self) -> None:
        """S3 knows of uploads, and of no copy of them."""
        uploaded = "/uploads/" in self.path
        self._head(len(self.world.blob) if uploaded else 0, status=200 if uploaded else 404)

    def do_PUT(self) -> None:
        """S3 takes a part, or a whole object, or copies one."""
        if "x-amz-copy-source" in self.headers:
            self._answer(_xml("CopyObjectResult", '<ETag>"etag"</ETag>'))
            return
        self._take(lambda _: None)
        self._answer(b"", ETag='"etag"')

    def _take(self, look: Callable[[bytes], None]) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            piece = self.rfile.read1(min(PIECE, left))
            self.world.lines["up"].pass_through(len(piece))
            look(piece)
            left -= len(piece)

    def do_DELETE(self) -> None:
        """S3 drops an upload."""
        self._answer(b"", status=204)

    def do_POST(self) -> None:
        """Everything else."""
        if self.path == "/store":
            signature = Signature()
            self._take(signature.update)
            self._answer(json.dumps({"singleFile": {"fileChecksum": signature.base64()}}).encode())
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if target:
            self._answer(json.dumps(_AWS[target](self.world, json.loads(body))).encode())
        elif self.path == "/bench":
            orders = json.loads(body)
            for name in _LINES:
                self.world.lines[name].rate = orders[name]
            self.world.items |= {item["pk"]["S"]: item for item in orders["items"]}
            self.world.secret = orders["secret"]
            self._answer(b"{}")
        elif self.path.endswith("?uploads"):
            self._answer(_xml("InitiateMultipartUploadResult", "<UploadId>upload</UploadId>"))
        else:
            self._answer(_xml("CompleteMultipartUploadResult", '<ETag>"etag"</ETag>'))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing to say."""

    def _answer(self, body: bytes, *, status: int = 200, **headers: str) -> None:
        self._head(len(body), status=status, **headers)
        self.wfile.write(body)

    def _head(self, length: int, *, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()


def _xml(name: str, inside: str) -> bytes:
    return f'<{name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{inside}</{name}>'.encode()


def _get(world: World, body: dict[str, Any]) -> dict[str, Any]:
    item = world.items.get(body["Key"]["pk"]["S"])
    return {"Item": item} if item else {}


def _batch_get(world: World, body: dict[str, Any]) -> dict[str, Any]:
    ((table, wanted),) = body["RequestItems"].items()
    found = [world.items[key["pk"]["S"]] for key in wanted["Keys"] if key["pk"]["S"] in world.items]
    return {"Responses": {table: found}, "UnprocessedKeys": {}}


def _put(world: World, body: dict[str, Any]) -> dict[str, Any]:
    world.items[body["Item"]["pk"]["S"]] = body["Item"]
    return {}


def _update(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Enough of UpdateItem: `SET a = :b`, `ADD a :b` and `REMOVE a`, with names behind a # or not."""
    item = world.items[body["Key"]["pk"]["S"]]
    names, values = body.get("ExpressionAttributeNames", {}), body["ExpressionAttributeValues"]
    change = re.sub(r"#\w+", lambda found: names[found[0]], body["UpdateExpression"])
    for name, value in re.findall(r"(\w+) = (:\w+)", change):
        item[name] = values[value]
    for name, value in re.findall(r"ADD (\w+) (:\w+)", change):
        item[name] = {"N": str(int(item.get(name, {"N": "0"})["N"]) + int(values[value]["N"]))}
    for name in re.findall(r"\w+", change.partition("REMOVE ")[2].partition("ADD ")[0]):
        item.pop(name, None)
    return {"Attributes": item}


def _send(_: World, body: dict[str, Any]) -> dict[str, Any]:
    digest = hashlib.md5(body["MessageBody"].encode(), usedforsecurity=False).hexdigest()
    return {"MessageId": "1" * 36, "MD5OfMessageBody": digest}


def _secret(world: World, _: dict[str, Any]) -> dict[str, Any]:
    return {"ARN": "arn", "Name": "name", "VersionId": "1" * 32, "SecretString": world.secret, "CreatedDate": 1.0}


def _encrypt(_: World, body: dict[str, Any]) -> dict[str, Any]:
    return {"CiphertextBlob": body["Plaintext"], "KeyId": body["KeyId"]}


_AWS: Final[dict[str, Callable[[World, dict[str, Any]], dict[str, Any]]]] = {
    "GetItem": _get,
    "BatchGetItem": _batch_get,
    "PutItem": _put,
    "UpdateItem": _update,
    "Encrypt": _encrypt,
    "SendMessage": _send,
    "GetSecretValue": _secret,
}


def main(size: int) -> None:
    """Serve until stdin ends."""
    Handler.world = World(size)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": server.server_address[1], "file": Handler.world.file}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]))
