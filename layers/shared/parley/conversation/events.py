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
    """Try the conversation again."""
    PARTS = "parts"
    """The attachments of a message have settled."""
    REPLAY = "replay"
    """Deliver a message again."""
    PROBE = "probe"
    """See whether an endpoint is back."""
    RELEASE = "release"
    """An endpoint is back: wake every conversation that waits for it."""
    REPLAY_RUN = "replay_run"
    """The next step of a replay of many messages."""


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
    endpoint_id: str | None = None
    run_id: str | None = None
    cursor: str | None = None
    forced: bool = False
    """Wake at once, whatever the conversation's timer says."""
    probe: bool = False
    """This wake-up may try an endpoint whose breaker is open."""

    @property
    def group(self) -> str:
        """Notes of one group are handled one after another: a conversation's, an endpoint's, a replay's."""
        if self.conversation_id:
            return self.conversation_id
        return f"{self.business_id}-{self.endpoint_id or self.run_id}"


@dataclass(frozen=True, slots=True)
class Departure:
    """One note in `outbox.fifo`: this message is to go to Apple. `again`: it may have gone already."""

    business_id: str
    conversation_id: str
    message_id: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Timer:
    """One note in `wakeups`: at `at` (Unix seconds) a note of this kind goes to `events.fifo`."""

    business_id: str
    conversation_id: str
    at: float
    kind: Kind = Kind.WAKE
    endpoint_id: str | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """One note in `transfers`: this message has bytes to fetch from Apple."""

    business_id: str
    conversation_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Forgetting:
    """One note in `erasures`: the next step of this erasure is due."""

    business_id: str
    erasure_id: str


type Note = Event | Departure | Timer | Transfer | Forgetting


def write(note: Note) -> str:
    """A note as compact ASCII JSON, which every queue takes; absent fields and flags that are not set are left out."""
    facts = {name: value for name, value in asdict(note).items() if value is not None and value is not False}
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
    timer = Timer(**json.loads(text))
    return replace(timer, kind=Kind(timer.kind))


def read_transfer(text: str) -> Transfer:
    """A note from `transfers`. Raises ValueError or TypeError when it is none of ours."""
    return Transfer(**json.loads(text))


def read_forgetting(text: str) -> Forgetting:
    """A note from `erasures`. Raises ValueError or TypeError when it is none of ours."""
    return Forgetting(**json.loads(text))
