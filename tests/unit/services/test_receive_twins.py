"""One interactive reply posted twice under different ids is delivered once (protocol/01 §2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parley.apple.inbound import InboundMessage
from parley.conversation.records import State
from parley.services.receive import TWIN_WINDOW_SECONDS, twin_digest
from tests.support import apple_requests as apple

if TYPE_CHECKING:
    from tests.support.world import World

REPLY = {"sessionIdentifier": "S-1", "data": {"listPicker": {"sections": [1]}}}


def message(**fields: Any) -> InboundMessage:
    content = apple.envelope("interactive", **fields)
    return InboundMessage(content["id"], content["type"], content["sourceId"], content["destinationId"], content, "")


def test_a_twin_within_the_window_is_kept_but_not_delivered(world: World) -> None:
    first = world.customer_sends("interactive", interactiveData=REPLY)
    world.clock.advance(2)
    twin = world.customer_sends("interactive", interactiveData=REPLY)

    world.settle()

    assert (first.state, twin.state) == (State.RECEIVED, State.SUPPRESSED)
    assert world.table.states() == [State.DELIVERED, State.SUPPRESSED]
    assert [posted.webhook_id for posted in world.endpoint.posts] == [first.message_id]


@pytest.mark.parametrize(("later", "expected"), [(0.0, 1), (TWIN_WINDOW_SECONDS, 1), (TWIN_WINDOW_SECONDS + 0.01, 2)])
def test_the_window_is_ten_seconds(world: World, later: float, expected: int) -> None:
    world.customer_sends("interactive", interactiveData=REPLY)
    world.clock.advance(later)
    world.customer_sends("interactive", interactiveData=REPLY)

    world.settle()

    assert len(world.endpoint.posts) == expected


def test_the_window_starts_with_the_reply_that_was_delivered(world: World) -> None:
    for _ in range(3):
        world.customer_sends("interactive", interactiveData=REPLY)
        world.clock.advance(TWIN_WINDOW_SECONDS * 0.75)

    assert world.table.states() == [State.RECEIVED, State.SUPPRESSED, State.RECEIVED]


@pytest.mark.parametrize(
    "other",
    [
        {"interactiveData": REPLY | {"sessionIdentifier": "S-2"}},
        {"interactiveData": REPLY | {"data": {"listPicker": {"sections": [2]}}}},
        {"interactiveData": REPLY, "sourceId": apple.OTHER_CUSTOMER},
        {"interactiveData": REPLY, "destinationId": apple.OTHER_BUSINESS},
        {"interactiveData": None, "interactiveDataRef": {"signature": "s"}},
    ],
)
def test_any_difference_makes_it_another_reply(other: dict[str, Any]) -> None:
    assert twin_digest(message(interactiveData=REPLY)) != twin_digest(message(**other))


def test_the_same_reply_is_recognised_whatever_its_id_and_order_of_keys() -> None:
    shuffled = dict(reversed(REPLY.items()))

    assert twin_digest(message(interactiveData=REPLY)) == twin_digest(message(interactiveData=shuffled))
    assert twin_digest(message(interactiveData=REPLY)) != twin_digest(message(interactiveData={}))


@pytest.mark.parametrize("name", ["signature", "signature-base64"])
def test_a_reply_by_reference_is_recognised_by_its_signature(name: str) -> None:
    first = message(interactiveData=None, interactiveDataRef={name: "81D6", "url": "https://one"})
    twin = message(interactiveData=None, interactiveDataRef={name: "81D6", "url": "https://two"})
    other = message(interactiveData=None, interactiveDataRef={name: "81D7"})

    assert twin_digest(first) == twin_digest(twin)
    assert twin_digest(first) != twin_digest(other)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "text", "interactiveData": REPLY},
        {"interactiveData": None},
        {"interactiveData": None, "interactiveDataRef": "text"},
        {"interactiveData": None, "interactiveDataRef": {}},
    ],
)
def test_what_has_no_content_to_compare_has_no_twin(fields: dict[str, Any]) -> None:
    assert twin_digest(message(**fields)) is None


def test_two_texts_with_the_same_words_are_two_texts(world: World) -> None:
    world.customer_sends(body="ok")
    world.customer_sends(body="ok")

    world.settle()

    assert world.endpoint.texts() == ["ok", "ok"]


def test_apples_retry_of_the_first_is_no_twin_of_itself(world: World) -> None:
    content = apple.envelope("interactive", interactiveData=REPLY)
    world.receive(apple.request(content))

    again = world.receive(apple.request(content))

    assert (again.fresh, again.state) == (False, State.RECEIVED)
    assert world.table.states() == [State.RECEIVED]


def test_apples_retry_of_the_twin_stays_suppressed(world: World) -> None:
    world.customer_sends("interactive", interactiveData=REPLY)
    twin = apple.envelope("interactive", interactiveData=REPLY)
    world.receive(apple.request(twin))
    world.clock.advance(60)

    world.receive(apple.request(twin, now=world.clock()))
    world.settle()

    assert world.table.states() == [State.DELIVERED, State.SUPPRESSED]
    assert len(world.endpoint.posts) == 1


def test_a_reply_whose_twin_could_not_be_stored_gets_through(world: World) -> None:
    world.faults.break_down("messages.add_unless_twin")
    content = apple.envelope("interactive", interactiveData=REPLY)
    with pytest.raises(Exception, match="AWS is away"):
        world.receive(apple.request(content))
    world.faults.mend()

    assert world.receive(apple.request(content)).state is State.RECEIVED
