"""One secret and its versions in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from parley.business.key_ring import KeyRing
from parley.errors import Fatal

OLD: Final = "old"
"""The version that is current from the start."""


@dataclass
class Value:
    """`services.ports.SecretVersion`."""

    id: str
    text: str

    def document(self) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads(self.text)
        except ValueError:
            raise Fatal("the secret must be a JSON object") from None
        return content


@dataclass
class Versions:
    """`services.ports.SecretVersions` in memory."""

    name: str
    texts: dict[str, str]
    current: str | None = OLD
    pending: str | None = None
    arn: str = "arn"
    rotation_off: bool = False
    empty: set[str] = field(default_factory=set)
    """Announced without a value, as Secrets Manager does."""
    until: float | None = None
    crash_on: str | None = None
    overtaken: bool = False

    def describe(self) -> Versions:
        return self

    def knows(self, version_id: str) -> bool:
        return version_id in self.texts or version_id in self.empty

    def read_current(self) -> Value | None:
        return None if self.current is None else Value(self.current, self.texts[self.current])

    def read_pending(self) -> Value | None:
        if self.pending is None or self.pending not in self.texts:
            return None
        return Value(self.pending, self.texts[self.pending])

    def write_pending(self, text: str, *, version_id: str) -> None:
        self._crash("write_pending")
        self.texts.setdefault(version_id, text)
        self.pending = version_id

    def write_draft(self, text: str, *, version_id: str) -> None:
        self.texts.setdefault(version_id, text)

    def move_current(self, *, to: str, off: str) -> bool:
        if self.overtaken or self.current != off:
            return False
        self.current = to
        self._crash("move_current")
        return True

    def release_pending(self, version_id: str) -> None:
        self._crash("release_pending")
        if self.pending == version_id:
            self.pending = None

    def promote(self, version_id: str, *, until: float) -> None:
        self.current, self.until = version_id, until
        self.release_pending(version_id)

    def _crash(self, where: str) -> None:
        if self.crash_on == where:
            self.crash_on = None
            raise RuntimeError("crash")

    def ring(self) -> KeyRing:
        current = self.read_current()
        assert current is not None
        return KeyRing(current.document())
