"""Where businesses put their files: signed requests that take exactly one file, and the copy nobody can change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parley.errors import NotFound
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client


class S3Uploads:
    """One bucket. The client must sign with SigV4, and is made on first use."""

    def __init__(self, client: Callable[[], S3Client], *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put_url(self, key: str, *, size: int, content_type: str, seconds: int) -> tuple[str, dict[str, str]]:
        """A URL for one PUT, and the headers it must carry: S3 refuses another length or type."""
        with translated("sign the upload URL"):
            url = self._client().generate_presigned_url(
                "put_object",
                Params={"Bucket": self._bucket, "Key": key, "ContentLength": size, "ContentType": content_type},
                ExpiresIn=seconds,
            )
        return url, {"Content-Length": str(size), "Content-Type": content_type}

    def form(self, key: str, *, size: int, content_type: str, seconds: int) -> tuple[str, dict[str, str]]:
        """The URL and the fields of one form upload from a browser, with the same bounds; `file` comes last."""
        conditions: list[Any] = [["content-length-range", size, size], {"Content-Type": content_type}]
        with translated("sign the upload form"):
            signed = self._client().generate_presigned_post(
                self._bucket, key, Fields={"Content-Type": content_type}, Conditions=conditions, ExpiresIn=seconds
            )
        return signed["url"], signed["fields"]

    def copy(self, source: str, target: str) -> None:
        """Copy an object within S3. Raises NotFound when there is none."""
        with translated("copy the upload"):
            try:
                self._client().copy_object(
                    Bucket=self._bucket,
                    Key=target,
                    CopySource={"Bucket": self._bucket, "Key": source},
                    ContentType="application/octet-stream",
                    MetadataDirective="REPLACE",
                    TaggingDirective="REPLACE",
                )
            except ClientError as error:
                if code_of(error) in {"NoSuchKey", "404"}:
                    raise NotFound("there is no such upload", code="upload_missing") from None
                raise

    def find(self, key: str) -> int | None:
        """How many bytes lie under `key`; None when there is no such object.

        To whoever may not list the bucket, S3 says of a missing object that it is forbidden.
        """
        with translated("look for the object"):
            try:
                return self._client().head_object(Bucket=self._bucket, Key=key)["ContentLength"]
            except ClientError as error:
                if code_of(error) in {"NoSuchKey", "403", "404"}:
                    return None
                raise

    def verdict(self, key: str) -> str | None:
        """What the malware scanner said of an object, as its tag says it; None while it has said nothing."""
        with translated("read the scanner's tag"):
            tags = self._client().get_object_tagging(Bucket=self._bucket, Key=key)["TagSet"]
        return next((tag["Value"] for tag in tags if tag["Key"] == "GuardDutyMalwareScanStatus"), None)
