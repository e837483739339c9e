"""Messages counted by day: from the index `by-business` once, then from `BIZ#<business>/USAGE#<day>`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from parley.conversation.days import Count, DayCount, span_of
from parley.conversation.records import Direction
from parley.storage import keys
from parley.storage.attributes import decode_item, encode
from parley.storage.faults import translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_SECONDS: Final = 400 * 86_400
"""How long a counted day is kept: a year and a month, so that one can be laid beside the one before."""


class DynamoUsage:
    """One business's figures; the business is part of every key."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def tier(self, business_id: str) -> str | None:
        """The business's own tier; None when it was never given one."""
        with translated("read the business"):
            found = self._client.get_item(TableName=self._table, Key=keys.business(business_id, "PROFILE")).get("Item")
        tier: str | None = decode_item(found or {}).get("tier")
        return tier

    def counted(self, business_id: str, first: date, last: date) -> dict[date, DayCount]:
        """What was counted of these days before, 31 at most."""
        with translated("read the usage"):
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues={
                    ":pk": keys.usage(business_id, first)["pk"],
                    ":first": keys.usage(business_id, first)["sk"],
                    ":last": keys.usage(business_id, last)["sk"],
                },
            )
        found = map(_day_count, map(decode_item, page["Items"]))
        return {each.day: each for each in found}

    def keep(self, business_id: str, counted: DayCount, *, at: float) -> None:
        """Remember what is counted of a day that is over."""
        with translated("store the usage"):
            self._client.update_item(
                TableName=self._table,
                Key=keys.usage(business_id, counted.day),
                UpdateExpression="SET shards = :shards, expires_at = :expires",
                ExpressionAttributeValues={
                    ":shards": encode(
                        {shard: [each.inbound, each.outbound, each.test] for shard, each in counted.shards.items()}
                    ),
                    ":expires": encode(int(at) + KEPT_SECONDS),
                },
            )

    def shards(self, business_id: str) -> list[str]:
        """What a day is counted by."""
        return keys.business_shards(business_id)

    def count(self, shard: str, day: date, *, pages: int) -> tuple[Count, int] | None:
        """The messages of a day in one partition, and the pages read; None when there are more than `pages`."""
        span, found, start = span_of(day), Count(), None
        for number in range(1, pages + 1):
            with translated("count the messages"):
                page: Any = self._client.query(
                    TableName=self._table,
                    IndexName=keys.BY_BUSINESS,
                    KeyConditionExpression="by_business = :shard AND received_ulid BETWEEN :first AND :last",
                    ProjectionExpression="direction, is_test",
                    ExpressionAttributeValues={
                        ":shard": encode(shard),
                        ":first": encode(span.first),
                        ":last": encode(span.last),
                    },
                    **({"ExclusiveStartKey": start} if start else {}),
                )
            found = sum(map(_one, page["Items"]), start=found)
            start = page.get("LastEvaluatedKey")
            if start is None:
                return found, number
        return None


_INBOUND, _OUTBOUND, _TEST, _NOTHING = Count(inbound=1), Count(outbound=1), Count(test=1), Count()


def _one(item: Any) -> Count:
    """Read by hand: a day may have many. What Parley itself tells a business is no message."""
    direction = item.get("direction", {}).get("S")
    if direction == Direction.INBOUND:
        return _INBOUND
    if direction != Direction.OUTBOUND:
        return _NOTHING
    return _TEST if item.get("is_test", {}).get("BOOL") else _OUTBOUND


def _day_count(item: dict[str, Any]) -> DayCount:
    shards = {shard: Count(*numbers) for shard, numbers in item.get("shards", {}).items()}
    return DayCount(date.fromisoformat(keys.day_of(item["sk"])), shards)
