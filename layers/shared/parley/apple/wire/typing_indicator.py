"""`typing_start` and `typing_end`: nothing beside the ids (protocol/03 §3)."""

from parley.apple.wire.any_content import Content
from parley.apple.wire.node import Node
from parley.apple.wire.structure import structure
from parley.errors import Fault


def check(content: Node, _now: float) -> list[Fault]:
    """Refuse everything that stands beside the ids."""
    return structure(Content, content)
