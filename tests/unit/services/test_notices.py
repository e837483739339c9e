"""What Parley itself tells a business: kept, ordered and tried again like the customer's messages, and told once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parley.business.model import Endpoint
from parley.conversation.events import Departure, Event, Kind
from parley.conversation.identity import notice_id
from parley.conversation.records import Conversation, Direction, Message, State
from parley.errors import Retryable
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, GONE, NOT_NOW, OK, REFUSED, UNCERTAIN
from tests.support.faults import When
from tests.support.world import CONVERSATION, URL, World, business

if TYPE_CHECKING:
    from parley.apple.gateway import GatewayAnswer
    from tests.support.counterparts import Posted

OUTCOMES: dict[str, list[GatewayAnswer]] = {
    "message.sent": [],
    "message.failed": [REFUSED],
    "message.unknown": [UNCERTAIN] * 7,
}


def sent(world: World, body: str = "Hi", *, script: list[GatewayAnswer] | None = None) -> Message:
    """A message of the business, after Apple has said what it has to say."""
    world.gateway.script = list(script or [])
    accepted = world.business_sends(body)
    world.settle(within=86_400)
    return world.table.message(accepted.messages[0].id)


def told(world: World) -> Posted:
    """The only webhook that was taken."""
    (posted,) = world.endpoint.taken
    return posted


def set_events(world: World, *events: str) -> None:
    world.businesses.put(business(endpoints={"default": Endpoint("default", URL, events=events)}))


# --- what became of a message --------------------------------------------------------------------------


def test_a_business_is_told_that_its_message_was_sent(world: World) -> None:
    message = sent(world)

    assert told(world).event["type"] == "message.sent"
    assert told(world).data == {
        "business_id": apple.BUSINESS,
        "conversation_id": CONVERSATION,
        "customer": {"opaque_id": apple.CUSTOMER},
        "sequence": 1,
        "message": {
            "id": message.id,
            "kind": "text",
            "state": "sent",
            "attempts": 1,
            "sent_at": "2026-01-01T00:00:00.000Z",
        },
    }


@pytest.mark.parametrize(
    ("script", "event", "attempts", "error"),
    [
        ([REFUSED], "message.failed", 1, {"code": "apple_refused", "message": REFUSED.words}),
        ([NOT_NOW] * 7, "message.failed", 7, {"code": "apple_unavailable", "message": NOT_NOW.words}),
        ([GONE], "message.failed", 1, {"code": "customer_gone", "message": GONE.words}),
        (
            [UNCERTAIN] * 7,
            "message.unknown",
            7,
            {"code": "apple_uncertain", "message": "Apple may or may not have taken it: " + UNCERTAIN.words},
        ),
    ],
)
def test_it_is_told_in_apples_words_that_it_was_not(
    world: World, script: list[GatewayAnswer], event: str, attempts: int, error: dict[str, str]
) -> None:
    message = sent(world, script=script)

    assert told(world).event["type"] == event
    assert told(world).data["message"] == {
        "id": message.id,
        "kind": "text",
        "state": event.removeprefix("message."),
        "attempts": attempts,
        "error": error,
    }


def test_it_is_told_that_a_message_was_cancelled(world: World) -> None:
    accepted = world.business_sends("Hi")
    world.customer_sends("close")
    world.settle(within=86_400)

    assert world.endpoint.types() == ["conversation.closed", "message.cancelled"]
    assert world.endpoint.taken[-1].data["message"] == {
        "id": accepted.messages[0].id,
        "kind": "text",
        "state": "cancelled",
        "attempts": 0,
        "error": {"code": "opted_out", "message": "the customer closed the conversation"},
    }


def test_what_a_message_said_is_not_repeated(world: World) -> None:
    sent(world, "CANARY")

    assert b"CANARY" not in told(world).body


def test_the_kind_is_the_one_that_was_asked_for(world: World) -> None:
    """Whatever form it took: this device shows no quick replies."""
    world.table.conversations[CONVERSATION] = Conversation(
        CONVERSATION, apple.BUSINESS, apple.CUSTOMER, capabilities=["LIST2"]
    )
    items = [{"identifier": "a", "title": "Red"}, {"identifier": "b", "title": "Blue"}]
    accepted = world.business_asks({"type": "quick_reply", "text": "Which one?", "items": items})
    world.settle(within=86_400)

    assert accepted.messages[0].type == "text"
    assert told(world).data["message"]["kind"] == "quick_reply"


def test_the_outcome_and_its_news_are_stored_in_one_write(world: World) -> None:
    accepted = world.business_sends("Hi")
    world.faults.calls.clear()

    world.pump_outbox()

    writes = [call for call in world.faults.calls if call.startswith("messages.") and call != "messages.get"]
    assert writes == ["messages.settle"]
    (notice,) = world.table.notices()
    assert (notice.state, notice.direction) == (State.RECEIVED, Direction.NOTICE)
    assert world.table.message(accepted.messages[0].id).state is State.SENT


@pytest.mark.parametrize("event", OUTCOMES)
def test_the_same_news_have_the_same_id_in_every_run(event: str) -> None:
    ids = set()
    for _ in range(2):
        world = World()
        world.gateway.script = list(OUTCOMES[event])
        message = world.table.message(world.business_sends("Hi", key="k").messages[0].id)
        world.settle(within=86_400)
        assert told(world).webhook_id == notice_id(apple.BUSINESS, event, message.id)
        ids.add(told(world).webhook_id)

    assert len(ids) == 1


@pytest.mark.parametrize("event", OUTCOMES)
@pytest.mark.parametrize("when", list(When))
def test_a_message_that_is_settled_twice_is_told_of_once(event: str, when: When) -> None:
    world = World()
    world.gateway.script = list(OUTCOMES[event])
    accepted = world.business_sends("Hi")
    world.faults.break_down("messages.settle", when)
    for _ in range(30):
        world.pump_outbox()
        world.clock.advance(1000)
    world.faults.mend()
    world.settle(within=10 * 86_400)

    news = [posted for posted in world.endpoint.taken if posted.data["message"]["id"] == accepted.messages[0].id]
    assert len({posted.webhook_id for posted in news}) == 1
    assert len(news) == 1


def test_the_same_departure_again_tells_nothing(world: World) -> None:
    message = sent(world)

    for _ in range(3):
        world.send(Departure(message.business_id, message.conversation_id, message.id), redelivered=False)
    world.settle(within=86_400)

    assert len(world.endpoint.posts) == 1


# --- who wants to know ---------------------------------------------------------------------------------


def test_news_nobody_asked_for_are_not_made(world: World) -> None:
    set_events(world, "message.failed")

    message = sent(world)

    assert message.state is State.SENT
    assert world.table.notices() == []
    assert world.endpoint.posts == []


def test_those_that_were_asked_for_are(world: World) -> None:
    set_events(world, "message.failed")

    sent(world, script=[REFUSED])

    assert world.endpoint.types() == ["message.failed"]


def test_a_business_that_was_removed_is_not_told(world: World) -> None:
    world.business_sends("Hi")
    world.businesses.known.clear()

    world.settle(within=86_400)

    assert world.table.states() == [State.SENT]


def test_news_are_settled_where_the_endpoint_they_lead_to_did_not_ask(world: World) -> None:
    """Another endpoint of the business did: whether anybody wants them is asked before it is known who gets them."""
    endpoints = {
        "default": Endpoint("default", URL, events=("message.failed",)),
        "other": Endpoint("other", "https://other.example/", events=("message.sent",)),
    }
    world.businesses.put(business(endpoints=endpoints))

    sent(world)

    (notice,) = world.table.notices()
    assert notice.state is State.SUPPRESSED
    assert world.endpoint.posts == []


# --- in line -------------------------------------------------------------------------------------------


def test_news_wait_in_line_with_the_customers_messages(world: World) -> None:
    world.endpoint.standing = DOWN
    world.customer_sends(body="first")
    world.pump_events()
    world.business_sends("answer")
    world.pump_outbox()
    world.pump_events()
    world.customer_sends(body="second")
    world.pump_events()
    assert world.table.states(Direction.NOTICE) == [State.HELD]
    assert len(world.endpoint.posts) == 1

    world.endpoint.standing = OK
    world.settle(within=86_400)

    assert world.endpoint.types() == ["message.received", "message.sent", "message.received"]
    assert [posted.data["sequence"] for posted in world.endpoint.taken] == [1, 2, 3]


def test_news_that_were_not_taken_are_tried_again_under_their_id(world: World) -> None:
    world.endpoint.script = [DOWN, DOWN]

    sent(world)

    assert len(world.endpoint.posts) == 3
    assert len({posted.webhook_id for posted in world.endpoint.posts}) == 1
    (notice,) = world.table.notices()
    assert (notice.state, notice.attempts) == (State.DELIVERED, 3)


def test_news_can_be_replayed(world: World) -> None:
    sent(world)
    (notice,) = world.table.notices()
    replay = Event(Kind.REPLAY, apple.BUSINESS, notice.conversation_id, message_id=notice.id)

    world.events.send(replay, deduplication_id="r")
    world.pump_events()

    assert [posted.webhook_id for posted in world.endpoint.taken] == [notice.id] * 2


@pytest.mark.parametrize("broken", ["events.send"])
def test_news_that_could_not_be_queued_are_found_by_the_sweeper(world: World, broken: str) -> None:
    world.faults.break_down(broken)
    accepted = world.business_sends("Hi")
    world.pump_outbox()
    assert world.table.message(accepted.messages[0].id).state is State.SENT
    assert len(world.events) == 0
    world.faults.mend()

    world.settle(within=86_400)

    assert world.endpoint.types() == ["message.sent"]


# --- a customer who left comes back ----------------------------------------------------------------------


def test_a_business_is_told_once_that_a_customer_is_back(world: World) -> None:
    receipts = []
    for kind in ("text", "close", "hologram", "text", "text"):
        receipts.append(world.customer_sends(kind))
        world.pump_events()

    assert world.endpoint.types() == [
        "message.received",
        "conversation.closed",
        "message.received",
        "message.received",
        "conversation.reopened",
        "message.received",
    ]
    reopened, back = world.endpoint.taken[4], receipts[3]
    assert reopened.webhook_id == notice_id(apple.BUSINESS, "conversation.reopened", back.message_id)
    assert reopened.data == {
        "business_id": apple.BUSINESS,
        "conversation_id": CONVERSATION,
        "customer": {"opaque_id": apple.CUSTOMER},
        "sequence": 5,
        "message": {"id": back.message_id},
    }


def test_a_customer_apple_called_gone_is_back_too(world: World) -> None:
    sent(world, script=[GONE])
    world.endpoint.taken.clear()

    world.customer_sends()
    world.pump_events()

    assert world.endpoint.types() == ["message.received", "conversation.reopened"]


@pytest.mark.parametrize("kinds", [["text"], ["text", "text"], ["close"], ["close", "hologram"], ["close", "close"]])
def test_otherwise_nobody_is_back(world: World, kinds: list[str]) -> None:
    for kind in kinds:
        world.customer_sends(kind)
        world.pump_events()

    assert "conversation.reopened" not in world.endpoint.types()
    assert world.table.notices() == []


@pytest.mark.parametrize("when", list(When))
def test_dying_anywhere_while_a_customer_comes_back_tells_it_once(when: When) -> None:
    def ready() -> World:
        made = World()
        made.customer_sends("close")
        made.settle()
        made.customer_sends(body="back")
        made.faults.calls.clear()
        made.endpoint.taken.clear()
        return made

    counted = ready()
    counted.settle()
    for number in range(1, len(counted.faults.calls) + 1):
        world = ready()
        world.faults.crash_at(number, when)

        world.settle()

        where = f"{when} call {number}, {world.faults.calls[number - 1]}"
        first_seen = dict.fromkeys((posted.webhook_id, posted.event["type"]) for posted in world.endpoint.taken)
        assert sorted(kind for _, kind in first_seen) == ["conversation.reopened", "message.received"], where
        assert set(world.table.states()) == {State.DELIVERED}, where
        assert [posted.data["sequence"] for posted in world.endpoint.taken] == sorted(
            posted.data["sequence"] for posted in world.endpoint.taken
        ), where


# --- the teller -----------------------------------------------------------------------------------------


def test_what_is_told_twice_is_stored_and_queued_once(world: World) -> None:
    message = sent(world)
    world.events.sent.clear()
    notice = world.tell.about(message, "attachment.ready", {"attachment": {"id": "a1"}}, which="a1")

    world.tell(notice)
    world.tell(world.tell.about(message, "attachment.ready", {"attachment": {"id": "a1"}}, which="a1"))

    assert len(world.events.sent) == 1
    other = world.tell.about(message, "attachment.ready", {}, which="a2")
    assert notice.id != other.id != world.tell.about(message, "attachment.ready", {}).id


def test_what_cannot_be_stored_is_a_fault_of_the_caller(world: World) -> None:
    message = sent(world)
    world.faults.break_down("messages.add")

    with pytest.raises(Retryable):
        world.tell(world.tell.about(message, "attachment.ready", {}))


def test_a_notice_about_an_endpoint_has_a_line_no_customer_is_in(world: World) -> None:
    data: dict[str, Any] = {"endpoint": {"id": "x"}}

    notice = world.tell.of_endpoint(apple.BUSINESS, data, about="x")

    assert (notice.opaque_id, notice.type, notice.direction) == (None, "endpoint.disabled", Direction.NOTICE)
    assert notice.conversation_id != CONVERSATION
    assert notice.conversation_id == world.tell.of_endpoint(apple.BUSINESS, data, about="y").conversation_id
    assert notice.id != world.tell.of_endpoint(apple.BUSINESS, data, about="y").id
