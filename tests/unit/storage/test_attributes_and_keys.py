"""Python values as attributes, and every key of the table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from parley.conversation.records import State
from parley.storage import attributes, keys


@pytest.mark.parametrize(
    ("value", "attribute"),
    [
        ("", {"S": ""}),
        ("text", {"S": "text"}),
        (State.HELD, {"S": "held"}),
        (True, {"BOOL": True}),
        (False, {"BOOL": False}),
        (0, {"N": "0"}),
        (-7, {"N": "-7"}),
        (1.5, {"N": "1.5"}),
        (10**37, {"N": "1" + "0" * 37}),
        ([], {"L": []}),
        (["a", 1, [True]], {"L": [{"S": "a"}, {"N": "1"}, {"L": [{"BOOL": True}]}]}),
        ({"a": {"b": 1}}, {"M": {"a": {"M": {"b": {"N": "1"}}}}}),
    ],
)
def test_a_value_and_its_attribute(value: object, attribute: dict[str, object]) -> None:
    assert attributes.encode(value) == attribute
    assert attributes.decode(attribute) == value


def test_a_tuple_is_a_list_and_none_is_absent() -> None:
    assert attributes.encode(("a",)) == {"L": [{"S": "a"}]}
    assert attributes.encode_item({"a": None, "b": {"c": None}}) == {"b": {"M": {}}}


def test_an_enum_becomes_plain_text() -> None:
    assert type(attributes.encode(State.HELD)["S"]) is str


@pytest.mark.parametrize("text", ["1767225600.5", "1E+2", "1e2", "0.1"])
def test_a_number_with_a_fraction_or_exponent_is_a_float(text: str) -> None:
    found = attributes.decode({"N": text})

    assert isinstance(found, float)
    assert found == float(text)


def test_what_others_wrote_can_be_read() -> None:
    assert attributes.decode({"NULL": True}) is None
    assert attributes.decode_item({}) == {}


@pytest.mark.parametrize("value", [{"b", "a"}, frozenset({"a", "b"})])
def test_a_set_of_texts_is_a_set_of_strings(value: object) -> None:
    assert attributes.encode(value) == {"SS": ["a", "b"]}
    assert attributes.decode({"SS": ["b", "a"]}) == {"a", "b"}


@pytest.mark.parametrize("value", [None, b"bytes", object(), datetime(2026, 1, 1, tzinfo=UTC), [None]])
def test_what_the_table_has_no_use_for_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        attributes.encode(value)


def test_every_kind_of_item_has_its_own_keys() -> None:
    found = [
        keys.message("biz", "m"),
        keys.attempt("biz", "m", "default", 3),
        keys.conversation("conv"),
        keys.held("conv", 7),
        keys.business("biz", "PROFILE"),
        keys.api_key("pk"),
        keys.twin("digest"),
    ]

    assert [(key["pk"]["S"], key["sk"]["S"]) for key in found] == [
        ("MSG#biz#m", "MSG"),
        ("MSG#biz#m", "TRY#default#0003"),
        ("CONV#conv", "STATE"),
        ("CONV#conv", "HELD#000000000007"),
        ("BIZ#biz", "PROFILE"),
        ("KEY#pk", "KEY"),
        ("TWIN#digest", "-"),
    ]


def test_markers_sort_by_their_sequence() -> None:
    sequences = [1, 2, 9, 10, 99, 100, 10**9, 10**11]

    written = [keys.held("conv", sequence)["sk"]["S"] for sequence in sequences]

    assert written == sorted(written)


def test_due_items_are_spread_over_all_shards() -> None:
    counts = dict.fromkeys(keys.due_shards(), 0)
    for number in range(8000):
        counts[keys.due_shard(f"message-{number}")] += 1

    assert len(counts) == keys.DUE_SHARDS
    assert all(800 < count < 1200 for count in counts.values())
