"""Quick reply: two to five choices under a question (protocol/04 §3)."""

from collections.abc import Iterator

from pydantic import Field

from parley.apple import limits
from parley.apple.wire import interactive as base
from parley.apple.wire.arrays import counted, unique
from parley.apple.wire.node import Node
from parley.apple.wire.rules import ABSENT, Identifier, UIText
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault


class _Item(Wire):
    identifier: Identifier
    title: UIText


class _QuickReply(Wire):
    summary_text: UIText
    items: list[_Item]


class _Data(base.Data):
    quick_reply: _QuickReply = Field(alias="quick-reply")


class _Interactive(base.BuiltIn):
    received_message: base.Bubble = ABSENT
    data: _Data


def check(interactive: Node, _now: float) -> Iterator[Fault]:
    """Judge an `interactiveData` that holds a quick reply; it works without a bubble of its own."""
    yield from structure(_Interactive, interactive)
    yield from base.frame(interactive, [])
    quick_reply = interactive.at("data", "quick-reply")
    items = quick_reply.at("items")
    yield from counted(items, "choices", limits.MIN_QUICK_REPLIES, limits.MAX_QUICK_REPLIES)
    yield from unique((item.at("identifier") for item in quick_reply.each("items")), "choice")
