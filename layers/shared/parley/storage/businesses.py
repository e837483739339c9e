"""Businesses, their endpoints and routes, and API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.business.model import ApiKey, Business, Endpoint, Rule
from parley.errors import NotFound
from parley.storage import keys
from parley.storage.attributes import decode_item, encode_item
from parley.storage.faults import translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

_ENDPOINT = "ENDPOINT#"
_PROFILE = "PROFILE"
_ROUTES = "ROUTES"


class DynamoBusinesses:
    """Reads are cached for `cache_seconds`; that somebody is unknown is never cached."""

    def __init__(
        self, client: DynamoDBClient, *, table: str, clock: Callable[[], float], cache_seconds: float = 30.0
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._cache_seconds = cache_seconds
        self._known: dict[str, float] = {}
        self._whole: dict[str, tuple[float, Business]] = {}

    def require(self, business_id: str) -> None:
        """Raises NotFound when this MSP does not serve the business."""
        if self._clock() - self._known.get(business_id, float("-inf")) < self._cache_seconds:
            return
        with translated("read the business"):
            found = self._client.get_item(
                TableName=self._table, Key=keys.business(business_id, _PROFILE), ProjectionExpression="pk"
            ).get("Item")
        if found is None:
            raise NotFound("this MSP does not serve that business", code="business_unknown")
        self._known[business_id] = self._clock()

    def get(self, business_id: str) -> Business:
        """The business with its endpoints and routes. Raises NotFound."""
        read_at, business = self._whole.get(business_id, (float("-inf"), None))
        if business is not None and self._clock() - read_at < self._cache_seconds:
            return business
        items: list[dict[str, Any]] = []
        with translated("read the business"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": keys.business(business_id, _PROFILE)["pk"]},
            )
            items.extend(decode_item(item) for page in pages for item in page["Items"])
        parts = {str(item["sk"]): item for item in items}
        if _PROFILE not in parts:
            raise NotFound("this MSP does not serve that business", code="business_unknown")
        business = _business(business_id, parts)
        self._whole[business_id] = (self._clock(), business)
        return business

    def put(self, business: Business) -> None:
        """Store the business with its endpoints and routes, replacing what was there under the same ids."""
        parts: list[tuple[str, dict[str, object]]] = [(_PROFILE, {"name": business.name})]
        parts += [
            (f"{_ENDPOINT}{endpoint.id}", {"url": endpoint.url, "enabled": endpoint.enabled})
            for endpoint in business.endpoints.values()
        ]
        rules = [
            {name: value for name, value in _rule_facts(rule).items() if value is not None} for rule in business.rules
        ]
        parts.append((_ROUTES, {"rules": rules}))
        with translated("store the business"):
            for part, facts in parts:
                item = keys.business(business.id, part) | encode_item(facts)
                self._client.put_item(TableName=self._table, Item=item)

    def find_key(self, key_id: str) -> ApiKey | None:
        """The stored API key, read strongly consistent: a key that was revoked is revoked."""
        with translated("read the API key"):
            found = self._client.get_item(TableName=self._table, Key=keys.api_key(key_id), ConsistentRead=True).get(
                "Item"
            )
        if found is None:
            return None
        item = decode_item(found)
        return ApiKey(
            id=key_id,
            business_id=item["business_id"],
            secret_sha256=item["secret_sha256"],
            usage_identifier=item["usage_identifier"],
            enabled=item["enabled"],
            expires_at=item.get("valid_until"),
        )

    def put_key(self, key: ApiKey) -> None:
        """Store an API key."""
        facts: dict[str, object] = {
            "business_id": key.business_id,
            "secret_sha256": key.secret_sha256,
            "usage_identifier": key.usage_identifier,
            "enabled": key.enabled,
            "valid_until": key.expires_at,
        }
        with translated("store the API key"):
            self._client.put_item(TableName=self._table, Item=keys.api_key(key.id) | encode_item(facts))


def _business(business_id: str, parts: dict[str, dict[str, Any]]) -> Business:
    endpoints = {
        part.removeprefix(_ENDPOINT): Endpoint(
            id=part.removeprefix(_ENDPOINT), url=item["url"], enabled=item["enabled"]
        )
        for part, item in parts.items()
        if part.startswith(_ENDPOINT)
    }
    rules = tuple(Rule(**rule) for rule in parts.get(_ROUTES, {}).get("rules", []))
    return Business(id=business_id, name=parts[_PROFILE]["name"], endpoints=endpoints, rules=rules)


def _rule_facts(rule: Rule) -> dict[str, str | None]:
    return {"endpoint_id": rule.endpoint_id, "intent": rule.intent, "group": rule.group}
