"""A file of a customer that takes more than one invocation: gone on with, begun anew, or forgotten half-way."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

import functions.erasure.app
from parley.runtime import compose
from parley.storage.objects import PART_BYTES
from tests.functions.conftest import Stack, a_context
from tests.functions.test_attachments import Apple, bucket, transfer
from tests.support import apple_requests as apple
from tests.support.cloud import BUCKET
from tests.support.console import Console
from tests.support.http_server import Exchange, reply
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.support.fixtures import Logged

PLAIN = bytes(range(256)) * (PART_BYTES // 256) * 2 + b"the end"
"""Two parts of an upload and a bit."""


class Store(Apple):
    """Apple's store, which can go on in the middle of a file unless it is told to begin anew."""

    ranges = True

    def answer(self, exchange: Exchange) -> None:
        span = exchange.request.headers.get("range")
        if span is None or not self.ranges:
            super().answer(exchange)
            return
        blob = self.blobs[exchange.request.line.split("/")[2].partition("?")[0]]
        start = int(span.removeprefix("bytes=").removesuffix("-"))
        told = f"Content-Range: bytes {start}-{len(blob) - 1}/{len(blob)}"
        exchange.send(reply("206 Partial Content", blob[start:], told))


@pytest.fixture
def served(stack: Stack) -> Store:
    return Store(stack)


def unfinished_uploads() -> list[str]:
    """The ids of the uploads whose parts lie in the bucket, asked of the mock itself: no function may list them."""
    return list(s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[BUCKET].multiparts)


def half_fetched(stack: Stack, served: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """Post a message with a file, and let the time be up as soon as a part of it is in the bucket."""
    late = [0.0]

    def clock() -> float:
        if unfinished_uploads():
            late[0] = 900.0
        return time.time() + late[0]

    content = apple.envelope(attachments=[served.put(PLAIN)])
    stack.post(content)
    monkeypatch.setattr(compose.transfer(), "_clock", clock)
    transfer(stack)
    assert len(unfinished_uploads()) == 1
    return str(content["id"])


def later(stack: Stack) -> None:
    """Another invocation, a quarter of an hour after the first."""
    assert transfer(stack, milliseconds=1_800_000) == {"batchItemFailures": []}


def results(logged: Logged) -> list[Any]:
    return [line["result"] for line in logged.lines() if line["message"] == "transferred"]


def test_it_goes_on_where_the_last_invocation_stopped(
    stack: Stack, served: Store, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = half_fetched(stack, served, monkeypatch)

    later(stack)

    assert bucket(stack, message_id) == PLAIN
    assert unfinished_uploads() == []
    assert results(logged) == ["unfinished", "ready"]


def test_from_a_store_that_cannot_go_on_it_is_fetched_anew(
    stack: Stack, served: Store, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.ranges = False
    message_id = half_fetched(stack, served, monkeypatch)
    (begun,) = unfinished_uploads()

    later(stack)

    assert bucket(stack, message_id) == PLAIN
    assert begun not in unfinished_uploads()
    assert results(logged) == ["unfinished", "ready"]


def test_what_was_not_signed_does_not_stay_in_the_bucket(
    stack: Stack, served: Store, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_fetched(stack, served, monkeypatch)
    monkeypatch.setattr("parley.conversation.schedule.TRANSFER_WAITS", (60.0,) * 10)
    (owner,) = served.blobs
    served.blobs[owner] = served.blobs[owner][:-1] + b"\0"

    later(stack)

    assert results(logged) == ["unfinished", "later"]
    assert stack.cloud.objects() == []
    assert unfinished_uploads() == []


def test_whoever_is_forgotten_meanwhile_leaves_no_half_of_a_file(
    stack: Stack, served: Store, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_fetched(stack, served, monkeypatch)
    begun = Console().delete(f"/v1/conversations/{CONVERSATION}")
    compose.erase()._settle_seconds = 0.0

    while stack.cloud.pump("ERASURES_QUEUE_URL", functions.erasure.app.handler, a_context(300_000)):
        pass
    later(stack)

    assert unfinished_uploads() == []
    assert stack.cloud.objects() == []
    receipt = Console().get(f"/v1/erasures/{begun.json['id']}").json
    assert (receipt["state"], receipt["deleted"]["attachments"]) == ("completed", 1)
    assert results(logged) == ["unfinished", "skipped"]
    assert json.dumps(stack.cloud.items()).count("CANARY") == 0
