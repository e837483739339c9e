"""A clock the tests wind themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NEW_YEAR: Final = 1_767_225_600.0
"""2026-01-01T00:00:00Z, the `iat` of the token vectors (protocol/15 §1)."""


@dataclass
class Clock:
    """Unix seconds that only move when told to."""

    now: float = NEW_YEAR

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds
