"""Many items at once, strongly consistent, however little DynamoDB gives in one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from parley.errors import Retryable
from parley.storage.attributes import decode_item
from parley.storage.faults import translated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.storage.keys import Key

BATCH: Final = 100
"""Items DynamoDB reads in one call."""

ROUNDS: Final = 8
"""Calls for one batch: DynamoDB may give less than was asked for."""


def read_batches(
    client: DynamoDBClient, *, table: str, wanted: Sequence[Key], names: Sequence[str]
) -> list[dict[str, Any]]:
    """The attributes called `names` of those that are there, in any order; no key may stand in `wanted` twice."""
    items: list[dict[str, Any]] = []
    for start in range(0, len(wanted), BATCH):
        items += _batch(client, table, wanted[start : start + BATCH], {f"#{name}": name for name in names})
    return items


def _batch(client: DynamoDBClient, table: str, wanted: Sequence[Key], names: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    pending: Any = {
        "Keys": wanted,
        "ConsistentRead": True,
        "ProjectionExpression": ", ".join(names),
        "ExpressionAttributeNames": names,
    }
    for _ in range(ROUNDS):
        with translated("read the items"):
            page = client.batch_get_item(RequestItems={table: pending})
        found += [decode_item(item) for item in page["Responses"].get(table, [])]
        pending = page.get("UnprocessedKeys", {}).get(table)
        if not pending:
            return found
    raise Retryable("DynamoDB gives the items too slowly", code="aws_unavailable", after=1)
