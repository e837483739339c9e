"""The attachments function as Lambda calls it: moto for AWS, a real server for Apple's gateway and store."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

import functions.attachments.app
from parley.apple.mmcs import Cipher, Signature, key_bytes, new_key
from parley.conversation.attachments import attachment_id, wanted_key
from parley.runtime import compose
from parley.storage.objects import PART_BYTES
from tests.functions.conftest import Stack, a_context
from tests.support import apple_requests as apple
from tests.support import pictures
from tests.support.cloud import BUCKET
from tests.support.http_server import Exchange, reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.fixtures import Logged

CANARY = "CANARY"
CONTENT = {"bid": "b", "data": {"replyMessage": {"title": CANARY}}}


class Apple:
    """Gateway and store behind one address."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.blobs: dict[str, bytes] = {}
        self.expired = 0
        self.calls: list[str] = []
        stack.gateway.answers[:] = [self.answer]

    def put(self, plain: bytes, **changed: Any) -> dict[str, Any]:
        """What a message says of a file."""
        key = new_key()
        encrypted = Cipher(key_bytes(key)).update(plain)
        signature = Signature()
        signature.update(encrypted)
        owner = f"M{CANARY}{len(self.blobs)}"
        self.blobs[owner] = encrypted
        return {
            "name": f"{CANARY}.png",
            "mimeType": "image/png",
            "size": len(encrypted),
            "url": f"https://p42-content.icloud.com/{owner}",
            "owner": owner,
            "key": key,
            "signature": signature.value().hex().upper(),
        } | changed

    def answer(self, exchange: Exchange) -> None:
        method, path, _ = exchange.request.line.split()
        self.calls.append(f"{method} {path.partition('?')[0]}")
        headers = exchange.request.headers
        if path == "/v1/preDownload":
            url = f"{self.stack.gateway.url}/store/{headers['mmcs-owner']}?ticket={CANARY}"
            exchange.send(reply("200 OK", json.dumps({"download-url": url}).encode()))
        elif path.startswith("/store/") and self.expired:
            self.expired -= 1
            exchange.send(reply("403 Forbidden"))
        elif path.startswith("/store/"):
            assert "authorization" not in headers
            exchange.send(reply("200 OK", self.blobs[path.split("/")[2].partition("?")[0]]))
        elif path == "/v1/decodePayload":
            exchange.send(reply("200 OK", json.dumps(CONTENT).encode()))
        else:
            exchange.send(reply("404 Not Found"))


@pytest.fixture
def served(stack: Stack) -> Apple:
    return Apple(stack)


@pytest.fixture
def quiet(stack: Stack, logged: Logged) -> Iterator[Logged]:
    """Nothing that opens a file, names it or came with it is ever logged."""
    yield logged
    said = logged.everything()
    assert logged.lines()
    assert CANARY not in said
    assert "eyJ" not in said


def transfer(stack: Stack, milliseconds: int = 900_000) -> Any:
    return stack.cloud.pump("TRANSFERS_QUEUE_URL", functions.attachments.app.handler, a_context(milliseconds))


def bucket(stack: Stack, message_id: str, place: int = 0) -> bytes:
    key = f"attachments/{apple.BUSINESS}/{attachment_id(apple.BUSINESS, message_id, place)}"
    return stack.cloud.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def notes(stack: Stack) -> list[dict[str, Any]]:
    """What waits in events.fifo, each conversation's in order."""
    found: list[dict[str, Any]] = []
    while records := stack.cloud.receive("EVENTS_QUEUE_URL"):
        found += [json.loads(record["body"]) for record in records]
        for record in records:
            stack.cloud.sqs.delete_message(
                QueueUrl=stack.cloud.queue_urls["EVENTS_QUEUE_URL"], ReceiptHandle=record["receiptHandle"]
            )
    return found


@pytest.mark.parametrize("size", [0, 1, 15, 17, PART_BYTES + 1])
def test_a_file_comes_from_apples_store_into_the_bucket(stack: Stack, served: Apple, quiet: Logged, size: int) -> None:
    plain = hashlib.sha256(b"seed").digest() * (size // 32 + 1)
    content = apple.envelope(attachments=[served.put(plain[:size])])
    stack.post(content)

    answer = transfer(stack)

    assert answer == {"batchItemFailures": []}
    assert bucket(stack, content["id"]) == plain[:size]
    assert [note["kind"] for note in notes(stack)] == ["message", "parts"]
    assert served.calls == ["GET /v1/preDownload", f"GET /store/M{CANARY}0"]
    (line,) = [line for line in quiet.lines() if line["message"] == "transferred"]
    assert (line["result"], line["size"], line["attempts"]) == ("ready", size, 1)


def test_of_a_heic_picture_a_jpeg_is_asked_for(stack: Stack, served: Apple, quiet: Logged) -> None:
    content = apple.envelope(attachments=[served.put(pictures.written(pictures.plain(8, 8), "HEIF"))])
    stack.post(content)

    transfer(stack)

    wanted = stack.cloud.s3.list_objects_v2(Bucket=BUCKET, Prefix="wanted/")["Contents"]
    assert [entry["Key"] for entry in wanted] == [
        wanted_key(apple.BUSINESS, attachment_id(apple.BUSINESS, content["id"], 0))
    ]


def test_a_reference_is_decoded_before_the_files_are_fetched(stack: Stack, served: Apple, quiet: Logged) -> None:
    content = apple.envelope(
        "interactive",
        interactiveDataRef=served.put(gzip.compress(b"plist"), bid="b", title=CANARY),
        attachments=[served.put(b"file")],
    )
    stack.post(content)

    transfer(stack)

    assert json.loads(bucket(stack, content["id"], -1)) == CONTENT
    assert [call.split()[1] for call in served.calls] == [
        "/v1/preDownload",
        f"/store/M{CANARY}0",
        "/v1/decodePayload",
        "/v1/preDownload",
        f"/store/M{CANARY}1",
    ]


def test_an_expired_url_is_asked_for_again(
    stack: Stack, served: Apple, quiet: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.conversation.schedule.TRANSFER_WAITS", (0.01, 0.01, 60.0))
    served.expired = 2
    content = apple.envelope(attachments=[served.put(b"file")])
    stack.post(content)

    transfer(stack)

    assert bucket(stack, content["id"]) == b"file"
    assert [line["result"] for line in quiet.lines() if line["message"] == "transferred"] == ["later", "later", "ready"]


def test_what_is_tried_later_waits_in_the_queue(
    stack: Stack, served: Apple, quiet: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.conversation.schedule.TRANSFER_WAITS", (60.0,))
    served.expired = 1
    stack.post(apple.envelope(attachments=[served.put(b"file")]))

    assert transfer(stack) == {"batchItemFailures": []}

    assert stack.cloud.receive("TRANSFERS_QUEUE_URL") == []
    assert stack.cloud.waiting("TRANSFERS_QUEUE_URL") == 1
    assert not stack.cloud.objects()


def test_an_invocation_without_time_leaves_it_to_another(stack: Stack, served: Apple, quiet: Logged) -> None:
    content = apple.envelope(attachments=[served.put(b"file")])
    stack.post(content)

    transfer(stack, milliseconds=59_000)
    assert not stack.cloud.objects()
    transfer(stack)

    assert bucket(stack, content["id"]) == b"file"


def test_a_note_that_cannot_be_handled_comes_back_soon(
    stack: Stack, served: Apple, quiet: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.post(apple.envelope(attachments=[served.put(b"file")]))
    monkeypatch.setattr(compose.events()._client, "send_message", _away)
    changed: list[Any] = []
    visibility = compose.visibility("TRANSFERS_QUEUE_URL")
    monkeypatch.setattr(visibility._client, "change_message_visibility", lambda **call: changed.append(call))

    answer = transfer(stack)

    assert len(answer["batchItemFailures"]) == 1
    assert [call["VisibilityTimeout"] for call in changed] == [10]


def _away(**_: Any) -> Any:
    from botocore.exceptions import EndpointConnectionError

    raise EndpointConnectionError(endpoint_url=f"https://{CANARY}")


@pytest.mark.parametrize("note", ["", "nonsense", '{"business_id": "b"}', '{"CANARY": 1}', "[]"])
def test_a_note_that_is_none_of_ours_fails_alone(stack: Stack, quiet: Logged, note: str) -> None:
    record = {"messageId": "n1", "receiptHandle": "r", "body": note, "attributes": {"ApproximateReceiveCount": "1"}}

    answer = functions.attachments.app.handler({"Records": [record]}, a_context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "n1"}]}


def test_a_message_that_is_gone_is_skipped(stack: Stack, quiet: Logged) -> None:
    body = json.dumps({"business_id": apple.BUSINESS, "conversation_id": "c", "message_id": "gone"})
    record = {"messageId": "n1", "receiptHandle": "r", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}

    assert functions.attachments.app.handler({"Records": [record]}, a_context()) == {"batchItemFailures": []}


WRITTEN: list[Any] = []
_watching = [False]


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Python tells of every file that is opened, whoever opens it."""
    if _watching[0] and event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        WRITTEN.append(arguments[0])


sys.addaudithook(_audit)  # for good: there is no way to take one out


@contextmanager
def watched_disk() -> Iterator[list[Any]]:
    """What is opened for writing meanwhile."""
    WRITTEN.clear()
    _watching[0] = True
    try:
        yield WRITTEN
    finally:
        _watching[0] = False


def test_nothing_is_written_to_a_disk(stack: Stack, served: Apple, monkeypatch: pytest.MonkeyPatch) -> None:
    content = apple.envelope(attachments=[served.put(bytes(PART_BYTES + 1))])
    stack.post(content)
    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", lambda _: None)  # where the mock keeps objects

    with watched_disk() as written:
        transfer(stack)

    assert written == []
    assert len(bucket(stack, content["id"])) == PART_BYTES + 1


def test_a_file_written_to_a_disk_would_be_noticed(tmp_path: Path) -> None:
    with watched_disk() as written:
        (tmp_path / "plain").write_bytes(b"x")
        descriptor, _ = tempfile.mkstemp(dir=tmp_path)
    os.close(descriptor)

    assert len(written) == 2
