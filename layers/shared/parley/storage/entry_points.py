"""Entry points: `BIZ#<business>` / `START#<id>`."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from parley.business.model import EntryPoint
from parley.storage import keys
from parley.storage.attributes import decode_item, encode_item
from parley.storage.faults import translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_FIELDS: Final = frozenset(field.name for field in fields(EntryPoint))


class DynamoEntryPoints:
    """One item each; nothing of them ever changes."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, entry_point: EntryPoint) -> None:
        """Store one."""
        key = keys.entry_point(entry_point.business_id, entry_point.id)
        with translated("store the entry point"):
            self._client.put_item(TableName=self._table, Item=key | encode_item(asdict(entry_point)))

    def get(self, business_id: str, entry_point_id: str) -> EntryPoint | None:
        """One of them, read strongly consistent."""
        with translated("read the entry point"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.entry_point(business_id, entry_point_id), ConsistentRead=True
            ).get("Item")
        return _read(found) if found is not None else None

    def newest(self, business_id: str, *, after: str | None, limit: int) -> list[EntryPoint]:
        """The newest first, from behind `after` on."""
        start: dict[str, Any] = {}
        if after is not None:
            start = {"ExclusiveStartKey": keys.entry_point(business_id, after)}
        with translated("read the entry points"):
            page = self._client.query(
                TableName=self._table, **_all(business_id), ScanIndexForward=False, Limit=limit, **start
            )
        return [_read(item) for item in page["Items"]]

    def count(self, business_id: str) -> int:
        """How many there are. All of them together are less than the megabyte of one page."""
        with translated("count the entry points"):
            return self._client.query(TableName=self._table, **_all(business_id), Select="COUNT")["Count"]

    def remove(self, business_id: str, entry_point_id: str) -> bool:
        """False when it was not there."""
        with translated("remove the entry point"):
            gone = self._client.delete_item(
                TableName=self._table, Key=keys.entry_point(business_id, entry_point_id), ReturnValues="ALL_OLD"
            )
        return "Attributes" in gone


def _all(business_id: str) -> Any:
    return {
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :start)",
        "ExpressionAttributeValues": {
            ":pk": keys.entry_point(business_id, "")["pk"],
            ":start": {"S": keys.ENTRY_POINT_PREFIX},
        },
        "ConsistentRead": True,
    }


def _read(stored: Any) -> EntryPoint:
    return EntryPoint(**{name: value for name, value in decode_item(stored).items() if name in _FIELDS})
