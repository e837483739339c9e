"""Items that several workers write whole: `version` counts the writes, so that of two at once one is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parley.storage.attributes import encode, encode_item
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.storage.keys import Key


def put_next(
    client: DynamoDBClient, *, table: str, key: Key, facts: Mapping[str, object], seen: int, what: str
) -> bool:
    """Store `facts` as the version after `seen`, 0 for an item that is new; False when somebody else has written since.

    `what` names the step.
    """
    condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
    if seen:
        condition = {
            "ConditionExpression": "#version = :seen",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":seen": encode(seen)},
        }
    item = key | encode_item({**facts, "version": seen + 1})
    with translated(what):
        try:
            client.put_item(TableName=table, Item=item, **condition)
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
    return True
