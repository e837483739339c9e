"""The numbers and letters that choices go by in a text, and finding a choice by its label or by its title."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parley.conversation.fallback.offers import Choice

_KEYCAP: Final = "\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_NUMBER_SIGN: Final = re.compile(r"№|\bn[ro]\.\s*(?=\d)|\bnr\s*(?=\d)", re.IGNORECASE)
# A full stop or a colon inside a number makes another number of it.
_BETWEEN: Final = re.compile(r"[#()\[\],;+&!]|[.:](?!\d)|\b(?:and|und|et)\b|(?<=\d)\s+[ye]\s+(?=\d)")
_PARTS: Final = re.compile(r"[,;\n]|\s(?:and|und|et|[ye&+])\s", re.IGNORECASE)


def letters(count: int) -> list[str]:
    """a, b, … z, aa, ab …"""
    return [(_LETTERS[place // 26 - 1] if place >= 26 else "") + _LETTERS[place % 26] for place in range(count)]


def of(choices: Sequence[Choice]) -> list[str]:
    """1, 2, 3 …; letters where a title is itself a number, so that no answer means two things."""
    if any(_plain(choice.title).isdecimal() for choice in choices):
        return letters(len(choices))
    return [str(number) for number in range(1, len(choices) + 1)]


def find(text: str, choices: Sequence[Choice], labels: Sequence[str], *, multiple: bool) -> list[Choice] | None:
    """What somebody's own words choose: labels as they were listed, or titles; None when they choose nothing.

    Several only where several are allowed. An answer that could mean two things means nothing.
    """
    titles = _Titles(choices)
    named = titles.one(text) or (titles.several(text) if multiple else None)
    labelled = _by_labels(text, labels, several=multiple)
    places = named or labelled
    if places is None or (labelled is not None and labelled != places):
        return None
    chosen = [choices[place] for place in dict.fromkeys(places)]
    exclusive = [choice.single for choice in chosen if choice.single is not None]
    if len(chosen) > 1 and (not multiple or len(set(exclusive)) < len(exclusive)):
        return None
    return chosen


def _by_labels(text: str, labels: Sequence[str], *, several: bool) -> list[int] | None:
    """An answer that is nothing but labels: `2`, `#2`, `2.`, `(2)`, `1, 3`, `1 and 3`, `1+3`, `b`, `a c`, `ac`."""
    plain = unicodedata.normalize("NFKC", _NUMBER_SIGN.sub(" ", text)).casefold()
    words = _BETWEEN.sub(" ", plain.translate(dict.fromkeys(map(ord, _KEYCAP)))).split()
    places = {label: place for place, label in enumerate(labels)}
    if several and _LETTERS.startswith("".join(labels)) and len(words) == 1:
        words = list(words[0])
    found = [places.get(str(int(word)) if word.isdecimal() and len(word) <= 3 else word) for word in words]
    if not words or any(place is None for place in found):
        return None
    return [place for place in found if place is not None]


class _Titles:
    """Finds choices by their title: as it is written, or else whatever the case, or else whatever the punctuation."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._places: list[tuple[Callable[[str], str], dict[str, list[int]]]] = []
        for alike in (str.strip, _folded, _plain):
            places: dict[str, list[int]] = {}
            for place, choice in enumerate(choices):
                places.setdefault(alike(choice.title), []).append(place)
            self._places.append((alike, places))

    def one(self, text: str) -> list[int] | None:
        """The only choice that goes by this title."""
        found = next((places[key] for alike, places in self._places if (key := alike(text)) in places), [])
        return found if len(found) == 1 else None

    def several(self, text: str) -> list[int] | None:
        """The choices named one after the other."""
        parts = [part for part in _PARTS.split(text) if part.strip()]
        found = [places[0] for part in parts if (places := self.one(part))]
        return found if len(found) == len(parts) > 1 else None


def _folded(text: str) -> str:
    """Case and width do not tell answers apart."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _plain(text: str) -> str:
    """Nor do punctuation and spaces."""
    return " ".join(re.sub(r"[^\w\s]", " ", _folded(text)).split()) or _folded(text)
