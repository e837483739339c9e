"""What DynamoDB's comparisons and functions mean."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

type Attribute = dict[str, Any]
type Item = dict[str, Attribute]
type Operand = Callable[[Item, Names, Values], Attribute | None]
type Condition = Callable[[Item, Names, Values], bool]
type Names = Mapping[str, str]
type Values = Mapping[str, Attribute]


class Invalid(Exception):  # noqa: N818  (becomes a ValidationException, which names it)
    """DynamoDB would answer ValidationException with these words."""


def comparable(attribute: Attribute) -> tuple[str, Any]:
    """Type and value, as DynamoDB orders and equals them."""
    ((kind, value),) = attribute.items()
    if kind == "N":
        return kind, float(value) if set(value) & set(".eE") else int(value)
    if kind in {"SS", "NS", "BS"}:
        return kind, frozenset(value)
    return kind, value


def compared(sign: str, left: Operand, right: Operand) -> Condition:
    def compare(item: Item, names: Names, values: Values) -> bool:
        one, other = left(item, names, values), right(item, names, values)
        if one is None or other is None:
            return sign == "<>" and one is not other
        kind, mine = comparable(one)
        other_kind, theirs = comparable(other)
        if kind != other_kind:
            return sign == "<>"
        return _BY_SIGN[sign](mine, theirs)

    return compare


_BY_SIGN: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def begins(whole: Operand, part: Operand) -> Condition:
    def holds(item: Item, names: Names, values: Values) -> bool:
        one, other = whole(item, names, values), part(item, names, values)
        return one is not None and other is not None and one.get("S", "").startswith(other["S"])

    return holds


def contains(whole: Operand, part: Operand) -> Condition:
    def holds(item: Item, names: Names, values: Values) -> bool:
        one, other = whole(item, names, values), part(item, names, values)
        if one is None or other is None:
            return False
        ((kind, value),) = one.items()
        if kind == "L":
            return other in value
        return kind in {"S", "SS"} and other.get("S", object()) in value

    return holds


def size(attribute: Attribute | None) -> Attribute | None:
    if attribute is None:
        return None
    ((kind, value),) = attribute.items()
    return {"N": str(len(value.encode()) if kind == "S" else len(value))}


def added(one: Attribute | None, other: Attribute | None, factor: int) -> Attribute:
    if one is None or other is None:
        raise Invalid("The provided expression refers to an attribute that does not exist in the item")
    return {"N": number(comparable(one)[1] + factor * comparable(other)[1])}


def number(value: float) -> str:
    """A number as DynamoDB gives it back: without what a fraction of zero adds."""
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
