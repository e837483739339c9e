"""API keys: `KEY#<key id>`, and for each business one item that names all of its keys and counts their changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.business.model import ApiKey
from parley.business.scopes import LIVE, SCOPES
from parley.business.snapshot import KeyRecord, Keys
from parley.errors import Retryable
from parley.storage import keys
from parley.storage.attributes import decode_item, encode
from parley.storage.business_items import replacing, unchanged
from parley.storage.faults import code_of, translated
from parley.storage.transactions import transact, transact_if_met

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

USED_SECONDS: Final = 3600
"""How coarse it is known when a key was last used; so often it is written at most."""

ROUNDS: Final = 8
"""Calls for one batch: DynamoDB may give less than was asked for."""


class DynamoApiKeys:
    """Every change is one transaction on the key and on its business's list, so changes come one after another."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def find(self, key_id: str) -> ApiKey | None:
        """The stored key, read strongly consistent: a key that was revoked is revoked."""
        with translated("read the API key"):
            found = self._client.get_item(TableName=self._table, Key=keys.api_key(key_id), ConsistentRead=True)
        item = found.get("Item")
        return None if item is None else _key_of(decode_item(item))

    def mark_used(self, key: ApiKey, *, at: float) -> None:
        """Remember the hour in which a key was used, if it is another than the one remembered."""
        hour = at - at % USED_SECONDS
        if key.used_at is not None and key.used_at >= hour:
            return
        with translated("mark the API key"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.api_key(key.id),
                    UpdateExpression="SET used_at = :hour",
                    ConditionExpression="attribute_exists(pk)",
                    ExpressionAttributeValues={":hour": encode(hour)},
                )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise

    def of_business(self, business_id: str, *, and_key: str | None = None) -> Keys:
        """All keys of a business, strongly consistent; `and_key` too, which may be older than the list of them."""
        with translated("read the API keys"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.api_keys(business_id), ConsistentRead=True
            ).get("Item")
        listed = decode_item(found or {})
        wanted = set(listed.get("ids", ())) | ({and_key} if and_key is not None else set())
        items = [item for item in self._batch(sorted(wanted)) if item["business_id"] == business_id]
        records = {record.key.id: record for record in map(_record_of, items)}
        return Keys(records, version=int(listed.get("version", 0)))

    def put(self, key: ApiKey) -> None:
        """Store a key whatever is there: the operator's word counts."""
        update: Any = {"TableName": self._table, "Key": keys.api_key(key.id), **replacing(_facts(key))}
        with translated("store the API key"):
            transact(self._client, [{"Update": update}, {"Update": self._listing(key, "ADD ids :ids, ")}])

    def add(self, key: ApiKey, *, seen: int) -> bool:
        """Store a new key; False when the business's keys are no longer those that were `seen`, or its id is taken."""
        return self._change(key, "ADD ids :ids, ", seen, condition="attribute_not_exists(pk)")

    def change(self, key: ApiKey, *, seen: int) -> bool:
        """Store what has become of a key; False when the business's keys are no longer those that were `seen`."""
        return self._change(key, "ADD ids :ids, ", seen, condition="attribute_exists(pk)")

    def remove(self, key: ApiKey, *, seen: int) -> bool:
        """Remove a key; False when the business's keys are no longer those that were `seen`."""
        away: Any = {
            "TableName": self._table,
            "Key": keys.api_key(key.id),
            "ConditionExpression": "attribute_exists(pk)",
        }
        return self._transact([{"Delete": away}, {"Update": self._listing(key, "DELETE ids :ids ADD ", seen=seen)}])

    def _change(self, key: ApiKey, listing: str, seen: int, *, condition: str) -> bool:
        update: Any = {
            "TableName": self._table,
            "Key": keys.api_key(key.id),
            "ConditionExpression": condition,
            **replacing(_facts(key)),
        }
        return self._transact([{"Update": update}, {"Update": self._listing(key, listing, seen=seen)}])

    def _listing(self, key: ApiKey, update: str, *, seen: int | None = None) -> Any:
        values = {":ids": encode({key.id}), ":one": encode(1)}
        found: dict[str, Any] = {
            "TableName": self._table,
            "Key": keys.api_keys(key.business_id),
            "UpdateExpression": f"{update}#version :one",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": values,
        }
        if seen is not None:
            found["ConditionExpression"] = unchanged(seen)
            found["ExpressionAttributeValues"] = values | ({":seen": encode(seen)} if seen else {})
        return found

    def _transact(self, writes: list[TransactWriteItemTypeDef]) -> bool:
        with translated("store the API key"):
            return transact_if_met(self._client, writes)

    def _batch(self, key_ids: Iterable[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        pending: Any = {"Keys": [keys.api_key(key_id) for key_id in key_ids], "ConsistentRead": True}
        if not pending["Keys"]:
            return []
        for _ in range(ROUNDS):
            with translated("read the API keys"):
                page = self._client.batch_get_item(RequestItems={self._table: pending})
            found += [decode_item(item) for item in page["Responses"].get(self._table, [])]
            pending = page.get("UnprocessedKeys", {}).get(self._table)
            if not pending:
                return found
        raise Retryable("DynamoDB gives the keys too slowly", code="aws_unavailable", after=1)


def _facts(key: ApiKey) -> dict[str, object]:
    """The attributes of a key but its last use, which is written by itself."""
    return {
        "business_id": key.business_id,
        "secret_sha256": key.secret_sha256,
        "usage_identifier": key.usage_identifier,
        "enabled": key.enabled,
        "valid_until": key.expires_at,  # not `expires_at`: that would delete it
        "name": key.name,
        "scopes": list(key.scopes),
        "mode": key.mode,
        "created_at": key.created_at,
        "former_sha256": key.former_sha256,
        "former_until": key.former_until,
    }


def _record_of(item: dict[str, Any]) -> KeyRecord:
    return KeyRecord(_key_of(item), version=int(item.get("version", 0)))


def _key_of(item: dict[str, Any]) -> ApiKey:
    """A key that is older than scopes and modes may do everything, in earnest."""
    return ApiKey(
        id=keys.key_id_of(item["pk"]),
        business_id=item["business_id"],
        secret_sha256=item["secret_sha256"],
        usage_identifier=item["usage_identifier"],
        enabled=item["enabled"],
        expires_at=item.get("valid_until"),
        name=item.get("name", ""),
        scopes=tuple(item.get("scopes", SCOPES)),
        mode=item.get("mode", LIVE),
        created_at=item.get("created_at", 0.0),
        former_sha256=item.get("former_sha256"),
        former_until=item.get("former_until"),
        used_at=item.get("used_at"),
    )
