"""What all functions together know of an endpoint's health. Nothing is written while it is well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.business.model import Breaker
from parley.storage import keys
from parley.storage.attributes import decode_item, encode
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.storage.attributes import Item

ROW_SECONDS: Final = 60.0
HEAL_AFTER_SECONDS: Final = 60.0
"""How long after its time a probe counts as lost."""


class DynamoBreakers:
    """One item per endpoint that ever failed, read with the business's settings (`DynamoBusinesses.get`)."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, business_id: str, endpoint_id: str) -> Breaker:
        """As it is now, read strongly consistent."""
        with translated("read the breaker"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.breaker(business_id, endpoint_id), ConsistentRead=True
            ).get("Item")
        return breaker_of(endpoint_id, decode_item(found or {}))

    def failed(self, business_id: str, endpoint_id: str, conversation_id: str, *, at: float) -> Breaker:
        """Count one more failure in a row; a row ends by itself when nothing fails for a minute."""
        values: Item = {":at": encode(at), ":one": encode(1), ":conversation": {"SS": [conversation_id]}}
        with translated("count the failure"):
            try:
                changed = self._client.update_item(
                    TableName=self._table,
                    Key=keys.breaker(business_id, endpoint_id),
                    UpdateExpression="SET failed_at = :at ADD failures :one, conversations :conversation",
                    ConditionExpression="failed_at > :recently OR attribute_exists(open_since)",
                    ExpressionAttributeValues=values | {":recently": encode(at - ROW_SECONDS)},
                    ReturnValues="ALL_NEW",
                )["Attributes"]
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise
                changed = self._client.update_item(
                    TableName=self._table,
                    Key=keys.breaker(business_id, endpoint_id),
                    UpdateExpression="SET failed_at = :at, failures = :one, conversations = :conversation",
                    ExpressionAttributeValues=values,
                    ReturnValues="ALL_NEW",
                )["Attributes"]
        return breaker_of(endpoint_id, decode_item(changed))

    def open(self, business_id: str, endpoint_id: str, *, at: float, probe_at: float) -> bool:
        """Open it; False when it is open already."""
        return self._change(
            "open the breaker",
            business_id,
            endpoint_id,
            update="SET open_since = :at, probe_at = :probe, due_at = :due, due_shard = :shard",
            condition="attribute_not_exists(open_since)",
            values={":at": at, ":probe": probe_at, ":due": probe_at + HEAL_AFTER_SECONDS},
        )

    def take_probe(self, business_id: str, endpoint_id: str, *, seen: float, next_at: float) -> bool:
        """Take the probe due at `seen`; False when somebody else has, or the breaker is closed."""
        return self._change(
            "take the probe",
            business_id,
            endpoint_id,
            update="SET probe_at = :next, due_at = :due, due_shard = :shard ADD probes :one",
            condition="probe_at = :seen",
            values={":seen": seen, ":next": next_at, ":due": next_at + HEAL_AFTER_SECONDS, ":one": 1},
        )

    def close(self, business_id: str, endpoint_id: str) -> None:
        """It is well again: forget the failures."""
        with translated("close the breaker"):
            self._client.delete_item(TableName=self._table, Key=keys.breaker(business_id, endpoint_id))

    def _change(
        self, what: str, business_id: str, endpoint_id: str, *, update: str, condition: str, values: dict[str, float]
    ) -> bool:
        shard = {":shard": encode(keys.due_shard(endpoint_id))}
        with translated(what):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.breaker(business_id, endpoint_id),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues={name: encode(value) for name, value in values.items()} | shard,
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True


def breaker_of(endpoint_id: str, item: dict[str, Any]) -> Breaker:
    """A breaker from its attributes; closed when there are none."""
    return Breaker(
        endpoint_id=endpoint_id,
        failures=item.get("failures", 0),
        conversations=frozenset(item.get("conversations", ())),
        probes=item.get("probes", 0),
        open_since=item.get("open_since"),
        probe_at=item.get("probe_at"),
    )
