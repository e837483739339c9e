"""What every message has: version, ids and type (protocol/03 §1)."""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import ConfigDict

from parley.apple import limits
from parley.apple.wire.node import Node
from parley.apple.wire.rules import Complaint, Uuid, at_most, checked, pattern
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault

IDS: Final = frozenset({"v", "id", "type", "sourceId", "destinationId"})
TYPES: Final = frozenset({"text", "interactive", "richLink", "typing_start", "typing_end"})

_OPAQUE: Final = pattern(
    r"urn:mbid:[A-Za-z0-9+/]+={0,2}",
    "write the customer's opaque id exactly as Apple sent it: urn:mbid: and base64 text",
)


def _version(value: int) -> Iterator[Complaint]:
    if value != 1:
        yield "unknown_value", "write 1"


def _type(value: str) -> Iterator[Complaint]:
    if value == "close":
        yield "unknown_value", "only Apple sends close; write one of " + ", ".join(sorted(TYPES))
    elif value not in TYPES:
        yield "unknown_value", "write one of " + ", ".join(sorted(TYPES))


def _opaque_id(value: str) -> Iterator[Complaint]:
    yield from _OPAQUE(value)
    yield from at_most(limits.MAX_OPAQUE_ID_CHARS, value)


_MessageType = Annotated[str, checked(_type)]
_BusinessId = Annotated[
    str,
    checked(
        pattern(
            r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
            "write the business id: a lower-case UUID (protocol/00 §1)",
        )
    ),
]
_Telephone = Annotated[
    str, checked(pattern(r"tel:\+[1-9][0-9]{6,14}", "an invitation goes to tel: and a number in E.164: tel:+15550100"))
]


class _Typed(Wire):
    model_config = ConfigDict(extra="ignore")

    type: _MessageType


class _Envelope(_Typed):
    v: Annotated[int, checked(_version)]
    id: Uuid
    source_id: _BusinessId
    destination_id: Annotated[str, checked(_opaque_id)]


class _InvitationEnvelope(_Envelope):
    destination_id: _Telephone


def check(message: Node, *, invitation: bool) -> list[Fault]:
    """The ids; only an invitation goes to a telephone number (protocol/13 §2.1)."""
    return structure(_InvitationEnvelope if invitation else _Envelope, message)


def check_type(type_: Node) -> list[Fault]:
    """The type alone."""
    return structure(_Typed, Node("", {"type": type_.value}))
