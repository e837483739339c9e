"""What is kept of messages and conversations."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from parley.conversation.records import EXCEPTIONAL, FINAL, Conversation, Direction, Message, State


def message(**changed: Any) -> Message:
    return Message("m", "biz", "conv", Direction.INBOUND, "text", State.RECEIVED, 1000.0, "ulid", **changed)


@pytest.mark.parametrize(("replayed_at", "first"), [(None, 1000.0), (5000.0, 5000.0)])
def test_the_time_of_a_message_counts_from_when_it_came_or_was_last_asked_for(
    replayed_at: float | None, first: float
) -> None:
    assert message(replayed_at=replayed_at).first_tried == first


def test_a_conversation_is_held_since_a_moment_or_not_at_all() -> None:
    assert not Conversation("c", "biz", "customer").is_held
    assert Conversation("c", "biz", "customer", held_since=0.0).is_held


def test_an_operator_looks_for_what_waits_or_went_wrong() -> None:
    assert {State.HELD, State.FAILED, State.UNKNOWN} == EXCEPTIONAL
    assert State.HELD not in FINAL
    assert {State.RECEIVED, State.QUEUED, State.HELD} == set(State) - FINAL


@pytest.mark.parametrize("name", ["payload", "opaque_id", "construct", "offered", "reference_id"])
def test_what_customers_and_businesses_say_is_not_printed(name: str) -> None:
    assert name in {field.name for field in fields(Message)}
    assert "CANARY" not in repr(message(**{name: "CANARY"}))
