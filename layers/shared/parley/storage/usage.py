"""API Gateway's side of an API key: what the usage plan counts and throttles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient


class UsagePlan:
    """One plan; every business has one API Gateway key in it, shared by all its API keys."""

    def __init__(self, client: APIGatewayClient, *, plan_id: str) -> None:
        self._client = client
        self._plan_id = plan_id

    def enroll(self, name: str, identifier: str) -> None:
        """Add a key with this name and value to the plan; again changes nothing."""
        with translated("enroll the business in the usage plan"):
            key_id = self._find(name, identifier)
            if key_id is None:
                key_id = self._client.create_api_key(name=name, value=identifier, enabled=True)["id"]
            try:
                self._client.create_usage_plan_key(usagePlanId=self._plan_id, keyId=key_id, keyType="API_KEY")
            except ClientError as error:
                if code_of(error) != "ConflictException":
                    raise

    def _find(self, name: str, identifier: str) -> str | None:
        pages = self._client.get_paginator("get_api_keys").paginate(nameQuery=name, includeValues=True)
        found = (key["id"] for page in pages for key in page["items"] if key.get("value") == identifier)
        return next(found, None)
