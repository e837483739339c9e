"""One note, one webhook: the ways a single message can go."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks.webhooks import Webhook

from parley.business.model import Endpoint, Rule
from parley.business.webhook_client import WebhookAnswer
from parley.conversation.events import Event, Kind, Timer
from parley.conversation.records import State
from parley.errors import Fatal, Retryable
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, OK
from tests.support.faults import When
from tests.support.world import CONVERSATION, URL, WEBHOOK_SECRET, business

if TYPE_CHECKING:
    from tests.support.world import World


def test_a_text_reaches_its_endpoint_signed_and_in_full(world: World) -> None:
    receipt = world.customer_sends(body="Hello", locale="en_US", intent="sales", group="vip")

    world.pump_events()

    (posted,) = world.endpoint.posts
    assert posted.url == URL
    assert posted.headers["webhook-timestamp"] == str(int(world.clock()))
    assert posted.headers["webhook-signature"] == Webhook(WEBHOOK_SECRET).sign(
        receipt.message_id, datetime.fromtimestamp(world.clock(), UTC), posted.body.decode()
    )
    assert posted.event == {
        "type": "message.received",
        "timestamp": "2026-01-01T00:00:00.000Z",
        "data": {
            "business_id": apple.BUSINESS,
            "conversation_id": CONVERSATION,
            "sequence": 1,
            "message": {"id": receipt.message_id, "type": "text", "body": "Hello"},
            "customer": {
                "opaque_id": apple.CUSTOMER,
                "locale": "en_US",
                "capabilities": ["LIST", "QUICK"],
                "intent": "sales",
                "group": "vip",
            },
            "received_at": "2026-01-01T00:00:00.000Z",
        },
    }


def test_a_delivered_message_says_so(world: World) -> None:
    receipt = world.customer_sends()
    world.clock.advance(0.25)

    world.pump_events()

    stored = world.table.message(receipt.message_id)
    assert (stored.state, stored.sequence, stored.attempts) == (State.DELIVERED, 1, 1)
    assert stored.delivered_at == world.clock()
    assert world.table.due == {}
    (outcome,) = world.outcomes
    assert (outcome.result, outcome.status, outcome.endpoint_id) == ("delivered", 200, "default")


def test_the_happy_path_asks_the_table_for_nothing_it_knows(world: World) -> None:
    world.customer_sends()
    world.faults.calls.clear()

    world.pump_events()

    assert world.faults.calls == ["conversations.apply", "webhooks.post", "messages.settle"]


def test_sequences_count_the_events_of_one_conversation(world: World) -> None:
    for number in range(3):
        world.customer_sends(body=str(number))
    world.customer_sends(body="other", sourceId=apple.OTHER_CUSTOMER)

    world.pump_events()

    found = {posted.data["message"]["body"]: posted.data["sequence"] for posted in world.endpoint.posts}
    assert found == {"0": 1, "1": 2, "2": 3, "other": 1}


def test_what_a_conversation_learned_stays_with_it(world: World) -> None:
    world.customer_sends(intent="sales", group="vip", locale="de_DE")
    world.customer_sends(body="later")

    world.pump_events()

    customer = world.endpoint.posts[-1].data["customer"]
    assert (customer["intent"], customer["group"], customer["locale"]) == ("sales", "vip", "de_DE")


def test_a_large_message_is_read_from_where_it_lies(world: World) -> None:
    world.customer_sends(body="x" * 300_000)

    world.pump_events()

    assert world.endpoint.texts() == ["x" * 300_000]


@pytest.mark.parametrize("answer", [DOWN, WebhookAnswer(0, 5, "", reason="timeout"), WebhookAnswer(302, 5, "")])
def test_a_message_that_was_not_taken_is_held_and_a_timer_set(world: World, answer: WebhookAnswer) -> None:
    world.endpoint.standing = answer
    receipt = world.customer_sends()

    world.pump_events()

    stored = world.table.message(receipt.message_id)
    known = world.table.conversations[CONVERSATION]
    assert (stored.state, stored.attempts, stored.sequence) == (State.HELD, 1, 1)
    assert known.is_held
    assert known.held_endpoint == f"EP#{apple.BUSINESS}#default"
    assert known.next_attempt_at == world.clock() + 2
    assert world.timers.sent == [(Timer(apple.BUSINESS, CONVERSATION, world.clock() + 2), world.clock())]
    assert world.table.attempts[0]["status"] == answer.status
    (outcome,) = world.outcomes
    assert (outcome.result, outcome.next_attempt_at) == ("held", world.clock() + 2)


def test_an_endpoint_that_asks_for_time_gets_it(world: World) -> None:
    world.endpoint.standing = WebhookAnswer(503, 5, "", retry_after=90)
    world.customer_sends()

    world.pump_events()

    assert world.table.conversations[CONVERSATION].next_attempt_at == world.clock() + 90


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"rules": ()}, "no_endpoint"),
        ({"endpoints": {}}, "no_endpoint"),
        ({"endpoints": {"default": Endpoint("default", URL, state="disabled")}}, "endpoint_disabled"),
    ],
)
def test_without_an_endpoint_to_go_to_a_message_is_held_not_dropped(
    world: World, settings: dict[str, Any], reason: str
) -> None:
    world.businesses.put(business(**settings))
    world.customer_sends(body="kept")
    world.pump_events()

    assert world.table.states() == [State.HELD]
    assert world.outcomes[0].reason == reason
    assert world.endpoint.posts == []

    world.businesses.put(business())
    world.settle()
    assert world.endpoint.texts() == ["kept"]


def test_a_business_that_was_removed_while_a_customer_wrote_keeps_its_mail(world: World) -> None:
    world.customer_sends(body="kept")
    removed = world.businesses.known.pop(apple.BUSINESS)
    world.pump_events()
    assert world.table.conversations[CONVERSATION].held_endpoint == f"EP#{apple.BUSINESS}#-"

    world.businesses.put(removed)
    world.settle()

    assert world.endpoint.texts() == ["kept"]


def test_without_a_signing_key_nothing_goes_out_and_nothing_is_lost(world: World) -> None:
    keys = world.signing_keys.stored.pop(apple.BUSINESS)
    world.customer_sends(body="kept")
    world.pump_events()

    assert world.endpoint.posts == []
    assert world.outcomes[0].reason == "no_signing_key"

    world.signing_keys.stored[apple.BUSINESS] = keys
    world.settle()
    assert world.endpoint.texts() == ["kept"]


def test_a_conversation_follows_its_words_to_another_endpoint(world: World) -> None:
    world.businesses.put(
        business(
            endpoints={"default": Endpoint("default", URL), "sales": Endpoint("sales", "https://sales.example/")},
            rules=(Rule("default"), Rule("sales", intent="sales")),
        )
    )
    for fields in ({"body": "1"}, {"body": "2", "intent": "sales"}, {"body": "3"}, {"body": "4", "intent": "other"}):
        world.customer_sends(**fields)

    world.pump_events()

    assert [posted.url for posted in world.endpoint.posts] == [
        URL,
        "https://sales.example/",
        "https://sales.example/",
        URL,
    ]


def test_an_explicit_handover_decides_before_every_rule(world: World) -> None:
    world.businesses.put(
        business(endpoints={"default": Endpoint("default", URL), "desk": Endpoint("desk", "https://desk.example/")})
    )
    world.customer_sends()
    world.pump_events()
    world.table.conversations[CONVERSATION].handler = "desk"

    world.customer_sends()
    world.pump_events()

    assert world.endpoint.posts[-1].url == "https://desk.example/"


def test_a_note_about_a_message_that_is_done_is_skipped(world: World) -> None:
    content = apple.envelope(body="once")
    world.receive(apple.request(content))
    world.pump_events()
    world.clock.advance(400)  # the queue has forgotten the id

    world.receive(apple.request(content, now=world.clock()))
    world.pump_events()

    assert world.endpoint.texts() == ["once"]
    assert world.outcomes[-1].result == "skipped"


def test_a_note_about_a_message_nobody_knows_is_skipped(world: World) -> None:
    note = Event(Kind.MESSAGE, apple.BUSINESS, CONVERSATION, message_id="gone", recheck=True)

    (outcome,) = world.deliver(note, redelivered=False, deadline=world.clock() + 100)

    assert outcome.result == "skipped"
    assert world.table.conversations == {}


@pytest.mark.parametrize("kind", [Kind.PROBE, Kind.RELEASE, Kind.REPLAY_RUN])
def test_a_note_that_is_about_no_conversation_is_a_mistake_of_ours(world: World, kind: Kind) -> None:
    with pytest.raises(Fatal):
        world.deliver(Event(kind, apple.BUSINESS, ""), redelivered=False, deadline=world.clock() + 100)
    assert world.faults.calls == []


@pytest.mark.parametrize("step", ["conversations.apply", "webhooks.post", "messages.settle"])
@pytest.mark.parametrize("when", list(When))
def test_after_any_fault_the_same_message_comes_again_under_the_same_id(world: World, step: str, when: When) -> None:
    receipt = world.customer_sends(body="once")
    world.faults.break_down(step, when)
    world.pump_events()
    assert len(world.events) == 1

    world.faults.mend()
    world.settle()

    assert {posted.webhook_id for posted in world.endpoint.posts} == {receipt.message_id}
    assert {posted.data["sequence"] for posted in world.endpoint.posts} == {1}
    assert set(world.endpoint.texts()) == {"once"}
    assert world.table.states() == [State.DELIVERED]


def test_a_note_that_comes_back_after_its_message_was_settled_is_not_posted_again(world: World) -> None:
    world.customer_sends(body="once")
    world.faults.break_down("messages.settle", When.AFTER)
    world.pump_events()
    world.faults.mend()

    world.settle()

    assert len(world.endpoint.posts) == 1
    assert world.outcomes[-1].result == "skipped"


def test_a_signing_key_that_cannot_be_read_now_brings_the_note_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_business_id: str, _endpoint_id: str) -> list[str]:
        raise Retryable("read the secret: away", code="aws_unavailable")

    with monkeypatch.context() as patch:
        patch.setattr(world.signing_keys, "keys", away)
        world.customer_sends(body="kept")
        world.pump_events()
        assert len(world.events) == 1
        assert world.table.states() == [State.RECEIVED]

    world.settle()

    assert world.endpoint.texts() == ["kept"]
    assert world.endpoint.standing is OK
