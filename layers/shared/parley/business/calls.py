"""Calls to the business API that must not be done twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call was answered: the JSON if any, or else bytes, and the headers that belong to it."""

    status: int
    content: dict[str, Any] | None = field(default=None, repr=False)
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier call under the same key. `answer` is None while it is still at work."""

    request_hash: str
    answer: Answer | None = None
