"""Which conversations wait for an endpoint: the sparse index `held-by-endpoint`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from parley.conversation.records import Waiting
from parley.storage import keys
from parley.storage.faults import translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoWaiting:
    """Read by the one who has news of an endpoint."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def page(self, business_id: str, endpoint_id: str, *, limit: int, cursor: str | None) -> Waiting:
        """At most `limit` conversations after `cursor`, the one that has waited longest first."""
        start: dict[str, Any] = {} if cursor is None else {"ExclusiveStartKey": json.loads(cursor)}
        with translated("read who waits"):
            page = self._client.query(
                TableName=self._table,
                IndexName=keys.HELD_BY_ENDPOINT,
                KeyConditionExpression="held_endpoint = :endpoint",
                ExpressionAttributeValues={":endpoint": {"S": keys.waiting_for(business_id, endpoint_id)}},
                Limit=limit,
                **start,
            )
        found = [item["pk"]["S"].removeprefix(keys.CONVERSATION_PREFIX) for item in page["Items"]]
        last = page.get("LastEvaluatedKey")
        return Waiting(found, json.dumps(last) if last else None)
