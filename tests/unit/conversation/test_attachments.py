"""How attachments are named, when a transfer is tried again, and the note that asks for it."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.conversation import schedule
from parley.conversation.attachments import SETTLED, Attachment, PartState, attachment_id, object_key
from parley.conversation.events import Transfer, read_transfer, write
from parley.conversation.records import Direction

chances = st.floats(min_value=0, max_value=1, exclude_max=True)


def test_an_id_is_the_same_for_ever() -> None:
    assert attachment_id("b1", "m1", 0) == "e17c3e8f-e209-54ea-9c06-26d53b480c3d"
    assert uuid.UUID(attachment_id("b1", "m1", 0)).version == 5


@given(st.sets(st.tuples(st.text(max_size=5), st.text(max_size=5), st.integers(-1, 100)), max_size=30))
def test_two_places_never_share_an_id(places: set[tuple[str, str, int]]) -> None:
    named = {attachment_id(*place) for place in places if "\0" not in place[0] + place[1]}

    assert len(named) == len([place for place in places if "\0" not in place[0] + place[1]])


def test_an_object_is_named_by_ids_alone() -> None:
    assert object_key("b1", "a1") == "attachments/b1/a1"


@pytest.mark.parametrize("state", PartState)
def test_what_is_ready_or_failed_is_settled(state: PartState) -> None:
    attachment = Attachment("a1", "b1", Direction.INBOUND, state, created_at=0.0)

    assert attachment.settled == (state in SETTLED) == (state.value in {"ready", "failed"})


@given(st.integers(min_value=1, max_value=len(schedule.TRANSFER_WAITS)), chances)
def test_waits_grow_and_are_spread(attempt: int, chance: float) -> None:
    wait = schedule.transfer_wait(attempt, chance=chance)

    assert wait is not None
    assert 0.8 * schedule.TRANSFER_WAITS[attempt - 1] <= wait <= 1.2 * schedule.TRANSFER_WAITS[attempt - 1]
    assert list(schedule.TRANSFER_WAITS) == sorted(schedule.TRANSFER_WAITS)


def test_the_first_wait_is_short_for_urls_live_for_seconds_and_there_is_a_last() -> None:
    assert schedule.TRANSFER_WAITS[0] <= 1
    assert sum(schedule.TRANSFER_WAITS) >= schedule.HOUR
    assert schedule.transfer_wait(len(schedule.TRANSFER_WAITS) + 1, chance=0.5) is None


def test_a_longer_wait_that_apple_asks_for_is_kept_within_reason() -> None:
    assert schedule.transfer_wait(1, chance=0.5, retry_after=100) == 100
    assert schedule.transfer_wait(1, chance=0.5, retry_after=10**9) == 900


def test_a_note_is_read_as_it_was_written() -> None:
    note = Transfer("b1", "c1", "m1")

    assert read_transfer(write(note)) == note


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"business_id": "b"}', '{"other": 1}'])
def test_what_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_transfer(text)
