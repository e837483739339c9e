"""From a pydantic model to faults: the one place that knows pydantic's words."""

from __future__ import annotations

import re
from inspect import isclass
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from parley.apple.wire.node import Node, pointer
from parley.apple.wire.rules import COMPLAINTS, Refusal
from parley.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TYPES: Final = {
    "string_type": "a string in double quotes",
    "int_type": "a whole number, without quotes and without a fraction",
    "float_type": "a number, without quotes",
    "bool_type": "true or false, without quotes",
    "list_type": "an array",
    "dict_type": "an object",
    "model_type": "an object",
}
_NAMES: Final = ((bool, "true or false"), (str, "a string"), (int | float, "a number"), (list, "an array"))
_FORMER_NAMES: Final = {
    "decryption-key": "key",
    "file-size": "size",
    "listPickerItem": "items",
    "mmcs-owner": "owner",
    "mmcs-url": "url",
}
_SOUND: Final = r"[^a-z0-9]"
_SURROGATE: Final = r"[\ud800-\udfff]"
_BROKEN_KEY: Final = "remove the key that holds a lone surrogate: half of a character"


def _camel(name: str) -> str:
    """Apple's way to write it. pydantic's own compiles four expressions first."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class Wire(BaseModel):
    """One object on Apple's wire: camelCase, nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=_camel, defer_build=True)


def structure(model: type[Wire], node: Node) -> list[Fault]:
    """Everything about `node` that does not fit the model."""
    try:
        model.model_validate(node.value)
    except ValidationError as error:
        entries: list[Any] = error.errors(include_url=False)
    else:
        return []
    # A key with a lone surrogate is reported at its object, and hides all else that is wrong there.
    broken = [entry["loc"] for entry in entries if entry["type"] == "string_unicode"]
    if broken:
        faults = [Fault(node.path + pointer(*loc), "unknown_field", _BROKEN_KEY) for loc in broken]
        value = node.value
        for loc in broken:
            value = _without_broken_keys(value, loc)
        return faults + structure(model, Node(node.path, value))
    return [fault for entry in entries for fault in _read(entry, node, model)]


def _without_broken_keys(value: Any, loc: tuple[str | int, ...]) -> Any:
    """A copy in which the object at `loc` has lost the keys that hold a lone surrogate."""
    if not loc:
        return {key: member for key, member in value.items() if not re.search(_SURROGATE, key)}
    copy = value.copy()
    copy[loc[0]] = _without_broken_keys(value[loc[0]], loc[1:])
    return copy


def _read(entry: Any, node: Node, model: type[Wire]) -> Iterator[Fault]:
    path = node.path + pointer(*entry["loc"])
    kind, given = entry["type"], entry.get("input")
    context = entry.get("ctx", {})
    if kind == COMPLAINTS:
        for code, message in context[COMPLAINTS]:
            yield Fault(path, code, message)
    elif kind in _TYPES:
        yield Fault(path, "wrong_type", f"write {_TYPES[kind]}, not {_named(given)}")
    elif kind == "extra_forbidden":
        yield Fault(path, "unknown_field", _unknown(entry["loc"], model))
    else:
        code, mend = _MENDS.get(kind, ("malformed", lambda _: entry["msg"]))
        if kind == "literal_error" and not isinstance(given, str):
            code = "wrong_type"
        yield Fault(path, code, mend(context))


_MENDS: Final[dict[str, tuple[str, Callable[[Any], str]]]] = {
    "missing": ("required", lambda _: "add this field"),
    "literal_error": ("unknown_value", lambda context: f"write {context['expected'].replace("'", '"')}"),
    "greater_than_equal": ("out_of_range", lambda context: f"write a number of at least {context['ge']:,}"),
    "less_than_equal": ("out_of_range", lambda context: f"write a number of at most {context['le']:,}"),
    "finite_number": ("out_of_range", lambda _: "write a finite number"),
}


def _named(value: object) -> str:
    return next((text for kind, text in _NAMES if isinstance(value, kind)), "null" if value is None else "an object")


def _unknown(loc: tuple[str | int, ...], model: type[Wire]) -> str:
    """How to mend an unknown field: the name that was meant, or the names there are."""
    known = _names(loc, model)
    key = str(loc[-1])
    meant = _FORMER_NAMES.get(key) or next((one for one in known if _sound(one) == _sound(key)), None)
    if meant in known:
        return f"write {meant} instead"
    return f"remove it; what may stand here: {', '.join(known)}"


def _names(loc: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    for step in loc[:-1]:
        if isinstance(step, str):
            field = next(field for field in model.model_fields.values() if field.alias == step)
            inner = next(iter(get_args(field.annotation)), field.annotation)
            model = inner if isclass(inner) and issubclass(inner, BaseModel) else model
    fields = model.model_fields.values()
    return [str(field.alias) for field in fields if not any(isinstance(part, Refusal) for part in field.metadata)]


def _sound(key: str) -> str:
    return re.sub(_SOUND, "", key.lower())
