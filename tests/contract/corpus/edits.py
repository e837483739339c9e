"""Edits of a message by JSON pointer (RFC 6901): what turns a base message into a variation or a broken one."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

type Message = dict[str, Any]


def tokens(pointer: str) -> list[str]:
    """The reference tokens of a pointer, unescaped; none for the whole document."""
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"not a JSON pointer: {pointer!r}")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def value_at(message: Any, pointer: str) -> Any:
    """What the pointer names. Raises LookupError when it names nothing."""
    value = message
    for token in tokens(pointer):
        if isinstance(value, list):
            value = value[int(token)] if token.isdigit() else _nothing(pointer)
        elif isinstance(value, dict):
            value = value[token]
        else:
            _nothing(pointer)
    return value


def parent_of(pointer: str) -> str:
    """The pointer without its last token."""
    return pointer.rpartition("/")[0]


def is_at_or_below(pointer: str, ancestor: str) -> bool:
    """Whether the pointer names the ancestor itself or something inside it."""
    return pointer == ancestor or pointer.startswith(f"{ancestor}/")


def _nothing(pointer: str) -> Any:
    raise LookupError(pointer)


def _container(message: Message, pointer: str) -> tuple[Any, Any]:
    container = value_at(message, parent_of(pointer))
    last = tokens(pointer)[-1]
    return container, int(last) if isinstance(container, list) else last


@dataclass(frozen=True)
class Put:
    """Set a value, new or replaced. An array position must exist."""

    pointer: str
    value: Any

    def apply(self, message: Message) -> None:
        container, key = _container(message, self.pointer)
        container[key] = copy.deepcopy(self.value)

    @property
    def spots(self) -> tuple[str, ...]:
        return (self.pointer,)


@dataclass(frozen=True)
class Drop:
    """Take a key away that is there."""

    pointer: str

    def apply(self, message: Message) -> None:
        container, key = _container(message, self.pointer)
        del container[key]

    @property
    def spots(self) -> tuple[str, ...]:
        return (self.pointer,)


@dataclass(frozen=True)
class Rename:
    """Spell a key differently: one key is missing then and another is unknown."""

    pointer: str
    spelling: str

    def apply(self, message: Message) -> None:
        container, key = _container(message, self.pointer)
        container[self.spelling] = container.pop(key)

    @property
    def spots(self) -> tuple[str, ...]:
        return (self.pointer, f"{parent_of(self.pointer)}/{self.spelling}")


@dataclass(frozen=True)
class Append:
    """Add an element to the array at the pointer. Where the fault shows must be said by the case."""

    pointer: str
    value: Any

    def apply(self, message: Message) -> None:
        value_at(message, self.pointer).append(copy.deepcopy(self.value))

    @property
    def spots(self) -> tuple[str, ...]:
        return ()


type Edit = Put | Drop | Rename | Append
