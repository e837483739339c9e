"""What may stand beside the ids of a message whose type is not known."""

from typing import Annotated, Any

from parley.apple.wire.node import Node
from parley.apple.wire.rules import ABSENT, checked, pattern
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault

_Locale = Annotated[
    str, checked(pattern(r"[A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{1,8})*", "write language and region, such as en_US"))
]


class Content(Wire):
    """What any message may carry: some samples send a locale, without effect (protocol/03 §1)."""

    locale: _Locale = ABSENT


class _AnyContent(Content):
    body: Any = ABSENT
    subject: Any = ABSENT
    attachments: Any = ABSENT
    interactive_data: Any = ABSENT
    interactive_data_ref: Any = ABSENT
    rich_link_data: Any = ABSENT
    rich_link_data_ref: Any = ABSENT


def check(content: Node, _now: float) -> list[Fault]:
    """Refuse what no type has."""
    return structure(_AnyContent, content)
