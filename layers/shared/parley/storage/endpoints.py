"""A business's endpoints and routes, as the business itself changes them: every change on a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parley.business.snapshot import Snapshot
from parley.storage import keys
from parley.storage.attributes import encode
from parley.storage.business_items import (
    CHANNEL,
    ENDPOINT,
    ROUTES,
    business_of,
    endpoint_facts,
    read_parts,
    replacing,
    route_facts,
    unchanged,
    versions_of,
)
from parley.storage.faults import code_of, translated
from parley.storage.transactions import transact_if_met

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from parley.business.model import Endpoint, Rule


class DynamoEndpoints:
    """Reads are strongly consistent; False says that somebody else was faster, so read again."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def read(self, business_id: str) -> Snapshot:
        """All settings. Raises NotFound for a business that is not registered."""
        parts = read_parts(self._client, self._table, business_id)
        return Snapshot(
            business=business_of(business_id, parts),
            versions=versions_of(parts),
            routes_version=int(parts.get(ROUTES, {}).get("version", 0)),
            channel_version=int(parts.get(CHANNEL, {}).get("version", 0)),
        )

    def add(self, business_id: str, endpoint: Endpoint) -> bool:
        """Store a new endpoint; False when its id is there already."""
        update = replacing(endpoint_facts(endpoint))
        return self._update(business_id, endpoint.id, update, condition="attribute_not_exists(pk)")

    def change(self, business_id: str, endpoint: Endpoint, *, version: int) -> bool:
        """Store an endpoint that was read at `version`."""
        update = replacing(endpoint_facts(endpoint))
        return self._update(
            business_id,
            endpoint.id,
            _seen(update, version),
            condition=f"attribute_exists(pk) AND {unchanged(version)}",
        )

    def remove(self, business_id: str, endpoint_id: str, *, routes_version: int) -> bool:
        """Remove an endpoint, if the routes are still those that were read."""
        return self._transact(
            "remove the endpoint",
            [
                {
                    "Delete": {
                        "TableName": self._table,
                        "Key": keys.business(business_id, f"{ENDPOINT}{endpoint_id}"),
                        "ConditionExpression": "attribute_exists(pk)",
                    }
                },
                {"ConditionCheck": self._routes_are(business_id, routes_version)},
            ],
        )

    def replace_routes(self, business_id: str, rules: tuple[Rule, ...], *, version: int) -> bool:
        """Store the whole list that was read at `version`, if every endpoint it names is still there."""
        named = sorted({rule.endpoint_id for rule in rules})
        writes: list[TransactWriteItemTypeDef] = [
            {
                "ConditionCheck": {
                    "TableName": self._table,
                    "Key": keys.business(business_id, f"{ENDPOINT}{endpoint_id}"),
                    "ConditionExpression": "attribute_exists(pk)",
                }
            }
            for endpoint_id in named
        ]
        update: Any = {
            "TableName": self._table,
            "Key": keys.business(business_id, ROUTES),
            "ConditionExpression": unchanged(version),
            **_seen(replacing(route_facts(rules)), version),
        }
        return self._transact("replace the routes", [*writes, {"Update": update}])

    def _routes_are(self, business_id: str, version: int) -> Any:
        values = {"ExpressionAttributeValues": {":seen": encode(version)}} if version else {}
        return {
            "TableName": self._table,
            "Key": keys.business(business_id, ROUTES),
            "ConditionExpression": unchanged(version),
            "ExpressionAttributeNames": {"#version": "version"},
            **values,
        }

    def _update(self, business_id: str, endpoint_id: str, update: dict[str, Any], *, condition: str) -> bool:
        with translated("store the endpoint"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.business(business_id, f"{ENDPOINT}{endpoint_id}"),
                    ConditionExpression=condition,
                    **update,
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True

    def _transact(self, what: str, writes: list[TransactWriteItemTypeDef]) -> bool:
        with translated(what):
            return transact_if_met(self._client, writes)


def _seen(update: dict[str, Any], version: int) -> dict[str, Any]:
    values = update["ExpressionAttributeValues"]
    return update | {"ExpressionAttributeValues": values | {":seen": encode(version)} if version else values}
