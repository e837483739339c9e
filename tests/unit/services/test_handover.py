"""A conversation changes hands: everybody it concerns hears of it once, in order, and nobody waits for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parley.business.model import Business, Endpoint, Rule
from parley.conversation.events import Event, Kind
from parley.conversation.records import Direction, State
from parley.errors import Conflict, Invalid, NotFound, Retryable
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, OK
from tests.support.faults import When
from tests.support.world import CONVERSATION, DAY, World, business

if TYPE_CHECKING:
    from parley.conversation.records import Conversation
    from tests.support.counterparts import Posted

HANDED_OVER = "conversation.handed_over"


def url(name: str) -> str:
    return f"https://{name}.example/"


def names(*named: str, rules: tuple[Rule, ...] = (Rule("bot"),), **events: tuple[str, ...]) -> Business:
    made = {name: Endpoint(name, url(name), events=events.get(name, ())) for name in named}
    return business(endpoints=made, rules=rules)


@pytest.fixture
def office(world: World) -> World:
    """A bot gets everything, and a desk may be asked; a customer has written."""
    return opened(world)


def opened(world: World, **fields: Any) -> World:
    world.businesses.put(names("bot", "desk", "archive", **fields))
    world.customer_sends(body="hello")
    world.pump_events()
    return world


def hand_over(world: World, to: str | None, **options: Any) -> Conversation:
    return world.handover(apple.BUSINESS, CONVERSATION, to, **options)


def heard(world: World, name: str) -> list[Posted]:
    """The handovers an endpoint took."""
    return [one for one in world.endpoint.taken if one.url == url(name) and one.event["type"] == HANDED_OVER]


def test_who_gets_it_and_who_had_it_hear_of_it_once(office: World) -> None:
    hand_over(office, "desk", note="Wants a refund.")
    office.customer_sends(body="still there?")
    office.settle(within=DAY)

    assert [(one.url, one.event["type"]) for one in office.endpoint.taken if one.url == url("desk")] == [
        (url("desk"), HANDED_OVER),
        (url("desk"), "message.received"),
    ]
    (desk,), (bot,) = heard(office, "desk"), heard(office, "bot")
    said = {
        "business_id": apple.BUSINESS,
        "conversation_id": CONVERSATION,
        "customer": {"opaque_id": apple.CUSTOMER},
        "from": "bot",
        "to": "desk",
        "handler": "desk",
        "handover": 1,
        "note": "Wants a refund.",
    }
    assert desk.data == said | {"sequence": 2}
    assert bot.data == said
    assert desk.event["timestamp"] == bot.event["timestamp"]
    assert desk.webhook_id != bot.webhook_id
    assert heard(office, "archive") == []
    assert office.table.states(Direction.NOTICE) == [State.DELIVERED] * 2


def test_where_the_routes_may_lead_it_is_heard_too(world: World) -> None:
    rules = (Rule("desk", type="interactive"), Rule("bot"), Rule("archive", intent="other"))
    opened(world, rules=rules)
    world.businesses.put(names("bot", "desk", "archive", "chief", rules=rules))

    hand_over(world, "chief")
    world.settle(within=DAY)

    assert [len(heard(world, name)) for name in ("chief", "bot", "desk", "archive")] == [1, 1, 1, 0]


def test_given_back_it_is_with_whom_the_routes_choose(office: World) -> None:
    hand_over(office, "desk")
    hand_over(office, None)
    office.settle(within=DAY)

    last = heard(office, "bot")[-1].data
    assert (last["from"], last["to"], last["handler"], last["handover"]) == ("desk", "bot", None, 2)
    assert [one.data["handover"] for one in heard(office, "desk")] == [1, 2]
    assert "note" not in last


def test_a_line_of_its_own_may_tell_the_past(office: World) -> None:
    """Handed on before routing came to the first: each still hears of both, and the latest counts."""
    hand_over(office, "desk")
    hand_over(office, "archive")
    office.settle(within=DAY)

    for name in ("bot", "desk", "archive"):
        assert sorted(one.data["handover"] for one in heard(office, name)) == [1, 2], name
    assert [one.data["sequence"] for one in heard(office, "archive")] == [2, 3]


def test_who_has_it_already_is_told_nothing(office: World) -> None:
    first = hand_over(office, "desk")
    again = hand_over(office, "desk", note="again")

    assert (first.handovers, again.handovers) == (1, 1)
    assert len(office.table.notices()) == 1


def test_nobody_waits_for_the_one_who_had_it(office: World) -> None:
    """The bot is away, which is why somebody else takes over."""
    office.endpoint.by_url[url("bot")] = DOWN
    office.customer_sends(body="anybody?")
    office.pump_events()
    assert office.table.conversations[CONVERSATION].is_held

    hand_over(office, "desk")
    office.pump_events()

    at_desk = [one.event["type"] for one in office.endpoint.taken if one.url == url("desk")]
    assert at_desk == ["message.received", HANDED_OVER]
    assert not office.table.conversations[CONVERSATION].is_held
    assert heard(office, "bot") == []
    office.endpoint.by_url[url("bot")] = OK
    office.settle(within=DAY)
    assert len(heard(office, "bot")) == 1


def test_who_gets_it_hears_of_it_behind_what_waits_for_them(office: World) -> None:
    hand_over(office, "desk")
    office.settle(within=DAY)
    office.endpoint.by_url[url("desk")] = DOWN
    office.customer_sends(body="one")
    office.pump_events()

    hand_over(office, None)
    hand_over(office, "desk")
    office.pump_events()
    assert [one.data["handover"] for one in heard(office, "bot")] == [1, 2, 3]

    office.endpoint.by_url[url("desk")] = OK
    office.settle(within=DAY)
    order = [one.data["sequence"] for one in office.endpoint.taken if one.url == url("desk") and "sequence" in one.data]
    assert order == sorted(order)


def test_an_endpoint_that_is_gone_is_not_waited_for(office: World) -> None:
    office.endpoint.by_url[url("bot")] = DOWN
    hand_over(office, "desk")
    office.pump_events()

    office.businesses.put(names("desk", "archive", rules=(Rule("desk"),)))
    office.settle(within=DAY)

    assert sorted(office.table.states(Direction.NOTICE)) == [State.DELIVERED, State.SUPPRESSED]


def test_only_who_asked_for_such_news_is_told(world: World) -> None:
    opened(world, bot=("message.sent",), desk=("message.sent",), archive=("message.sent",))
    hand_over(world, "desk")
    assert world.table.notices() == []

    world.businesses.put(names("bot", "desk", "archive", bot=(HANDED_OVER,), desk=("message.sent",)))
    hand_over(world, "archive")
    world.settle(within=DAY)

    assert len(heard(world, "bot")) == 1
    assert heard(world, "desk") == []


def test_news_of_a_business_that_is_gone_wait_for_it(office: World) -> None:
    hand_over(office, "desk")
    known = dict(office.businesses.known)
    office.businesses.known.clear()
    office.pump_events()
    assert office.table.states(Direction.NOTICE) == [State.HELD]

    office.businesses.known.update(known)
    office.settle(within=DAY)

    assert len(heard(office, "desk")) == 1


def test_the_news_can_be_replayed_and_are_told_to_one(office: World) -> None:
    hand_over(office, "desk")
    office.settle(within=DAY)
    (notice,) = [one for one in office.table.notices() if one.conversation_id == CONVERSATION]

    office.events.send(Event(Kind.REPLAY, apple.BUSINESS, CONVERSATION, message_id=notice.id), deduplication_id="again")
    office.settle(within=DAY)

    assert [one.webhook_id for one in heard(office, "desk")] == [notice.id] * 2
    assert len(heard(office, "bot")) == 1


def test_news_in_a_line_of_their_own_belong_to_their_conversation(office: World) -> None:
    hand_over(office, "desk")
    office.settle(within=DAY)

    aside = next(one for one in office.table.notices() if one.only_for == "bot")
    assert aside.conversation_id != CONVERSATION
    assert aside.in_conversation == CONVERSATION


def test_what_cannot_be_handed_over_is_told(office: World) -> None:
    with pytest.raises(Invalid) as unknown:
        hand_over(office, "nobody")
    assert unknown.value.faults[0].path == "/endpoint_id"
    for owner, conversation in ((apple.OTHER_BUSINESS, CONVERSATION), (apple.BUSINESS, "nobody")):
        with pytest.raises(NotFound):
            office.handover(owner, conversation, None)
    assert office.table.notices() == []


def test_of_two_who_take_it_at_once_one_gets_it(office: World) -> None:
    seen = office.handover.get(apple.BUSINESS, CONVERSATION).handovers
    hand_over(office, "desk", version=seen)

    with pytest.raises(Conflict) as late:
        hand_over(office, "archive", version=seen)

    assert late.value.code == "precondition_failed"
    assert hand_over(office, "archive", version=1).handler == "archive"


def test_one_that_changes_hands_all_the_time_is_asked_for_again(office: World) -> None:
    office.handover._handovers.hand_over = lambda *_, **__: False  # type: ignore[method-assign]

    with pytest.raises(Retryable) as busy:
        hand_over(office, "desk")

    assert busy.value.code == "handler_busy"


@pytest.mark.parametrize("when", list(When))
def test_dying_anywhere_tells_everybody_once_and_in_order(when: When) -> None:
    def ready() -> World:
        made = opened(World())
        made.endpoint.taken.clear()
        hand_over(made, "desk")
        made.customer_sends(body="next")
        made.faults.calls.clear()
        return made

    counted = ready()
    counted.settle(within=DAY)
    for number in range(1, len(counted.faults.calls) + 1):
        world = ready()
        world.faults.crash_at(number, when)

        world.settle(within=DAY)

        where = f"{when} call {number}, {world.faults.calls[number - 1]}"
        for name in ("bot", "desk"):
            assert len({one.webhook_id for one in heard(world, name)}) == 1, (where, name)
        first_seen = dict.fromkeys(one.event["type"] for one in world.endpoint.taken if one.url == url("desk"))
        assert list(first_seen) == [HANDED_OVER, "message.received"], where
        assert set(world.table.states()) == {State.DELIVERED}, where


@pytest.mark.parametrize("when", list(When))
def test_the_handler_and_the_news_of_it_are_one_write(office: World, when: When) -> None:
    """The call dies there and is made again: either nothing was done, or all of it."""
    office.faults.break_down("handovers.hand_over", when)
    with pytest.raises(Retryable):
        hand_over(office, "desk")
    office.faults.mend()

    assert hand_over(office, "desk").handovers == 1
    office.settle(within=DAY)

    assert [len(heard(office, name)) for name in ("desk", "bot")] == [1, 1]


def test_news_that_cannot_be_queued_are_found_by_the_sweeper(office: World) -> None:
    office.faults.break_down("events.send")
    hand_over(office, "desk")
    office.faults.mend()

    office.settle(within=DAY)

    assert [len(heard(office, name)) for name in ("desk", "bot")] == [1, 1]
