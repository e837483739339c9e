"""An invitation: the one message a business may send first, to a telephone number (protocol/13 §2)."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from parley.apple import limits
from parley.apple.wire import interactive as base
from parley.apple.wire.node import Node
from parley.apple.wire.pictures import Png
from parley.apple.wire.rules import ABSENT, Complaint, UIText, at_most, checked, name, pattern, refused
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault

_WITHOUT_IMAGE: Final = "binaryChoice.engage.noImage"


def _reference_id(value: str) -> Iterator[Complaint]:
    yield from name(value)
    yield from at_most(limits.MAX_REFERENCE_ID_CHARS, value)


_Locale = Annotated[
    str, checked(pattern(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", "write lower case with a hyphen, such as en-us"))
]


class _Parameters(Wire):
    brand_name: UIText
    brand_logo: Png


class _PlainParameters(Wire):
    brand_name: UIText
    brand_logo: Annotated[Any, refused("remove it, or use the template binaryChoice.engage.withImage")] = ABSENT


class _Notification(Wire):
    template_id: Literal["binaryChoice.engage.withImage", "binaryChoice.engage.noImage"]
    reference_id: Annotated[str, checked(_reference_id)]
    locale: _Locale = ABSENT
    parameters: _Parameters


class _PlainNotification(_Notification):
    parameters: _PlainParameters  # type: ignore[assignment]  # the logo is what the two differ in


class _Data(base.Data):
    notification: _Notification


class _PlainData(base.Data):
    notification: _PlainNotification


class _Interactive(base.BuiltIn):
    received_message: base.Bubble = ABSENT
    data: _Data


class _PlainInteractive(base.BuiltIn):
    received_message: base.Bubble = ABSENT
    data: _PlainData


def check(interactive: Node, _now: float) -> Iterator[Fault]:
    """Judge an `interactiveData` that invites; the template brings the bubble."""
    template = interactive.at("data", "notification", "templateId").value
    yield from structure(_PlainInteractive if template == _WITHOUT_IMAGE else _Interactive, interactive)
    yield from base.frame(interactive, [])
