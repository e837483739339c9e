"""How long a business wants things kept, and what not at all: on its profile, which inbound and routing read anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parley.business.snapshot import PrivacySettings
from parley.errors import NotFound
from parley.storage import keys
from parley.storage.attributes import decode_item, encode, encode_item
from parley.storage.business_items import PROFILE, mark_facts, marks_of
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.storage.attributes import Item


class DynamoPrivacy:
    """Its changes are counted apart from the profile's own."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, business_id: str) -> tuple[PrivacySettings, int]:
        """The settings and their version, read strongly consistent. Raises NotFound."""
        with translated("read the privacy settings"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.business(business_id, PROFILE), ConsistentRead=True
            ).get("Item")
        if found is None:
            raise NotFound("this MSP does not serve that business", code="business_unknown")
        item = decode_item(found)
        return PrivacySettings(item.get("retention_days"), marks_of(item)), item.get("privacy_version", 0)

    def put(self, business_id: str, wanted: PrivacySettings, *, version: int) -> bool:
        """Store settings that were read at `version`; False when somebody else was faster."""
        facts = {"retention_days": wanted.retention_days, "redact": mark_facts(wanted.redact) or None}
        present = encode_item(facts)
        sets = ", ".join(f"{name} = :{name}" for name in present)
        removes = ", ".join(name for name in facts if name not in present)
        change = " ".join(clause for clause in (sets and f"SET {sets}", removes and f"REMOVE {removes}") if clause)
        values: Item = {f":{name}": value for name, value in present.items()} | {":one": encode(1)}
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
