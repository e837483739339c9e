"""Places in time out of the indexes that end in `received_ulid`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.conversation.listing import Place, Places, merged
from parley.storage import keys
from parley.storage.faults import translated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.ulids import Span


def read_places(
    client: DynamoDBClient,
    *,
    table: str,
    index: str,
    attribute: str,
    shards: Sequence[str],
    span: Span,
    limit: int,
    newest_first: bool,
) -> Places:
    """The first `limit` places of a span in all shards together; a moment late, as indexes are."""
    if span.is_empty:
        return Places([], more=False)
    query: Any = {
        "TableName": table,
        "IndexName": index,
        "KeyConditionExpression": "#shard = :shard AND received_ulid BETWEEN :first AND :last",
        "ExpressionAttributeNames": {"#shard": attribute},
        "ScanIndexForward": not newest_first,
        "Limit": limit,
    }
    bounds = {":first": {"S": span.first}, ":last": {"S": span.last}}
    found = []
    for shard in shards:
        with translated(f"read the index {index}"):
            page = client.query(**query, ExpressionAttributeValues={":shard": {"S": shard}} | bounds)
        places = [Place(item["received_ulid"]["S"], keys.identity(item["pk"]["S"])) for item in page["Items"]]
        found.append(Places(places, more="LastEvaluatedKey" in page))
    return merged(found, newest_first=newest_first, limit=limit)
