"""A business's channel settings: one item, read with the business's other settings wherever messages are routed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parley.business import channel
from parley.storage import keys
from parley.storage.attributes import decode_item, encode
from parley.storage.business_items import CHANNEL, replacing, unchanged
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.business.channel import Channel


class DynamoChannels:
    """The settings are kept as the JSON they came as, so nothing of them is lost on the way."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, business_id: str) -> Channel | None:
        """The settings, read strongly consistent; None when nothing was ever set."""
        with translated("read the channel settings"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.business(business_id, CHANNEL), ConsistentRead=True
            ).get("Item")
        return None if found is None else channel.read(decode_item(found)["settings"])

    def put(self, business_id: str, settings: str, *, version: int) -> bool:
        """Store settings that were read at `version`; False when somebody else was faster."""
        update = replacing({"settings": settings})
        if version:
            update["ExpressionAttributeValues"] |= {":seen": encode(version)}
        with translated("store the channel settings"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.business(business_id, CHANNEL),
                    ConditionExpression=unchanged(version),
                    **update,
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True
