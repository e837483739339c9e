"""What was said, and the list of conversations: page by page everything once, in order, whatever the filter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from parley.conversation.identity import place_of, ulid
from parley.conversation.listing import Place, Places
from parley.conversation.records import Conversation, ConversationState, Direction, Message, State
from parley.conversation.ulids import Span
from parley.services import conversation_list, history
from tests.support.memory_attachments import MemoryAttachments
from tests.support.memory_replays import MemoryDeliveries
from tests.support.memory_table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

BUSINESS = "biz"
NOW = 1_767_225_600.0

MESSAGES = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from(list(Direction)),
        st.sampled_from([State.DELIVERED, State.SENT]),
        st.sampled_from(["c1", "c2"]),
        st.integers(0, 60),
    ),
    max_size=20,
    unique_by=lambda facts: facts[0],
)
FILTERS = st.builds(
    history.Wanted,
    st.sampled_from([None, Direction.INBOUND, Direction.OUTBOUND]),
    st.sampled_from([None, State.DELIVERED, State.SENT]),
    st.sampled_from([None, "c1", "c2"]),
)


class Histories(MemoryDeliveries):
    """`services.ports.History`."""

    def read_whole(self, business_id: str, message_ids: Iterable[str]) -> dict[str, Message]:
        return self.read(business_id, message_ids)


@given(MESSAGES, FILTERS, st.integers(1, 7), st.booleans(), st.integers(1, 6), st.integers(1, 9), st.integers(1, 200))
def test_pages_together_are_all_that_was_said(  # noqa: PLR0917  (what Hypothesis draws)
    facts: list[tuple[int, Direction, State, str, int]],
    wanted: history.Wanted,
    limit: int,
    newest_first: bool,
    at_once: int,
    most: int,
    chars: int,
) -> None:
    table = Table()
    for number, (seconds, direction, state, conversation, size) in enumerate(facts):
        message = Message(
            id=f"m{number}",
            business_id=BUSINESS,
            conversation_id=conversation,
            direction=direction,
            type="text",
            state=state,
            received_at=NOW + seconds,
            ulid=ulid(NOW + seconds),
            payload=json.dumps({"body": "x" * size}),
        )
        table.messages[BUSINESS, message.id] = message
    everything = [one for one in table.messages.values() if wanted.takes(one)]
    everything.sort(key=lambda one: one.ulid, reverse=newest_first)
    clock: Any = lambda: NOW + 60  # noqa: E731
    reader = history.History(
        store=Histories(table, clock=clock), attachments=MemoryAttachments(clock), marks=lambda _: ()
    )

    found: list[str] = []
    span: Span | None = Span()
    with (
        patch.object(history, "LOOKED_AT_ONCE", at_once),
        patch.object(history, "MOST_LOOKED_AT", most),
        patch.object(history, "PAGE_CHARS", chars),
    ):
        for _ in range(100):
            page = reader.find(BUSINESS, wanted, span, limit=limit, newest_first=newest_first)
            assert len(page.messages) <= limit
            assert sum(len(said.message.payload or "") for said in page.messages[1:]) <= chars
            found += [said.message.id for said in page.messages]
            if page.reached is None:
                break
            assert span is not None
            span = span.up_to(page.reached) if newest_first else span.behind(page.reached)

    assert found == [one.id for one in everything]
    assert all(one.direction is not Direction.NOTICE for one in everything)


CONVERSATIONS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from([None, "desk"]),
        st.sampled_from([None, "sales"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=20,
)
CONDITIONS = st.builds(
    conversation_list.Wanted,
    st.sampled_from([None, *ConversationState]),
    st.sampled_from([None, "desk"]),
    st.sampled_from([None, "sales", "support"]),
    st.none(),
)


class Conversations:
    """`services.ports.ConversationList`."""

    def __init__(self, known: list[Conversation]) -> None:
        self.known = {each.id: each for each in known}

    def places(self, business_id: str, *, span: Span, limit: int) -> Places:
        assert business_id == BUSINESS
        places = sorted((each.received_ulid or "", each.id) for each in self.known.values())[::-1]
        inside = [Place(*place) for place in places if span.first <= place[0] <= span.last]
        return Places(inside[:limit], more=len(inside) > limit)

    def read(self, business_id: str, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        assert business_id == BUSINESS
        return {identity: self.known[identity] for identity in conversation_ids}


@given(CONVERSATIONS, CONDITIONS, st.integers(1, 7), st.integers(1, 6), st.integers(1, 9))
def test_pages_together_are_all_conversations_that_are_wanted(
    facts: list[tuple[int, str | None, str | None, bool, bool]],
    wanted: conversation_list.Wanted,
    limit: int,
    at_once: int,
    most: int,
) -> None:
    known = [
        Conversation(
            f"c{number}",
            BUSINESS,
            "urn:mbid:x",
            handler=handler,
            intent=intent,
            opted_out=closed,
            held_since=NOW if held else None,
            received_ulid=place_of(f"c{number}", NOW + seconds),
        )
        for number, (seconds, handler, intent, closed, held) in enumerate(facts)
    ]
    reader = conversation_list.ConversationList(store=Conversations(known))

    found: list[str] = []
    span: Span | None = Span()
    with (
        patch.object(conversation_list, "LOOKED_AT_ONCE", at_once),
        patch.object(conversation_list, "MOST_LOOKED_AT", most),
    ):
        for _ in range(100):
            page = reader.find(BUSINESS, wanted, span, limit=limit)
            assert len(page.conversations) <= limit
            found += [each.id for each in page.conversations]
            if page.reached is None:
                break
            assert span is not None
            span = span.up_to(page.reached)

    ordered = sorted(known, key=lambda each: each.received_ulid or "", reverse=True)
    assert found == [each.id for each in ordered if wanted.takes(each)]
