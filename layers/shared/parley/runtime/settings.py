"""What a function is told by its environment. Nothing has a default that hides a missing value."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parley.errors import Fatal

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Settings:
    """Reads variables when they are asked for: each function declares only what it uses."""

    env: Mapping[str, str]

    @classmethod
    def from_env(cls) -> Settings:
        """The process's own environment."""
        return cls(os.environ)

    def text(self, name: str) -> str:
        """A variable that must be there. Raises Fatal, naming it, when it is missing or empty."""
        value = self.env.get(name, "")
        if not value:
            raise Fatal(f"the environment variable {name} is missing; declare it in template.yaml")
        return value

    def number(self, name: str) -> int:
        """A positive whole number. Raises Fatal, naming the variable, when it is none."""
        text = self.text(name)
        if not text.isdecimal() or int(text) == 0:
            raise Fatal(f"the environment variable {name} must be a positive whole number")
        return int(text)

    @property
    def allow_loopback(self) -> bool:
        """Webhooks to loopback addresses: for the local cloud only, refused on every other stage."""
        wanted = self.env.get("ALLOW_LOOPBACK", "false") == "true"
        if wanted and self.env.get("STAGE") != LOCAL:
            raise Fatal("ALLOW_LOOPBACK is for STAGE=local only; remove it")
        return wanted
