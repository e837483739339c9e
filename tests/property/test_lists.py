"""Lists over eight shards: page by page everything once, in order, whatever the shards and the filter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from parley.conversation.identity import ulid
from parley.conversation.listing import Place, Places, merged
from parley.conversation.records import Direction, Message, State
from parley.conversation.ulids import Span
from parley.services import deliveries
from parley.services.deliveries import Deliveries, Wanted
from tests.support.memory_replays import MemoryDeliveries
from tests.support.memory_table import MemoryConversations, Table

BUSINESS = "biz"
NOW = 1_767_225_600.0
STATES = (State.HELD, State.FAILED, State.DELIVERED, State.SENT)

MESSAGES = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.binary(min_size=10, max_size=10),
        st.sampled_from(STATES),
        st.sampled_from(["a", "b"]),
        st.sampled_from(["c1", "c2"]),
    ),
    max_size=30,
    unique_by=lambda facts: (facts[0], facts[1]),
)
FILTERS = st.builds(
    Wanted,
    st.sampled_from([None, *STATES]),
    st.sampled_from([None, "a", "b"]),
    st.sampled_from([None, "c1", "c2"]),
)
MAYBE_MOMENT = st.none() | st.integers(-5, 45)


def table_of(facts: list[tuple[int, bytes, State, str, str]]) -> Table:
    table = Table()
    for number, (seconds, chance, state, endpoint, conversation) in enumerate(facts):
        message = Message(
            id=f"m{number}",
            business_id=BUSINESS,
            conversation_id=conversation,
            direction=Direction.INBOUND,
            type="text",
            state=state,
            received_at=NOW + seconds,
            ulid=ulid(NOW + seconds, lambda _, chance=chance: chance),  # type: ignore[misc]
            endpoint_id=endpoint,
        )
        table.messages[BUSINESS, message.id] = message
    return table


def moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(NOW + seconds, UTC)


@given(MESSAGES, FILTERS, st.tuples(MAYBE_MOMENT, MAYBE_MOMENT), st.integers(1, 7), st.data())
def test_pages_together_are_the_whole_list(
    facts: list[tuple[int, bytes, State, str, str]],
    wanted: Wanted,
    bounds: tuple[int | None, int | None],
    limit: int,
    data: st.DataObject,
) -> None:
    since, until = bounds
    table = table_of(facts)
    listing = Deliveries(
        store=MemoryDeliveries(table, clock=lambda: NOW + 60), conversations=MemoryConversations(table)
    )
    bounds_of_work: dict[str, Any] = {
        "LOOKED_AT_ONCE": data.draw(st.integers(1, 30)),
        "MOST_LOOKED_AT": data.draw(st.integers(1, 12)),
    }
    found: list[str] = []
    span, pages = Span.of(moment(since), moment(until)), 0
    with patch.multiple(deliveries, **bounds_of_work):
        while True:
            page = listing.find(BUSINESS, wanted, span, limit=limit)
            assert len(page.messages) <= limit
            found += [message.id for message in page.messages]
            pages += 1
            if page.reached is None or span is None:
                break
            span = span.up_to(page.reached)

    expected = [
        message
        for message in table.messages.values()
        if wanted.takes(message)
        and (since is None or message.received_at >= NOW + since)
        and (until is None or message.received_at < NOW + until)
    ]
    assert found == [message.id for message in sorted(expected, key=lambda message: message.ulid, reverse=True)]
    assert pages <= len(facts) + 1


PLACES = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 7)), max_size=40, unique_by=lambda facts: facts[0])


@given(PLACES, st.integers(1, 9), st.booleans())
def test_the_first_of_all_shards_are_the_first_of_all(
    facts: list[tuple[int, int]], limit: int, newest_first: bool
) -> None:
    ordered = sorted((Place(ulid(NOW + number), f"m{number}") for number, _ in facts), key=lambda place: place.ulid)
    if newest_first:
        ordered.reverse()
    shard_of = {f"m{number}": shard for number, shard in facts}
    shards = []
    for shard in range(8):
        own = [place for place in ordered if shard_of[place.message_id] == shard]
        shards.append(Places(own[:limit], more=len(own) > limit))

    page = merged(shards, newest_first=newest_first, limit=limit)

    assert page.places == ordered[:limit]
    assert page.more == (len(ordered) > limit)


def test_what_is_left_of_the_last_page_is_not_forgotten() -> None:
    table = table_of([(second, bytes(10), State.HELD, "a", "c1") for second in range(3)])
    listing = Deliveries(
        store=MemoryDeliveries(table, clock=lambda: NOW + 60), conversations=MemoryConversations(table)
    )

    first = listing.find(BUSINESS, Wanted(endpoint_id="a"), Span(), limit=2)

    assert [message.id for message in first.messages] == ["m2", "m1"]
    assert first.reached == first.messages[-1].ulid
