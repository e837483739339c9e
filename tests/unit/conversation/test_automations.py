"""What a message sets off by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.business.channel import channel_of
from parley.conversation.automations import DAY, LATE_SECONDS, Act, Automation, Deed, Written, decide, read, write
from parley.conversation.records import Conversation

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
WORDS = {"en": {"body": "Hi"}}
EVERYTHING = {
    "time_zone": "UTC",
    "hours": {"tuesday": [{"from": "09:00", "to": "17:00"}]},
    "greeting": {"messages": WORDS, "welcome_back": {"after_days": 30, "messages": WORDS}},
    "away": {"messages": WORDS},
    "triggers": {"person": {"answer": WORDS, "handover": "ep_1"}, "menu": {"handover": "ep_2"}},
    "topics": [{"id": "orders", "titles": {"en": "Orders"}}],
}


def deeds(
    body: str | None = "Hi",
    *,
    last_at: float | None = NOW - 60,
    settings: dict[str, Any] = EVERYTHING,
    now: float = NOW,
    at: float = NOW,
    **known: Any,
) -> list[Deed]:
    conversation = Conversation("c1", "b1", "o1", **known)
    decided = decide(channel_of(settings), conversation, Written("m1", body, "en", at, last_at), now=now)
    return [act.deed for act in decided.acts]


def test_a_new_customer_is_greeted_and_told_that_nobody_is_there() -> None:
    assert deeds(last_at=None) == [Deed.GREET, Deed.AWAY]
    assert deeds() == [Deed.AWAY]
    assert deeds(last_at=NOW - 30 * DAY) == [Deed.WELCOME_BACK, Deed.AWAY]
    assert deeds(last_at=NOW - 30 * DAY + 1) == [Deed.AWAY]


def test_a_tap_greets_only_who_is_new_and_is_told_no_hours() -> None:
    assert deeds(None, last_at=None) == [Deed.GREET]
    assert deeds(None, last_at=NOW - 90 * DAY) == []


def test_a_message_that_comes_late_is_not_greeted_any_more_but_answered() -> None:
    assert deeds(last_at=None, now=NOW + LATE_SECONDS) == []
    assert deeds("agent", last_at=None, now=NOW + LATE_SECONDS) == [Deed.ANSWER, Deed.HAND_OVER]
    assert deeds(last_at=None, now=NOW + LATE_SECONDS - 1) == [Deed.GREET, Deed.AWAY]


def test_trigger_words_come_last_and_unsubscribing_alone() -> None:
    assert deeds("agent", last_at=None) == [Deed.GREET, Deed.AWAY, Deed.ANSWER, Deed.HAND_OVER]
    assert deeds("menu") == [Deed.AWAY, Deed.HAND_OVER]
    assert deeds("stop", last_at=None) == deeds("subscribe", last_at=None) == [Deed.ASK]
    assert deeds("stop", settings={}) == []
    own = {**EVERYTHING, "triggers": {"unsubscribe": {"answer": WORDS}}}
    assert deeds("stop", settings=own) == [Deed.ANSWER]


def test_an_answer_is_kept_only_after_somebody_was_asked() -> None:
    asked: dict[str, Any] = {"preferences_asked_at": NOW - 60}

    assert deeds(None) == []
    assert deeds(None, **asked) == [Deed.KEEP]
    assert Deed.KEEP not in deeds("1", **asked)
    assert deeds("1", question_id="q", **asked)[-1] is Deed.KEEP
    assert deeds("1", question_id="q", question_answered_by="m1", **asked)[-1] is Deed.KEEP
    assert Deed.KEEP not in deeds("1", question_id="q", question_answered_by="m0", **asked)
    assert Deed.KEEP not in deeds("stop", question_id="q", **asked)


@pytest.mark.parametrize("body", ["Hi", "agent", "stop", None])
def test_without_settings_only_words_are_noticed(body: str | None) -> None:
    conversation = Conversation("c1", "b1", "o1")

    decided = decide(channel_of({}), conversation, Written("m1", body, "en", NOW, None), now=NOW)

    assert decided.acts == ()
    assert (decided.trigger is not None) == (body in {"agent", "stop"})


def test_a_greeting_without_words_for_the_new_is_for_those_who_are_back() -> None:
    back = {"greeting": {"messages": {}, "welcome_back": {"after_days": 1, "messages": WORDS}}}

    assert deeds(last_at=None, settings=back) == []
    assert deeds(last_at=NOW - 2 * DAY, settings=back) == [Deed.WELCOME_BACK]


@given(
    st.sampled_from(["Hi", "agent", "stop", "menu", None]),
    st.none() | st.floats(0, NOW),
    st.floats(NOW - 30 * DAY, NOW),
    st.none() | st.just("q"),
)
def test_the_same_message_sets_off_the_same_and_no_key_can_be_a_callers(
    body: str | None, last_at: float | None, at: float, question: str | None
) -> None:
    conversation = Conversation("c1", "b1", "o1", preferences_asked_at=1.0, question_id=question)
    written = Written("m1", body, "en", at, last_at)

    first, again = (decide(channel_of(EVERYTHING), conversation, written, now=now) for now in (at, at + 1))

    assert first == again
    keys = [act.key for act in first.acts if act.key is not None]
    assert len(keys) == len(set(keys))
    assert all(not key.isprintable() and "c1" in key for key in keys)
    note = Automation("b1", "c1", "m1", first.acts)
    assert read(write(note)) == note


def test_keys_differ_from_one_occasion_to_the_other() -> None:
    def key(body: str, *, conversation: str = "c1", message: str = "m1", last_at: float | None, at: float = NOW) -> Any:
        known = Conversation(conversation, "b1", "o1")
        return {
            act.deed: act.key
            for act in decide(channel_of(EVERYTHING), known, Written(message, body, "en", at, last_at), now=at).acts
        }

    one = key("agent", last_at=None)
    assert key("agent", last_at=None, message="m2")[Deed.GREET] == one[Deed.GREET]
    assert key("agent", last_at=None, message="m2")[Deed.AWAY] == one[Deed.AWAY]
    assert key("agent", last_at=None, message="m2")[Deed.ANSWER] != one[Deed.ANSWER]
    other = key("agent", last_at=None, conversation="c2")
    assert all(other[deed] != one[deed] for deed in (Deed.GREET, Deed.AWAY, Deed.ANSWER))
    week_later = key("agent", last_at=NOW - 90 * DAY, at=NOW + 7 * DAY)
    assert week_later[Deed.AWAY] != one[Deed.AWAY]
    assert week_later[Deed.WELCOME_BACK] != key("Hi", last_at=NOW - 80 * DAY)[Deed.WELCOME_BACK]


@pytest.mark.parametrize("text", ["", "{}", '{"acts": [{"deed": "dance"}]}', '{"acts": [], "x": 1}'])
def test_a_note_that_is_none_of_ours_is_not_read(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read(text)


def test_what_is_absent_is_left_out_of_a_note() -> None:
    assert write(Automation("b", "c", "m", (Act(Deed.KEEP),))) == (
        '{"business_id":"b","conversation_id":"c","message_id":"m","acts":[{"deed":"keep"}]}'
    )
