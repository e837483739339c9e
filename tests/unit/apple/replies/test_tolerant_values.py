"""Values of the wrong type, which read as what they mean or as nothing."""

from __future__ import annotations

import pytest

from parley.apple.replies.tolerant import flag, integer, table, tables, text, word


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        ("true", True),
        (" TRUE ", True),
        ("1", True),
        ("false", False),
        ("0", False),
        ("yes", None),
        (2, None),
        (None, None),
        ([], None),
    ],
)
def test_a_truth_value_in_any_spelling(value: object, meaning: bool | None) -> None:
    assert flag(value) is meaning


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        (7, 7),
        ("7", 7),
        (" -7 ", -7),
        (7.0, 7),
        ("7.0", None),
        (7.5, None),
        (float("nan"), None),
        (True, None),
        ("٣", None),
        pytest.param("1" * 5000, None, id="huge text"),
        pytest.param(10**5000, None, id="huge"),
        (None, None),
    ],
)
def test_a_whole_number_in_any_spelling(value: object, meaning: int | None) -> None:
    assert integer(value) == meaning


def test_a_number_is_a_text_but_a_truth_value_is_none() -> None:
    assert (text(7), text(7.0), text(""), text(True), text([])) == ("7", "7", "", None, None)
    assert (word(7), word(" a "), word(" "), word(None)) == ("7", " a ", None, None)


def test_only_objects_count_as_tables() -> None:
    assert table([1]) == {}
    assert tables({"a": 1}) == [{"a": 1}]
    assert tables([{"a": 1}, None, []]) == [{"a": 1}]
    assert tables("text") == []
