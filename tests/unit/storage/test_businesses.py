"""Businesses and API keys in the table, read through a short cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.business.model import Business, Endpoint, Rule
from parley.errors import NotFound
from parley.storage.businesses import DynamoBusinesses
from tests.support import apple_requests as apple
from tests.support.clock import NEW_YEAR, Clock
from tests.support.cloud import TABLE

if TYPE_CHECKING:
    from tests.support.cloud import Cloud

BUSINESS = Business(
    apple.BUSINESS,
    "Bikes & more",
    endpoints={
        "default": Endpoint("default", "https://a.example/", created_at=1.5),
        "sales": Endpoint(
            "sales",
            "https://b.example/",
            state="disabled",
            reason="410",
            events=("message.sent",),
            description="Sales",
            created_at=NEW_YEAR,
            resumed_at=2.0,
        ),
    },
    rules=(
        Rule("default"),
        Rule("sales", intent="sales"),
        Rule("sales", group="vip"),
        Rule("sales", intent="s", group="v", locale="de", type="text"),
    ),
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def businesses(cloud: Cloud, clock: Clock) -> DynamoBusinesses:
    return DynamoBusinesses(cloud.dynamodb, table=TABLE, clock=clock)


def test_a_business_comes_back_as_it_was_stored(businesses: DynamoBusinesses) -> None:
    businesses.put(BUSINESS)

    assert businesses.get(apple.BUSINESS) == BUSINESS
    businesses.require(apple.BUSINESS)


def test_a_business_without_anything_is_a_business(businesses: DynamoBusinesses) -> None:
    businesses.put(Business(apple.BUSINESS, "B"))

    assert businesses.get(apple.BUSINESS) == Business(apple.BUSINESS, "B")


def test_many_endpoints_are_read_over_several_pages(businesses: DynamoBusinesses) -> None:
    filler = "x" * 20_000
    many = {
        f"e{number:03d}": Endpoint(f"e{number:03d}", f"https://{filler}/{number}", created_at=1)
        for number in range(120)
    }
    businesses.put(Business(apple.BUSINESS, "B", endpoints=many))

    assert businesses.get(apple.BUSINESS).endpoints == many


def test_registering_again_says_everything_anew_but_when_it_was_first_registered(
    businesses: DynamoBusinesses, clock: Clock
) -> None:
    businesses.put(BUSINESS)
    businesses.put(Business(apple.BUSINESS, "B", endpoints={"new": Endpoint("new", "https://n.example/")}))
    clock.advance(60)

    businesses.put(
        Business(
            apple.BUSINESS,
            "B",
            endpoints={"sales": Endpoint("sales", "https://c.example/"), "new": Endpoint("new", "https://m.example/")},
        )
    )

    found = businesses.get(apple.BUSINESS)
    assert found.rules == ()
    assert found.endpoints == {
        "default": BUSINESS.endpoints["default"],
        "sales": Endpoint("sales", "https://c.example/", created_at=NEW_YEAR),
        "new": Endpoint("new", "https://m.example/", created_at=NEW_YEAR),
    }


@pytest.mark.parametrize("ask", ["require", "get"])
def test_who_is_not_registered_is_not_found(businesses: DynamoBusinesses, ask: str) -> None:
    businesses.put(BUSINESS)

    with pytest.raises(NotFound) as caught:
        getattr(businesses, ask)(apple.OTHER_BUSINESS)

    assert caught.value.code == "business_unknown"


def test_endpoints_without_a_profile_are_no_business(businesses: DynamoBusinesses, cloud: Cloud) -> None:
    businesses.put(BUSINESS)
    cloud.dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": f"BIZ#{apple.BUSINESS}"}, "sk": {"S": "PROFILE"}})

    with pytest.raises(NotFound):
        businesses.get(apple.BUSINESS)


@pytest.mark.parametrize("ask", ["require", "get"])
def test_that_somebody_is_unknown_is_never_cached(businesses: DynamoBusinesses, ask: str) -> None:
    with pytest.raises(NotFound):
        getattr(businesses, ask)(apple.BUSINESS)

    businesses.put(BUSINESS)

    getattr(businesses, ask)(apple.BUSINESS)


def test_what_is_known_is_read_once_in_five_seconds(businesses: DynamoBusinesses, clock: Clock) -> None:
    businesses.put(BUSINESS)
    businesses.require(apple.BUSINESS)
    businesses.get(apple.BUSINESS)
    businesses.put(Business(apple.BUSINESS, "Renamed"))

    clock.advance(4.5)
    assert businesses.get(apple.BUSINESS).name == "Bikes & more"

    clock.advance(0.5)
    assert businesses.get(apple.BUSINESS).name == "Renamed"


def test_a_business_that_was_removed_is_known_no_longer_than_the_cache(
    businesses: DynamoBusinesses, clock: Clock, cloud: Cloud
) -> None:
    businesses.put(BUSINESS)
    businesses.require(apple.BUSINESS)
    for item in cloud.items():
        cloud.dynamodb.delete_item(TableName=TABLE, Key={"pk": item["pk"], "sk": item["sk"]})

    businesses.require(apple.BUSINESS)
    clock.advance(30)
    with pytest.raises(NotFound):
        businesses.require(apple.BUSINESS)
