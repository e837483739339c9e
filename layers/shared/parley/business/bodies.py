"""Reading what a caller of the business API sends beside messages: small, strict, every fault at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ValidationError

from parley.business.faults import fault_of, pointer
from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from parley.business.faults import Mend

MAX_BODY_BYTES: Final = 64 * 1024
"""own: a hundred rules with every word at its longest."""

_LOCALE: Final = "write a language and perhaps a country: de, de_AT"
_FORMS: Final = {
    "locale": _LOCALE,
    "default_locale": _LOCALE,
    "name": "use small letters, digits and hyphens; a variable's name has _ for them, and dots between its words",
    "id": "write a SHA-256 in small hex digits",
    "field": "write answers, or answers/ and the identifier of a form's page",
}
_MENDS: Final[dict[str, Mend]] = {
    "greater_than_equal": ("out_of_range", lambda context: f"send at least {context['ge']}"),
    "less_than_equal": ("out_of_range", lambda context: f"send at most {context['le']}"),
    "int_parsing": ("wrong_type", lambda _: "send a whole number"),
    "too_long": ("too_many", lambda context: f"send at most {context['max_length']}"),
}


class _Object(dict[str, Any]):
    """A JSON object, and the names it has twice: readers disagree which of them counts."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs] if len(self) != len(pairs) else []
        self.doubled = {name for name in names if names.count(name) > 1}


def read[Body: BaseModel](content: bytes, model: type[Body]) -> Body:
    """One JSON object. Raises Invalid with every fault."""
    raw = _parsed(content)
    if not isinstance(raw, dict):
        raise Invalid([Fault("", "body_not_object", "send one JSON object")])
    body, faults = None, []
    try:
        body = model.model_validate_json(content)
    except ValidationError as error:
        entries = error.errors(include_url=False)
        if entries[0]["type"] == "json_invalid":  # half a surrogate pair, or 200 lists in each other
            raise _not_json() from None
        faults = [fault_of(entry, model, forms=_FORMS, mends=_MENDS) for entry in entries]
    faults += _doubled(raw, "")
    if body is None or faults:
        raise Invalid(list({fault.path: fault for fault in reversed(faults)}.values())[::-1])
    return body


def read_query[Parameters: BaseModel](given: Mapping[str, Sequence[str]], model: type[Parameters]) -> Parameters:
    """The parameters of a query. Raises Invalid; a fault's path is `?` and the parameter's name."""
    faults = [Fault(f"?{name}", "repeated", "give it once") for name, values in given.items() if len(values) != 1]
    try:
        parameters = model.model_validate({name: values[0] for name, values in given.items() if values})
    except ValidationError as error:
        for entry in error.errors(include_url=False):
            fault = fault_of(entry, model, forms=_FORMS, mends=_MENDS)
            faults.append(fault._replace(path=f"?{fault.path[1:]}"))
        raise Invalid(faults) from None
    if faults:
        raise Invalid(faults)
    return parameters


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_Object, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise _not_json() from None


def _doubled(value: Any, path: str) -> Iterator[Fault]:
    if isinstance(value, _Object):
        yield from (Fault(path + pointer(name), "duplicate_key", "say it once") for name in sorted(value.doubled))
        for name, member in value.items():
            yield from _doubled(member, path + pointer(name))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _doubled(entry, f"{path}/{number}")


def _refused(_constant: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def _not_json() -> Invalid:
    return Invalid([Fault("", "body_not_json", "send one JSON object in UTF-8")])
