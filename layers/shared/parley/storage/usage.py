"""API Gateway's side of an API key: what the usage plans count and throttle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_apigateway import APIGatewayClient


class UsagePlans:
    """One plan for each tier. Every business has one API Gateway key in one of them, shared by all its API keys."""

    def __init__(self, client: APIGatewayClient, *, plans: Mapping[str, str]) -> None:
        self._client = client
        self._plans = plans

    def enroll(self, name: str, identifier: str, *, tier: str) -> None:
        """Have a key with this name and value in the plan of this tier and in no other; again changes nothing."""
        with translated("enroll the business in the usage plan"):
            key_id = self._find(name, identifier)
            if key_id is None:
                key_id = self._client.create_api_key(name=name, value=identifier, enabled=True)["id"]
            # API Gateway takes a key into one plan of a stage only, so it leaves the others first.
            for other in self._plans.keys() - {tier}:
                self._leave(self._plans[other], name, key_id)
            try:
                self._client.create_usage_plan_key(usagePlanId=self._plans[tier], keyId=key_id, keyType="API_KEY")
            except ClientError as error:
                if code_of(error) != "ConflictException":
                    raise

    def _leave(self, plan_id: str, name: str, key_id: str) -> None:
        pages = self._client.get_paginator("get_usage_plan_keys").paginate(usagePlanId=plan_id, nameQuery=name)
        if any(key["id"] == key_id for page in pages for key in page["items"]):
            self._client.delete_usage_plan_key(usagePlanId=plan_id, keyId=key_id)

    def _find(self, name: str, identifier: str) -> str | None:
        pages = self._client.get_paginator("get_api_keys").paginate(nameQuery=name, includeValues=True)
        found = (key["id"] for page in pages for key in page["items"] if key.get("value") == identifier)
        return next(found, None)
