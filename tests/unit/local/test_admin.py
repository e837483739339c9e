"""`parley admin`: what the operator names is what is registered, or changed."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from local import admin
from local.cli import app
from parley.runtime.registration import registration
from parley.storage.businesses import DynamoBusinesses
from tests.support import apple_requests as apple
from tests.support import cloud as clouds
from tests.support.fixtures import cloud

if TYPE_CHECKING:
    from typer.testing import Result

    from tests.support.cloud import Cloud

__all__ = ["cloud"]

OUTPUTS = {"TableName": "t", "BusinessSecretPrefix": "p/", "UsagePlanId": "one", "PlusUsagePlanId": "two"}


@pytest.mark.parametrize(("options", "tier"), [([], "standard"), (["--tier", "plus"], "plus")])
def test_a_business_is_registered_in_its_tier(options: list[str], tier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[dict[str, Any]] = []
    wired: dict[str, Any] = {}

    def business(identity: str, **facts: Any) -> str:
        registered.append({"id": identity, **facts})
        return "whsec_x"

    def registration(_session: object, **wiring: Any) -> Any:
        wired.update(wiring)
        return SimpleNamespace(business=business, new_key=lambda _identity, **_facts: "parley_live_x.y")

    monkeypatch.setattr(admin, "registration", registration)
    monkeypatch.setattr(admin, "_outputs", lambda *_: OUTPUTS)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    asked = [
        "admin",
        "register",
        "--stack",
        "s",
        "--business-id",
        apple.BUSINESS,
        "--name",
        "B",
        "--url",
        "https://x.example",
    ]

    done = CliRunner().invoke(app, [*asked, *options, "--json"])

    assert done.exit_code == 0, done.output
    assert registered == [{"id": apple.BUSINESS, "name": "B", "url": "https://x.example", "tier": tier}]
    assert wired["usage_plans"] == {"standard": "one", "plus": "two"}
    assert json.loads(done.stdout)["api_key"] == "parley_live_x.y"


def tier(*words: str, stack: str = "s") -> Result:
    done = CliRunner().invoke(app, ["admin", "tier", "--stack", stack, *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture
def stack(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """A deployed stack with one business of the standard tier."""
    plans = {"standard": cloud.usage_plan_id, "plus": cloud.plus_plan_id}
    outputs = {
        "TableName": clouds.TABLE,
        "BusinessSecretPrefix": clouds.BUSINESS_PREFIX,
        "UsagePlanId": plans["standard"],
        "PlusUsagePlanId": plans["plus"],
    }
    monkeypatch.setattr(admin, "_outputs", lambda *_: outputs)
    registration(
        boto3.Session(),
        table_name=clouds.TABLE,
        business_secret_prefix=clouds.BUSINESS_PREFIX,
        usage_plans=plans,
        allow_loopback=True,
    ).business(apple.BUSINESS, name="B", url="http://127.0.0.1:9/")
    return cloud


def counted(cloud: Cloud) -> list[int]:
    """How many businesses each plan counts: standard, plus."""
    plans = (cloud.usage_plan_id, cloud.plus_plan_id)
    return [len(cloud.apigateway.get_usage_plan_keys(usagePlanId=plan)["items"]) for plan in plans]


def stored_tier() -> str:
    store = DynamoBusinesses(clouds.client("dynamodb"), table=clouds.TABLE, clock=time.time)
    return store.get(apple.BUSINESS).tier


def test_a_business_is_given_another_tier_and_back(stack: Cloud) -> None:
    assert (counted(stack), stored_tier()) == ([1, 0], "standard")

    for _ in range(2):  # again changes nothing
        done = tier("--business-id", apple.BUSINESS.upper(), "--tier", "plus")
        assert (done.exit_code, done.stdout) == (0, f"{apple.BUSINESS} is of the tier plus now.\n")
        assert (counted(stack), stored_tier()) == ([0, 1], "plus")

    done = tier("--business-id", apple.BUSINESS, "--tier", "standard", "--json")
    assert json.loads(done.stdout) == {"business_id": apple.BUSINESS, "tier": "standard"}
    assert (counted(stack), stored_tier()) == ([1, 0], "standard")


def test_a_business_that_is_not_known_is_not_counted_anywhere(stack: Cloud) -> None:
    done = tier("--business-id", apple.OTHER_BUSINESS, "--tier", "plus")

    assert (done.exit_code, done.stdout) == (1, "")
    assert f"does not know the business {apple.OTHER_BUSINESS}" in done.stderr
    assert "admin register" in done.stderr
    assert counted(stack) == [1, 0]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--business-id", "no-uuid", "--tier", "plus"), 1, "is not a business id"),
        (("--business-id", apple.BUSINESS, "--tier", "gold"), 2, "gold"),
        (("--business-id", apple.BUSINESS), 2, "--tier"),
    ],
)
def test_what_is_no_business_or_no_tier_is_told(stack: Cloud, words: tuple[str, ...], code: int, says: str) -> None:
    done = tier(*words)

    assert (done.exit_code, says in done.stderr) == (code, True)
    assert counted(stack) == [1, 0]


def test_what_aws_says_is_told(stack: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> dict[str, str]:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not yours"}}, "DescribeStacks")

    monkeypatch.setattr(admin, "_outputs", denied)

    done = tier("--business-id", apple.BUSINESS, "--tier", "plus")

    assert done.exit_code == 1
    assert "The tier could not be changed" in done.stderr
    assert "AWS credentials" in done.stderr
