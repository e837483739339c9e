"""Large bodies in S3, and API Gateway's keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from parley.errors import Fatal, Retryable
from parley.storage.payloads import S3Payloads
from parley.storage.usage import UsagePlans
from tests.support import apple_requests as apple
from tests.support.cloud import BUCKET

if TYPE_CHECKING:
    from tests.support.cloud import Cloud


def test_a_large_body_comes_back_as_it_was_stored(cloud: Cloud) -> None:
    payloads = S3Payloads(lambda: cloud.s3, bucket=BUCKET)

    key = payloads.put(apple.BUSINESS, "m1", "x" * 300_000)

    assert key == f"payloads/{apple.BUSINESS}/m1.json"
    assert payloads.get(key) == "x" * 300_000
    assert payloads.put(apple.BUSINESS, "m1", "x" * 300_000) == key
    assert cloud.objects() == [key]
    assert cloud.s3.head_object(Bucket=BUCKET, Key=key)["ContentType"] == "application/json"


def test_what_is_there_is_only_replaced_on_purpose(cloud: Cloud) -> None:
    payloads = S3Payloads(lambda: cloud.s3, bucket=BUCKET)
    key = payloads.put(apple.BUSINESS, "m1", "first")

    assert payloads.put(apple.BUSINESS, "m1", "late") == key
    assert payloads.get(key) == "first"
    payloads.replace(key, "other")
    assert payloads.put(apple.BUSINESS, "m1", "late") == key
    assert payloads.get(key) == "other"


def test_the_client_is_made_when_the_first_body_comes(cloud: Cloud) -> None:
    made: list[str] = []

    def client() -> object:
        made.append("s3")
        return cloud.s3

    payloads = S3Payloads(client, bucket=BUCKET)  # type: ignore[arg-type]
    assert made == []

    payloads.put(apple.BUSINESS, "m1", "{}")
    assert made == ["s3"]


def test_a_bucket_that_is_not_there_is_an_operators_mistake(cloud: Cloud) -> None:
    payloads = S3Payloads(lambda: cloud.s3, bucket="nowhere")

    with pytest.raises(Fatal):
        payloads.put(apple.BUSINESS, "m1", "{}")


def test_a_body_that_is_not_there_may_still_come(cloud: Cloud) -> None:
    with pytest.raises(Retryable, match="NoSuchKey"):
        S3Payloads(lambda: cloud.s3, bucket=BUCKET).get("payloads/gone.json")


def plans(cloud: Cloud) -> UsagePlans:
    return UsagePlans(cloud.apigateway, plans={"standard": cloud.usage_plan_id, "plus": cloud.plus_plan_id})


def members(cloud: Cloud) -> list[int]:
    """How many keys are in each plan."""
    ids = (cloud.usage_plan_id, cloud.plus_plan_id)
    return [len(cloud.apigateway.get_usage_plan_keys(usagePlanId=plan_id)["items"]) for plan_id in ids]


def test_a_business_is_in_the_plan_of_its_tier_and_in_no_other(cloud: Cloud) -> None:
    plan = plans(cloud)

    plan.enroll("parley-biz", "a" * 64, tier="standard")
    assert members(cloud) == [1, 0]
    for _ in range(2):
        plan.enroll("parley-biz", "a" * 64, tier="plus")
        assert members(cloud) == [0, 1]
    plan.enroll("parley-biz", "a" * 64, tier="standard")
    assert members(cloud) == [1, 0]


def test_a_business_is_counted_by_one_key_in_the_plan(cloud: Cloud) -> None:
    plan = plans(cloud)

    for _ in range(2):
        plan.enroll("parley-biz", "a" * 64, tier="standard")

    (key,) = cloud.apigateway.get_api_keys(includeValues=True)["items"]
    assert (key["name"], key["value"], key["enabled"]) == ("parley-biz", "a" * 64, True)
    in_plan = cloud.apigateway.get_usage_plan_keys(usagePlanId=cloud.usage_plan_id)["items"]
    assert [entry["id"] for entry in in_plan] == [key["id"]]


def test_a_key_of_the_same_name_but_another_value_is_another_key(cloud: Cloud) -> None:
    plan = plans(cloud)
    plan.enroll("parley-biz", "a" * 64, tier="standard")
    plan.enroll("parley-biz-2", "b" * 64, tier="standard")

    assert len(cloud.apigateway.get_usage_plan_keys(usagePlanId=cloud.usage_plan_id)["items"]) == 2


def test_a_key_that_is_in_the_plan_already_is_no_fault(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def conflict(**_wanted: object) -> None:
        raise ClientError({"Error": {"Code": "ConflictException"}}, "CreateUsagePlanKey")

    monkeypatch.setattr(cloud.apigateway, "create_usage_plan_key", conflict)

    plans(cloud).enroll("parley-biz", "a" * 64, tier="standard")

    assert len(cloud.apigateway.get_api_keys()["items"]) == 1


def test_any_other_fault_of_the_plan_is_one(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(**_wanted: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "CreateUsagePlanKey")

    monkeypatch.setattr(cloud.apigateway, "create_usage_plan_key", denied)

    with pytest.raises(Fatal):
        plans(cloud).enroll("parley-biz", "a" * 64, tier="standard")
