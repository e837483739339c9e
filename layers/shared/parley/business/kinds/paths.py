"""Faults found in Apple's shape, told in the caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from parley.errors import Fault


def translate(faults: Iterable[Fault], paths: Mapping[str, str]) -> list[Fault]:
    """Every fault with its pointer led back: the longest known prefix wins, the rest is kept as it is.

    A fault in a place the caller does not know (a constant we fill in) points at the whole message. What is wrong
    in several places of Apple's shape that the caller wrote once is told once, as an error if it is one in any.
    """
    once: dict[tuple[str, str], Fault] = {}
    for fault in faults:
        told = fault._replace(path=_back(fault.path, paths))
        known = once.setdefault((told.path, told.code), told)
        if known.warning and not told.warning:
            once[told.path, told.code] = told
    return list(once.values())


def _back(path: str, paths: Mapping[str, str]) -> str:
    prefix = path
    while prefix not in paths:
        if not prefix:
            return ""
        prefix = prefix.rpartition("/")[0]
    return paths[prefix] + path[len(prefix) :]
