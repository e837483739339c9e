"""Erasures and their receipts: `ERASE#<business>#<id>`."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from parley.conversation.erasures import RECEIPT_SECONDS, Erasure, ErasureState
from parley.storage import keys
from parley.storage.attributes import decode_item
from parley.storage.faults import translated
from parley.storage.versioned import put_next

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

HEAL_AFTER_SECONDS: Final = 60.0
"""How long after its time a step counts as lost."""

_FIELDS: Final = frozenset(field.name for field in fields(Erasure))


class DynamoErasures:
    """Every write on the condition that nobody else has written. One that runs stands in `due`."""

    def __init__(self, client: DynamoDBClient, *, table: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def get(self, business_id: str, erasure_id: str) -> Erasure | None:
        """One erasure, read strongly consistent; None when it is not there or its receipt has expired."""
        with translated("read the erasure"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.erasure(business_id, erasure_id), ConsistentRead=True
            ).get("Item")
        item = decode_item(found or {})
        return _read(item) if item and item["expires_at"] > self._clock() else None

    def save(self, erasure: Erasure) -> bool:
        """Store one that was read, or made, at `erasure.version`; False when somebody else has written since."""
        facts: dict[str, object] = asdict(erasure) | {"expires_at": int(self._clock() + RECEIPT_SECONDS)}
        if erasure.state is ErasureState.RUNNING:
            facts["due_shard"] = keys.due_shard(erasure.id)
            facts["due_at"] = max(erasure.next_at, erasure.lease_until, self._clock()) + HEAL_AFTER_SECONDS
        key = keys.erasure(erasure.business_id, erasure.id)
        if not put_next(
            self._client, table=self._table, key=key, facts=facts, seen=erasure.version, what="store the erasure"
        ):
            return False
        erasure.version += 1
        return True


def _read(item: dict[str, Any]) -> Erasure:
    known = {name: value for name, value in item.items() if name in _FIELDS}
    return Erasure(**known | {"state": ErasureState(item["state"])})
