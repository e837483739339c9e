"""What agents and bots note about a conversation, for each other."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Note:
    """One note. Its id is a ULID; `author` is whatever the business calls its people and programs."""

    id: str
    conversation_id: str
    created_at: float
    body: str = field(repr=False)
    author: str | None = None
