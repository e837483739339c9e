"""Large objects in a bucket: in parts, in any pieces, and without leaving anything behind when something breaks."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.conversation.attachments import Unfinished
from parley.errors import Fatal, NotFound, Retryable
from parley.storage import objects
from parley.storage.objects import PART_BYTES, S3Objects
from tests.support.cloud import BUCKET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.cloud import Cloud

KEY = "attachments/b/a"
MIB = 1024 * 1024


@pytest.fixture
def bucket(cloud: Cloud) -> S3Objects:
    return S3Objects(lambda: cloud.s3, bucket=BUCKET)


def content(size: int) -> bytes:
    """Bytes that are different in every part."""
    return b"".join(hashlib.sha256(str(block).encode()).digest() for block in range(size // 32 + 1))[:size]


def uploads(cloud: Cloud) -> list[Any]:
    return list(cloud.s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []))


def stored(cloud: Cloud, key: str = KEY) -> bytes:
    return cloud.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def write(bucket: S3Objects, body: bytes, *, unfinished: Unfinished | None = None) -> None:
    with bucket.write(KEY, content_type="x/y", unfinished=unfinished) as writer:
        for piece in pieces(body, MIB):
            writer.write(piece)
        writer.finish()


def break_off(bucket: S3Objects, body: bytes) -> None:
    with bucket.write(KEY, content_type="x/y") as writer:
        writer.write(body)
        raise ValueError("reader")


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    return (body[at : at + size] for at in range(0, len(body), size))


class Broken:
    """The client with calls that fail."""

    def __init__(self, client: Any, **calls: Callable[..., Any]) -> None:
        self._client = client
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        return self._calls.get(name) or getattr(self._client, name)


def over(client: Any) -> S3Objects:
    return S3Objects(lambda: client, bucket=BUCKET)


def failing(code: str = "InternalError", *, after: int = 0, then: Callable[..., Any] | None = None) -> Any:
    seen = iter(range(10**6))
    lock = threading.Lock()

    def call(**arguments: Any) -> Any:
        with lock:
            number = next(seen)
        if number < after and then is not None:
            return then(**arguments)
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")

    return call


# --- writing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 7])
def test_an_object_of_any_size_lies_there_as_it_was_written(cloud: Cloud, bucket: S3Objects, size: int) -> None:
    body = content(size)

    with bucket.write(KEY, content_type="image/png") as writer:
        for piece in pieces(body, 256 * 1024):
            writer.write(piece)
        writer.finish()

    assert stored(cloud) == body
    assert cloud.s3.head_object(Bucket=BUCKET, Key=KEY)["ContentType"] == "image/png"
    assert not uploads(cloud)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(min_value=0, max_value=70_000), max_size=9))
def test_however_it_is_cut_it_is_the_same_object(cloud: Cloud, bucket: S3Objects, sizes: list[int]) -> None:
    body = content(sum(sizes))
    key = f"{KEY}/{sizes}"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objects, "PART_BYTES", 40_000)
        patch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)
        with bucket.write(key, content_type="x/y") as writer:
            at = 0
            for size in sizes:
                writer.write(body[at : at + size])
                at += size
            writer.finish()

    assert stored(cloud, key) == body


def test_the_object_appears_only_when_it_is_finished(cloud: Cloud, bucket: S3Objects) -> None:
    with bucket.write(KEY, content_type="x/y") as writer:
        writer.write(content(PART_BYTES + 1))
        assert cloud.objects() == []
        writer.finish()

    assert cloud.objects() == [KEY]


def test_parts_travel_while_the_next_are_collected_and_only_so_many(cloud: Cloud) -> None:
    going = threading.Semaphore(0)
    go_on = threading.Event()
    at_once: list[int] = [0, 0]
    lock = threading.Lock()

    def upload_part(**arguments: Any) -> Any:
        with lock:
            at_once[0] += 1
            at_once[1] = max(at_once)
        going.release()
        assert go_on.wait(20)
        with lock:
            at_once[0] -= 1
        return cloud.s3.upload_part(**arguments)

    bucket = over(Broken(cloud.s3, upload_part=upload_part))
    with bucket.write(KEY, content_type="x/y") as writer:
        for _ in range(objects.PARTS_IN_FLIGHT):
            writer.write(bytes(PART_BYTES))
        writer.write(b"x")
        for _ in range(objects.PARTS_IN_FLIGHT):
            assert going.acquire(timeout=20)
        threading.Timer(0.2, go_on.set).start()
        for _ in range(3):
            writer.write(bytes(PART_BYTES))  # waits for room
        writer.finish()

    assert at_once[1] == objects.PARTS_IN_FLIGHT
    assert len(stored(cloud)) == (objects.PARTS_IN_FLIGHT + 3) * PART_BYTES + 1


def test_leaving_early_leaves_nothing_behind(cloud: Cloud, bucket: S3Objects) -> None:
    with pytest.raises(ValueError, match="reader"):
        break_off(bucket, bytes(3 * PART_BYTES))

    assert cloud.objects() == []
    assert not uploads(cloud)


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_part_that_fails_is_told_and_nothing_stays(cloud: Cloud, after: int) -> None:
    client = Broken(cloud.s3, upload_part=failing(after=after, then=cloud.s3.upload_part))
    bucket = over(client)

    with pytest.raises(Retryable):
        write(bucket, bytes(6 * PART_BYTES))

    assert cloud.objects() == []
    assert not uploads(cloud)


@pytest.mark.parametrize("call", ["create_multipart_upload", "complete_multipart_upload"])
def test_so_is_trouble_at_either_end(cloud: Cloud, call: str) -> None:
    client = Broken(cloud.s3, **{call: failing()})
    bucket = over(client)

    with pytest.raises(Retryable):
        write(bucket, bytes(2 * PART_BYTES))

    assert cloud.objects() == []
    assert not uploads(cloud)


def test_a_small_object_that_cannot_be_stored_is_told(cloud: Cloud) -> None:
    client = Broken(cloud.s3, put_object=failing("AccessDenied"))
    bucket = over(client)

    with pytest.raises(Fatal):
        write(bucket, b"")


def test_when_even_the_abort_fails_the_first_trouble_is_what_is_told(cloud: Cloud) -> None:
    client = Broken(cloud.s3, abort_multipart_upload=failing())
    bucket = over(client)

    with pytest.raises(ValueError, match="reader"):
        break_off(bucket, bytes(2 * PART_BYTES))

    assert len(uploads(cloud)) == 1


# --- going on ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [2 * PART_BYTES, 2 * PART_BYTES + 1, 3 * PART_BYTES - 1])
def test_another_writer_goes_on_where_one_paused(cloud: Cloud, bucket: S3Objects, size: int) -> None:
    body = content(size)
    with bucket.write(KEY, content_type="x/y") as writer:
        writer.write(body[: PART_BYTES + 100])
        unfinished = writer.pause()

    assert unfinished is not None
    assert unfinished.done == PART_BYTES
    with bucket.write(KEY, content_type="x/y", unfinished=unfinished) as writer:
        writer.write(body[unfinished.done :])
        writer.finish()

    assert stored(cloud) == body
    assert not uploads(cloud)


def test_with_no_part_full_there_is_nothing_to_go_on_with(cloud: Cloud, bucket: S3Objects) -> None:
    with bucket.write(KEY, content_type="x/y") as writer:
        writer.write(bytes(PART_BYTES))
        assert writer.pause() is None

    assert not uploads(cloud)


def test_going_on_after_the_last_full_part_needs_no_empty_one(cloud: Cloud, bucket: S3Objects) -> None:
    with bucket.write(KEY, content_type="x/y") as writer:
        writer.write(bytes(PART_BYTES + 1))
        unfinished = writer.pause()
    with bucket.write(KEY, content_type="x/y", unfinished=unfinished) as writer:
        writer.finish()

    assert stored(cloud) == bytes(PART_BYTES)


def test_an_upload_that_is_gone_cannot_be_gone_on_with(cloud: Cloud) -> None:
    """The mock itself breaks over one, so S3's words for it are put in its mouth."""
    gone = Unfinished("no-such-upload", ["etag"], PART_BYTES)
    calls = dict.fromkeys(("upload_part", "abort_multipart_upload"), failing("NoSuchUpload"))

    with pytest.raises(Retryable):
        write(over(Broken(cloud.s3, **calls)), bytes(2 * PART_BYTES), unfinished=gone)


def test_an_upload_can_be_dropped_even_twice(cloud: Cloud, bucket: S3Objects) -> None:
    with bucket.write(KEY, content_type="x/y") as writer:
        writer.write(bytes(PART_BYTES + 1))
        unfinished = writer.pause()
    assert unfinished is not None

    for _ in range(2):
        bucket.abort(KEY, unfinished.upload_id)

    assert not uploads(cloud)


# --- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0, 1, MIB - 1])
def test_an_object_is_read_in_pieces_from_any_place(bucket: S3Objects, start: int) -> None:
    body = content(MIB)
    bucket.put(KEY, body, content_type="x/y")

    read = list(bucket.read(KEY, start=start))

    assert b"".join(read) == body[start:]
    assert max(map(len, read)) <= objects.PIECE_BYTES


def test_an_object_that_is_not_there_is_not_found(bucket: S3Objects) -> None:
    with pytest.raises(NotFound):
        list(bucket.read(KEY))
    assert bucket.size(KEY) is None
    bucket.delete(KEY)


def test_what_may_not_be_seen_counts_as_not_there(cloud: Cloud) -> None:
    assert over(Broken(cloud.s3, head_object=failing("403"))).size(KEY) is None


def test_a_small_object_is_read_whole_and_a_large_one_is_not(bucket: S3Objects) -> None:
    bucket.put(KEY, b"{}", content_type="application/json")

    assert bucket.get(KEY, max_bytes=2) == b"{}"
    with pytest.raises(NotFound):
        bucket.get(KEY, max_bytes=1)
    assert bucket.size(KEY) == 2
    bucket.delete(KEY)
    assert bucket.size(KEY) is None


@pytest.mark.parametrize("call", ["get_object", "head_object", "delete_object", "abort_multipart_upload", "put_object"])
def test_what_s3_raises_is_told_in_our_words(cloud: Cloud, call: str) -> None:
    def away(**_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://s3")

    steps: dict[str, Callable[[S3Objects], Any]] = {
        "get_object": lambda bucket: list(bucket.read(KEY)),
        "head_object": lambda bucket: bucket.size(KEY),
        "delete_object": lambda bucket: bucket.delete(KEY),
        "abort_multipart_upload": lambda bucket: bucket.abort(KEY, "u"),
        "put_object": lambda bucket: bucket.put(KEY, b"", content_type="x/y"),
    }
    for trouble, told in ((away, Retryable), (failing("AccessDenied"), Fatal)):
        client = Broken(cloud.s3, **{call: trouble})
        with pytest.raises(told):
            steps[call](over(client))


def test_a_download_url_is_good_for_one_object_as_one_type_under_one_name_for_some_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})  # as the deployed function
    signer: Any = botocore.session.get_session().create_client("s3", region_name="eu-central-1", config=config)
    bucket = S3Objects(lambda: signer, bucket=BUCKET)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_: dt.datetime(2026, 1, 1))  # noqa: DTZ001

    def signature(
        key: str = KEY, *, seconds: int = 60, content_type: str = "image/png", disposition: str = "attachment"
    ) -> str:
        url = bucket.presigned_get(key, seconds=seconds, content_type=content_type, disposition=disposition)
        query = parse_qs(urlsplit(url).query)
        assert query["X-Amz-Expires"] == [str(seconds)]
        assert query["X-Amz-SignedHeaders"] == ["host"]
        return query["X-Amz-Signature"][0]

    others = [
        signature(f"{KEY}/"),
        signature(seconds=61),
        signature(content_type="text/html"),
        signature(disposition="inline"),
    ]

    assert signature() == signature()
    assert len({signature(), *others}) == 5


def test_a_download_url_names_type_and_disposition(bucket: S3Objects) -> None:
    url = bucket.presigned_get(KEY, seconds=60, content_type="image/png", disposition='attachment; filename="a b.png"')

    assert KEY in url
    assert "response-content-type=image%2Fpng" in url
    assert "response-content-disposition=attachment%3B%20filename%3D%22a%20b.png%22" in url
