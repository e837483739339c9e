"""Good and broken messages, each a named variation of a base message.

The expectations come from the protocol pages alone: every case says which one (`04 §3` is protocol/04, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.corpus.edits import Edit, Message

type Spot = str | tuple[str, ...]
"""A pointer that must be reported; or several of which at least one must, where the page names none of them."""


@dataclass(frozen=True)
class Case:
    """A base message and what is edited in it. `says`: the place in the pages that decides."""

    name: str
    says: str
    base: Callable[[], Message]
    edits: tuple[Edit, ...]

    def message(self) -> Message:
        """The message, made anew on each call."""
        message = self.base()
        for edit in self.edits:
            edit.apply(message)
        return message


@dataclass(frozen=True)
class Good(Case):
    """A message that Apple takes."""


@dataclass(frozen=True)
class Broken(Case):
    """A message that breaks a rule. `at`: where it must be reported; `may`: where it is fair to report as well."""

    at: tuple[Spot, ...]
    may: tuple[str, ...] = ()

    def pointers(self) -> set[str]:
        """Every pointer at which, or below which, a fault is to the point."""
        spots = {pointer for spot in self.at for pointer in ((spot,) if isinstance(spot, str) else spot)}
        return spots | set(self.may)


@dataclass
class Cases:
    """The cases around one base message."""

    kind: str
    base: Callable[[], Message]
    says: str
    goods: list[Good] = field(default_factory=list)
    brokens: list[Broken] = field(default_factory=list)

    def good(self, name: str, *edits: Edit, says: str = "") -> None:
        """Good after the edits; without any, good as it is."""
        self.goods.append(Good(f"{self.kind}: {name}", says or self.says, self.base, edits))

    def broken(
        self, name: str, *edits: Edit, at: tuple[Spot, ...] = (), may: tuple[str, ...] = (), says: str = ""
    ) -> None:
        """Broken by the edits: where they were made, if `at` does not say otherwise."""
        spots = at or tuple(spot for edit in edits for spot in edit.spots)
        self.brokens.append(Broken(f"{self.kind}: {name}", says or self.says, self.base, edits, spots, may))


def name_of(case: Case) -> str:
    """What a test run calls it."""
    return case.name
