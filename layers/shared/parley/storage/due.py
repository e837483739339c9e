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

    from parley.storage.attributes import Attribute


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
                yield _overdue(item["pk"]["S"], item["sk"]["S"], float(decode(item["due_at"])))

    def claim(self, overdue: Overdue, *, until: float) -> bool:
        """Take one item for this sweep, due again at `until`; False when it has moved meanwhile."""
        return self._change(overdue, "SET due_at = :until", {":until": encode(until)})

    def drop(self, overdue: Overdue) -> None:
        """Nothing is to be done about it any more: it has expired."""
        self._change(overdue, "REMOVE due_shard, due_at", {})

    def _change(self, overdue: Overdue, update: str, values: dict[str, Attribute]) -> bool:
        with translated("claim the overdue item"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(overdue),
                    UpdateExpression=update,
                    ConditionExpression="due_at = :seen",
                    ExpressionAttributeValues=values | {":seen": encode(overdue.due_at)},
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True


def _overdue(pk: str, sk: str, due_at: float) -> Overdue:
    if sk.startswith(keys.BREAKER_PREFIX):
        return Overdue("BREAKER", pk.partition("#")[2], sk.removeprefix(keys.BREAKER_PREFIX), due_at)
    kind, *business_id, identity = pk.split("#")
    return Overdue(kind, business_id[0] if business_id else None, identity, due_at)


def _key(overdue: Overdue) -> keys.Key:
    if overdue.business_id is None:
        return keys.conversation(overdue.id)
    if overdue.kind == "BREAKER":
        return keys.breaker(overdue.business_id, overdue.id)
    if overdue.kind == "ATT":
        return keys.attachment(overdue.business_id, overdue.id)
    if overdue.kind == "ERASE":
        return keys.erasure(overdue.business_id, overdue.id)
    return keys.message(overdue.business_id, overdue.id)
