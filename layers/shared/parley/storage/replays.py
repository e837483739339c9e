"""Replays of many messages: `BIZ#<business>` / `RUN#<id>`."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from parley.conversation.runs import Run, RunState
from parley.storage import keys
from parley.storage.attributes import decode_item
from parley.storage.faults import translated
from parley.storage.versioned import put_next

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_SECONDS: Final = 7 * 86_400
"""How long a replay can be asked for after it last moved."""

_FIELDS: Final = frozenset(field.name for field in fields(Run))


class DynamoReplays:
    """Every write on the condition that nobody else has written."""

    def __init__(self, client: DynamoDBClient, *, table: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def get(self, business_id: str, run_id: str) -> Run | None:
        """One replay, read strongly consistent; None when it is not there or has expired."""
        with translated("read the replay"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.run(business_id, run_id), ConsistentRead=True
            ).get("Item")
        item = decode_item(found or {})
        return _read(item) if item and item["expires_at"] > self._clock() else None

    def newest(self, business_id: str, *, limit: int) -> list[Run]:
        """The newest first."""
        with translated("read the replays"):
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :run)",
                ExpressionAttributeValues={
                    ":pk": keys.run(business_id, "")["pk"],
                    ":run": {"S": keys.RUN_PREFIX},
                },
                ConsistentRead=True,
                ScanIndexForward=False,
                Limit=limit,
            )
        items = map(decode_item, page["Items"])
        return [_read(item) for item in items if item["expires_at"] > self._clock()]

    def save(self, run: Run) -> bool:
        """Store a replay that was read, or made, at `run.version`; False when somebody else has written since."""
        facts = asdict(run) | {"expires_at": int(self._clock()) + KEPT_SECONDS}
        key = keys.run(run.business_id, run.id)
        if not put_next(
            self._client, table=self._table, key=key, facts=facts, seen=run.version, what="store the replay"
        ):
            return False
        run.version += 1
        return True


def _read(item: dict[str, Any]) -> Run:
    known = {name: value for name, value in item.items() if name in _FIELDS}
    return Run(**known | {"state": RunState(item["state"])})
