"""Reading what a business wants sent: the kind is told by `type`, every fault has its JSON pointer."""

from __future__ import annotations

import re
from inspect import isclass
from typing import TYPE_CHECKING, Any, Final, TypeAliasType, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from parley.business.kinds import MODULES, model_of
from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from parley.business.kinds.base import Send

MAX_BODY_BYTES: Final = 6 * 1024 * 1024
"""own: pictures travel inside; Lambda takes no more."""

MAX_NUMBER: Final = 2**63 - 1
"""own: what every JSON reader understands; nothing that is sent counts higher."""

_NO_FALLBACK: Final = ("typing", "invitation")
"""One says nothing, the other is for somebody who has not written yet."""

_PERSONAL: Final = re.compile(r"\S+@\S+\.\S+|\+?\d[\d ()/-]{6,}\d")
_DAY: Final = re.compile(r"(?<!\d)(?:19|20)\d\d-?[01]\d-?[0-3]\d(?!\d)")
"""A release carries its day: that is no telephone number."""

_FORMS: Final = {
    "to": "use the conversation id or the opaque id of a webhook, unchanged; an invitation goes to tel:+15550100",
    "agent": "use printable ASCII",
}
"""How to mend the fields that have a pattern."""

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

_MENDS: Final[dict[str, tuple[str, Callable[[dict[str, Any]], str]]]] = {
    "missing": ("required", lambda _: "add this field"),
    "literal_error": ("unknown_value", lambda context: f"use {context['expected']}"),
    "union_tag_invalid": ("unknown_type", lambda context: f"use one of {context['expected_tags']}"),
    "union_tag_not_found": ("required", lambda _: "add a type"),
    "string_too_short": ("blank", lambda _: "write at least one character"),
    "string_too_long": ("too_long", lambda context: f"shorten it to at most {context['max_length']:,} characters"),
}
"""What else pydantic finds, and what we say of it."""


def read(body: bytes) -> Send:
    """One message of any kind; a `type` that is left out means a text. Raises Invalid with every fault."""
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Invalid([Fault("", "body_not_json", "send one JSON object in UTF-8")]) from None
    return _read(raw, body)


def from_object(raw: Any) -> Send:
    """The same, for JSON that is read already."""
    return _read(raw, to_json(raw))


def _read(raw: Any, body: bytes) -> Send:
    if not isinstance(raw, dict):
        raise Invalid([Fault("", "body_not_object", "send one JSON object")])
    kind = raw.get("type", "text")
    if not isinstance(kind, str) or kind not in MODULES:
        raise Invalid([Fault("/type", "unknown_type", f"use one of {', '.join(MODULES)}")])
    model = model_of(kind)
    send, faults = None, [*_unsendable(raw, ""), *_personal(raw.get("agent")), *_fallback(raw)]
    try:
        send = model.model_validate_json(body)
    except ValidationError as error:
        faults = [_fault(entry, model) for entry in error.errors(include_url=False)] + faults
    if send is None or faults:
        raise Invalid(list({fault.path: fault for fault in reversed(faults)}.values())[::-1])
    return send


def _unsendable(value: Any, path: str) -> Iterator[Fault]:
    """Numbers that are JSON but that nobody reads back: what Apple gets has to be read."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _unsendable(member, path + _pointer(name))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _unsendable(entry, f"{path}/{number}")
    elif isinstance(value, int | float) and not -MAX_NUMBER <= value <= MAX_NUMBER:
        yield Fault(path, "out_of_range", "send a smaller number")


def _personal(agent: Any) -> Iterator[Fault]:
    if isinstance(agent, str) and _PERSONAL.search(_DAY.sub("", agent)):
        message = "name the system or team, not a person: Apple keeps this text in its logs"
        yield Fault("/agent", "personal_data", message)


def _fallback(raw: dict[str, Any]) -> list[Fault]:
    """The faults of a fallback message: they would only be seen on the one device that needs it."""
    other = raw.get("fallback")
    if not isinstance(other, dict):
        return []
    if other.get("type") in _NO_FALLBACK:
        return [Fault("/fallback/type", "unknown_type", "use a message that can stand for this one")]
    # It goes to the same customer, whatever it says of that.
    try:
        from_object({"to": raw.get("to") if isinstance(raw.get("to"), str) else "-", **other})
    except Invalid as error:
        return [fault._replace(path=f"/fallback{fault.path}") for fault in error.faults if fault.path != "/to"]
    return []


def _fault(entry: Any, model: type[Send]) -> Fault:
    kind, context = entry["type"], entry.get("ctx", {})
    path, models = _place(entry["loc"], model)
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        path += "/type"
    if path == "/fallback":
        code = "unknown_value" if isinstance(entry["input"], str) else "wrong_type"
        return Fault(path, code, "use auto, reject, or another message")
    if kind in _TYPES or (kind == "literal_error" and not isinstance(entry["input"], str)):
        return Fault(path, "wrong_type", f"send {_TYPES.get(kind, 'text')}")
    if kind == "extra_forbidden":
        names = [name for one in models for name in one.model_fields]
        return Fault(path, "unknown_field", f"remove it; the fields here are {', '.join(names)}")
    if kind == "string_pattern_mismatch":
        return Fault(path, "malformed", _FORMS.get(path[1:], entry["msg"]))
    code, mend = _MENDS.get(kind, (kind, lambda _: entry["msg"]))
    return Fault(path, code, mend(context))


def _place(loc: tuple[str | int, ...], model: type[Send]) -> tuple[str, list[type[BaseModel]]]:
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
            here = [found for field in fields for found in _models(field.annotation)]
            path += _pointer(step)
    return path, holders


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    return get_args(model.model_fields["type"].annotation)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that may stand where this annotation is."""
    if isinstance(annotation, TypeAliasType):
        annotation = annotation.__value__
    if isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _pointer(step: str) -> str:
    return f"/{step.replace('~', '~0').replace('/', '~1')}"
