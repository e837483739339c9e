"""Who waits for an endpoint: the longest first, page by page, nobody twice and nobody left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.apple.inbound import InboundMessage
from parley.conversation.records import Attempt, Waiting
from tests.support import apple_requests as apple
from tests.unit.storage.conftest import a_message

if TYPE_CHECKING:
    from tests.unit.storage.conftest import Store


def hold(store: Store, conversation_id: str, *, endpoint: str = "default", business: str = apple.BUSINESS) -> None:
    """One message of this conversation could not be delivered there."""
    content = apple.envelope(destinationId=business)
    event = InboundMessage(content["id"], "text", apple.CUSTOMER, business, content, "")
    known = store.conversations.apply(conversation_id, event, at=store.clock())
    message = a_message(store.clock, id=content["id"], business_id=business, conversation_id=conversation_id)
    message.sequence = known.sequence
    store.messages.add(message)
    store.mailbox.fail(message, known, Attempt(endpoint, 1, store.clock(), 503, "", 1, store.clock() + 2))


def page(store: Store, *, limit: int = 100, cursor: str | None = None, endpoint: str = "default") -> Waiting:
    return store.waiting.page(apple.BUSINESS, endpoint, limit=limit, cursor=cursor)


def test_for_an_endpoint_that_is_well_nobody_waits(store: Store) -> None:
    assert page(store) == Waiting([], None)


def test_the_one_that_has_waited_longest_comes_first(store: Store) -> None:
    for name in ("late", "later", "latest"):
        hold(store, name)
        store.clock.advance(1)
    hold(store, "late")  # tried once more: it has waited no shorter for that

    assert page(store) == Waiting(["late", "later", "latest"], None)
    assert page(store, limit=1).conversation_ids == ["late"]


def test_others_wait_for_something_else(store: Store) -> None:
    hold(store, "mine")
    hold(store, "other endpoint", endpoint="other")
    hold(store, "other business", business=apple.OTHER_BUSINESS)

    assert page(store).conversation_ids == ["mine"]
    assert page(store, endpoint="other").conversation_ids == ["other endpoint"]


def test_one_whose_message_goes_elsewhere_now_waits_there(store: Store) -> None:
    hold(store, "c")
    hold(store, "c", endpoint="other")

    assert page(store).conversation_ids == []
    assert page(store, endpoint="other").conversation_ids == ["c"]


def test_who_was_released_does_not_wait(store: Store) -> None:
    hold(store, "c")
    store.conversations.release("c")

    assert page(store).conversation_ids == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_pages_hold_everybody_once(store: Store, size: int) -> None:
    names = [f"c{number}" for number in range(7)]
    for name in names:
        hold(store, name)
        store.clock.advance(0.5)

    seen: list[str] = []
    cursor = None
    while True:
        found = page(store, limit=size, cursor=cursor)
        assert len(found.conversation_ids) <= size
        seen += found.conversation_ids
        cursor = found.cursor
        if cursor is None:
            break

    assert seen == names


def test_nobody_is_passed_over_when_those_before_leave_between_two_pages(store: Store) -> None:
    for name in ("a", "b", "c", "d"):
        hold(store, name)
        store.clock.advance(1)
    first = page(store, limit=2)
    for name in first.conversation_ids:
        store.conversations.release(name)

    assert page(store, limit=2, cursor=first.cursor).conversation_ids == ["c", "d"]
