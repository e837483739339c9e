"""Bodies too large for the table lie in S3; the message keeps the claim check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client


class S3Payloads:
    """Under `payloads/<business>/<message>.json`; the bucket expires them with the messages.

    The client is made on first use: most functions never meet a large body, and S3's is slow to load.
    """

    def __init__(self, client: Callable[[], S3Client], *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, business_id: str, message_id: str, payload: str) -> str:
        """Store one body, and say where. What is there already stays: a late retry brings nothing back."""
        key = f"payloads/{business_id}/{message_id}.json"
        with translated("store the payload"):
            try:
                self._client().put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=payload.encode(),
                    ContentType="application/json",
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if code_of(error) != "PreconditionFailed":
                    raise
        return key

    def replace(self, key: str, payload: str) -> None:
        """Store another body in the place of one that is there."""
        with translated("replace the payload"):
            self._client().put_object(
                Bucket=self._bucket, Key=key, Body=payload.encode(), ContentType="application/json"
            )

    def get(self, key: str) -> str:
        """Read one body back."""
        with translated("read the payload"):
            return self._client().get_object(Bucket=self._bucket, Key=key)["Body"].read().decode()
