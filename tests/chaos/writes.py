"""What DynamoDB writes: conditions first, then everything or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.chaos import expressions
from tests.chaos.expressions import resolve
from tests.chaos.loop import Unsupported
from tests.chaos.operands import Invalid, comparable, number
from tests.chaos.queries import key_of, used
from tests.chaos.table import normal

if TYPE_CHECKING:
    from tests.chaos.operands import Attribute, Item, Names, Values
    from tests.chaos.table import Key, Table

type Request = dict[str, Any]

KEYS: Final = frozenset({"pk", "sk"})


class Refused(Exception):  # noqa: N818  (an answer, not a mistake)
    """A condition does not hold; `item` is what is there."""

    def __init__(self, item: Item | None) -> None:
        super().__init__()
        self.item = item


def prepare(table: Table, operation: str, asked: Request) -> tuple[Key, Item | None, Item | None]:
    """The key, what is there, and what shall be there. Raises Refused or Invalid."""
    used(asked)
    names, values = asked.get("ExpressionAttributeNames", {}), _values(asked)
    given = normal(asked["Item"]) if operation == "Put" else asked["Key"]
    if operation != "Put" and set(given) != KEYS:
        raise Invalid("The provided key element does not match the schema")
    key = key_of(given)
    old = table.items.get(key)
    condition = asked.get("ConditionExpression")
    if condition is not None and not expressions.condition(condition).meaning(old or {}, names, values):
        raise Refused(old)
    new: Item | None
    match operation:
        case "Put":
            new = given
        case "Update":
            new = _updated(old or dict(given), asked["UpdateExpression"], names, values)
        case "Delete":
            new = None
        case "ConditionCheck":
            new = old
        case _:
            raise Unsupported(operation)
    if new is not None:
        table.check(new)
    return key, old, new


def returned(wanted: str, old: Item | None, new: Item | None) -> dict[str, Any]:
    """What `ReturnValues` asks for."""
    match wanted:
        case "NONE":
            return {}
        case "ALL_NEW":
            return {"Attributes": dict(new or {})}
        case "ALL_OLD":
            return {} if old is None else {"Attributes": dict(old)}
        case "UPDATED_NEW" | "UPDATED_OLD":
            one, other = (new or {}, old or {}) if wanted == "UPDATED_NEW" else (old or {}, new or {})
            return {"Attributes": {name: value for name, value in one.items() if other.get(name) != value}}
        case _:
            raise Unsupported(f"ReturnValues {wanted}")


def _values(asked: Request) -> Values:
    return normal(asked.get("ExpressionAttributeValues", {}))


def _updated(old: Item, text: str, names: Names, values: Values) -> Item:
    plan = expressions.update(text).meaning
    touched = [resolve(path, names) for path, *_ in [*plan.sets, *plan.adds, *plan.deletes]]
    touched += [resolve(path, names) for path in plan.removes]
    if len(set(touched)) != len(touched):
        raise Invalid("Two document paths overlap with each other")
    if KEYS & set(touched):
        raise Invalid("Cannot update attribute. This attribute is part of the key")
    new = dict(old)
    for path, operand in plan.sets:
        value = operand(old, names, values)
        if value is None:
            raise Invalid("The provided expression refers to an attribute that does not exist in the item")
        new[resolve(path, names)] = value
    for path in plan.removes:
        new.pop(resolve(path, names), None)
    for path, token in plan.adds:
        name = resolve(path, names)
        new[name] = _added(old.get(name), values[token])
    for path, token in plan.deletes:
        name = resolve(path, names)
        left = _without(old.get(name), values[token])
        new.pop(name, None)
        if left is not None:
            new[name] = left
    return new


def _added(old: Attribute | None, more: Attribute) -> Attribute:
    ((kind, value),) = more.items()
    if kind not in {"N", "SS", "NS"} or (old is not None and kind not in old):
        raise Invalid("An operand in the update expression has an incorrect data type")
    if kind == "N":
        return {"N": number((comparable(old)[1] if old else 0) + comparable(more)[1])}
    return {kind: sorted(set(old[kind] if old else ()) | set(value))}


def _without(old: Attribute | None, less: Attribute) -> Attribute | None:
    """A set without some members; a set without any is no attribute at all."""
    ((kind, value),) = less.items()
    if kind not in {"SS", "NS"} or (old is not None and kind not in old):
        raise Invalid("An operand in the update expression has an incorrect data type")
    left = sorted(set(old[kind] if old else ()) - set(value))
    return {kind: left} if left else None
