"""What a sender gives for a template's variables: named, typed, nothing unknown, every fault at once."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from parley.business.faults import pointer
from parley.business.library.placeholders import ABSENT
from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from parley.business.library.content import Variable

MAX_ENTRIES: Final = 200
MAX_URL_CHARS: Final = 2_048

_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_WANTED: Final = {
    "string": "text",
    "number": "a number",
    "boolean": "true or false",
    "date-time": "a time with its offset: 2027-03-04T09:30:00+01:00",
    "url": f"a URL with http:// or https://, of at most {MAX_URL_CHARS:,} characters",
    "list": f"a list of at most {MAX_ENTRIES} entries",
}


def read(declared: Iterable[Variable], given: Mapping[str, Any], *, at: str = "/variables") -> dict[str, Any]:
    """A value for each declared variable: what was given, its default, or ABSENT.

    `given` is one JSON object: `order.number` is its `order`, and `number` in that. Raises Invalid with every fault.
    """
    variables = {variable.name: variable for variable in declared}
    values: dict[str, Any] = {}
    faults = list(_unknown(given, "", at, variables))
    for name, variable in variables.items():
        value = _found(given, name)
        if value is ABSENT or value is None:
            if variable.is_needed:
                message = f"give this variable: {_WANTED[variable.type]}"
                faults.append(Fault(place(name, at), "variable_missing", message))
            values[name] = variable.default if variable.default is not None else ABSENT
        elif not fits(value, variable.type):
            faults.append(Fault(place(name, at), "variable_type", f"send {_WANTED[variable.type]}"))
        else:
            values[name] = value
    if faults:
        raise Invalid(faults)
    return values


def place(name: str, at: str = "/variables") -> str:
    """Where a sender gives a variable: `/variables/order/number`."""
    return f"{at}/{name.replace('.', '/')}"


def fits(value: Any, type_: str) -> bool:
    """Whether a value is of this type. Nothing is coerced: "5" is no number, and true is none either."""
    match type_:
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "list":
            return isinstance(value, list) and len(value) <= MAX_ENTRIES
        case "date-time":
            return isinstance(value, str) and _is_time(value)
        case "url":
            return isinstance(value, str) and _is_url(value)
        case _:
            return isinstance(value, str)


def wanted(type_: str) -> str:
    """The type in words, after "send"."""
    return _WANTED[type_]


def sample(variable: Variable, *, now: float) -> Any:
    """What the template is tried with: the example, the default, or something of its type; a list has to say."""
    if variable.example is not None:
        return variable.example
    if variable.default is not None:
        return variable.default
    in_a_week = datetime.fromtimestamp(now, UTC) + timedelta(days=7)
    by_type: dict[str, Any] = {
        "string": variable.name.rpartition(".")[2],
        "number": 1,
        "boolean": True,
        "date-time": in_a_week.isoformat(timespec="seconds"),
        "url": "https://example.com/",
    }
    return by_type.get(variable.type, ABSENT)


def _found(given: Mapping[str, Any], name: str) -> Any:
    value: Any = given
    for step in name.split("."):
        if not isinstance(value, dict) or step not in value:
            return ABSENT
        value = value[step]
    return value


def _unknown(given: Mapping[str, Any], prefix: str, path: str, variables: Mapping[str, Variable]) -> Iterator[Fault]:
    for step, value in given.items():
        name, here = prefix + step, path + pointer(step)
        if name in variables and "." not in step:
            continue
        if "." not in step and any(each.startswith(f"{name}.") for each in variables):
            if isinstance(value, dict):
                yield from _unknown(value, f"{name}.", here, variables)
            else:
                yield Fault(here, "variable_type", "send an object with the variables that begin with this name")
        else:
            known = ", ".join(variables) or "none"
            yield Fault(here, "unknown_variable", f"remove it; the variables of this template are {known}")


def _is_time(text: str) -> bool:
    if _RFC_3339.fullmatch(text):
        with suppress(ValueError):
            datetime.fromisoformat(text.upper())
            return True
    return False


def _is_url(text: str) -> bool:
    if len(text) > MAX_URL_CHARS or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
