"""The server's verdict on one message: what the business API would answer, or Apple."""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any, Final

from local.lint.pictures import LookedAt
from parley.apple import wire
from parley.apple.enclosures import standing_in
from parley.business import sends
from parley.business.kinds.base import Build
from parley.business.kinds.paths import translate
from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from parley.business.kinds.base import Send

_WIRE_KEYS: Final = frozenset({"v", "sourceId", "destinationId"})
_WIRE_TYPES: Final = frozenset({"interactive", "richLink", "typing_start", "typing_end"})
_CONVERSATION_ID: Final = re.compile(r"[a-z2-7]{26}")
_NOBODY: Final = "urn:mbid:AQAAYsomebody0w=="
_BUSINESS: Final = "00000000-0000-4000-8000-000000000000"
_INHERITED: Final = ("auto_reply", "agent")


def faults_of(message: object, *, now: float) -> list[Fault]:
    """Every fault and warning of one message, `now` in epoch seconds. Apple's own JSON is told by its `v`."""
    if isinstance(message, dict) and is_apples(message):
        return wire.check(message, now=now)
    try:
        body = json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return [
            Fault("", "body_not_json", "remove the escape from \\ud800 to \\udfff that stands alone: half a character")
        ]
    except RecursionError:
        return [Fault("", "body_not_json", "nest it less deeply")]
    if len(body) > sends.MAX_BODY_BYTES:
        return [Fault("", "body_too_large", f"the body is larger than {sends.MAX_BODY_BYTES // 1024} KiB")]
    try:
        faults = _sendable(sends.read(body), now)
    except Invalid as error:
        faults = list(error.faults)
        if error.code == "body_not_json":
            return faults
    instead = message.get("fallback") if isinstance(message, dict) else None
    if isinstance(message, dict) and isinstance(instead, dict):
        if faults and all(fault.path.startswith("/fallback") for fault in faults):
            faults += faults_of({**message, "fallback": "auto"}, now=now)
        faults += _instead(message, instead, now)
    return list({(fault.path, fault.code): fault for fault in reversed(faults)}.values())[::-1]


def is_apples(message: dict[str, Any]) -> bool:
    """Whether this is Apple's JSON, and not a business's: no business writes a version, these ids or these types."""
    kind = message.get("type")
    return bool(_WIRE_KEYS & message.keys()) or (isinstance(kind, str) and kind in _WIRE_TYPES)


def _sendable(send: Send, now: float) -> list[Fault]:
    """Mapped as for sending, and judged as Apple would."""
    if getattr(send, "type", "") == sends.TEMPLATE:
        message = "what a template becomes is known where its library is: ask POST /v1/library/{name}/preview"
        return [Fault("/template", "not_looked_up", message, warning=True)]
    pictures = LookedAt(send)
    build = Build(request_identifier=str(uuid.uuid4()), now=now, png=pictures.png)
    try:
        mapped = send.to_apple(build)
    except Invalid as error:
        return [*pictures.faults, *error.faults]
    envelope = {
        "v": 1,
        "id": str(uuid.uuid4()),
        "type": mapped.type,
        "sourceId": _BUSINESS,
        "destinationId": send.to if _is_apples_id(send) else _NOBODY,
        **standing_in(mapped.content),
    }
    faults = wire.check(envelope, now=now)
    if mapped.construct is not None:
        faults += wire.check_construct(mapped.construct)
    if getattr(send, "links", None) == "preview":  # its URLs are sent as rich links
        faults = [fault for fault in faults if fault.code != "url_in_text"]
    found = pictures.faults + translate(faults, mapped.paths | {"/destinationId": "/to"})
    if not _is_apples_id(send) and not _CONVERSATION_ID.fullmatch(send.to):
        message = "write a conversation_id or customer.opaque_id exactly as a webhook showed it"
        found.append(Fault("/to", "unknown_conversation", message, warning=True))
    return found


def _is_apples_id(send: Send) -> bool:
    """An invitation can only go to a telephone number, so whatever stands there is judged as one."""
    return send.to.startswith(("urn:", "tel:")) or getattr(send, "type", None) == "invitation"


def _instead(message: dict[str, Any], instead: dict[str, Any], now: float) -> list[Fault]:
    """The message named as `fallback`: it goes to the same customer, from the same sender."""
    inherited: dict[str, Any] = {name: message[name] for name in _INHERITED if name in message and name not in instead}
    whole: dict[str, Any] = {**instead, **inherited, "to": message.get("to")}
    theirs = {"to", *inherited}
    own = [fault for fault in faults_of(whole, now=now) if _first_step(fault) not in theirs]
    return [fault._replace(path=f"/fallback{fault.path}") for fault in own]


def _first_step(fault: Fault) -> str:
    return fault.path.removeprefix("/").partition("/")[0]
