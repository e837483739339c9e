"""How long a business wants things kept: on its profile, which inbound reads anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parley.errors import NotFound
from parley.storage import keys
from parley.storage.attributes import decode_item, encode
from parley.storage.business_items import PROFILE
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoPrivacy:
    """Its changes are counted apart from the profile's own."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, business_id: str) -> tuple[int | None, int]:
        """The days and the version, read strongly consistent. Raises NotFound."""
        with translated("read the privacy settings"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.business(business_id, PROFILE), ConsistentRead=True
            ).get("Item")
        if found is None:
            raise NotFound("this MSP does not serve that business", code="business_unknown")
        item = decode_item(found)
        return item.get("retention_days"), item.get("privacy_version", 0)

    def put(self, business_id: str, days: int | None, *, version: int) -> bool:
        """Store days that were read at `version`; False when somebody else was faster."""
        change, values = "REMOVE retention_days", {":one": encode(1)}
        if days is not None:
            change, values = "SET retention_days = :days", values | {":days": encode(days)}
        unchanged: dict[str, Any] = {
            "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(privacy_version)"
        }
        if version:
            unchanged = {"ConditionExpression": "privacy_version = :seen"}
            values[":seen"] = encode(version)
        with translated("store the privacy settings"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.business(business_id, PROFILE),
                    UpdateExpression=f"{change} ADD privacy_version :one",
                    ExpressionAttributeValues=values,
                    **unchanged,
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True
