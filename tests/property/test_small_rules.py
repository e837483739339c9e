"""Laws of the small pure modules."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from parley.apple import capabilities
from parley.business.model import Business, Endpoint, Rule
from parley.business.sends import read as read_send
from parley.conversation import events, schedule
from parley.conversation.events import Event, Kind
from parley.conversation.identity import ulid
from parley.conversation.routing import route
from parley.storage import attributes

words = st.none() | st.sampled_from(["a", "b", "c"])
moments = st.floats(0, 2**47 / 1000, allow_nan=False)


@given(first=moments, second=moments, chance=st.binary(min_size=10, max_size=10))
def test_ulids_sort_by_time(first: float, second: float, chance: bytes) -> None:
    assume(int(first * 1000) < int(second * 1000))

    assert ulid(first, lambda size: b"\xff" * size) < ulid(second, lambda _size: chance)


@given(attempt=st.integers(1, 10_000), chance=st.floats(0, 1, exclude_max=True), asked=st.none() | st.floats(0, 1e12))
def test_a_wait_for_a_webhook_is_bounded_and_never_shorter_than_asked_within_reason(
    attempt: int, chance: float, asked: float | None
) -> None:
    wait = schedule.delivery_wait(attempt, chance=chance, retry_after=asked)

    table = [*schedule.DELIVERY_WAITS, schedule.DELIVERY_LAST_WAIT]
    planned = table[min(attempt, len(table)) - 1]
    assert 0.8 * planned <= wait <= max(1.2 * planned, min(asked or 0, schedule.DELIVERY_LAST_WAIT)) + 1e-6
    assert wait >= min(asked or 0, schedule.DELIVERY_LAST_WAIT)


@given(attempt=st.integers(1, 100), chance=st.floats(0, 1, exclude_max=True), asked=st.none() | st.floats(0, 1e12))
def test_a_wait_for_apple_is_bounded_and_ends(attempt: int, chance: float, asked: float | None) -> None:
    wait = schedule.send_wait(attempt, chance=chance, retry_after=asked)

    assert (wait is None) is (attempt > len(schedule.SEND_WAITS))
    assert wait is None or 0 < wait <= schedule.HOUR


rules = st.lists(
    st.builds(Rule, endpoint_id=st.sampled_from(["e1", "e2", "gone"]), intent=words, group=words), max_size=8
)


@given(rules=rules, intent=words, group=words, handler=st.none() | st.sampled_from(["e1", "gone"]))
def test_the_most_specific_rule_wins(
    rules: list[Rule], intent: str | None, group: str | None, handler: str | None
) -> None:
    endpoints = {name: Endpoint(name, f"https://{name}.example") for name in ("e1", "e2")}
    business = Business("biz", "B", endpoints=endpoints, rules=tuple(rules))

    expected = handler
    if handler not in endpoints:  # nobody, or one that is gone: the rules decide
        for wanted in ((intent, group), (intent, None), (None, group), (None, None)):
            exact = [rule.endpoint_id for rule in rules if (rule.intent, rule.group) == wanted]
            if exact:
                expected = exact[0]
                break

    found = route(business, intent=intent, group=group, handler=handler)
    assert found == endpoints.get(expected or "")


storable = st.recursive(
    st.text() | st.booleans() | st.integers(-(10**37), 10**37) | st.floats(-1e100, 1e100, allow_subnormal=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(value=storable)
def test_a_value_comes_back_from_its_attribute(value: object) -> None:
    back = attributes.decode(attributes.encode(value))

    assert back == value
    assert not isinstance(value, bool) or back is value


@given(values=st.dictionaries(st.text(min_size=1), st.none() | storable, max_size=5))
def test_an_item_comes_back_without_its_absent_attributes(values: dict[str, object]) -> None:
    expected = {name: value for name, value in values.items() if value is not None}

    assert attributes.decode_item(attributes.encode_item(values)) == expected


notes = st.builds(
    Event,
    kind=st.sampled_from(Kind),
    business_id=st.text(),
    conversation_id=st.text(),
    message_id=st.none() | st.text(),
    received_at=st.none() | moments,
    payload=st.none() | st.text(),
    capabilities=st.none() | st.lists(st.text(), max_size=3),
    recheck=st.booleans(),
)


@given(note=notes)
def test_a_note_survives_the_queue(note: Event) -> None:
    text = events.write(note)

    assert text.isascii()
    assert events.read_event(text) == note


visible = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20)
sends = st.fixed_dictionaries(
    {"to": visible, "body": st.text(st.characters(exclude_categories=["Cs"]), max_size=30)},
    optional={
        "type": st.just("text"),
        "subject": st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
        "auto_reply": st.booleans(),
        # No digits: enough of them are taken for a telephone number.
        "agent": st.none() | st.text(st.characters(min_codepoint=0x41, max_codepoint=0x7E), max_size=10),
    },
)


def full(content: dict[str, Any]) -> dict[str, Any]:
    """A request with what it leaves unsaid."""
    unsaid = {"type": "text", "subject": None, "auto_reply": False, "agent": None, "links": "preview"}
    return unsaid | {"fallback": "auto"} | content


def _canonical(body: str) -> str:
    """What a request is told from another by."""
    return read_send(body.encode()).model_dump_json()


@given(content=sends, seed=st.randoms(use_true_random=False), ascii_only=st.booleans())
def test_equal_requests_have_one_canonical_form(content: dict[str, Any], seed: Any, *, ascii_only: bool) -> None:
    shuffled = list(full(content).items())
    seed.shuffle(shuffled)

    one = _canonical(json.dumps(content))
    other = _canonical(json.dumps(dict(shuffled), ensure_ascii=ascii_only))

    assert one == other


@given(one=sends, other=sends)
def test_different_requests_have_different_ones(one: dict[str, Any], other: dict[str, Any]) -> None:
    forms = [_canonical(json.dumps(content)) for content in (one, other)]

    assert (forms[0] == forms[1]) is (full(one) == full(other))


@given(header=st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_capability_header_is_read_into_few_short_tokens(header: str) -> None:
    tokens = capabilities.parse(header)

    assert tokens is not None
    assert len(tokens) <= capabilities.MAX_TOKENS
    assert len(tokens) == len(set(tokens))
    assert all(0 < len(token) <= 32 and "," not in token for token in tokens)


@given(at=moments)
def test_moments_are_stored_to_the_bit(at: float) -> None:
    back = attributes.decode(attributes.encode(at))

    assert math.isclose(back, at, rel_tol=0, abs_tol=0)
