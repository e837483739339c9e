"""What pydantic finds wrong, in the caller's words: a JSON pointer, a stable code, and how to mend it."""

from __future__ import annotations

from inspect import isclass
from typing import TYPE_CHECKING, Any, Final, TypeAliasType, get_args

from pydantic import BaseModel

from parley.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic_core import ErrorDetails

type Mend = tuple[str, Callable[[dict[str, Any]], str]]
"""A code, and the advice made from pydantic's context."""

_TYPES: Final = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
"""What pydantic calls a wrong type, and what should stand there."""

_MENDS: Final[dict[str, Mend]] = {
    "missing": ("required", lambda _: "add this field"),
    "literal_error": ("unknown_value", lambda context: f"use {context['expected']}"),
    "union_tag_invalid": ("unknown_type", lambda context: f"use one of {context['expected_tags']}"),
    "union_tag_not_found": ("required", lambda _: "add a type"),
    "string_too_short": ("blank", lambda _: "write at least one character"),
    "string_too_long": ("too_long", lambda context: f"shorten it to at most {context['max_length']:,} characters"),
}
"""What else pydantic finds, and what we say of it."""


def fault_of(
    entry: ErrorDetails,
    model: type[BaseModel],
    *,
    forms: Mapping[str, str],
    mends: Mapping[str, Mend] = {},
) -> Fault:
    """One of pydantic's errors. `forms` mends fields with a pattern; `mends` is asked before our own."""
    kind, context = entry["type"], entry.get("ctx", {})
    path, models = place(entry["loc"], model)
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        path += "/type"
    if kind in _TYPES or (kind == "literal_error" and not isinstance(entry["input"], str)):
        return Fault(path, "wrong_type", f"send {_TYPES.get(kind, 'text')}")
    if kind == "extra_forbidden":
        names = [name for one in models for name in one.model_fields]
        return Fault(path, "unknown_field", f"remove it; the fields here are {', '.join(names)}")
    if kind == "string_pattern_mismatch":
        return Fault(path, "malformed", forms.get(path.rpartition("/")[2], entry["msg"]))
    code, mend = mends.get(kind) or _MENDS.get(kind) or (kind, lambda _: entry["msg"])
    return Fault(path, code, mend(context))


def place(loc: tuple[str | int, ...], model: type[BaseModel]) -> tuple[str, list[type[BaseModel]]]:
    """The JSON pointer of a pydantic location, and the models of the object that holds it.

    A union's branch is no step of the caller's JSON: pydantic names it, the pointer must not.
    """
    path = ""
    holders: list[type[BaseModel]] = []
    here: list[type[BaseModel]] = [model]
    for step in loc:
        branch = [one for one in here if step in _tags(one)] if len(here) > 1 else []
        if branch:
            here = branch
        elif isinstance(step, int):
            path += f"/{step}"
        elif here:
            holders = here
            fields = [one.model_fields[step] for one in here if step in one.model_fields]
            here = [found for field in fields for found in models_of(field.annotation)]
            path += pointer(step)
    return path, holders


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    return get_args(model.model_fields["type"].annotation)


def models_of(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that may stand where this annotation is."""
    if isinstance(annotation, TypeAliasType):
        annotation = annotation.__value__
    if isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_of(part)


def pointer(step: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return f"/{step.replace('~', '~0').replace('/', '~1')}"
