"""What callers send beside messages: strict, small, every fault at once."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from parley.business import bodies
from parley.business.operations.shapes import Asked, Moment, Query
from parley.errors import Invalid


class Inner(Asked):
    """Something inside."""

    name: Annotated[str, Field(max_length=3)] = ""
    locale: Annotated[str, Field(pattern="^[a-z]+$")] = "de"


class Body(Asked):
    """A body."""

    count: Annotated[int, Field(ge=1, le=5)]
    inner: Annotated[list[Inner], Field(default_factory=list)]
    at: Moment | None = None


class Parameters(Query):
    """A query."""

    count: Annotated[int, Field(ge=1)] = 1
    at: Moment | None = None


def faults(body: object) -> list[tuple[str, str]]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(Invalid) as caught:
        bodies.read(content, Body)
    return [(fault.path, fault.code) for fault in caught.value.faults]


def test_a_good_body_is_read() -> None:
    body = bodies.read(b'{"count": 3, "inner": [{"name": "a"}], "at": "2026-01-01T00:00:00.5+01:00"}', Body)

    assert (body.count, body.inner[0].name) == (3, "a")
    assert body.at is not None
    assert body.at.timestamp() == 1_767_222_000.5


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", [("", "body_not_json")]),
        (b"\xff{}", [("", "body_not_json")]),
        (b'{"count": 1e999}', [("/count", "wrong_type")]),
        (b'{"count": Infinity}', [("", "body_not_json")]),
        (b'{"count": 1} {}', [("", "body_not_json")]),
        ('{"count": 1}'.encode("utf-16"), [("", "body_not_json")]),
        (b"[" * 150 + b"]" * 150, [("", "body_not_object")]),
        (b'{"count": 1, "x": ' + b"[" * 300 + b"]" * 300 + b"}", [("", "body_not_json")]),
        ([], [("", "body_not_object")]),
        ({}, [("/count", "required")]),
        ({"count": True}, [("/count", "wrong_type")]),
        ({"count": "1"}, [("/count", "wrong_type")]),
        ({"count": 1.0}, [("/count", "wrong_type")]),
        ({"count": 0}, [("/count", "out_of_range")]),
        ({"count": 6, "cuont": 1}, [("/cuont", "unknown_field"), ("/count", "out_of_range")]),
        ({"count": 1, "inner": {}}, [("/inner", "wrong_type")]),
        (
            {"count": 1, "inner": [{"name": "long"}, {"nam/e~": ""}]},
            [("/inner/0/name", "too_long"), ("/inner/1/nam~1e~0", "unknown_field")],
        ),
        ({"count": 1, "inner": [{"locale": "D"}]}, [("/inner/0/locale", "malformed")]),
        ({"count": 1, "at": 5}, [("/at", "malformed")]),
        ({"count": 1, "at": "2026-01-01"}, [("/at", "malformed")]),
        ({"count": 1, "at": "2026-01-01T25:00:00Z"}, [("/at", "malformed")]),
        ({"count": 1, "at": "2026-W01-1T00:00:00Z"}, [("/at", "malformed")]),
        (
            b'{"count": 1, "count": 2, "inner": [{"name": "a", "name": "b"}], "x": 1}',
            [("/x", "unknown_field"), ("/count", "duplicate_key"), ("/inner/0/name", "duplicate_key")],
        ),
    ],
)
def test_everything_that_is_wrong_is_told_with_its_place(body: object, expected: list[tuple[str, str]]) -> None:
    assert sorted(faults(body)) == sorted(expected)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_bytes_at_all_do_more_than_be_refused(content: bytes) -> None:
    with suppress(Invalid):
        assert bodies.read(content, Body).count


def test_a_query_is_read_from_text() -> None:
    found = bodies.read_query({"count": ["12"], "at": ["2026-01-01t00:00:00z"]}, Parameters)

    assert found.count == 12
    assert found.at is not None
    assert bodies.read_query({}, Parameters) == Parameters()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"count": ["0"]}, [("?count", "out_of_range")]),
        ({"count": ["1", "2"]}, [("?count", "repeated")]),
        ({"count": ["1", "x"]}, [("?count", "repeated")]),
        ({"count": []}, [("?count", "repeated")]),
        ({"count": ["1.5"], "page": ["2"]}, [("?count", "wrong_type"), ("?page", "unknown_field")]),
        ({"at": ["0"]}, [("?at", "malformed")]),
    ],
)
def test_a_fault_of_a_query_is_named_by_its_parameter(
    given: dict[str, list[str]], expected: list[tuple[str, str]]
) -> None:
    with pytest.raises(Invalid) as caught:
        bodies.read_query(given, Parameters)

    assert sorted((fault.path, fault.code) for fault in caught.value.faults) == expected
