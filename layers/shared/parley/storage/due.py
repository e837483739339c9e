"""The sparse `due` index: everything that should have moved by now and has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parley.conversation.records import Overdue
from parley.storage import keys
from parley.storage.attributes import decode, encode
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDue:
    """Read by the sweeper, shard by shard."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def overdue(self, now: float, *, limit: int) -> Iterator[Overdue]:
        """At most `limit` overdue items of each shard, the oldest first."""
        for shard in keys.due_shards():
            with translated("read the due index"):
                page = self._client.query(
                    TableName=self._table,
                    IndexName=keys.DUE,
                    KeyConditionExpression="due_shard = :shard AND due_at <= :now",
                    ExpressionAttributeValues={":shard": {"S": shard}, ":now": encode(now)},
                    Limit=limit,
                )
            for item in page["Items"]:
                kind, *business_id, identity = item["pk"]["S"].split("#")
                due_at = float(decode(item["due_at"]))
                yield Overdue(kind, business_id[0] if business_id else None, identity, due_at)

    def claim(self, overdue: Overdue, *, until: float) -> bool:
        """Take one item for this sweep, due again at `until`; False when it has moved meanwhile."""
        with translated("claim the overdue item"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(overdue),
                    UpdateExpression="SET due_at = :until",
                    ConditionExpression="due_at = :seen",
                    ExpressionAttributeValues={":until": encode(until), ":seen": encode(overdue.due_at)},
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True


def _key(overdue: Overdue) -> keys.Key:
    if overdue.business_id is not None:
        return keys.message(overdue.business_id, overdue.id)
    return keys.conversation(overdue.id)
