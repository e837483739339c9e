"""Conversations: one event at a time teaches what the business needs to know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple.inbound import InboundMessage
from parley.conversation.identity import place_of
from parley.conversation.records import Attempt, Conversation, Direction, erasure_before
from parley.errors import NotFound, Retryable
from parley.storage import keys
from tests.support import apple_requests as apple
from tests.support.clock import NEW_YEAR
from tests.support.cloud import TABLE
from tests.support.world import CONVERSATION
from tests.unit.storage.conftest import a_message

if TYPE_CHECKING:
    from parley.conversation.records import Message
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
        before_at=0,
        last_event=first.id,
        created_at=store.clock(),
        last_inbound_at=store.clock(),
        received_ulid=place_of(CONVERSATION, store.clock()),
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


def was_opted_out(store: Store, *kinds: str) -> list[bool]:
    return [apply(store, event(kind)).was_opted_out for kind in kinds]


def test_each_event_finds_the_conversation_as_those_before_left_it(store: Store) -> None:
    assert was_opted_out(store, "text", "close", "hologram", "text", "text", "close") == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]


def test_the_same_event_again_finds_what_it_found(store: Store) -> None:
    apply(store, event("close"))
    back = event()

    assert [apply(store, back).was_opted_out for _ in range(3)] == [True] * 3
    assert apply(store, event()).was_opted_out is False


def test_a_customer_apple_called_gone_was_opted_out_too(store: Store) -> None:
    store.conversations.opt_out(CONVERSATION, apple.BUSINESS, apple.CUSTOMER)

    assert was_opted_out(store, "text", "text") == [True, False]


# --- notices ---------------------------------------------------------------------------------------


def a_notice(store: Store, number: int, **changed: Any) -> Message:
    facts = {"id": f"n{number}", "direction": Direction.NOTICE, "type": "message.sent"}
    return a_message(store.clock, **facts | changed)


def test_notices_are_numbered_among_the_customers_events(store: Store) -> None:
    first = apply(store, event(intent="sales"))

    noticed = store.conversations.number(CONVERSATION, a_notice(store, 1), at=store.clock())

    assert noticed.sequence == 2
    assert (noticed.intent, noticed.opaque_id, noticed.opted_out) == ("sales", first.opaque_id, False)
    assert apply(store, event()).sequence == 3


def test_the_same_notice_again_keeps_its_number(store: Store) -> None:
    notice = a_notice(store, 1)

    numbers = [store.conversations.number(CONVERSATION, notice, at=store.clock()).sequence for _ in range(2)]

    assert numbers == [1, 1]
    assert store.conversations.number(CONVERSATION, a_notice(store, 2), at=store.clock()).sequence == 2


def test_a_notice_can_be_the_first_of_a_conversation(store: Store) -> None:
    made = store.conversations.number(CONVERSATION, a_notice(store, 1), at=store.clock())

    assert made == Conversation(
        CONVERSATION,
        apple.BUSINESS,
        apple.CUSTOMER,
        sequence=1,
        last_event="n1",
        created_at=store.clock(),
        received_ulid=place_of(CONVERSATION, store.clock()),
    )
    assert store.conversations.get(CONVERSATION) == made


def test_a_notice_about_no_customer_has_a_line_of_its_own(store: Store) -> None:
    notice = a_notice(store, 1, opaque_id=None)

    made = store.conversations.number("line", notice, at=store.clock())

    assert (made.id, made.business_id, made.opaque_id, made.sequence) == ("line", apple.BUSINESS, "", 1)
    assert store.conversations.get("line") == made


def test_a_notice_says_nothing_about_who_left(store: Store) -> None:
    apply(store, event("close"))

    store.conversations.number(CONVERSATION, a_notice(store, 1), at=store.clock())

    assert was_opted_out(store, "text") == [True]


def forgotten(store: Store, cloud: Cloud, *, at: float) -> None:
    cloud.dynamodb.put_item(
        TableName=TABLE, Item=keys.conversation(CONVERSATION) | {"sequence": {"N": "1"}, "erased_at": {"N": repr(at)}}
    )


def test_of_who_was_forgotten_only_that_is_known(dynamo: Store, cloud: Cloud) -> None:
    forgotten(dynamo, cloud, at=1000.5)

    assert dynamo.conversations.look_up(CONVERSATION) == (None, 1000.5)
    assert dynamo.conversations.look_up("nobody") == (None, 0.0)
    dynamo.clock.advance(1)
    begun = apply(dynamo, event())
    assert begun.erased_at == 1000.5
    assert dynamo.conversations.look_up(CONVERSATION) == (begun, 1000.5)


@pytest.mark.parametrize(
    ("seen", "is_told"), [(0.0, False), (erasure_before(1000.5), False), (1000.5, True), (2000.0, True)]
)
def test_a_notice_of_before_an_erasure_gets_no_place(
    dynamo: Store, cloud: Cloud, seen: float, *, is_told: bool
) -> None:
    forgotten(dynamo, cloud, at=1000.5)
    notice = a_notice(dynamo, 1, erasure_seen=seen)

    if is_told:
        assert dynamo.conversations.number(CONVERSATION, notice, at=1001.0).sequence == 2
        return
    with pytest.raises(NotFound) as caught:
        dynamo.conversations.number(CONVERSATION, notice, at=1001.0)

    assert caught.value.code == "conversation_erased"
    assert dynamo.conversations.get(CONVERSATION) is None


# --- what was left behind ----------------------------------------------------------------------------


def left(store: Store) -> tuple[set[str], set[str]]:
    known = store.conversations.get(CONVERSATION)
    assert known is not None
    return known.left_in, known.left_out


def leave(store: Store, identity: str, direction: Direction = Direction.INBOUND) -> None:
    message = a_message(store.clock, id=identity, direction=direction)
    store.conversations.leave_behind(CONVERSATION, apple.BUSINESS, apple.CUSTOMER, message=message)


def test_messages_are_left_behind_by_the_way_they_go(store: Store) -> None:
    for name in ("a", "b", "a"):
        leave(store, name)
    leave(store, "c", Direction.OUTBOUND)
    leave(store, "d", Direction.NOTICE)

    assert left(store) == ({"a", "b", "d"}, {"c"})


def test_a_customer_nobody_heard_of_can_leave_a_message_behind(store: Store) -> None:
    leave(store, "a")

    assert store.conversations.get(CONVERSATION) == Conversation(
        CONVERSATION, apple.BUSINESS, apple.CUSTOMER, left_in={"a"}
    )
    assert apply(store, event()).sequence == 1


def test_the_next_event_sees_who_was_left_behind(store: Store) -> None:
    leave(store, "a")
    leave(store, "b", Direction.OUTBOUND)

    known = apply(store, event())

    assert (known.left_in, known.left_out) == ({"a"}, {"b"})


def test_what_a_conversation_knew_it_still_knows(store: Store) -> None:
    before = apply(store, event("close", intent="sales"))

    leave(store, "a")

    found = store.conversations.get(CONVERSATION)
    assert found is not None
    assert found == replace(before, left_in={"a"})


@pytest.mark.parametrize(
    ("direction", "remains"),
    [
        (Direction.INBOUND, ({"b"}, {"a", "x"})),
        (Direction.NOTICE, ({"b"}, {"a", "x"})),
        (Direction.OUTBOUND, ({"a", "b"}, {"x"})),
    ],
)
def test_only_those_that_went_along_are_taken_off_and_only_one_way(
    store: Store, direction: Direction, remains: tuple[set[str], set[str]]
) -> None:
    for name in ("a", "b"):
        leave(store, name)
    for name in ("a", "x"):
        leave(store, name, Direction.OUTBOUND)

    store.conversations.took_along(CONVERSATION, ["a", "stranger"], direction=direction)

    assert left(store) == remains


def test_when_all_are_taken_along_nobody_is_left(store: Store) -> None:
    for name in ("a", "b"):
        leave(store, name)

    store.conversations.took_along(CONVERSATION, {"a", "b"}, direction=Direction.INBOUND)

    assert left(store) == (set(), set())
    assert apply(store, event()).left_in == set()


def test_nobody_is_taken_along_from_a_conversation_that_is_not_there(dynamo: Store, cloud: Cloud) -> None:
    with pytest.raises(Retryable):
        dynamo.conversations.took_along("nobody", ["a"], direction=Direction.INBOUND)
    assert cloud.items() == []


# --- continued and released --------------------------------------------------------------------------


def hold(store: Store, *, attempts: int = 4, wait: float = 30) -> Conversation:
    """A conversation that waits; as it was before."""
    message = a_message(store.clock, sequence=1)
    store.messages.add(message)
    known = apply(store, event())
    store.mailbox.fail(message, known, Attempt("default", attempts, store.clock(), 503, "", 5, store.clock() + wait))
    return known


def test_a_drain_that_goes_on_begins_its_schedule_anew(store: Store) -> None:
    before = hold(store)
    held_since = store.clock()
    store.clock.advance(10)

    store.conversations.go_on(CONVERSATION, at=store.clock())

    now = store.conversations.get(CONVERSATION)
    assert now is not None
    assert now == replace(
        before,
        held_since=held_since,
        held_endpoint=f"EP#{apple.BUSINESS}#default",
        waits_for="endpoint",
        attempts=0,
        next_attempt_at=store.clock(),
    )
    store.clock.advance(59)
    assert store.overdue() == []
    store.clock.advance(1)
    assert store.overdue() == [CONVERSATION]


def test_only_what_waits_can_go_on(dynamo: Store) -> None:
    before = apply(dynamo, event())

    with pytest.raises(Retryable):
        dynamo.conversations.go_on(CONVERSATION, at=dynamo.clock())

    assert dynamo.conversations.get(CONVERSATION) == before
    assert dynamo.overdue() == []


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
    known = hold(store)
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
