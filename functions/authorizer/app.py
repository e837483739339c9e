"""Whose API key is this? API Gateway asks before it lets a call through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.runtime import compose
from parley.runtime.body import headers_of
from parley.runtime.caller import context_of
from parley.runtime.log import log

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

compose.early(compose.authorize)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """An allowance for the whole stage: the answer is cached per key, and every route checks the business."""
    key = compose.authorize()(headers_of(event).get("authorization"))
    if key is None:
        log.warning("key_refused", extra={"request_id": context.aws_request_id})
        raise PermissionError("Unauthorized")  # API Gateway turns exactly this word into a 401
    stage_arn = "/".join(event["methodArn"].split("/")[:2])
    return {
        "principalId": key.id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{stage_arn}/*"}],
        },
        "context": context_of(key),
        "usageIdentifierKey": key.usage_identifier,
    }
