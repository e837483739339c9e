"""Large objects in S3: written and read piece by piece, never held whole."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from botocore.exceptions import ClientError

from parley.conversation.attachments import Unfinished
from parley.errors import NotFound, ParleyError
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3 import S3Client

PART_BYTES: Final = 5 * 1024 * 1024
"""The least S3 takes of every part but the last: the smaller a part, the sooner it is on its way."""

PARTS_IN_FLIGHT: Final = 4
PIECE_BYTES: Final = 256 * 1024


class S3Objects:
    """One bucket. The client is made on first use: S3's is slow to load."""

    def __init__(self, client: Callable[[], S3Client], *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def write(self, key: str, *, content_type: str, unfinished: Unfinished | None = None) -> ObjectWriter:
        """Begin an object, or go on with one. It appears under its key when `finish` is called, not before."""
        return ObjectWriter(self._client(), self._bucket, key, content_type, unfinished)

    def put(self, key: str, body: bytes, *, content_type: str) -> None:
        """Store a small object whole."""
        with translated("store the object"):
            self._client().put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)

    def get(self, key: str, *, max_bytes: int) -> bytes:
        """A small object whole. Raises NotFound when there is none, or more than `max_bytes` of it."""
        found = bytearray()
        for piece in self.read(key):
            found += piece
            if len(found) > max_bytes:
                raise NotFound("the object is larger than it should be", code="object_too_large")
        return bytes(found)

    def read(self, key: str, *, start: int = 0) -> Iterator[bytes]:
        """The object from byte `start`, in pieces of 256 KiB. Raises NotFound when there is none."""
        with translated("read the object"):
            try:
                span = {} if start == 0 else {"Range": f"bytes={start}-"}
                body = self._client().get_object(Bucket=self._bucket, Key=key, **span)["Body"]  # type: ignore[arg-type]
            except ClientError as error:
                if code_of(error) in {"NoSuchKey", "404"}:
                    raise NotFound("there is no such object", code="object_unknown") from None
                raise
            try:
                while piece := body.read(PIECE_BYTES):
                    yield piece
            finally:
                body.close()

    def size(self, key: str) -> int | None:
        """How many bytes lie under `key`; None when there is no such object.

        To whoever may not list the bucket, S3 says of a missing object that it is forbidden.
        """
        with translated("look at the object"):
            try:
                return self._client().head_object(Bucket=self._bucket, Key=key)["ContentLength"]
            except ClientError as error:
                if code_of(error) in {"NoSuchKey", "403", "404"}:
                    return None
                raise

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no fault."""
        with translated("remove the object"):
            self._client().delete_object(Bucket=self._bucket, Key=key)

    def abort(self, key: str, upload_id: str) -> None:
        """Drop an unfinished upload with all its parts; one that is not there is no fault."""
        _abort(self._client(), self._bucket, key, upload_id)

    def presigned_get(self, key: str, *, seconds: int, content_type: str, disposition: str) -> str:
        """A URL that downloads the object for a while, under the type and the `Content-Disposition` given here."""
        with translated("sign the download URL"):
            return self._client().generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": key,
                    "ResponseContentType": content_type,
                    "ResponseContentDisposition": disposition,
                },
                ExpiresIn=seconds,
            )


class ObjectWriter:
    """Writes one object; parts go to S3 in threads while the next ones are collected, at most four at a time.

    As a context it aborts what was neither finished nor paused, so no failure leaves parts behind.
    """

    def __init__(
        self, client: S3Client, bucket: str, key: str, content_type: str, unfinished: Unfinished | None
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._content_type = content_type
        self._upload_id = unfinished.upload_id if unfinished else None
        self._etags: list[str | Future[str]] = list(unfinished.etags) if unfinished else []
        self._pieces: list[bytes] = []
        self._collected = 0
        self._room = threading.BoundedSemaphore(PARTS_IN_FLIGHT)
        self._threads = ThreadPoolExecutor(max_workers=PARTS_IN_FLIGHT)
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Parts on their way must land before the upload is aborted, or S3 would keep them.
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._open and self._upload_id is not None:
            with suppress(ParleyError):  # the bucket's lifecycle rule is the second net
                _abort(self._client, self._bucket, self._key, self._upload_id)

    def write(self, piece: bytes) -> None:
        """Take the next bytes. Raises what an earlier part met with."""
        while self._collected + len(piece) > PART_BYTES:
            fits = PART_BYTES - self._collected
            self._collect(piece[:fits])
            piece = piece[fits:]
            self._send()
        self._collect(piece)

    def finish(self) -> None:
        """Make the object appear, with everything that was written."""
        if self._upload_id is None:
            with translated("store the object"):
                self._client.put_object(
                    Bucket=self._bucket, Key=self._key, Body=self._taken(), ContentType=self._content_type
                )
        else:
            if self._collected or not self._etags:
                self._send()
            parts = [{"ETag": etag, "PartNumber": number} for number, etag in enumerate(self._landed(), 1)]
            with translated("complete the object"):
                self._client.complete_multipart_upload(
                    Bucket=self._bucket,
                    Key=self._key,
                    UploadId=self._upload_id,
                    MultipartUpload={"Parts": parts},  # type: ignore[typeddict-item]
                )
        self._open = False

    def pause(self) -> Unfinished | None:
        """Stop, keeping every full part for another writer; None when there is none to keep."""
        etags = self._landed()
        if self._upload_id is None or not etags:
            return None
        self._open = False
        return Unfinished(self._upload_id, etags, done=len(etags) * PART_BYTES)

    def _collect(self, piece: bytes) -> None:
        if piece:
            self._pieces.append(piece)
            self._collected += len(piece)

    def _taken(self) -> bytes:
        body = b"".join(self._pieces)
        self._pieces.clear()
        self._collected = 0
        return body

    def _send(self) -> None:
        if self._upload_id is None:
            with translated("begin the object"):
                self._upload_id = self._client.create_multipart_upload(
                    Bucket=self._bucket, Key=self._key, ContentType=self._content_type
                )["UploadId"]
        for part in self._etags:
            if isinstance(part, Future) and part.done():
                part.result()
        self._room.acquire()
        part = self._threads.submit(self._upload, len(self._etags) + 1, self._taken())
        part.add_done_callback(lambda _: self._room.release())
        self._etags.append(part)

    def _upload(self, number: int, body: bytes) -> str:
        with translated("store a part of the object"):
            return self._client.upload_part(
                Bucket=self._bucket, Key=self._key, UploadId=self._upload_id or "", PartNumber=number, Body=body
            )["ETag"]

    def _landed(self) -> list[str]:
        self._etags = [part.result() if isinstance(part, Future) else part for part in self._etags]
        return [etag for etag in self._etags if isinstance(etag, str)]


def _abort(client: S3Client, bucket: str, key: str, upload_id: str) -> None:
    with translated("drop the unfinished object"):
        try:
            client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id)
        except ClientError as error:
            if code_of(error) not in {"NoSuchUpload", "404"}:
                raise
