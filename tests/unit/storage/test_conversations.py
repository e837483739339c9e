"""Conversations: one event at a time teaches what the business needs to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parley.apple.inbound import InboundMessage
from parley.conversation.records import Attempt, Conversation
from parley.errors import Retryable
from tests.support import apple_requests as apple
from tests.support.clock import NEW_YEAR
from tests.support.world import CONVERSATION
from tests.unit.storage.conftest import a_message

if TYPE_CHECKING:
    from tests.support.cloud import Cloud
    from tests.unit.storage.conftest import Store


def event(kind: str = "text", *, capabilities: list[str] | None = None, **fields: Any) -> InboundMessage:
    content = apple.envelope(kind, **fields)
    return InboundMessage(content["id"], kind, content["sourceId"], apple.BUSINESS, content, "", capabilities)


def apply(store: Store, message: InboundMessage) -> Conversation:
    return store.conversations.apply(CONVERSATION, message, at=store.clock())


def test_nobody_has_written_yet(store: Store) -> None:
    assert store.conversations.get(CONVERSATION) is None


def test_the_first_event_makes_the_conversation(store: Store) -> None:
    first = event(capabilities=["LIST"], locale="de_DE", intent="sales", group="vip")

    known = apply(store, first)

    assert known == Conversation(
        id=CONVERSATION,
        business_id=apple.BUSINESS,
        opaque_id=apple.CUSTOMER,
        capabilities=["LIST"],
        locale="de_DE",
        intent="sales",
        group="vip",
        sequence=1,
        last_event=first.id,
    )
    assert store.conversations.get(CONVERSATION) == known


def test_every_event_gets_the_next_sequence(store: Store) -> None:
    assert [apply(store, event()).sequence for _ in range(4)] == [1, 2, 3, 4]


def test_the_same_event_again_gets_the_sequence_it_had(store: Store) -> None:
    apply(store, event())
    again = event(intent="sales")
    first = apply(store, again)

    assert apply(store, again) == first
    assert apply(store, event()).sequence == 3


def test_the_latest_word_stays_until_there_is_another(store: Store) -> None:
    apply(store, event(locale="de_DE", intent="sales", group="vip", capabilities=["LIST"]))

    kept = apply(store, event())
    assert (kept.locale, kept.intent, kept.group, kept.capabilities) == ("de_DE", "sales", "vip", ["LIST"])

    changed = apply(store, event(intent="support", capabilities=[]))
    assert (changed.locale, changed.intent, changed.group, changed.capabilities) == ("de_DE", "support", "vip", [])


@pytest.mark.parametrize(
    ("kinds", "opted_out"),
    [
        (["text"], False),
        (["close"], True),
        (["close", "text"], False),
        (["close", "interactive"], False),
        (["close", "hologram"], True),
        (["text", "close"], True),
        (["hologram"], False),
    ],
)
def test_only_a_customers_own_words_reopen_what_they_closed(store: Store, kinds: list[str], *, opted_out: bool) -> None:
    known = [apply(store, event(kind)) for kind in kinds][-1]

    assert known.opted_out is opted_out


def test_a_close_that_names_invitations_changes_nothing(store: Store) -> None:
    assert apply(store, event("close", referenceIds=["order-1"])).opted_out is False


def test_an_opt_out_is_kept_and_lifted_by_the_customer(store: Store) -> None:
    before = apply(store, event(intent="sales"))

    store.conversations.opt_out(CONVERSATION, apple.BUSINESS, apple.CUSTOMER)
    gone = store.conversations.get(CONVERSATION)
    assert gone is not None
    assert (gone.opted_out, gone.intent, gone.sequence) == (True, "sales", before.sequence)

    assert apply(store, event()).opted_out is False


def test_a_customer_who_never_wrote_can_be_gone_too(store: Store) -> None:
    store.conversations.opt_out(CONVERSATION, apple.BUSINESS, apple.CUSTOMER)

    assert store.conversations.get(CONVERSATION) == Conversation(
        CONVERSATION, apple.BUSINESS, apple.CUSTOMER, opted_out=True
    )
    assert apply(store, event()).sequence == 1


def test_a_released_conversation_waits_for_nothing(store: Store) -> None:
    message = a_message(store.clock, sequence=1)
    store.messages.add(message)
    known = apply(store, event())
    store.mailbox.fail(message, known, Attempt("default", 4, store.clock(), 503, "", 5, store.clock() + 30))
    held = store.conversations.get(CONVERSATION)
    assert held is not None
    assert held.is_held

    store.conversations.release(CONVERSATION)

    assert store.conversations.get(CONVERSATION) == known
    store.clock.advance(1000)
    assert CONVERSATION not in store.overdue()


def test_a_conversation_that_is_not_there_cannot_be_released(dynamo: Store) -> None:
    with pytest.raises(Retryable):
        dynamo.conversations.release("nobody")


def test_a_conversation_remembers_when_it_began_and_last_spoke(dynamo: Store, cloud: Cloud) -> None:
    apply(dynamo, event(capabilities=["LIST"]))
    dynamo.clock.advance(60)
    apply(dynamo, event())

    (item,) = cloud.items()
    moments = {name: float(item[name]["N"]) for name in ("created_at", "last_inbound_at", "capabilities_at")}
    assert moments == {
        "created_at": NEW_YEAR,
        "last_inbound_at": NEW_YEAR + 60,
        "capabilities_at": NEW_YEAR,
    }
