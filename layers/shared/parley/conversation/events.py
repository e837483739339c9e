"""What travels in Parley's own queues: small JSON notes that point into the table."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum


class Kind(StrEnum):
    """What a note in `events.fifo` asks for."""

    MESSAGE = "message"
    TYPING = "typing"
    WAKE = "wake"


@dataclass(frozen=True, slots=True)
class Event:
    """One note in `events.fifo`. `payload` is Apple's envelope, unless it lies in S3.

    `recheck` says that this may not be the first note about the message, so the table has to be asked.
    """

    kind: Kind
    business_id: str
    conversation_id: str
    message_id: str | None = None
    received_at: float | None = None
    ulid: str | None = None
    payload: str | None = field(default=None, repr=False)
    payload_key: str | None = None
    capabilities: list[str] | None = None
    recheck: bool = False


@dataclass(frozen=True, slots=True)
class Departure:
    """One note in `outbox.fifo`: this message is to go to Apple."""

    business_id: str
    conversation_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Timer:
    """One note in `wakeups`: try this conversation again at `at` (Unix seconds)."""

    business_id: str
    conversation_id: str
    at: float


@dataclass(frozen=True, slots=True)
class Transfer:
    """One note in `transfers`: this message has bytes to fetch from Apple."""

    business_id: str
    conversation_id: str
    message_id: str


type Note = Event | Departure | Timer | Transfer


def write(note: Note) -> str:
    """A note as compact ASCII JSON, which every queue takes; absent fields are left out."""
    facts = {name: value for name, value in asdict(note).items() if value is not None}
    return json.dumps(facts, separators=(",", ":"))


def read_event(text: str) -> Event:
    """A note from `events.fifo`. Raises ValueError or TypeError when it is none of ours."""
    event = Event(**json.loads(text))
    return replace(event, kind=Kind(event.kind))


def read_departure(text: str) -> Departure:
    """A note from `outbox.fifo`. Raises ValueError or TypeError when it is none of ours."""
    return Departure(**json.loads(text))


def read_timer(text: str) -> Timer:
    """A note from `wakeups`. Raises ValueError or TypeError when it is none of ours."""
    return Timer(**json.loads(text))
