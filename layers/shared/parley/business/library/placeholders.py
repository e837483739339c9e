"""Putting values into a body. A placeholder stands for a value and nothing else: there is no language to learn."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from parley.business.faults import pointer
from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_FILLED_CHARS: Final = 1_000_000
"""own: what all values together may become. A short template could name a long value ten thousand times."""

_PLACEHOLDER: Final = re.compile(r"\{\{([^{}]*)\}\}")
_LEFT_OVER: Final = re.compile(r"\{\{|\}\}")


class _Absent:
    """In the place of an optional variable that was not given."""


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Filled:
    """A body with its values. `origins` leads every pointer into it back into the template's body."""

    body: dict[str, Any]
    origins: dict[str, str]
    named: dict[str, tuple[str, ...]]
    """Which variables a text was made of, by its pointer; one alone has given the whole value."""
    whole: frozenset[str] = field(default=frozenset())
    """Pointers of values that are a variable's own, which may have an inside."""


def names_in(text: str) -> list[str]:
    """The variables a text names, in order."""
    return [found.strip() for found in _PLACEHOLDER.findall(text)]


def is_one(text: str) -> bool:
    """Whether it is a placeholder and nothing beside it: then the value keeps its type."""
    return _PLACEHOLDER.fullmatch(text) is not None


def is_broken(text: str) -> bool:
    """Whether braces are left over: somebody meant a placeholder, and a customer would see the braces."""
    return _LEFT_OVER.search(_PLACEHOLDER.sub("", text)) is not None


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a body, with its pointer."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from texts(member, path + pointer(name))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from texts(entry, f"{path}/{number}")


def fill(body: dict[str, Any], values: Mapping[str, Any]) -> Filled:
    """`body` with `values`, which have a value or ABSENT for every variable it names.

    What is absent is left out: the member or entry that is nothing but its placeholder, its part of a longer text.
    A value is never looked through for placeholders. Raises Invalid when all of it becomes too long.
    """
    work = _Filling(values)
    found = work.filled(body, "", "")
    return Filled(found, work.origins, work.named, frozenset(work.whole))


class _Filling:
    """One pass over one body."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.origins: dict[str, str] = {}
        self.named: dict[str, tuple[str, ...]] = {}
        self.whole: set[str] = set()
        self._values = values
        self._lengths: dict[str, int] = {}
        self._left = MAX_FILLED_CHARS

    def filled(self, value: Any, origin: str, path: str) -> Any:
        self.origins[path] = origin
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, dict):
            made = {}
            for name, member in value.items():
                step = pointer(name)
                found = self.filled(member, origin + step, path + step)
                if found is not ABSENT:
                    made[name] = found
            return made
        if isinstance(value, list):
            entries: list[Any] = []
            for number, entry in enumerate(value):
                found = self.filled(entry, f"{origin}/{number}", f"{path}/{len(entries)}")
                if found is not ABSENT:
                    entries.append(found)
            return entries
        return value

    def _text(self, text: str, path: str) -> Any:
        names = names_in(text)
        if not names:
            return text
        self.named[path] = tuple(names)
        for name in names:
            self._spend(name)
        if is_one(text):
            self.whole.add(path)
            return self._values[names[0]]
        return _PLACEHOLDER.sub(lambda found: words(self._values[found[1].strip()]), text)

    def _spend(self, name: str) -> None:
        if name not in self._lengths:
            self._lengths[name] = len(words(self._values[name]))
        self._left -= self._lengths[name]
        if self._left < 0:
            message = f"shorten the values: together they fill more than {MAX_FILLED_CHARS:,} characters"
            raise Invalid([Fault("/variables", "too_large", message)])


def words(value: Any) -> str:
    """A value as it stands in a longer text: a text as it is, a number as JSON has it, nothing when it is absent."""
    if value is ABSENT:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
