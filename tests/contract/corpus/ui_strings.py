"""The rule for every text shown on a device, applied to one place (14, first row "UI strings")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.corpus.edits import Put
from tests.contract.corpus.parts import BIKE, FAMILY

if TYPE_CHECKING:
    from tests.contract.corpus.cases import Cases

SAYS = "14 row UI strings"

IDENTIFIERS = "14 row Identifiers"


def limited(cases: Cases, label: str, pointer: str) -> None:
    """200 characters are the most."""
    cases.good(f"{label} of exactly 200 characters", Put(pointer, "x" * 200), says=SAYS)
    cases.broken(f"{label} of 201 characters", Put(pointer, "x" * 201), says=SAYS)


def shown(cases: Cases, label: str, pointer: str) -> None:
    """Every part of the rule."""
    limited(cases, label, pointer)
    cases.good(f"{label} of exactly 200 astral characters", Put(pointer, BIKE * 200), says=f"{SAYS}; 12 no. 63")
    cases.good(f"{label} in Arabic with a no-break space", Put(pointer, "دراجة\u00a012"), says=SAYS)
    cases.good(f"{label} with a family emoji", Put(pointer, f"For the {FAMILY}"), says=SAYS)
    cases.broken(f"{label} of 201 astral characters", Put(pointer, BIKE * 201), says=SAYS)
    cases.broken(f"{label} is empty", Put(pointer, ""), says=SAYS)
    cases.broken(f"{label} of blanks only", Put(pointer, " \u00a0 "), says=SAYS)
    cases.broken(f"{label} with a control character", Put(pointer, "Bell\x07"), says=SAYS)
    cases.broken(f"{label} with a late control character", Put(pointer, "Bell\x85"), says=SAYS)
    cases.broken(f"{label} with a delete character", Put(pointer, "Bell\x7f"), says=SAYS)
    cases.broken(f"{label} with a line feed", Put(pointer, "two\nlines"), says=SAYS)
    cases.broken(f"{label} with a lone surrogate", Put(pointer, "half \ud83d"), says=SAYS)


def identified(cases: Cases, label: str, pointer: str, *, longest: bool = True) -> None:
    """Every part of the rule for identifiers that a business chooses."""
    if longest:
        cases.good(f"{label} of exactly 200 characters", Put(pointer, "x" * 200), says=IDENTIFIERS)
    cases.broken(f"{label} of 201 characters", Put(pointer, "x" * 201), says=IDENTIFIERS)
    cases.broken(f"{label} with an apostrophe", Put(pointer, "it's"), says=IDENTIFIERS)
    cases.broken(f"{label} with a straight quote", Put(pointer, 'a "b"'), says=IDENTIFIERS)
    cases.broken(f"{label} with a way out of its folder", Put(pointer, "a/../b"), says=IDENTIFIERS)
    cases.broken(f"{label} with a control character", Put(pointer, "a\x00b"), says=IDENTIFIERS)
