"""Reading one JSON object strictly, naming the place of whatever is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.gateway.refusal import RefusalError, malformed

if TYPE_CHECKING:
    from collections.abc import Iterable


class Fields:
    """The keys of one object. `place` is its path in the envelope, "" for the envelope itself."""

    def __init__(self, value: dict[str, Any], place: str = "") -> None:
        self.value = value
        self.place = place

    def path(self, key: str) -> str:
        """Name a key as error texts do: `richLinkData.title`."""
        return f"{self.place}.{key}" if self.place else key

    def wrong(self, key: str, problem: str) -> RefusalError:
        """Make the refusal for one key."""
        return malformed(f"{self.path(key)} {problem}")

    def __contains__(self, key: str) -> bool:
        return key in self.value

    def text(self, key: str) -> str:
        """Return a string that must be there and not be empty."""
        value = self._required(key)
        if not isinstance(value, str):
            raise self.wrong(key, "must be a string")
        if not value:
            raise self.wrong(key, "is empty")
        return value

    def one_of(self, key: str, allowed: Iterable[str]) -> str:
        """Return a word that must be there and be one of those allowed."""
        value = self.text(key)
        allowed = tuple(allowed)
        if value not in allowed:
            raise self.wrong(key, f"must be one of {', '.join(allowed)}")
        return value

    def whole_number(self, key: str) -> int:
        """Return an integer that must be there."""
        value = self._required(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, "must be an integer")
        return value

    def number(self, key: str) -> float:
        """Return a number that must be there."""
        value = self._required(key)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.wrong(key, "must be a number")
        return value

    def flag(self, key: str) -> bool:
        """Return a boolean; what is not there is false."""
        value = self.value.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be true or false")
        return value

    def object(self, key: str) -> Fields:
        """Return a dictionary that must be there."""
        value = self._required(key)
        if not isinstance(value, dict):
            raise self.wrong(key, "must be a dictionary")
        return Fields(value, self.path(key))

    def objects(self, key: str) -> list[Fields]:
        """Return an array of dictionaries that must be there."""
        value = self._required(key)
        if not isinstance(value, list):
            raise self.wrong(key, "must be an array")
        for index, entry in enumerate(value):
            if not isinstance(entry, dict):
                raise self.wrong(f"{key}[{index}]", "must be a dictionary")
        return [Fields(entry, f"{self.path(key)}[{index}]") for index, entry in enumerate(value)]

    def some_objects(self, key: str) -> list[Fields]:
        """Return an array of dictionaries that must be there and have an entry."""
        entries = self.objects(key)
        if not entries:
            raise self.wrong(key, "is empty")
        return entries

    def texts(self, key: str) -> list[str]:
        """Return an array of strings that must be there; none of them may be empty."""
        value = self._required(key)
        if not isinstance(value, list):
            raise self.wrong(key, "must be an array")
        for index, entry in enumerate(value):
            if not isinstance(entry, str) or not entry:
                raise self.wrong(f"{key}[{index}]", "must be a string that is not empty")
        return value

    def some_texts(self, key: str) -> list[str]:
        """Return an array of strings that must be there and have an entry."""
        entries = self.texts(key)
        if not entries:
            raise self.wrong(key, "is empty")
        return entries

    def either(self, first: str, second: str) -> str:
        """Return which of two keys is there; exactly one must be."""
        if (first in self) == (second in self):
            raise malformed(f"exactly one of {self.path(first)} and {self.path(second)} is needed")
        return first if first in self else second

    def unknown(self, known: Iterable[str]) -> list[str]:
        """Name the keys nobody defined, as violations."""
        return [f"{self.path(key)} is not a known field" for key in sorted(self.value.keys() - set(known))]

    def _required(self, key: str) -> Any:
        if key not in self.value:
            raise self.wrong(key, "is missing")
        return self.value[key]
