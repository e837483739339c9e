"""What fits a variable, and what a template is tried with."""

from __future__ import annotations

from typing import Any

import pytest

from parley.business.library import values
from parley.business.library.content import Variable
from parley.business.library.placeholders import ABSENT
from parley.errors import Invalid

NOW = 1_800_000_000.0
LONG = "https://a.example/" + "x" * values.MAX_URL_CHARS


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("string", ["", "a"], [1, None, [], {}]),
        ("number", [0, -1, 1.5], ["1", True, None]),
        ("boolean", [True, False], [0, "true"]),
        ("list", [[], [1, {"a": 2}]], ["a", {}, [0] * (values.MAX_ENTRIES + 1)]),
        (
            "date-time",
            ["2027-03-04T09:30:00+01:00", "2027-03-04T09:30Z", "2027-03-04t09:30:00.5z"],
            ["2027-03-04", "2027-03-04T09:30:00", "2027-13-04T09:30:00Z", "now", 1, "2027-03-04T09:30:00+01:00\n"],
        ),
        (
            "url",
            ["https://shop.example/a?b=c", "http://127.0.0.1:1/"],
            [
                "shop.example",
                "ftp://a.example/",
                "https://",
                "https://a b/",
                "https://[",
                "javascript:alert(1)",
                5,
                LONG,
            ],
        ),
    ],
)
def test_nothing_is_coerced(type_: str, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not values.fits(value, type_)] == []
    assert [value for value in bad if values.fits(value, type_)] == []


def test_what_is_left_out_has_its_default_or_is_absent() -> None:
    declared = [
        Variable(name="order.number"),
        Variable(name="order.note", required=False),
        Variable(name="count", type="number", default=0),
    ]

    assert values.read(declared, {"order": {"number": "1"}}) == {"order.number": "1", "order.note": ABSENT, "count": 0}
    assert values.read(declared, {"order": {"number": "1", "note": None}})["order.note"] is ABSENT


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({}, [("/variables/order/number", "variable_missing")]),
        ({"order": 1}, [("/variables/order", "variable_type"), ("/variables/order/number", "variable_missing")]),
        ({"order": {"number": "1", "x/y": 1}}, [("/variables/order/x~1y", "unknown_variable")]),
        (
            {"order.number": "1"},
            [("/variables/order.number", "unknown_variable"), ("/variables/order/number", "variable_missing")],
        ),
        ({"order": {"number": {"a": 1}}}, [("/variables/order/number", "variable_type")]),
    ],
)
def test_every_fault_is_told_where_it_was_given(given: Any, faults: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as caught:
        values.read([Variable(name="order.number")], given)

    assert [(fault.path, fault.code) for fault in caught.value.faults] == faults


def test_a_template_without_variables_says_so() -> None:
    with pytest.raises(Invalid) as caught:
        values.read([], {"a": 1})

    assert "are none" in caught.value.message


@pytest.mark.parametrize("type_", ["string", "number", "boolean", "date-time", "url"])
def test_what_a_template_is_tried_with_fits(type_: Any) -> None:
    assert values.fits(values.sample(Variable(name="a.b", type=type_), now=NOW), type_)


def test_an_example_comes_before_the_default() -> None:
    assert values.sample(Variable(name="a", default="d", example="e"), now=NOW) == "e"
    assert values.sample(Variable(name="a", default="d"), now=NOW) == "d"
    assert values.sample(Variable(name="a", type="list"), now=NOW) is ABSENT
