"""Pictures of the library, as the table knows them: `LIB#<business>` / `ASSET#<SHA-256>`. Their bytes lie in S3."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.business.library.model import Asset
from parley.storage import keys
from parley.storage.attributes import decode_item, encode_item
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_FIELDS: Final = frozenset(field.name for field in fields(Asset))


class DynamoAssets:
    """Written once: the same picture has the same id."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, business_id: str, asset_id: str) -> Asset | None:
        """One picture; None when it is not there."""
        with translated("read the asset"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.asset(business_id, asset_id), ConsistentRead=True
            ).get("Item")
        return _read(decode_item(found)) if found else None

    def page(self, business_id: str, *, after: str | None, limit: int) -> tuple[list[Asset], bool]:
        """Some pictures by id, and whether others follow."""
        start: dict[str, Any] = {} if after is None else {"ExclusiveStartKey": keys.asset(business_id, after)}
        page = self._query(business_id, Limit=limit, **start)
        return [_read(decode_item(item)) for item in page["Items"]], "LastEvaluatedKey" in page

    def count(self, business_id: str) -> int:
        """How many there are, as far as one page of a query sees: thousands."""
        return int(self._query(business_id, Select="COUNT")["Count"])

    def add(self, business_id: str, asset: Asset) -> bool:
        """Store a picture; False when it is there already."""
        with translated("store the asset"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=keys.asset(business_id, asset.id) | encode_item(asdict(asset)),
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True

    def remove(self, business_id: str, asset_id: str) -> None:
        """Forget a picture; one that is not there is no fault."""
        with translated("remove the asset"):
            self._client.delete_item(TableName=self._table, Key=keys.asset(business_id, asset_id))

    def _query(self, business_id: str, **more: Any) -> Any:
        under = keys.asset(business_id, "")
        with translated("read the assets"):
            return self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :under)",
                ExpressionAttributeValues={":pk": under["pk"], ":under": under["sk"]},
                ConsistentRead=True,
                **more,
            )


def _read(item: dict[str, Any]) -> Asset:
    return Asset(**{name: value for name, value in item.items() if name in _FIELDS})
