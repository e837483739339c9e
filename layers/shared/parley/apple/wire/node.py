"""A place in a message: its JSON pointer and what stands there, whatever that is."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from parley.errors import Fault

_UNSHOWABLE: Final = r"[\x00-\x1f\x7f-\xa0\ud800-\udfff\ufff0-\uffff]"
"""Compiled when there is a fault. Said by what it is, not by what it is not: the rest would take 4 ms to compile."""
_SHOWN_CHARS: Final = 40


class Node(NamedTuple):
    """Walks raw JSON without ever failing: what is absent or of another type is simply not found."""

    path: str
    value: Any = None

    def at(self, *keys: str) -> Node:
        """The member below these keys; its value is None when there is none."""
        node = self
        for key in keys:
            value = node.value.get(key) if isinstance(node.value, dict) else None
            node = Node(node.path + pointer(key), value)
        return node

    def each(self, *keys: str) -> list[Node]:
        """The entries of the array below these keys; none when it is no array."""
        node = self.at(*keys)
        if not isinstance(node.value, list):
            return []
        return [Node(f"{node.path}/{index}", value) for index, value in enumerate(node.value)]

    def has(self, key: str) -> bool:
        """Whether this is an object with that member, be it null."""
        return isinstance(self.value, dict) and key in self.value

    @property
    def text(self) -> str | None:
        """The value if it is a string."""
        return self.value if isinstance(self.value, str) else None

    @property
    def integer(self) -> int | None:
        """The value if it is a whole number (true and false are none)."""
        return self.value if isinstance(self.value, int) and not isinstance(self.value, bool) else None

    def fault(self, code: str, message: str) -> Fault:
        """What is wrong here."""
        return Fault(self.path, code, message)

    def warning(self, code: str, message: str) -> Fault:
        """What is worth telling about this place."""
        return Fault(self.path, code, message, warning=True)


def pointer(*steps: str | int) -> str:
    """These steps as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def shown(value: str) -> str:
    """A value as a message may quote it: short, and printable everywhere."""
    short = value if len(value) <= _SHOWN_CHARS else value[: _SHOWN_CHARS - 1] + "…"
    return f"“{re.sub(_UNSHOWABLE, '\N{REPLACEMENT CHARACTER}', short)}”"


def in_order(faults: list[Fault]) -> list[Fault]:
    """Each fault once, sorted by place; entries of an array by their number."""
    once = {(fault.path, fault.code): fault for fault in reversed(faults)}
    return sorted(once.values(), key=lambda fault: ([_rank(step) for step in fault.path.split("/")], fault.code))


def _rank(step: str) -> tuple[int, str]:
    return (int(step), "") if step.isascii() and step.isdigit() and len(step) < 10 else (-1, step)
