"""Businesses, their endpoints and routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.errors import NotFound
from parley.storage import keys
from parley.storage.attributes import decode_item, encode
from parley.storage.business_items import (
    ENDPOINT,
    PROFILE,
    ROUTES,
    business_of,
    endpoint_facts,
    marks_of,
    read_parts,
    replacing,
    route_facts,
)
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.business.model import Business, Endpoint, Mark


CACHE_SECONDS: Final = 5.0
"""How old a business's settings may be. Each change is told to be in force within this time, and a busy function
reads them so rarely that no message pays for it."""

RETENTION_CACHE_SECONDS: Final = 60.0
"""The same for how long things are kept, which nobody waits for."""


class DynamoBusinesses:
    """Reads are cached for `cache_seconds`; that somebody is unknown is never cached."""

    def __init__(
        self, client: DynamoDBClient, *, table: str, clock: Callable[[], float], cache_seconds: float = CACHE_SECONDS
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._cache_seconds = cache_seconds
        self._known: dict[str, tuple[float, int | None, tuple[Mark, ...]]] = {}
        self._whole: dict[str, tuple[float, Business]] = {}

    def require(self, business_id: str) -> None:
        """Raises NotFound when this MSP does not serve the business."""
        if self._known_for(business_id) >= self._cache_seconds:
            self._look_up(business_id)

    def retention_days(self, business_id: str) -> int | None:
        """How long the business wants things kept; None when it has not said, or is gone. A minute late at most."""
        if self._known_for(business_id) >= RETENTION_CACHE_SECONDS:
            try:
                self._look_up(business_id)
            except NotFound:
                return None
        return self._known[business_id][1]

    def marks(self, business_id: str) -> tuple[Mark, ...]:
        """What the business wants not to be kept; nothing when it is gone."""
        if self._known_for(business_id) >= self._cache_seconds:
            try:
                self._look_up(business_id)
            except NotFound:
                return ()
        return self._known[business_id][2]

    def _known_for(self, business_id: str) -> float:
        read_at, *_ = self._known.get(business_id, (float("-inf"), None, ()))
        return self._clock() - read_at

    def _look_up(self, business_id: str) -> None:
        with translated("read the business"):
            found = self._client.get_item(
                TableName=self._table,
                Key=keys.business(business_id, PROFILE),
                ProjectionExpression="pk, retention_days, redact",
            ).get("Item")
        if found is None:
            raise NotFound("this MSP does not serve that business", code="business_unknown")
        self._keep(business_id, decode_item(found))

    def get(self, business_id: str, *, fresh: bool = False) -> Business:
        """The business with its endpoints, routes and breakers; `fresh` does not look at the cache. Raises NotFound."""
        read_at, business = self._whole.get(business_id, (float("-inf"), None))
        if not fresh and business is not None and self._clock() - read_at < self._cache_seconds:
            return business
        parts = read_parts(self._client, self._table, business_id)
        business = business_of(business_id, parts)
        self._whole[business_id] = (self._clock(), business)
        self._keep(business_id, parts[PROFILE])
        return business

    def _keep(self, business_id: str, profile: dict[str, Any]) -> None:
        self._known[business_id] = (self._clock(), profile.get("retention_days"), marks_of(profile))

    def put(self, business: Business) -> None:
        """Store the business with its endpoints and routes, replacing what was there under the same ids."""
        parts = [(PROFILE, replacing({"name": business.name, "tier": business.tier}))]
        for endpoint in business.endpoints.values():
            facts = endpoint_facts(endpoint)
            first = {"created_at": facts.pop("created_at") or self._clock()}
            parts.append((f"{ENDPOINT}{endpoint.id}", replacing(facts, first=first)))
        parts.append((ROUTES, replacing(route_facts(business.rules))))
        with translated("store the business"):
            for part, update in parts:
                self._client.update_item(TableName=self._table, Key=keys.business(business.id, part), **update)

    def set_tier(self, business_id: str, tier: str) -> None:
        """Give a registered business another tier."""
        with translated("store the tier"):
            self._client.update_item(
                TableName=self._table,
                Key=keys.business(business_id, PROFILE),
                UpdateExpression="SET tier = :tier",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":tier": encode(tier)},
            )

    def disable(self, business_id: str, endpoint: Endpoint, *, reason: str) -> bool:
        """Disable an endpoint that said so itself; False when it is not what it was, or has been already."""
        with translated("disable the endpoint"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.business(business_id, f"{ENDPOINT}{endpoint.id}"),
                    UpdateExpression="SET #state = :disabled, reason = :reason ADD #version :one",
                    ConditionExpression="#state = :active AND #url = :url",
                    ExpressionAttributeNames={"#state": "state", "#url": "url", "#version": "version"},
                    ExpressionAttributeValues={
                        ":disabled": encode("disabled"),
                        ":reason": encode(reason),
                        ":active": encode("active"),
                        ":url": encode(endpoint.url),
                        ":one": encode(1),
                    },
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        self._whole.pop(business_id, None)
        return True
