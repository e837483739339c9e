"""Reading what a business wants sent: the kind is told by `type`, every fault has its JSON pointer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from parley.business.faults import fault_of, place, pointer
from parley.business.kinds import MODULES, model_of
from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from parley.business.faults import Mend
    from parley.business.kinds.base import Send

MAX_BODY_BYTES: Final = 6 * 1024 * 1024
"""own: pictures travel inside; Lambda takes no more."""

MAX_NUMBER: Final = 2**63 - 1
"""own: what every JSON reader understands; nothing that is sent counts higher."""

TEMPLATE: Final = "template"
"""Names a message of the library: the `type`, or in its place the member, of what is made of a template."""

_NO_FALLBACK: Final = ("typing", "invitation", TEMPLATE)
"""One says nothing, one is for somebody who has not written yet, and a template has fallbacks of its own."""

_PERSONAL: Final = re.compile(r"\S+@\S+\.\S+|\+?\d[\d ()/-]{6,}\d")
_DAY: Final = re.compile(r"(?<!\d)(?:19|20)\d\d-?[01]\d-?[0-3]\d(?!\d)")
"""A release carries its day: that is no telephone number."""

_FORMS: Final = {
    "to": "use the conversation id or the opaque id of a webhook, unchanged; an invitation goes to tel:+15550100",
    "agent": "use printable ASCII",
    "topic": "use the id of one of the channel's topics",
    "locale": "write a language and perhaps a country: de, de_AT",
}
"""How to mend the fields that have a pattern."""

_MENDS: Final[dict[str, Mend]] = {"too_long": ("too_many", lambda context: f"send at most {context['max_length']}")}


def read(body: bytes) -> Send:
    """One message of any kind; a `type` that is left out means a text. Raises Invalid with every fault."""
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Invalid([Fault("", "body_not_json", "send one JSON object in UTF-8")]) from None
    return _read(raw, body)


def read_one(body: bytes, kind: str) -> Send:
    """One message of this kind, which need not say so. Raises Invalid with every fault."""
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Invalid([Fault("", "body_not_json", "send one JSON object in UTF-8")]) from None
    if isinstance(raw, dict):
        if raw.get("type", kind) != kind:
            raise Invalid([Fault("/type", "unknown_type", f"leave it out, or say {kind}")])
        raw = {**raw, "type": kind}
    return from_object(raw)


def read_below(body: bytes, said: dict[str, str]) -> Send:
    """The same for a route that says some of it already, which the body must not say too."""
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Invalid([Fault("", "body_not_json", "send one JSON object in UTF-8")]) from None
    if not isinstance(raw, dict):
        raise Invalid([Fault("", "body_not_object", "send one JSON object")])
    if twice := sorted(said.keys() & raw.keys()):
        raise Invalid([Fault(f"/{name}", "unknown_field", "leave it out: the path says it") for name in twice])
    if raw.get("type") == "invitation":
        raise Invalid([Fault("/type", "unknown_type", "an invitation goes to a telephone number: POST /v1/messages")])
    return from_object(raw | said)


def from_object(raw: Any) -> Send:
    """The same, for JSON that is read already."""
    return _read(raw, to_json(raw))


def _read(raw: Any, body: bytes) -> Send:
    if not isinstance(raw, dict):
        raise Invalid([Fault("", "body_not_object", "send one JSON object")])
    kind = raw.get("type", TEMPLATE if TEMPLATE in raw else "text")
    model = _model_of(kind)
    send, faults = None, [*_wordless(raw, kind), *_unsendable(raw, ""), *_personal(raw.get("agent")), *_fallback(raw)]
    try:
        send = model.model_validate_json(body)
    except ValidationError as error:
        faults = [_fault(entry, model) for entry in error.errors(include_url=False)] + faults
    if send is None or faults:
        raise Invalid(list({fault.path: fault for fault in reversed(faults)}.values())[::-1])
    return send


def _model_of(kind: Any) -> type[Send]:
    if kind == TEMPLATE:
        from parley.business.kinds.from_template import FromTemplate

        return FromTemplate
    if not isinstance(kind, str) or kind not in MODULES:
        raise Invalid([Fault("/type", "unknown_type", f"use one of {', '.join((*MODULES, TEMPLATE))}")])
    return model_of(kind)


def _wordless(raw: dict[str, Any], kind: str) -> Iterator[Fault]:
    """A text says something, or encloses something."""
    if kind == "text" and "body" not in raw and not raw.get("attachments"):
        yield Fault("/body", "required", "add this field")


def _unsendable(value: Any, path: str) -> Iterator[Fault]:
    """Numbers that are JSON but that nobody reads back: what Apple gets has to be read."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _unsendable(member, path + pointer(name))
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
    if other.get("type", TEMPLATE if TEMPLATE in other else "text") in _NO_FALLBACK:
        return [Fault("/fallback/type", "unknown_type", "use a message that can stand for this one")]
    # It goes to the same customer, whatever it says of that.
    try:
        from_object({"to": raw.get("to") if isinstance(raw.get("to"), str) else "-", **other})
    except Invalid as error:
        return [fault._replace(path=f"/fallback{fault.path}") for fault in error.faults if fault.path != "/to"]
    return []


def _fault(entry: ErrorDetails, model: type[Send]) -> Fault:
    path, _ = place(entry["loc"], model)
    if path == "/fallback" and entry["type"] not in {"union_tag_invalid", "union_tag_not_found"}:
        code = "unknown_value" if isinstance(entry["input"], str) else "wrong_type"
        return Fault(path, code, "use auto, reject, or another message")
    return fault_of(entry, model, forms=_FORMS, mends=_MENDS)
