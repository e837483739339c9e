"""What customers want to be notified of, on their conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parley.storage import keys
from parley.storage.attributes import encode
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.storage.attributes import Attribute


class DynamoPreferences:
    """Touches nothing that the conversation's one writer sets. Both leave another business's conversation alone."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def keep(
        self, business_id: str, conversation_id: str, kept: Mapping[str, Mapping[str, Any]], *, version: int
    ) -> bool:
        """Store all choices that were read at `version`; False when somebody else was faster."""
        seen = "preferences_version = :seen" if version else "attribute_not_exists(preferences_version)"
        values = {":kept": encode(kept), ":next": encode(version + 1)}
        return self._update(
            business_id,
            conversation_id,
            "SET preferences = :kept, preferences_version = :next",
            values | ({":seen": encode(version)} if version else {}),
            condition=f" AND {seen}",
        )

    def asked(self, business_id: str, conversation_id: str, *, at: float) -> None:
        """The customer is being asked, so an answer may come."""
        self._update(business_id, conversation_id, "SET preferences_asked_at = :at", {":at": encode(at)})

    def _update(
        self,
        business_id: str,
        conversation_id: str,
        expression: str,
        values: dict[str, Attribute],
        *,
        condition: str = "",
    ) -> bool:
        with translated("keep the preferences"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.conversation(conversation_id),
                    UpdateExpression=expression,
                    ConditionExpression=f"business_id = :business{condition}",
                    ExpressionAttributeValues={**values, ":business": encode(business_id)},
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True
