"""The judge of outgoing messages takes any JSON, and notices any single change."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.apple import wire
from tests.unit.apple.wire.samples import GOOD, NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parley.errors import Fault

CODES: Final = frozenset([
    "blank", "blocked_dates", "contradiction", "cycle", "data_prefix", "duplicate", "exclusive", "expired",
    "forbidden", "forbidden_characters", "ignored", "image_too_large", "images_too_large", "malformed", "mismatch",
    "no_end", "no_future_slot", "no_poster", "not_base64", "not_compilable", "not_https", "not_png", "not_utc",
    "out_of_order", "out_of_range", "past", "placeholder_mismatch", "required", "sensitive", "sum_mismatch",
    "suspicious_format", "suspicious_unit", "too_few", "too_long", "too_many", "unknown_field", "unknown_value",
    "unprintable", "unproven", "unreachable", "unresolved", "unused_image", "url_in_text", "wrong_type",
])  # fmt: skip
"""Every code a fault can have: a promise to those who read them."""

KEYS: Final = sorted(
    {
        key
        for make in GOOD.values()
        for key in re.findall(r'"([A-Za-z0-9-]+)":', json.dumps(make(), separators=(",", ":")))
    }
)
TEXTS: Final = st.text(st.characters(exclude_categories=()), max_size=12)  # with lone surrogates
LEAVES: Final = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXTS
    | st.sampled_from(["urn:mbid:AQAA", "tel:+15550100", "https://example.com", "select", "messageForms", "1.0"])
)
VALUES: Final = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | TEXTS, inner, max_size=6),
    max_leaves=25,
)
MESSAGES: Final = st.sampled_from(sorted(GOOD)).map(lambda name: GOOD[name]())


def sound(faults: list[Fault]) -> None:
    """Each verdict is one we promise, says how to mend it, and stands in order."""
    for fault in faults:
        assert fault.code in CODES
        assert fault.path == "" or fault.path.startswith("/")
        assert fault.message
        assert "Input should" not in fault.message
        assert not fault.message.startswith("Value error")
        fault.message.encode()
    assert len({(fault.path, fault.code) for fault in faults}) == len(faults)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from places(member, (*path, key))


def pointer(path: tuple[str | int, ...]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def parent(message: Any, path: tuple[str | int, ...]) -> Any:
    for step in path[:-1]:
        message = message[step]
    return message


@given(VALUES)
@settings(max_examples=250, deadline=None)
def test_any_json_gets_a_verdict(value: Any) -> None:
    sound(wire.check(value, now=NOW))
    sound(wire.check_construct(value))
    assert isinstance(wire.kind_of(value), str)


@given(st.sampled_from(["text", "typing_start", "richLink", "interactive", "close"]) | VALUES, VALUES)
@settings(max_examples=200, deadline=None)
def test_any_content_gets_a_verdict(kind: Any, content: Any) -> None:
    sound(wire.check_content(kind, content, now=NOW))


@given(MESSAGES, VALUES, st.data())
@settings(max_examples=500, deadline=None)
def test_a_message_with_anything_put_in_one_place_gets_a_verdict(message: Any, value: Any, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(places(message))))

    parent(message, path)[path[-1]] = value

    sound(wire.check(message, now=NOW))


@given(MESSAGES, st.data())
@settings(max_examples=250, deadline=None)
def test_a_message_that_lost_one_part_gets_a_verdict(message: Any, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(places(message))))

    del parent(message, path)[path[-1]]

    sound(wire.check(message, now=NOW))


@given(MESSAGES, st.text(min_size=1, max_size=8), st.data())
@settings(max_examples=250, deadline=None)
def test_an_unknown_key_is_refused_at_its_place_wherever_we_own_the_object(
    message: Any, key: str, data: st.DataObject
) -> None:
    objects = [
        path
        for path in [(), *places(message)]
        if isinstance(parent(message, (*path, "")), dict)
        and not {"richLinkDataRef", "interactiveDataRef", "merchantSession"} & set(path)
    ]
    key = f"zz{key}"
    path = data.draw(st.sampled_from(objects))
    parent(message, (*path, key))[key] = 1

    assert (pointer((*path, key)), "unknown_field") in [
        (fault.path, fault.code) for fault in wire.check(message, now=NOW)
    ]


@given(MESSAGES, st.sampled_from([5.5, [[]], {"x": 1}, None]), st.data())
@settings(max_examples=250, deadline=None)
def test_a_value_of_another_type_is_refused_at_its_place(message: Any, value: Any, data: st.DataObject) -> None:
    verbatim = {"merchantSession", "something-new", "signature", "radius", "latitude", "longitude"}
    path = data.draw(st.sampled_from([path for path in places(message) if not verbatim & set(path)]))
    before = parent(message, path)[path[-1]]
    same_type = isinstance(value, type(before)) and isinstance(value, dict | list)
    value = "text" if same_type else value
    parent(message, path)[path[-1]] = value

    found = [(fault.path, fault.code) for fault in wire.check(message, now=NOW) if not fault.warning]

    assert (pointer(path), "wrong_type") in found


@given(MESSAGES)
@settings(max_examples=40, deadline=None)
def test_a_good_message_survives_the_way_and_the_verdict(message: Any) -> None:
    before = copy.deepcopy(message)

    assert wire.check(json.loads(json.dumps(message)), now=NOW) == []
    assert wire.check(message, now=NOW) == []
    assert message == before


def test_nesting_of_any_depth_gets_a_verdict() -> None:
    deep: Any = "x"
    for _ in range(20_000):
        deep = [deep]

    for make in GOOD.values():
        for path in list(places(make())):
            message = make()
            parent(message, path)[path[-1]] = deep
            sound(wire.check(message, now=NOW))
        assert wire.check(make(), now=NOW) == []
    # Taken apart by hand: the interpreter would do it by recursion.
    while isinstance(deep, list):
        deep = deep.pop()
