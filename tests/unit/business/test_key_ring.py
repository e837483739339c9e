"""Which keys sign a business's webhooks, now and while they are replaced."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.business.key_ring import MAX_FORMER, Former, Key, KeyRing
from parley.errors import Fatal

RING = KeyRing({"webhook_secret": "d", "endpoints": {"e1": {"secret": "one"}}, "merchant": {"id": "m"}})
NOW = 1000.0


def test_an_endpoint_without_a_key_of_its_own_signs_with_the_default() -> None:
    assert RING.key("e2").signing(NOW) == ["d"]
    assert RING.key(None).signing(NOW) == ["d"]


def test_an_endpoint_with_a_key_of_its_own_signs_with_nothing_else() -> None:
    assert RING.key("e1").signing(NOW) == ["one"]


def test_both_sign_until_the_overlap_is_over_newest_first() -> None:
    key = Key("old").succeeded_by("new", until=NOW + 10, now=NOW)

    assert key.signing(NOW) == ["new", "old"]
    assert key.signing(NOW + 9.9) == ["new", "old"]
    assert key.signing(NOW + 10) == ["new"]


def test_a_call_repeated_because_its_answer_was_lost_does_not_take_the_key_the_receiver_knows() -> None:
    first = Key("known").succeeded_by("lost", until=NOW + 10, now=NOW)
    second = first.succeeded_by("kept", until=NOW + 12, now=NOW + 2)

    assert second.signing(NOW + 3) == ["kept", "lost", "known"]
    assert second.signing(NOW + 11) == ["kept", "lost"]


def test_what_is_over_is_not_written_again() -> None:
    key = Key("b", (Former("a", NOW),)).succeeded_by("c", until=NOW + 10, now=NOW)

    assert key.former == (Former("b", NOW + 10),)


@given(st.lists(st.floats(0, 20), max_size=12))
def test_every_key_replaced_within_the_overlap_still_signs(waits: list[float]) -> None:
    overlap, now, key = 24.0, 0.0, Key("0")
    replaced: list[tuple[str, float]] = []
    for number, wait in enumerate(waits, 1):
        now += wait
        replaced.insert(0, (key.secret, now))
        key = key.succeeded_by(str(number), until=now + overlap, now=now)

    going = [secret for secret, at in replaced if now < at + overlap]
    assert key.signing(now) == [key.secret, *going[:MAX_FORMER]]


def test_a_ring_survives_being_written_and_read() -> None:
    ring = RING.with_key("e2", Key("two", (Former("was", NOW),))).with_key(None, Key("d2", (Former("d", NOW),)))

    again = KeyRing(json.loads(json.dumps(ring.document)))

    assert again == ring
    assert again.key("e2") == Key("two", (Former("was", NOW),))
    assert again.key(None) == Key("d2", (Former("d", NOW),))
    assert again.document["merchant"] == {"id": "m"}


def test_a_default_that_is_replaced_for_good_leaves_no_former_one() -> None:
    ring = RING.with_key(None, Key("d2", (Former("d", NOW),))).with_key(None, Key("d3"))

    assert ring.document == {**RING.document, "webhook_secret": "d3"}


def test_an_endpoint_that_is_gone_leaves_nothing() -> None:
    assert RING.without("e1").document == {"webhook_secret": "d", "merchant": {"id": "m"}}
    assert RING.without("unknown") == RING


def test_all_keys_are_renewed_and_the_old_ones_go_on() -> None:
    fresh = (f"new{number}" for number in itertools.count())
    ring = RING.renewed(lambda: next(fresh), until=NOW + 10, now=NOW)

    assert ring.key(None).signing(NOW) == ["new0", "d"]
    assert ring.key("e1").signing(NOW) == ["new1", "one"]
    assert ring.names == [None, "e1"]


def test_what_changed_since_new_keys_were_made_stays_changed() -> None:
    newer = RING.renewed(lambda: "fresh", until=NOW + 10, now=NOW)
    since = RING.with_key("e1", Key("leaked no more")).with_key("e2", Key("young"))

    merged = since.adopting(newer)

    assert merged.key(None).signing(NOW) == ["fresh", "d"]
    assert merged.key("e1").signing(NOW) == ["leaked no more"]
    assert merged.key("e2").signing(NOW) == ["young"]


def test_nothing_changed_since_means_the_newer_ring_as_it_is() -> None:
    newer = RING.renewed(lambda: "fresh", until=NOW + 10, now=NOW)

    assert RING.adopting(newer) == newer
    assert newer.adopting(newer) == newer


def test_an_endpoint_deleted_since_does_not_come_back() -> None:
    newer = RING.renewed(lambda: "fresh", until=NOW + 10, now=NOW)

    assert RING.without("e1").adopting(newer).names == [None]


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"secret": ""},
        {"secret": 7},
        [],
        "text",
        {"secret": "s", "former": [{"secret": "x"}]},
        {"secret": "s", "former": [{"secret": "x", "until": "soon"}]},
        {"secret": "s", "former": 7},
    ],
    ids=str,
)
def test_a_damaged_key_stands_in_nobody_elses_way(own: Any) -> None:
    ring = KeyRing({"webhook_secret": "d", "endpoints": {"bad": own, "good": {"secret": "g"}}})

    assert ring.key("good").signing(NOW) == ["g"]
    with pytest.raises(Fatal, match="replace it"):
        ring.key("bad")
    assert ring.with_key("bad", Key("mended")).key("bad").signing(NOW) == ["mended"]


def test_endpoints_that_are_no_object_are_an_operators_mistake() -> None:
    with pytest.raises(Fatal, match="endpoints"):
        KeyRing({"webhook_secret": "d", "endpoints": []}).key("e1")


def test_a_ring_without_any_key_is_an_operators_mistake() -> None:
    with pytest.raises(Fatal):
        KeyRing({}).key("e1")


def test_no_key_shows_in_its_own_description() -> None:
    shown = repr([RING, Key("topsecret", (Former("topsecret", NOW),))])

    assert "topsecret" not in shown
    assert "one" not in shown
