"""What holds for an array as a whole: how many entries it has, and that none is named twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.apple.wire.node import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from parley.apple.wire.node import Node
    from parley.errors import Fault


def unique(identifiers: Iterable[Node], of: str) -> Iterator[Fault]:
    """Each identifier may stand once; the later ones are at fault."""
    seen: set[str] = set()
    for identifier in identifiers:
        name = identifier.text
        if name is None:
            continue
        if name in seen:
            yield identifier.fault("duplicate", f"{shown(name)} is taken; give each {of} its own identifier")
        seen.add(name)


def counted(array: Node, of: str, least: int = 1, most: int | None = None) -> Iterator[Fault]:
    """An array has enough entries and not too many."""
    if not isinstance(array.value, list):
        return
    if len(array.value) < least:
        yield array.fault("too_few", f"add {of}: at least {least} must be here")
    elif most is not None and len(array.value) > most:
        yield array.fault("too_many", f"keep {most}: more than that are refused")
