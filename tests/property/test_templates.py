"""Filling a template, whatever is in it and whatever is put into it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.business.library import placeholders, values
from parley.business.library.content import Variable
from parley.business.library.placeholders import ABSENT
from parley.errors import Fault, Invalid

plain = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-(2**31), 2**31) | plain
any_json = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain, inner, max_size=3), max_leaves=8
)
named = st.sampled_from(["a", "b.c", "gone"])
mixed = st.lists(plain | named.map(lambda name: f"{{{{ {name} }}}}"), max_size=4).map("".join)
bodies = st.dictionaries(
    plain,
    st.recursive(
        scalars | mixed,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def at(value: Any, path: str) -> Any:
    """What a JSON pointer leads to."""
    for step in (each.replace("~1", "/").replace("~0", "~") for each in path.split("/")[1:]):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


@given(bodies, any_json, plain)
def test_every_value_stands_where_its_placeholder_was_and_nothing_else_moves(body: Any, one: Any, other: str) -> None:
    given_values = {"a": one, "b.c": other, "gone": ABSENT}

    filled = placeholders.fill(body, given_values)

    for path, origin in filled.origins.items():
        template = at(body, origin)
        if isinstance(template, str) and placeholders.names_in(template) == ["gone"] and placeholders.is_one(template):
            continue  # it is not there
        real = at(filled.body, path)
        if isinstance(template, str) and path in filled.whole:
            assert real == given_values[placeholders.names_in(template)[0]]
        elif isinstance(template, str):
            for name, value in given_values.items():
                template = template.replace(f"{{{{ {name} }}}}", placeholders.words(value))
            assert real == template
        elif not isinstance(template, dict | list):
            assert real == template


@given(bodies)
def test_a_value_is_never_looked_through(body: Any) -> None:
    filled = placeholders.fill(body, {"a": "{{ b.c }}", "b.c": "{{ a }}", "gone": ABSENT})

    text = json.dumps(filled.body)
    assert text.count("{{ a }}") == json.dumps(body).count("{{ b.c }}")
    assert text.count("{{ b.c }}") == json.dumps(body).count("{{ a }}")


@given(any_json)
def test_variables_are_read_or_refused_and_never_crash(anything: Any) -> None:
    declared = [
        Variable(name="a", type="number"),
        Variable(name="b.c", type="list", required=False),
        Variable(name="b.d", type="boolean", default=True),
        Variable(name="t", type="date-time", required=False),
        Variable(name="u", type="url", required=False),
    ]
    known = anything if isinstance(anything, dict) else {"a": anything, "b": anything, "t": anything, "u": anything}

    faults: list[Fault] = []
    found: dict[str, Any] = {}
    try:
        found = values.read(declared, known)
    except Invalid as error:
        faults += error.faults

    assert found.keys() == (set() if faults else {"a", "b.c", "b.d", "t", "u"})
    assert all(fault.path.startswith("/variables/") for fault in faults)
    assert faults or isinstance(found["a"], int | float)


def test_a_short_template_does_not_become_a_long_message() -> None:
    body = {"lines": ["{{a}}"] * 10}

    assert placeholders.fill(body, {"a": "x" * 100_000}).body["lines"][9] == "x" * 100_000
    with pytest.raises(Invalid) as caught:
        placeholders.fill(body, {"a": ["x" * 100_001]})
    assert [(fault.path, fault.code) for fault in caught.value.faults] == [("/variables", "too_large")]
