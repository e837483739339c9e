"""A typing indicator: once, straight out, never kept."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from parley.business.kinds.typing_indicator import Typing
from parley.conversation.records import Conversation
from parley.errors import Invalid, Rejected
from tests.support import apple_requests as apple
from tests.support.counterparts import ACCEPTED, FORBIDDEN, GONE, NOT_NOW, REFUSED, UNCERTAIN
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from parley.apple.gateway import GatewayAnswer
    from tests.support.world import World


def signal(world: World, business_id: str = apple.BUSINESS, **changed: Any) -> bool:
    return world.signal(business_id, Typing(**{"to": apple.CUSTOMER, "type": "typing", "state": "start"} | changed))


def know_customer(world: World, **changed: Any) -> None:
    facts: dict[str, Any] = {"id": CONVERSATION, "business_id": apple.BUSINESS, "opaque_id": apple.CUSTOMER}
    world.table.conversations[CONVERSATION] = Conversation(**facts | changed)


@pytest.mark.parametrize("state", ["start", "end"])
@pytest.mark.parametrize("to", [apple.CUSTOMER, CONVERSATION])
def test_it_goes_straight_to_apple_and_leaves_nothing_behind(world: World, to: str, state: str) -> None:
    know_customer(world)

    assert signal(world, to=to, state=state, auto_reply=True, agent="bot") is True

    ((posted, _),) = world.gateway.posts
    assert (posted.type, posted.content, posted.opaque_id) == (f"typing_{state}", {}, apple.CUSTOMER)
    assert (posted.auto_reply, posted.agent, posted.business_id) == (True, "bot", apple.BUSINESS)
    assert str(uuid.UUID(posted.id)) == posted.id
    assert world.table.messages == {}
    assert world.outbox.sent == []


def test_a_customer_nobody_has_met_may_be_named_by_opaque_id(world: World) -> None:
    assert signal(world)
    assert world.table.conversations == {}


@pytest.mark.parametrize("answer", [NOT_NOW, UNCERTAIN, REFUSED, FORBIDDEN])
def test_whatever_apple_says_it_is_not_tried_again(world: World, answer: GatewayAnswer) -> None:
    world.gateway.standing = answer

    assert signal(world) is False
    assert len(world.gateway.posts) == 1
    assert world.table.conversations == {}


def test_a_customer_who_is_gone_is_opted_out(world: World) -> None:
    world.gateway.script = [GONE, ACCEPTED]

    assert signal(world) is False

    assert world.table.conversations[CONVERSATION].opted_out
    with pytest.raises(Rejected) as caught:
        signal(world)
    assert (caught.value.code, caught.value.path) == ("opted_out", "/to")
    assert len(world.gateway.posts) == 1


def test_an_unknown_conversation_is_pointed_out(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        signal(world, to="nowhere")

    assert (caught.value.code, caught.value.path) == ("unknown_conversation", "/to")


def test_another_business_conversation_looks_unknown(world: World) -> None:
    know_customer(world)

    with pytest.raises(Invalid) as caught:
        signal(world, apple.OTHER_BUSINESS, to=CONVERSATION)

    assert caught.value.code == "unknown_conversation"
    assert world.gateway.posts == []
