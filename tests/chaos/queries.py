"""What DynamoDB reads: one item, several, or a page of a partition."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from tests.chaos import expressions
from tests.chaos.expressions import resolve
from tests.chaos.loop import Unsupported
from tests.chaos.operands import Invalid, comparable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.operands import Item, Names, Values
    from tests.chaos.table import Index, Key, Table

type Request = dict[str, Any]

_HASH: Final = r"\s*(?P<hash>#?\w+)\s*=\s*(?P<is>:\w+)"
_RANGE: Final = re.compile(
    _HASH
    + r"(?:\s+AND\s+(?:"
    + r"(?P<range>#?\w+)\s*(?P<sign><=|>=|=|<|>)\s*(?P<one>:\w+)"
    + r"|(?P<between>#?\w+)\s+BETWEEN\s+(?P<low>:\w+)\s+AND\s+(?P<high>:\w+)"
    + r"|begins_with\s*\(\s*(?P<begins>#?\w+)\s*,\s*(?P<prefix>:\w+)\s*\)"
    + r"))?\s*"
)
_ABOVE_ALL_TEXT: Final = "\U0010ffff"


def key_of(item: Item) -> Key:
    """The primary key of an item or of a `Key`."""
    return item["pk"]["S"], item["sk"]["S"]


def used(asked: Request) -> None:
    """Every placeholder has to be given, and every one that is given has to be used: DynamoDB insists on both."""
    names, values = set[str](), set[str]()
    for kind, read in _READERS.items():
        if kind in asked:
            parsed = read(asked[kind])
            names |= parsed.names
            values |= parsed.values
    for what, wanted in (("Names", names), ("Values", values)):
        given = set(asked.get(f"ExpressionAttribute{what}", {}))
        if given != wanted:
            raise Invalid(f"ExpressionAttribute{what} differ from what is used: {sorted(given ^ wanted)}")
        if f"ExpressionAttribute{what}" in asked and not given:
            raise Invalid(f"ExpressionAttribute{what} must not be empty")


_READERS: Final[dict[str, Any]] = {
    "ConditionExpression": expressions.condition,
    "FilterExpression": expressions.condition,
    "KeyConditionExpression": expressions.condition,
    "ProjectionExpression": expressions.projection,
    "UpdateExpression": expressions.update,
}


def projected(item: Item, asked: Request) -> Item:
    """The item, or of it what was asked for."""
    text = asked.get("ProjectionExpression")
    if text is None:
        return dict(item)
    names = asked.get("ExpressionAttributeNames", {})
    wanted = {resolve(path, names) for path in expressions.projection(text).meaning}
    return {name: value for name, value in item.items() if name in wanted}


def page(table: Table, asked: Request) -> dict[str, Any]:
    """One page, with `LastEvaluatedKey` when there may be more: a page that is exactly full says so too."""
    used(asked)
    if "FilterExpression" in asked:
        raise Unsupported("FilterExpression")
    index = table.index(asked["IndexName"]) if "IndexName" in asked else None
    if index is not None and asked.get("ConsistentRead"):
        raise Invalid("Consistent reads are not supported on global secondary indexes")
    limit = asked.get("Limit", 1_000_000)
    found: list[Item] = []
    for item in _matching(table, index, asked):
        found.append(item)
        if len(found) == limit:
            break
    answer: dict[str, Any] = {"Items": [projected(item, asked) for item in found], "Count": len(found)}
    if asked.get("Select") == "COUNT":
        del answer["Items"]
    if len(found) == limit:
        names = ["pk", "sk"] if index is None else ["pk", "sk", index.hash_name, index.range_name]
        answer["LastEvaluatedKey"] = {name: found[-1][name] for name in names}
    return answer


def _matching(table: Table, index: Index | None, asked: Request) -> Iterator[Item]:
    names, values = asked.get("ExpressionAttributeNames", {}), asked.get("ExpressionAttributeValues", {})
    condition = _condition(asked["KeyConditionExpression"])
    range_name = "sk" if index is None else index.range_name
    _require_keys(condition, names, "pk" if index is None else index.hash_name, range_name)
    wanted = values[condition["is"]]["S"]
    line: list[Any] = [(sk,) for sk in table.parts.get(wanted, ())] if index is None else index.parts.get(wanted, [])
    low, high = _bounds(condition, values, line)
    forward = asked.get("ScanIndexForward", True)
    start = asked.get("ExclusiveStartKey")
    if start is not None:
        mark: tuple[Any, ...] = (start["sk"]["S"],)
        if index is not None:
            mark = (comparable(start[range_name])[1], *key_of(start))
        low, high = (max(low, bisect_right(line, mark)), high) if forward else (low, min(high, bisect_left(line, mark)))
    places = line[low:high]
    for place in places if forward else reversed(places):
        if index is not None:
            yield table.projected(index, place)
        else:
            item = table.get((wanted, place[0]), consistent=asked.get("ConsistentRead", False))
            if item is not None:
                yield item


@cache
def _condition(text: str) -> dict[str, str]:
    match = _RANGE.fullmatch(text)
    if match is None:
        raise Unsupported(f"KeyConditionExpression {text!r}")
    return {name: part for name, part in match.groupdict().items() if part is not None}


def _require_keys(condition: dict[str, str], names: Names, hash_name: str, range_name: str) -> None:
    ranged = condition.get("range") or condition.get("between") or condition.get("begins")
    if resolve(condition["hash"], names) != hash_name or (ranged and resolve(ranged, names) != range_name):
        raise Invalid("Query condition missed key schema element")


def _bounds(condition: dict[str, str], values: Values, line: list[Any]) -> tuple[int, int]:
    """Which part of the partition the range condition leaves."""

    def before(value: Any) -> int:
        return bisect_left(line, value, key=lambda place: place[0])

    def through(value: Any) -> int:
        return bisect_right(line, value, key=lambda place: place[0])

    given = {name: comparable(values[token])[1] for name, token in condition.items() if token.startswith(":")}
    if "between" in condition:
        return before(given["low"]), through(given["high"])
    if "begins" in condition:
        return before(given["prefix"]), through(given["prefix"] + _ABOVE_ALL_TEXT)
    sign, one = condition.get("sign", ""), given.get("one")
    low = before(one) if sign in {"=", ">="} else through(one) if sign == ">" else 0
    high = before(one) if sign == "<" else through(one) if sign in {"=", "<="} else len(line)
    return low, high
