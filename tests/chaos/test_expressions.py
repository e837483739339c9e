"""The grammar of DynamoDB's expressions, and that what is not understood is never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chaos import expressions
from tests.chaos.loop import Unsupported
from tests.chaos.operands import Invalid, number

ITEM: Any = {"pk": {"S": "A"}, "n": {"N": "5"}, "text": {"S": "hello"}, "set": {"SS": ["x", "y"]}, "list": {"L": []}}
VALUES: Any = {":four": {"N": "4"}, ":five": {"N": "5.0"}, ":s": {"S": "hel"}, ":x": {"S": "x"}, ":six": {"N": "6"}}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("attribute_exists(pk)", True),
        ("attribute_not_exists(pk)", False),
        ("attribute_not_exists(elsewhere)", True),
        ("n = :five", True),
        ("n <> :four", True),
        ("n > :four AND n <= :five", True),
        ("n < :four OR n >= :five", True),
        ("n < :four OR n >= :five AND attribute_not_exists(pk)", False),
        ("(n < :four OR n >= :five) AND NOT attribute_not_exists(pk)", True),
        ("n BETWEEN :four AND :six", True),
        ("n IN (:four, :six)", False),
        ("n IN (:four, :five)", True),
        ("begins_with(#t, :s)", True),
        ("begins_with(pk, :s)", False),
        ("contains(#t, :s)", True),
        ("contains(#s, :x)", True),
        ("contains(#s, :s)", False),
        ("size(#t) = :five", True),
        ("n = :s", False),
        ("elsewhere = :s", False),
        ("elsewhere <> :s", True),
        ("elsewhere < :five", False),
    ],
)
def test_a_condition_means_what_dynamodb_says_it_means(text: str, *, holds: bool) -> None:
    assert expressions.condition(text).meaning(ITEM, {"#t": "text", "#s": "set"}, VALUES) is holds


def test_an_expression_names_the_placeholders_it_uses() -> None:
    parsed = expressions.update("SET #a = if_not_exists(#b, :c), d = :e REMOVE f ADD #g :h DELETE i :j")

    assert parsed.names == {"#a", "#b", "#g"}
    assert parsed.values == {":c", ":e", ":h", ":j"}


@pytest.mark.parametrize("text", ["state = :s", "attribute_exists(name)", "SET"])
def test_a_reserved_word_has_to_be_written_with_a_number_sign(text: str) -> None:
    with pytest.raises((Invalid, Unsupported)):
        expressions.condition(text)


@pytest.mark.parametrize(
    "text",
    [
        "a.b = :c",
        "a[0] = :c",
        "a == :c",
        "a = ",
        "a = :b :c",
        "attribute_type(a, :b)",
        "a LIKE :b",
        "(a = :b",
        "a ~ :b",
    ],
)
def test_what_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(Unsupported):
        expressions.condition(text)


@pytest.mark.parametrize("text", ["SET a = :b SET c = :d", "PUT a :b", "SET a + :b", "ADD a", "REMOVE :a"])
def test_an_update_that_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(Unsupported):
        expressions.update(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(5, "5"), (5.0, "5"), (0.5, "0.5"), (1767225660.123456, "1767225660.123456"), (1e21, "1000000000000000000000")],
)
def test_numbers_are_kept_without_what_a_fraction_of_nothing_adds(value: float, text: str) -> None:
    assert number(value) == text
