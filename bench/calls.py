"""Calls as the stub sees them, and as the floor function repeats them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore import xform_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GET_ITEM: Final = "dynamodb:GetItem"
PUT_ITEM: Final = "dynamodb:PutItem"
UPDATE_ITEM: Final = "dynamodb:UpdateItem"
SEND_MESSAGE: Final = "sqs:SendMessage"
QUERY: Final = "dynamodb:Query"
GET_SECRET: Final = "secretsmanager:GetSecretValue"  # noqa: S105  (an operation)
POST_TO_APPLE: Final = "POST /v1/message"

_SERVICES: Final = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "secretsmanager": "secretsmanager"}
_OF_OBJECTS: Final = {"GET": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject", "HEAD": "HeadObject"}
_SET_BY_THE_CLIENT: Final = frozenset({"host", "content-length", "accept-encoding"})


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """`dynamodb:GetItem` and the like, or method and path when it is none of AWS's."""
        protocol, _, name = self.headers.get("x-amz-target", "").partition(".")
        if name:
            return f"{_SERVICES[protocol]}:{name}"
        return f"s3:{_OF_OBJECTS[self.method]}" if self.is_of_s3 else f"{self.method} {self.path}"

    @property
    def is_of_s3(self) -> bool:
        """Signed for S3, which alone of AWS's services here is not asked in JSON."""
        return "/s3/aws4_request" in self.headers.get("authorization", "")

    @property
    def is_of_aws(self) -> bool:
        """One of AWS's services is called."""
        return self.is_of_s3 or "x-amz-target" in self.headers

    def replay(self, stub_url: str) -> dict[str, Any]:
        """What makes the floor function send the same again."""
        if not self.is_of_aws:
            headers = {name: value for name, value in self.headers.items() if name not in _SET_BY_THE_CLIENT}
            return {"url": stub_url + self.path, "headers": headers, "body": self.body.decode()}
        service, _, name = self.operation.partition(":")
        if service == "s3":
            bucket, _, key = self.path.partition("?")[0].lstrip("/").partition("/")
            made = {"service": service, "method": xform_name(name), "parameters": {"Bucket": bucket, "Key": key}}
            return made | ({"content": base64.b64encode(self.body).decode()} if name == "PutObject" else {})
        # These three services speak JSON in which the body is the operation's parameters.
        return {"service": service, "method": xform_name(name), "parameters": json.loads(self.body)}


def services(calls: Iterable[Call]) -> list[str]:
    """The AWS services that were called."""
    return sorted({call.operation.partition(":")[0] for call in calls if call.is_of_aws})


def operations(calls: Iterable[Call]) -> tuple[str, ...]:
    """What was called, in order."""
    return tuple(call.operation for call in calls)


def total_bytes(calls: Iterable[Call]) -> int:
    """How much was sent, without headers."""
    return sum(len(call.body) for call in calls)
