"""The messages in `events/messages/`: one JSON file per kind, direction and case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from local.stack.errors import StackError
from local.stack.layout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER: Final = ROOT / "events/messages"
RESULT: Final = ".result.json"
"""Beside an inbound message: what a business gets of it."""


class Direction(StrEnum):
    """Who sends it."""

    INBOUND = "inbound"
    """The customer: Apple's JSON as Apple posts it."""
    OUTBOUND = "outbound"
    """The business: a body for the API, or Apple's JSON of an outgoing message."""


@dataclass(frozen=True)
class Fixture:
    """One message. `name` is `<direction>/<kind>-<case>`."""

    name: str
    file: Path

    @property
    def direction(self) -> Direction:
        """Who sends it."""
        return Direction(self.name.partition("/")[0])

    @property
    def case(self) -> str:
        """The name without the direction."""
        return self.name.partition("/")[2]

    def message(self) -> dict[str, Any]:
        """The JSON, with sample identities that name nobody."""
        message: dict[str, Any] = json.loads(self.file.read_text("utf-8"))
        return message


def catalogue() -> list[Fixture]:
    """All of them. Those of customers come first, and among them those that end a conversation: the rest reopen it."""
    found = [
        Fixture(file.relative_to(FOLDER).with_suffix("").as_posix(), file)
        for direction in Direction
        for file in sorted((FOLDER / direction).glob("*.json"))
        if not file.name.endswith(RESULT)
    ]
    return sorted(found, key=lambda fixture: not fixture.name.startswith("inbound/close-"))


def select(wanted: Iterable[str]) -> list[Fixture]:
    """The fixtures these words mean: a name, or what names begin with (`form`, `inbound/list_picker`).

    Raises StackError for a word that means none.
    """
    fixtures = catalogue()
    chosen: dict[str, Fixture] = {}
    for word in wanted:
        found = _meant(word.strip().replace("_", "-").removesuffix(".json").rstrip("/-"), fixtures)
        if not found:
            raise StackError(f"There is no message called {word}.", hint="parley trigger --list shows them all.")
        chosen |= {one.name: one for one in found}
    return list(chosen.values())


def _meant(word: str, fixtures: list[Fixture]) -> list[Fixture]:
    exactly = [one for one in fixtures if word in (one.name, one.case)]
    beginning = [
        one for one in fixtures if one.name.startswith((f"{word}-", f"{word}/")) or one.case.startswith(f"{word}-")
    ]
    return exactly or beginning
