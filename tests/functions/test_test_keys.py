"""With a test key everything is checked, prepared, stored and answered, and nothing leaves."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

import functions.outbound.api
import functions.outbound.sender
from parley.business.kinds.constructed_link import PLAIN
from parley.conversation.events import Departure, write
from parley.storage.messages import HEAL_AFTER_SECONDS
from tests.functions.conftest import a_context
from tests.functions.test_every_kind import BODIES, EVERYTHING, QUESTION, body_of, know_device
from tests.support import apple_requests as apple
from tests.support import fixture_webhooks as fixtures
from tests.support.console import Console
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from local.trigger.fixtures import Fixture
    from tests.functions.conftest import Stack

TEST: dict[str, Any] = {"mode": "test"}
TEXT = {"to": apple.CUSTOMER, "body": "Hello"}


def nothing_left(stack: Stack) -> None:
    """Apple was asked nothing, and nothing is on its way to it."""
    assert stack.gateway.requests == []
    assert stack.cloud.waiting("OUTBOX_QUEUE_URL") == 0


def marks(stack: Stack) -> list[str]:
    """What of the conversation is there for answers to be found by."""
    return [key for key in stack.cloud.item_keys() if key.startswith(("CONV#", "REF#"))]


@pytest.mark.parametrize("fixture", BODIES, ids=fixtures.name_of)
def test_no_kind_of_message_leaves(stack: Stack, fixture: Fixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.business.previews.Previews.preview", lambda *_, **__: None)
    monkeypatch.setattr("parley.business.pictures.Pictures.gather", lambda *_, **__: None)
    monkeypatch.setattr("parley.business.pictures.Pictures.png", lambda *_: PLAIN)
    body = body_of(fixture)

    answer = stack.api(body, key=TEST)

    if body["type"] == "typing":
        assert (answer["statusCode"], answer["body"], stack.stored()[0]) == (204, "", [])
    else:
        view = json.loads(answer["body"])
        assert (answer["statusCode"], view["kind"]) == (202, body["type"])
        assert (view["state"], view["mode"], view["sent_at"]) == ("sent", "test", view["created_at"])
        read = json.loads(stack.ask(view["id"], key=TEST)["body"])
        assert {name: read[name] for name in view} == view
    assert marks(stack) == []
    nothing_left(stack)


def test_it_is_stored_as_a_live_one_is_but_for_where_it_stands(stack: Stack) -> None:
    live = json.loads(stack.api(TEXT)["body"])["id"]
    test = json.loads(stack.api(TEXT, key=TEST)["body"])["id"]

    items = {item["id"]["S"]: item for item in stack.cloud.items() if item["pk"]["S"].startswith("MSG#")}
    differing = {name for name in items[live] | items[test] if items[live].get(name) != items[test].get(name)} - {
        "id",
        "pk",
        "ulid",
        "received_at",
        "received_ulid",
        "by_business",
        "expires_at",
    }
    assert differing == {"is_test", "state", "sent_at", "due_shard", "due_at"}
    assert items[test].keys().isdisjoint({"due_shard", "due_at"})


def test_the_sweeper_finds_nothing_of_it(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    stack.api(TEXT, key=TEST)
    later = time.time() + HEAL_AFTER_SECONDS * 10
    monkeypatch.setattr("time.time", lambda: later)

    stack.sweep()

    nothing_left(stack)


def test_it_is_not_sent_even_if_somebody_queues_it(stack: Stack) -> None:
    view = json.loads(stack.api(TEXT, key=TEST)["body"])
    departure = Departure(apple.BUSINESS, view["conversation_id"], view["id"])
    _force_queued(stack, view["id"])
    stack.cloud.sqs.send_message(
        QueueUrl=stack.cloud.queue_urls["OUTBOX_QUEUE_URL"],
        MessageBody=write(departure),
        MessageGroupId="g",
        MessageDeduplicationId="d",
    )

    stack.cloud.pump("OUTBOX_QUEUE_URL", functions.outbound.sender.handler, a_context())

    nothing_left(stack)


def _force_queued(stack: Stack, message_id: str) -> None:
    """As no code of ours would leave it."""
    stack.cloud.dynamodb.update_item(
        TableName="parley-table",
        Key={"pk": {"S": f"MSG#{apple.BUSINESS}#{message_id}"}, "sk": {"S": "MSG"}},
        UpdateExpression="SET #state = :queued",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":queued": {"S": "queued"}},
    )


def test_it_cannot_be_sent_again(stack: Stack) -> None:
    view = json.loads(stack.api(TEXT, key=TEST)["body"])

    answer = Console().post(f"/v1/deliveries/{view['id']}/replay", {"resend": True})

    assert (answer.status, answer.code) == (409, "not_replayable")
    assert Console().get(f"/v1/deliveries/{view['id']}").json["mode"] == "test"
    nothing_left(stack)


def test_the_same_key_of_a_live_call_is_another_call(stack: Stack) -> None:
    test = stack.api(TEXT, key=TEST, Idempotency_Key="k")
    live = stack.api(TEXT, Idempotency_Key="k")
    again = stack.api(TEXT, key=TEST, Idempotency_Key="k")

    assert "Idempotent-Replayed" not in live["headers"]
    assert json.loads(live["body"])["state"] == "queued"
    assert again["headers"]["Idempotent-Replayed"] == "true"
    assert json.loads(again["body"]) == json.loads(test["body"])
    assert stack.cloud.waiting("OUTBOX_QUEUE_URL") == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [({"body": " "}, "blank"), ({"to": "nobody"}, "unknown_conversation"), ({"type": "poem"}, "unknown_type")],
)
def test_mistakes_are_the_same(stack: Stack, body: dict[str, Any], code: str) -> None:
    live, test = stack.api(TEXT | body), stack.api(TEXT | body, key=TEST)

    assert json.loads(test["body"]) == json.loads(live["body"])
    assert json.loads(test["body"])["code"] == code


@pytest.mark.parametrize("body", [TEXT, {"to": apple.CUSTOMER, "type": "typing", "state": "start"}])
def test_a_customer_who_left_is_no_more_there_for_a_test(stack: Stack, body: dict[str, Any]) -> None:
    stack.post(apple.envelope("close"))
    stack.route()

    answer = stack.api(body, key=TEST)

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (422, "opted_out")


def test_no_answer_of_a_customer_belongs_to_a_test_question(stack: Stack) -> None:
    know_device(stack, "AUTH")
    asked = json.loads(stack.api({"to": apple.CUSTOMER, **QUESTION})["body"])
    tested = json.loads(stack.api({"to": apple.CUSTOMER, **QUESTION}, key=TEST)["body"])
    assert tested["form"] == asked["form"] == "text"

    stack.post(apple.envelope(body="2"))
    stack.route()

    assert stack.webhooks()[-1]["data"]["result"]["in_reply_to"] == asked["id"]


def test_no_reaction_of_a_customer_is_about_a_test_message(stack: Stack) -> None:
    know_device(stack, EVERYTHING)
    said = json.loads(stack.api({"to": CONVERSATION, "body": "See you on Monday"})["body"])
    stack.api({"to": CONVERSATION, "body": "See you on Monday"}, key=TEST)

    stack.post(apple.envelope(body="Loved \u201cSee you on Monday\u201d", locale="en_US"))
    stack.route()

    assert stack.webhooks()[-1]["data"]["reaction"]["in_reply_to"] == said["id"]


def test_a_call_that_does_not_say_its_mode_is_a_test(stack: Stack) -> None:
    event = {
        "httpMethod": "POST",
        "headers": {},
        "body": json.dumps(TEXT),
        "isBase64Encoded": False,
        "requestContext": {
            "authorizer": {"business_id": apple.BUSINESS, "key_id": "k", "scopes": "send"},
        },
    }

    answer = functions.outbound.api.handler(event, a_context())

    assert json.loads(answer["body"])["mode"] == "test"
    nothing_left(stack)
