"""Python values as DynamoDB attributes and back; no Decimal, no resource layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

type Attribute = dict[str, Any]
type Item = dict[str, Attribute]


def encode(value: object) -> Attribute:
    """One value. Raises TypeError for what the table has no use for."""
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": str(value)}
        case int() | float():
            return {"N": repr(value)}
        case list() | tuple():
            return {"L": [encode(item) for item in value]}
        case set() | frozenset():
            return {"SS": sorted(value)}
        case Mapping():
            return {"M": encode_item(value)}
        case _:
            raise TypeError(f"cannot store a {type(value).__name__}")


def encode_item(values: Mapping[str, object]) -> Item:
    """A mapping, leaving out what is None: an absent attribute is our null."""
    return {name: encode(value) for name, value in values.items() if value is not None}


def decode(attribute: Mapping[str, object]) -> Any:
    """One attribute; a number without a fraction is an int."""
    value: Any
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return float(value) if set(value) & set(".eE") else int(value)
        case "L":
            return [decode(item) for item in value]
        case "M":
            return decode_item(value)
        case "SS":
            return set(value)
        case "NULL":
            return None
        case _:
            return value


def decode_item(item: Mapping[str, Mapping[str, object]]) -> dict[str, Any]:
    """All attributes of an item."""
    return {name: decode(attribute) for name, attribute in item.items()}
