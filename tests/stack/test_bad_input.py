"""What Apple's door refuses: the right status, and nothing stored."""

from __future__ import annotations

import gzip
import json
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.conftest import Stack

type Post = dict[str, Any]


def _authorized(make: Callable[[Stack], str | None]) -> Callable[[Stack, Post], None]:
    def change(stack: Stack, post: Post) -> None:
        value = make(stack)
        if value is None:
            del post["headers"]["Authorization"]
        else:
            post["headers"]["Authorization"] = value

    return change


def _with_body(body: bytes) -> Callable[[Stack, Post], None]:
    return lambda _, post: post.update(body=body)


def _headed(name: str, value: str) -> Callable[[Stack, Post], None]:
    return lambda _, post: post["headers"].update({name: value})


def _unknown_business(_: Stack, post: Post) -> None:
    envelope = json.loads(gzip.decompress(post["body"])) | {"destinationId": str(uuid.uuid4())}
    post["headers"]["destination-id"] = envelope["destinationId"]
    post["body"] = gzip.compress(json.dumps(envelope).encode())


@pytest.mark.parametrize(
    ("status", "change"),
    [
        pytest.param(401, _authorized(lambda _: None), id="no token"),
        pytest.param(403, _authorized(lambda s: f"Bearer {s.token(algorithm='none')}"), id="alg none"),
        pytest.param(403, _authorized(lambda s: f"Bearer {s.token(key=bytes(32))}"), id="wrong key"),
        pytest.param(403, _authorized(lambda s: f"Bearer {s.token(aud=str(uuid.uuid4()))}"), id="wrong audience"),
        pytest.param(403, _authorized(lambda s: f"Bearer {s.token(iat=int(time.time()) - 3700)}"), id="old"),
        pytest.param(403, _authorized(lambda s: f"Bearer {s.token(iat=int(time.time()) + 120)}"), id="from the future"),
        pytest.param(403, _authorized(lambda _: "Bearer not.a.token"), id="garbage"),
        pytest.param(400, _with_body(gzip.compress(b" " * 50_000_000)), id="zip bomb"),
        pytest.param(400, _with_body(gzip.compress(b'{"v": 1}' * 100)[:-12]), id="cut gzip"),
        pytest.param(400, _with_body(gzip.compress(b"not json")), id="not json"),
        pytest.param(400, _with_body(b'"' + b"x" * 7_000_000 + b'"'), id="7 MB"),
        pytest.param(400, _headed("id", str(uuid.uuid4())), id="another id in the header"),
        pytest.param(400, _headed("source-id", "urn:mbid:AQAAYother"), id="another customer in the header"),
        pytest.param(404, _unknown_business, id="unknown business"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(
    stack: Stack, status: int, change: Callable[[Stack, Post], None]
) -> None:
    post = stack.signed_post()
    message_id = post["headers"]["id"]
    change(stack, post)

    answer = stack.http.request("POST", stack.facts["apple_message_url"], **post, timeout=60, retries=False)

    assert answer.status == status, answer.data
    assert not stack.stored(message_id)


def test_the_untouched_post_is_accepted_and_stored(stack: Stack) -> None:
    post = stack.signed_post()

    answer = stack.http.request("POST", stack.facts["apple_message_url"], **post, timeout=60, retries=False)

    assert answer.status == 200, answer.data
    assert stack.stored(post["headers"]["id"])
