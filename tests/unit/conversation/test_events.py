"""The notes in Parley's own queues."""

from __future__ import annotations

import json

import pytest

from parley.conversation import events
from parley.conversation.events import Departure, Event, Kind, Timer, Transfer


@pytest.mark.parametrize(
    "event",
    [
        Event(Kind.WAKE, "biz", "conv"),
        Event(Kind.MESSAGE, "biz", "conv", message_id="m", recheck=True),
        Event(
            Kind.MESSAGE,
            "biz",
            "conv",
            message_id="m",
            received_at=1.25,
            ulid="01KDVNG400",
            payload='{"body":"\\ud83d\\ude00 \\"quoted\\" \\\\ \\uffff"}',
            capabilities=["LIST"],
        ),
        Event(Kind.MESSAGE, "biz", "conv", message_id="m", payload_key="payloads/m.json", capabilities=[]),
        Event(Kind.TYPING, "biz", "conv", message_id="m", payload="{}"),
        Event(Kind.WAKE, "biz", "conv", forced=True, probe=True),
        Event(Kind.PROBE, "biz", "", endpoint_id="default"),
        Event(Kind.RELEASE, "biz", "", endpoint_id="default", cursor='{"held_since":{"N":"1.5"}}'),
        Event(Kind.REPLAY_RUN, "biz", "", run_id="run-7"),
    ],
)
def test_an_event_comes_back_as_it_was_written(event: Event) -> None:
    text = events.write(event)

    assert events.read_event(text) == event
    assert text.isascii()


def test_absent_facts_take_no_room() -> None:
    assert json.loads(events.write(Event(Kind.WAKE, "biz", "conv"))) == {
        "kind": "wake",
        "business_id": "biz",
        "conversation_id": "conv",
    }
    assert json.loads(events.write(Timer("biz", "conv", 0.0))) == {
        "business_id": "biz",
        "conversation_id": "conv",
        "at": 0.0,
        "kind": "wake",
    }


def test_a_note_of_a_version_that_wrote_every_flag_can_be_read() -> None:
    text = '{"kind":"wake","business_id":"biz","conversation_id":"conv","recheck":false,"forced":true}'

    assert events.read_event(text) == Event(Kind.WAKE, "biz", "conv", forced=True)


def test_a_timer_of_a_version_that_knew_only_wake_ups_is_one() -> None:
    assert events.read_timer('{"business_id":"biz","conversation_id":"conv","at":1.5}').kind is Kind.WAKE


@pytest.mark.parametrize("kind", [Kind.PROBE, Kind.REPLAY_RUN])
def test_a_timer_keeps_what_it_is_for(kind: Kind) -> None:
    timer = Timer("biz", "", 1.5, kind=kind, endpoint_id="default", run_id="run-7")

    assert events.read_timer(events.write(timer)) == timer


@pytest.mark.parametrize(
    ("event", "group"),
    [
        (Event(Kind.WAKE, "biz", "conv", endpoint_id="default"), "conv"),
        (Event(Kind.PROBE, "biz", "", endpoint_id="default"), "biz-default"),
        (Event(Kind.RELEASE, "biz", "", endpoint_id="default"), "biz-default"),
        (Event(Kind.REPLAY_RUN, "biz", "", run_id="run-7"), "biz-run-7"),
    ],
)
def test_notes_that_must_not_overtake_each_other_share_a_group(event: Event, group: str) -> None:
    assert event.group == group


def test_the_other_notes_come_back_too() -> None:
    timer = Timer("biz", "conv", 1.5)

    for departure in (Departure("biz", "conv", "m"), Departure("biz", "conv", "m", again=True)):
        assert events.read_departure(events.write(departure)) == departure
    assert events.read_timer(events.write(timer)) == timer
    assert json.loads(events.write(Transfer("biz", "conv", "m"))) == {
        "business_id": "biz",
        "conversation_id": "conv",
        "message_id": "m",
    }


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"text"', "5", "{}", '{"kind":"wake"}', '{"kind":"dance","business_id":"b"}', '{"x":1}'],
)
def test_what_is_no_note_of_ours_is_a_value_or_type_error(text: str) -> None:
    for read in (events.read_event, events.read_departure, events.read_timer):
        with pytest.raises((ValueError, TypeError)):
            read(text)


def test_a_note_shows_no_body_when_printed() -> None:
    assert "CANARY" not in repr(Event(Kind.MESSAGE, "biz", "conv", payload="CANARY"))
