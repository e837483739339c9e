"""events.fifo and wakeups: from the queue to the business."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from standardwebhooks.webhooks import Webhook

import functions.routing.app
import functions.routing.wakeups
from parley.business.model import Endpoint
from parley.conversation.events import Event, Kind
from parley.runtime import compose
from parley.storage.secrets import WebhookSecrets
from tests.functions.conftest import a_context
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.cloud import BUSINESS_PREFIX
from tests.support.http_server import reply
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

ALL_WELL: dict[str, list[str]] = {"batchItemFailures": []}
DOWN = reply("503 Service Unavailable", b"maintenance")


def texts(stack: Stack) -> list[str]:
    return [event["data"]["message"]["body"] for event in stack.webhooks()]


def test_a_text_reaches_the_business_signed(stack: Stack, logged: Logged) -> None:
    content = apple.envelope(body="Hello")
    stack.post(content)

    assert stack.route() == ALL_WELL

    (request,) = stack.endpoint.requests
    (secret,) = WebhookSecrets(stack.cloud.secrets, prefix=BUSINESS_PREFIX, clock=Clock()).keys(apple.BUSINESS)
    event = Webhook(secret).verify(request.body, request.headers)
    assert event["type"] == "message.received"
    assert event["data"]["message"] == {"id": content["id"], "type": "text", "body": "Hello"}
    assert request.headers["webhook-id"] == content["id"]
    line = logged.lines()[-1]
    assert (line["message"], line["result"], line["endpoint_id"], line["status"]) == (
        "routed",
        "delivered",
        "default",
        200,
    )


def test_a_batch_of_many_conversations_is_handled_side_by_side_and_in_order(stack: Stack) -> None:
    customers = [f"urn:mbid:customer{number}" for number in range(4)]
    for number in range(2):
        for customer in customers:
            stack.post(apple.envelope(body=f"{customer} {number}", sourceId=customer))

    while stack.route() is not None:
        pass

    for customer in customers:
        assert [text for text in texts(stack) if text.startswith(customer)] == [f"{customer} 0", f"{customer} 1"]


def test_a_message_that_was_not_taken_waits_in_the_table_and_not_in_the_queue(stack: Stack, logged: Logged) -> None:
    stack.endpoint.answers[:] = [DOWN]
    content = apple.envelope()
    stack.post(content)

    assert stack.route() == ALL_WELL

    assert stack.cloud.waiting("EVENTS_QUEUE_URL") == 0
    assert stack.cloud.waiting("WAKEUPS_QUEUE_URL") == 1
    assert f"CONV#{CONVERSATION}|HELD#000000000001" in stack.cloud.item_keys()
    assert f"MSG#{apple.BUSINESS}#{content['id']}|TRY#default#0001" in stack.cloud.item_keys()
    line = logged.lines()[-1]
    assert (line["result"], line["reason"], line["status"]) == ("held", "status", 503)
    assert "maintenance" not in logged.everything()


@pytest.mark.usefixtures("no_waits")
def test_a_wake_up_brings_out_what_was_held_in_order(stack: Stack) -> None:
    stack.endpoint.answers[:] = [DOWN]
    stack.post(apple.envelope(body="1"))
    stack.route()
    stack.endpoint.answers[:] = [reply("200 OK")]

    assert stack.wake() == ALL_WELL
    stack.post(apple.envelope(body="2"))
    while stack.route() is not None:
        pass

    assert texts(stack) == ["1", "1", "2"]
    assert [key for key in stack.cloud.item_keys() if "HELD#" in key] == []
    assert [event["data"]["sequence"] for event in stack.webhooks()] == [1, 1, 2]
    first, second = stack.endpoint.requests[:2]
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_a_timer_that_is_not_due_is_set_again(stack: Stack, logged: Logged) -> None:
    record = {
        "messageId": "t1",
        "receiptHandle": "r",
        "body": json.dumps({"business_id": apple.BUSINESS, "conversation_id": CONVERSATION, "at": 4e9}),
        "attributes": {"ApproximateReceiveCount": "1"},
    }

    assert functions.routing.wakeups.handler({"Records": [record]}, a_context()) == ALL_WELL

    assert stack.cloud.waiting("WAKEUPS_QUEUE_URL") == 1
    assert stack.cloud.waiting("EVENTS_QUEUE_URL") == 0
    assert logged.lines()[-1]["woken"] is False


@pytest.fixture
def instant_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that is away is asked again at once."""
    monkeypatch.setattr("parley.conversation.schedule.PROBE_WAITS", (0.0,) * 4)


def write(stack: Stack, *customers: int) -> None:
    """One message of each of these, delivered or held."""
    for number in customers:
        stack.post(apple.envelope(body=f"{number}", sourceId=f"urn:mbid:customer{number}"))
        stack.route()


def breakers(stack: Stack) -> list[str]:
    return stack.cloud.item_keys(f"BIZ#{apple.BUSINESS}|BREAKER#")


@pytest.mark.usefixtures("instant_probes")
def test_an_endpoint_that_is_away_is_left_alone_until_a_probe_finds_it_back(stack: Stack, logged: Logged) -> None:
    stack.endpoint.answers[:] = [DOWN]
    write(stack, *range(7))
    assert len(stack.endpoint.requests) == 5
    assert breakers(stack) != []
    assert [line["reason"] for line in logged.lines() if line.get("result") == "held"][-2:] == ["breaker_open"] * 2

    stack.endpoint.answers[:] = [reply("200 OK")]
    assert stack.wake() == ALL_WELL
    while stack.route() is not None:
        pass

    assert sorted(set(texts(stack))) == [str(number) for number in range(7)]
    assert len(stack.endpoint.requests) == 5 + 7
    assert [key for key in stack.cloud.item_keys() if "HELD#" in key] == []
    assert breakers(stack) == []
    results = [line["result"] for line in logged.lines() if line["message"] == "routed"]
    assert results.count("probing") == 1
    assert results.count("woken") == 1


def test_a_function_that_starts_anew_knows_what_the_others_found_out(stack: Stack) -> None:
    stack.endpoint.answers[:] = [DOWN]
    write(stack, *range(5))
    compose.health.cache_clear()
    compose.businesses.cache_clear()
    compose.deliver.cache_clear()

    write(stack, 6)

    assert len(stack.endpoint.requests) == 5


def test_an_endpoint_that_is_gone_is_disabled_and_another_told(stack: Stack) -> None:
    businesses = compose.businesses()
    known = businesses.get(apple.BUSINESS)
    desk = Endpoint("desk", stack.endpoint.url + "/desk")
    businesses.put(replace(known, endpoints={**known.endpoints, "desk": desk}))
    compose.businesses.cache_clear()
    compose.deliver.cache_clear()
    stack.endpoint.answers[:] = [reply("410 Gone"), reply("200 OK")]

    stack.post(apple.envelope(body="kept"))
    while stack.route() is not None:
        pass

    first, told = stack.endpoint.requests
    assert (first.line, told.line) == ("POST /hook HTTP/1.1", "POST /desk HTTP/1.1")
    event = json.loads(told.body)
    assert event["type"] == "endpoint.disabled"
    assert event["data"]["endpoint"] == {
        "id": "default",
        "url_host": stack.endpoint.url.split("//")[1],
        "reason": "gone",
    }
    assert compose.businesses().get(apple.BUSINESS, fresh=True).endpoints["default"].state == "disabled"
    assert len([key for key in stack.cloud.item_keys() if "HELD#" in key]) == 1


def test_a_message_is_delivered_again_when_somebody_asks_for_it(stack: Stack) -> None:
    content = apple.envelope(body="again")
    stack.post(content)
    stack.route()
    note = Event(Kind.REPLAY, apple.BUSINESS, CONVERSATION, message_id=content["id"])
    compose.events().send(note, deduplication_id="replay")

    assert stack.route() == ALL_WELL

    assert texts(stack) == ["again", "again"]
    assert {request.headers["webhook-id"] for request in stack.endpoint.requests} == {content["id"]}


@pytest.mark.parametrize("body", ["not a note", "{}", '{"kind":"dance"}', "[]"])
def test_a_note_that_is_none_of_ours_comes_back_until_it_is_a_dead_letter(
    stack: Stack, logged: Logged, body: str
) -> None:
    record = {
        "messageId": "bad",
        "receiptHandle": "r",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": "g"},
    }

    for handler in (functions.routing.app.handler, functions.routing.wakeups.handler):
        assert handler({"Records": [record]}, a_context()) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert {line["message"] for line in logged.lines()} == {"record_failed", "visibility_unchanged"}
    assert stack.endpoint.requests == []


def test_when_time_is_short_nothing_is_begun(stack: Stack) -> None:
    stack.post(apple.envelope())
    stack.context = a_context(milliseconds=int(functions.routing.app._SPARE_SECONDS * 1000) - 1)

    answer = stack.route()

    assert len(answer["batchItemFailures"]) == 1
    assert stack.endpoint.requests == []
    stack.context = a_context()
    assert stack.route() == ALL_WELL
    assert len(stack.endpoint.requests) == 1


def test_a_note_that_comes_back_is_checked_against_the_table(stack: Stack) -> None:
    stack.post(apple.envelope())
    records = stack.cloud.receive("EVENTS_QUEUE_URL")
    assert functions.routing.app.handler({"Records": records}, a_context()) == ALL_WELL
    records[0]["attributes"]["ApproximateReceiveCount"] = "2"

    assert functions.routing.app.handler({"Records": records}, a_context()) == ALL_WELL

    assert len(stack.endpoint.requests) == 1


def test_without_a_table_every_note_comes_back(stack: Stack) -> None:
    stack.post(apple.envelope())
    stack.cloud.dynamodb.delete_table(TableName="parley-table")

    answer = stack.route()

    assert len(answer["batchItemFailures"]) == 1
    assert stack.cloud.waiting("EVENTS_QUEUE_URL") == 1


def test_typing_reaches_the_business_and_leaves_no_trace(stack: Stack) -> None:
    stack.post(apple.envelope("typing_start"))

    stack.route()

    assert [event["type"] for event in stack.webhooks()] == ["typing.started"]
    assert stack.stored()[0] == []


def test_a_large_message_is_delivered_whole(stack: Stack) -> None:
    stack.post(apple.envelope(body="x" * 1_000_000))

    stack.route()

    assert texts(stack) == ["x" * 1_000_000]
