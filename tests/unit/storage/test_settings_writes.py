"""What a business writes of its own: each on its condition, and what an operator has to mend said as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.business.calls import Answer, Earlier
from parley.business.model import Business, Endpoint, Rule
from parley.conversation.records import Conversation
from parley.errors import Fatal, NotFound, Retryable
from parley.storage.businesses import DynamoBusinesses
from parley.storage.endpoints import DynamoEndpoints
from parley.storage.handovers import DynamoHandovers
from parley.storage.idempotency import KEPT_SECONDS, LEASE_SECONDS, DynamoCalls
from parley.storage.messages import DynamoMessages
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.cloud import TABLE

if TYPE_CHECKING:
    from tests.support.cloud import Cloud

ENDPOINT = Endpoint("e1", "https://a.example/", created_at=1.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def endpoints(cloud: Cloud, clock: Clock) -> DynamoEndpoints:
    DynamoBusinesses(cloud.dynamodb, table=TABLE, clock=clock).put(Business(apple.BUSINESS, "Bikes"))
    return DynamoEndpoints(cloud.dynamodb, table=TABLE)


def test_an_endpoint_is_added_once_and_counted(endpoints: DynamoEndpoints) -> None:
    assert endpoints.add(apple.BUSINESS, ENDPOINT)
    assert not endpoints.add(apple.BUSINESS, ENDPOINT)

    found = endpoints.read(apple.BUSINESS)
    assert found.business.endpoints == {"e1": ENDPOINT}
    assert (found.versions, found.routes_version) == ({"e1": 1}, 1)


def test_a_change_of_an_old_version_is_refused(endpoints: DynamoEndpoints) -> None:
    endpoints.add(apple.BUSINESS, ENDPOINT)
    paused = Endpoint("e1", "https://b.example/", state="paused", description="B", created_at=1.0)

    assert endpoints.change(apple.BUSINESS, paused, version=1)
    assert not endpoints.change(apple.BUSINESS, ENDPOINT, version=1)
    assert not endpoints.change(apple.BUSINESS, Endpoint("nobody", "x"), version=0)

    assert endpoints.read(apple.BUSINESS).business.endpoints == {"e1": paused}
    assert endpoints.change(apple.BUSINESS, ENDPOINT, version=2)
    assert endpoints.read(apple.BUSINESS).business.endpoints == {"e1": ENDPOINT}


def test_what_was_never_counted_can_be_changed_too(endpoints: DynamoEndpoints, cloud: Cloud) -> None:
    endpoints.add(apple.BUSINESS, ENDPOINT)
    for part in ("ENDPOINT#e1", "ROUTES"):
        cloud.dynamodb.update_item(
            TableName=TABLE,
            Key={"pk": {"S": f"BIZ#{apple.BUSINESS}"}, "sk": {"S": part}},
            UpdateExpression="REMOVE version",
        )
    assert endpoints.read(apple.BUSINESS).versions == {"e1": 0}

    assert endpoints.replace_routes(apple.BUSINESS, (Rule("e1"),), version=0)
    assert endpoints.change(apple.BUSINESS, ENDPOINT, version=0)
    assert not endpoints.change(apple.BUSINESS, ENDPOINT, version=0)


def test_an_endpoint_goes_only_while_the_routes_are_as_they_were(endpoints: DynamoEndpoints) -> None:
    endpoints.add(apple.BUSINESS, ENDPOINT)
    assert endpoints.replace_routes(apple.BUSINESS, (Rule("e1"),), version=1)

    assert not endpoints.remove(apple.BUSINESS, "e1", routes_version=1)
    assert endpoints.replace_routes(apple.BUSINESS, (), version=2)
    assert endpoints.remove(apple.BUSINESS, "e1", routes_version=3)
    assert not endpoints.remove(apple.BUSINESS, "e1", routes_version=3)
    assert endpoints.read(apple.BUSINESS).business.endpoints == {}


def test_a_route_to_an_endpoint_that_is_gone_is_not_stored(endpoints: DynamoEndpoints) -> None:
    endpoints.add(apple.BUSINESS, ENDPOINT)

    assert not endpoints.replace_routes(apple.BUSINESS, (Rule("e1"), Rule("nobody")), version=1)
    assert not endpoints.replace_routes(apple.BUSINESS, (Rule("e1"),), version=2)
    assert endpoints.replace_routes(apple.BUSINESS, (Rule("e1", locale="de"), Rule("e1", type="text")), version=1)

    assert endpoints.read(apple.BUSINESS).business.rules == (Rule("e1", locale="de"), Rule("e1", type="text"))


def test_a_disabled_endpoint_has_another_version(endpoints: DynamoEndpoints, cloud: Cloud, clock: Clock) -> None:
    endpoints.add(apple.BUSINESS, ENDPOINT)
    businesses = DynamoBusinesses(cloud.dynamodb, table=TABLE, clock=clock)

    assert businesses.disable(apple.BUSINESS, ENDPOINT, reason="gone")
    assert not businesses.disable(apple.BUSINESS, ENDPOINT, reason="gone")

    assert not endpoints.change(apple.BUSINESS, ENDPOINT, version=1)
    assert endpoints.read(apple.BUSINESS).business.endpoints["e1"].state == "disabled"


def test_who_is_not_registered_has_no_settings(endpoints: DynamoEndpoints) -> None:
    with pytest.raises(NotFound):
        endpoints.read(apple.OTHER_BUSINESS)


@pytest.fixture
def calls(cloud: Cloud, clock: Clock) -> DynamoCalls:
    return DynamoCalls(cloud.dynamodb, table=TABLE, clock=clock)


ANSWER = Answer(201, {"id": "e1", "events": []}, {"Location": "/v1/endpoints/e1"})


def test_a_key_is_taken_once_and_remembers_its_answer(calls: DynamoCalls) -> None:
    assert calls.begin("biz", "k", request_hash="h", token="t1") is None
    assert calls.begin("biz", "k", request_hash="h", token="t2") == Earlier("h")
    assert calls.begin("other", "k", request_hash="h", token="t3") is None

    calls.finish("biz", "k", token="t1", answer=ANSWER)

    assert calls.begin("biz", "k", request_hash="x", token="t4") == Earlier("h", ANSWER)


def test_only_the_call_that_holds_the_key_may_settle_it(calls: DynamoCalls, clock: Clock) -> None:
    calls.begin("biz", "k", request_hash="h", token="t1")
    clock.advance(LEASE_SECONDS + 1)
    assert calls.begin("biz", "k", request_hash="h", token="t2") is None

    calls.finish("biz", "k", token="t1", answer=ANSWER)
    calls.abandon("biz", "k", token="t1")

    assert calls.begin("biz", "k", request_hash="h", token="t3") == Earlier("h")
    calls.abandon("biz", "k", token="t2")
    assert calls.begin("biz", "k", request_hash="other", token="t4") is None


def test_an_answer_is_kept_longer_than_a_dead_calls_key(calls: DynamoCalls, clock: Clock) -> None:
    calls.begin("biz", "k", request_hash="h", token="t1")
    calls.finish("biz", "k", token="t1", answer=Answer(204))

    clock.advance(KEPT_SECONDS)
    assert calls.begin("biz", "k", request_hash="h", token="t2") == Earlier("h", Answer(204))
    clock.advance(1)
    assert calls.begin("biz", "k", request_hash="h", token="t2") is None


def test_without_a_table_nothing_is_taken_for_a_refusal(
    cloud: Cloud, endpoints: DynamoEndpoints, calls: DynamoCalls
) -> None:
    messages = DynamoMessages(cloud.dynamodb, table=TABLE, retention_days=lambda _: 90, clock=calls._clock)
    handovers = DynamoHandovers(cloud.dynamodb, table=TABLE, messages=messages)
    cloud.dynamodb.delete_table(TableName=TABLE)

    for call in (
        lambda: endpoints.add("biz", ENDPOINT),
        lambda: endpoints.remove("biz", "e1", routes_version=0),
        lambda: calls.begin("biz", "k", request_hash="h", token="t"),
        lambda: calls.abandon("biz", "k", token="t"),
        lambda: handovers.hand_over(Conversation("c", "biz", "urn:mbid:x"), None, notice=None),
    ):
        with pytest.raises((Fatal, Retryable)):
            call()
