"""Who handles a conversation: the one fact of it that the business itself sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parley.storage import keys
from parley.storage.attributes import encode
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoHandovers:
    """Touches nothing that the conversation's one writer sets."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def hand_over(self, business_id: str, conversation_id: str, handler: str | None) -> bool:
        """Set the handler, or leave it to the routes again; False for a conversation that is not the business's."""
        change: Any = {"UpdateExpression": "REMOVE #handler"}
        values = {":business": encode(business_id)}
        if handler is not None:
            change = {"UpdateExpression": "SET #handler = :handler"}
            values[":handler"] = encode(handler)
        with translated("hand the conversation over"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.conversation(conversation_id),
                    ConditionExpression="business_id = :business",
                    ExpressionAttributeNames={"#handler": "handler"},
                    ExpressionAttributeValues=values,
                    **change,
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True
