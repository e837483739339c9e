"""Webhooks as the services really write them, of every type, are what their schemas say."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from parley.business import event_types
from parley.business.channel import channel_of
from parley.business.model import Endpoint, Rule
from parley.business.snapshot import Snapshot
from parley.business.webhook_client import WebhookAnswer
from parley.business.webhook_events.catalogue import CATALOGUE
from parley.conversation.events import Event, Kind
from parley.services.endpoints import Endpoints
from parley.services.notify import Notify
from parley.services.parts import Arrived
from parley.services.preferences import Preferences
from tests.support import apple_requests as apple
from tests.support import counterparts
from tests.support.fixture_webhooks import INBOUND, expected, name_of, webhook
from tests.support.memory_table import MemoryConversations
from tests.support.webhook_schemas import faults
from tests.support.world import CONVERSATION, URL, World, business

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.trigger import Fixture
    from parley.apple.gateway import GatewayAnswer

FILE = {"id": "f1", "name": "a.heic", "mime_type": "image/heic", "size": 3, "status": "pending"}
GONE = WebhookAnswer(410, 5, "gone", reason="status")


def answered(*script: GatewayAnswer) -> Callable[[World], None]:
    def play(world: World) -> None:
        world.gateway.script = list(script)
        world.business_sends("Hello")

    return play


def writes(world: World) -> None:
    world.customer_sends(body="Hello", subject="Order")


def reacts(world: World) -> None:
    world.customer_sends(body="Loved \u201cHello\u201d")


def types(kind: str) -> Callable[[World], None]:
    return lambda world: void(world.customer_sends(f"typing_{kind}"))


def leaves(world: World) -> None:
    world.customer_sends("close")


def comes_back(world: World) -> None:
    world.customer_sends("close")
    world.pump_events()
    world.customer_sends(body="Hello again")


def is_done_with_an_invitation(world: World) -> None:
    world.customer_sends("close", referenceIds=["order-9001"])


def leaves_before_it_is_sent(world: World) -> None:
    world.business_sends("Hello")
    world.customer_sends("close")
    world.pump_events()


def sends_a_file(status: str, **facts: Any) -> Callable[[World], None]:
    """Which is not there in time, and settles later."""

    def play(world: World) -> None:
        receipt = world.customer_sends(body="\ufffc", attachments=[{"name": "a.heic", "size": "3"}])
        world.parts.known[receipt.message_id] = Arrived(settled=False, attachments=[FILE], pending=["f1"])
        world.pump_events()
        world.clock.advance(61)
        world.pump_timers()
        world.pump_events()
        settled = FILE | {"status": status, **facts}
        world.parts.known[receipt.message_id] = Arrived(settled=True, attachments=[settled])
        note = Event(Kind.PARTS, apple.BUSINESS, CONVERSATION, receipt.message_id)
        world.events.send(note, deduplication_id="parts")

    return play


def answers_that_it_is_gone(world: World) -> None:
    endpoints = {"default": Endpoint("default", URL), "other": Endpoint("other", "https://other.example/hook")}
    world.businesses.put(business(endpoints=endpoints, rules=(Rule("default"),)))
    world.endpoint.script = [GONE]
    world.customer_sends(body="Hello")
    world.pump_events()
    reroute = replace(world.businesses.known[apple.BUSINESS], rules=(Rule("other"),))
    world.businesses.put(reroute)  # so that what waits gets somewhere


def changes_hands(world: World) -> None:
    other = Endpoint("other", "https://other.example/")
    world.businesses.put(business(endpoints={"default": Endpoint("default", URL), "other": other}))
    world.customer_sends(body="Hello")
    world.pump_events()
    world.handover(apple.BUSINESS, CONVERSATION, "other", note="Wants a refund.")
    world.handover(apple.BUSINESS, CONVERSATION, None)


def says_a_word(world: World) -> None:
    with_channel(world, {"greeting": {"messages": {"en": {"body": "Hello!"}}}})
    world.customer_sends(body="agent")


def chooses(world: World) -> None:
    with_channel(world, {"topics": [{"id": "orders", "titles": {"en": "Your orders"}}]})
    world.customer_sends(body="Hello")
    world.pump_events()
    conversations = MemoryConversations(world.table)
    store: Any = SimpleNamespace(keep=lambda *_, **__: True)
    channels: Any = SimpleNamespace(get=world.businesses.get)
    preferences = Preferences(
        channels=channels, conversations=conversations, store=store, tell=world.tell, clock=world.clock
    )
    conversation = conversations.get(CONVERSATION)
    assert conversation is not None
    preferences.choose(conversation, {"orders": True}, message_id="m1", at=world.clock())


def with_channel(world: World, settings: dict[str, Any]) -> None:
    world.businesses.put(replace(world.businesses.known[apple.BUSINESS], channel=channel_of(settings)))


def void(_: object) -> None:
    """For a lambda that returns nothing."""


HAPPENS: dict[str, Callable[[World], None]] = {
    "message.received": writes,
    "reaction.received": reacts,
    "typing.started": types("start"),
    "typing.ended": types("end"),
    "conversation.closed": leaves,
    "conversation.reopened": comes_back,
    "conversation.handed_over": changes_hands,
    "trigger.matched": says_a_word,
    "preferences.changed": chooses,
    "invitation.closed": is_done_with_an_invitation,
    "message.sent": answered(counterparts.ACCEPTED),
    "message.failed": answered(counterparts.REFUSED),
    "message.unknown": answered(*[counterparts.UNCERTAIN] * 7),
    "message.cancelled": leaves_before_it_is_sent,
    "attachment.ready": sends_a_file("ready", content_type="image/heic", sha256="00" * 32),
    "attachment.failed": sends_a_file("failed", reason="signature_mismatch"),
    "endpoint.disabled": answers_that_it_is_gone,
}


@pytest.fixture
def world() -> World:
    return World()


def test_every_type_is_tried() -> None:
    assert {*HAPPENS, event_types.TEST} == {event.type for event in CATALOGUE}


@pytest.mark.parametrize("event_type", HAPPENS)
def test_what_the_services_send_is_what_the_schema_says(event_type: str, world: World) -> None:
    HAPPENS[event_type](world)
    world.settle(within=3 * 86_400)

    sent = [posted.event for posted in world.endpoint.posts]
    assert event_type in [event["type"] for event in sent]
    assert [found for event in sent for found in faults(event)] == []


def test_a_test_is_what_its_schema_says(world: World) -> None:
    unused: Any = None
    store: Any = SimpleNamespace(read=lambda _: Snapshot(business()))
    endpoints = Endpoints(
        store=store,
        breakers=unused,
        guard=unused,
        secrets=unused,
        notify=lambda: Notify(signing_keys=world.signing_keys, webhooks=world.endpoint, clock=world.clock),
        events=unused,
        clock=world.clock,
        new_id=world.new_id,
    )

    webhook_id, answer = endpoints.test(apple.BUSINESS, "default")

    (posted,) = world.endpoint.posts
    assert (posted.event["type"], posted.webhook_id, answer.ok) == (event_types.TEST, webhook_id, True)
    assert faults(posted.event) == []


@pytest.mark.parametrize("fixture", INBOUND, ids=name_of)
def test_a_webhook_of_every_sample_is_what_its_schema_says(fixture: Fixture) -> None:
    event = webhook(fixture, expected(fixture).get("asked"))
    if event["type"].startswith("typing."):
        del event["data"]["sequence"]  # these samples are all numbered; an indicator is not, as seen above

    assert faults(event) == []


def test_every_kind_of_result_and_of_answer_is_among_the_samples() -> None:
    results = [webhook(each, expected(each).get("asked"))["data"].get("result") for each in INBOUND]
    kinds = {result["kind"] for result in results if result}
    answers = {answer["type"] for result in results if result for answer in result.get("answers", {}).values()}

    assert kinds == {
        "quick_reply", "list_picker", "time_picker", "form", "authentication", "apple_pay", "invitation",
        "imessage_app", "unknown",
    }  # fmt: skip
    assert answers >= {"select", "wheel", "input", "date"}


def test_the_check_is_strict_enough_to_see_a_field_that_is_not_described(world: World) -> None:
    writes(world)
    world.pump_events()
    event = world.endpoint.posts[0].event

    assert faults(event) == []
    for path in (("data",), ("data", "message"), ("data", "customer"), ()):
        broken = json.loads(json.dumps(event))
        inner = broken
        for step in path:
            inner = inner[step]
        inner["surprise"] = 1
        assert faults(broken), path


def test_the_order_of_events_can_be_told_by_their_sequence(world: World) -> None:
    comes_back(world)
    world.settle()
    world.business_sends("Hello")
    world.settle()

    sequences = [posted.data["sequence"] for posted in world.endpoint.posts]
    assert sequences == sorted(set(sequences))


def test_an_endpoint_that_is_told_of_another_has_not_asked_for_that_by_routing(world: World) -> None:
    answers_that_it_is_gone(world)

    told = [posted for posted in world.endpoint.posts if posted.event["type"] == "endpoint.disabled"]
    assert [posted.url for posted in told] == ["https://other.example/hook"]
    assert world.businesses.known[apple.BUSINESS].endpoints["default"].state == "disabled"
