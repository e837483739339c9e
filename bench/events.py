"""Events in the size and shape in which Lambda's triggers hand them over."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TIME_MS = 1_767_600_000_000
_DIGEST = "9e107d9d372bb6826bd81d3542a419d6"


def post(
    path: str, headers: Mapping[str, str], body: str | bytes, authorizer: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A POST as API Gateway's REST API passes it on: text as it is, bytes in base64."""
    return called("POST", path, headers=headers, body=body, authorizer=authorizer)


def called(
    method: str,
    resource: str,
    *,
    headers: Mapping[str, str],
    body: str | bytes | None = None,
    authorizer: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One call as API Gateway's REST API passes it on; `names` fills `{…}` in the resource's path."""
    path = resource
    for name, value in (names or {}).items():
        path = path.replace(f"{{{name}}}", value)
    sent = {
        "Accept": "*/*",
        "Host": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
        "User-Agent": "bench",
        "X-Amzn-Trace-Id": "Root=1-695b2c40-0123456789abcdef01234567",
        "X-Forwarded-For": "198.51.100.7",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
        **headers,
    }
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} if query else None,
        "pathParameters": dict(names) if names else None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "authorizer": authorizer,
            "domainName": sent["Host"],
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "httpMethod": method,
            "identity": {"sourceIp": "198.51.100.7", "userAgent": "bench"},
            "path": f"/prod{path}",
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTimeEpoch": _TIME_MS,
            "resourceId": "r3s0rc",
            "resourcePath": resource,
            "stage": "prod",
        },
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": isinstance(body, bytes),
    }


def queued(group: str, body: str) -> dict[str, Any]:
    """One message of a FIFO queue, alone in its batch."""
    return batch([(group, body)])


def batch(messages: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Messages of a FIFO queue, each with its group."""
    return {"Records": [_record(number, group, body) for number, (group, body) in enumerate(messages)]}


def _record(number: int, group: str, body: str) -> dict[str, Any]:
    return {
        "messageId": f"059f36b4-87a3-44ab-83d2-{number:012d}",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a" * 6,
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(_TIME_MS),
            "SequenceNumber": "18849496460467696128",
            "MessageGroupId": group,
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "MessageDeduplicationId": "dedupe-1",
            "ApproximateFirstReceiveTimestamp": str(_TIME_MS + 20),
        },
        "messageAttributes": {},
        "md5OfBody": _DIGEST,
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:parley-outbox.fifo",
        "awsRegion": "us-east-1",
    }
