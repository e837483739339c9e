"""Who handles a conversation: the one fact of it that the business itself sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.storage import keys
from parley.storage.attributes import encode
from parley.storage.faults import translated
from parley.storage.transactions import transact_if_met

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from parley.conversation.records import Conversation, Message
    from parley.storage.messages import DynamoMessages


class DynamoHandovers:
    """Touches nothing that the conversation's one writer sets."""

    def __init__(self, client: DynamoDBClient, *, table: str, messages: DynamoMessages) -> None:
        self._client = client
        self._table = table
        self._messages = messages

    def hand_over(self, seen: Conversation, handler: str | None, *, notice: Message | None) -> bool:
        """Set the handler, or leave it to the routes again; False when it is no longer the conversation that was seen.

        The `notice` is stored in the same transaction: it is told exactly when it is so.
        """
        values = {":business": encode(seen.business_id), ":number": encode(seen.handovers + 1)}
        unchanged, change = "attribute_not_exists(handovers)", " REMOVE #handler"
        if seen.handovers:
            unchanged, values[":seen"] = "handovers = :seen", encode(seen.handovers)
        if handler is not None:
            change, values[":handler"] = ", #handler = :handler", encode(handler)
        update: Any = {
            "TableName": self._table,
            "Key": keys.conversation(seen.id),
            "UpdateExpression": f"SET handovers = :number{change}",
            "ConditionExpression": f"business_id = :business AND {unchanged}",
            "ExpressionAttributeNames": {"#handler": "handler"},
            "ExpressionAttributeValues": values,
        }
        writes: list[TransactWriteItemTypeDef] = [{"Update": update}]
        if notice is not None:
            writes.append(self._messages.put(notice))
        with translated("hand the conversation over"):
            return transact_if_met(self._client, writes)
