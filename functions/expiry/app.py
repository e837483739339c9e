"""The table's stream: items whose time was over, and that DynamoDB has removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.runtime import compose
from parley.runtime.log import blame, log

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

compose.early(compose.expire)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """In the order of the shard; from the first that fails on, all come again."""
    removed = 0
    for record in event["Records"]:
        try:
            removed += compose.expired(record["dynamodb"].get("OldImage") or {})
        except Exception as fault:  # noqa: BLE001  (Lambda would log its words)
            log.warning("not_expired", extra={**blame(fault), "request_id": context.aws_request_id})
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    log.info("expired", extra={"items": len(event["Records"]), "objects": removed})
    return {"batchItemFailures": []}
