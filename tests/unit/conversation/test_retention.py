"""How long things are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.conversation import retention
from parley.conversation.attachments import Attachment, PartState
from parley.conversation.records import Direction, Message, State
from parley.conversation.retention import DAY, LEAST_DAYS, WAITING_DAYS

AT = 1_000_000.0
DAYS = st.integers(1, 3650)
DONE = [State.DELIVERED, State.SUPPRESSED, State.SENT, State.CANCELLED]
OPEN = [state for state in State if state not in DONE]


def a_message(state: State, *, replayed_at: float | None = None) -> Message:
    message = Message("m", "b", "c", Direction.INBOUND, "text", state, AT, "u")
    message.replayed_at = replayed_at
    return message


@given(days=DAYS, state=st.sampled_from(OPEN))
def test_what_is_not_done_is_there_for_four_days_at_least(days: int, state: State) -> None:
    assert retention.of_message(a_message(state), days) == AT + max(days, WAITING_DAYS) * DAY


@given(days=DAYS, state=st.sampled_from(DONE))
def test_what_is_done_goes_when_the_business_says(days: int, state: State) -> None:
    assert retention.of_message(a_message(state), days) == AT + days * DAY


@given(days=DAYS, before=st.sampled_from(OPEN), after=st.sampled_from(list(State)))
def test_what_moves_expires_as_if_it_had_always_been_there(days: int, before: State, after: State) -> None:
    written = retention.of_message(a_message(before), days)

    assert (retention.moved(a_message(before), after, days) or written) == retention.of_message(a_message(after), days)


def test_a_replay_gives_a_message_its_time_anew() -> None:
    late = AT + 89 * DAY

    assert retention.moved(a_message(State.HELD, replayed_at=late), State.HELD, 90) == late + WAITING_DAYS * DAY


@given(days=DAYS, late=st.integers(0, 3650))
def test_no_replay_keeps_a_message_longer_than_its_body_lies_in_the_bucket(days: int, late: int) -> None:
    message = a_message(State.HELD, replayed_at=AT + late * DAY)
    message.payload_key = "payloads/b/m.json"

    assert retention.of_message(message, days) <= AT + max(days, LEAST_DAYS) * DAY
    assert retention.of_message(message, days) >= AT + WAITING_DAYS * DAY


@pytest.mark.parametrize(("direction", "days"), [(Direction.INBOUND, 4), (Direction.OUTBOUND, 1)])
def test_a_customers_file_waits_with_its_message(direction: Direction, days: int) -> None:
    file = Attachment("a", "b", direction, PartState.READY, AT)

    assert retention.of_file(file, 1) == AT + days * DAY
