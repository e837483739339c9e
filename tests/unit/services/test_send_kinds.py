"""What is not a plain text on its way to Apple: other doors, other headers, links Apple builds, large contents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parley.apple.gateway import Constructed, GatewayAnswer
from parley.conversation.events import Departure
from parley.conversation.identity import conversation_id
from parley.conversation.records import State
from parley.errors import Retryable
from tests.support import apple_requests as apple
from tests.support.counterparts import ACCEPTED, FORBIDDEN, GONE, NOT_NOW, REFUSED, UNCERTAIN

if TYPE_CHECKING:
    from parley.conversation.records import Message
    from parley.services.send import Sent
    from tests.support.world import World

BUILT = {"bid": "b", "owner": "o", "something": "new"}
LINK = {"type": "constructed_link", "url": "https://shop.example/9", "title": "Cargo 9"}
INVITATION = {"to": "tel:+15550100", "type": "invitation", "reference_id": "r1", "brand_name": "Bikes"}


def queued(world: World, message: dict[str, Any]) -> Message:
    (first,) = world.business_asks(message).messages
    return world.table.message(first.id)


def send(world: World, message: Message) -> Sent:
    (sent,) = world.send(Departure(message.business_id, message.conversation_id, message.id), redelivered=False)
    return sent


def test_a_sign_in_goes_through_its_own_door(world: World) -> None:
    message = queued(
        world,
        {
            "type": "authentication",
            "title": "Sign in",
            "scope": ["openid"],
            "state": "s",
            "redirect_uri": "https://bikes.example/in",
        },
    )

    send(world, message)

    assert [posted.door for posted, _ in world.gateway.posts] == ["authenticate"]


def test_an_invitation_says_in_a_header_what_it_is(world: World) -> None:
    send(world, queued(world, INVITATION))

    posted, _ = world.gateway.posts[0]
    assert posted.headers()["message-type"] == "notification"
    assert posted.headers()["Destination-Id"] == "tel:+15550100"


def test_an_invitation_that_is_gone_says_nothing_about_the_person(world: World) -> None:
    message = queued(world, INVITATION)
    world.gateway.script = [GONE]

    sent = send(world, message)

    assert (sent.state, message.error_code) == (State.FAILED, "customer_gone")
    assert conversation_id(apple.BUSINESS, "tel:+15550100") not in world.table.conversations


def test_a_link_apple_built_is_sent_as_it_is(world: World) -> None:
    message = queued(world, LINK)
    world.gateway.building = [Constructed(BUILT, ACCEPTED)]

    assert send(world, message).state is State.SENT

    ((posted, token),) = world.gateway.posts
    assert posted.content == {"richLinkDataRef": BUILT}
    ((body, business_id, used),) = world.gateway.constructs
    assert (body["link"], business_id, used) == ({"url": LINK["url"]}, apple.BUSINESS, token)


@pytest.mark.parametrize("answer", [REFUSED, ACCEPTED, GONE])
def test_a_link_apple_will_not_build_goes_as_an_ordinary_one(world: World, answer: GatewayAnswer) -> None:
    message = queued(world, LINK)
    world.gateway.building = [Constructed(None, answer)]

    assert send(world, message).state is State.SENT

    ((posted, _),) = world.gateway.posts
    assert posted.content["richLinkData"]["title"] == "Cargo 9"
    assert not any(known.opted_out for known in world.table.conversations.values())


@pytest.mark.parametrize("answer", [NOT_NOW, UNCERTAIN])
def test_a_link_that_cannot_be_built_now_waits_and_is_certainly_unsent(world: World, answer: GatewayAnswer) -> None:
    message = queued(world, LINK)
    world.gateway.building = [Constructed(None, answer), Constructed(BUILT, ACCEPTED)]

    with pytest.raises(Retryable):
        send(world, message)

    assert world.gateway.posts == []
    assert (message.state, message.uncertain, message.attempts) == (State.QUEUED, False, 1)
    world.settle()
    assert message.state is State.SENT


def test_a_token_that_may_not_build_is_signed_once_more_with_the_other_secret(world: World) -> None:
    message = queued(world, LINK)
    world.credentials.renewed = [apple.CREDENTIAL, apple.OTHER_CREDENTIAL]
    world.gateway.building = [Constructed(None, FORBIDDEN), Constructed(BUILT, ACCEPTED)]

    assert send(world, message).state is State.SENT

    first, second = [token for _, _, token in world.gateway.constructs]
    assert first != second
    assert [token for _, token in world.gateway.posts] == [second]


def test_two_secrets_that_may_not_build_fail_the_message(world: World) -> None:
    message = queued(world, LINK)
    world.gateway.building = [Constructed(None, FORBIDDEN)] * 2

    assert send(world, message).state is State.FAILED
    assert (message.error_code, world.gateway.posts) == ("apple_forbidden", [])


def test_a_content_that_lies_beside_the_table_is_fetched(world: World) -> None:
    message = queued(world, {"body": "Hi"})
    message.payload_key = world.payloads.put("b", "m", message.payload or "")
    message.payload = None

    send(world, message)

    posted, _ = world.gateway.posts[0]
    assert posted.content == {"body": "Hi"}
