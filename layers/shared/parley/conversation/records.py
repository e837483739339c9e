"""What is kept of messages and conversations, and the states they pass through."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Direction(StrEnum):
    """Seen from Parley's business."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class State(StrEnum):
    """Where a message is.

    inbound:  received → delivered, or received → held → delivered | failed; `suppressed` is a twin.
    outbound: queued → sent | failed | unknown | cancelled.
    """

    RECEIVED = "received"
    HELD = "held"
    DELIVERED = "delivered"
    SUPPRESSED = "suppressed"
    QUEUED = "queued"
    SENT = "sent"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    FAILED = "failed"


FINAL = frozenset({State.DELIVERED, State.SUPPRESSED, State.SENT, State.UNKNOWN, State.CANCELLED, State.FAILED})


@dataclass(slots=True)
class Message:
    """One stored message. Times are Unix seconds; `payload` is JSON text (Apple's envelope or our content).

    `payload` is None when it lies in S3 under `payload_key`.
    """

    id: str
    business_id: str
    conversation_id: str
    direction: Direction
    type: str
    state: State
    received_at: float
    ulid: str
    payload: str | None = field(default=None, repr=False)
    payload_key: str | None = None
    opaque_id: str | None = field(default=None, repr=False)
    capabilities: list[str] | None = None
    sequence: int | None = None
    attempts: int = 0
    auto_reply: bool = False
    agent: str | None = None
    request_hash: str | None = None
    parts: int | None = None
    """How many messages the business's one call became; on the first of them."""
    kind: str | None = None
    """The kind the business asked for, whatever form it took."""
    form: str | None = None
    """The kind that was sent, when the device could not show the one asked for; `form_reason` says why."""
    form_reason: str | None = None
    door: str = "message"
    headers: dict[str, str] | None = None
    construct: str | None = field(default=None, repr=False)
    request_identifier: str | None = None
    offered: dict[str, Any] | None = field(default=None, repr=False)
    uncertain: bool = False
    sent_at: float | None = None
    delivered_at: float | None = None
    error_code: str | None = None
    error_message: str | None = None


@dataclass(slots=True)
class Conversation:
    """One customer of one business. `held_since` is set while anything is undelivered."""

    id: str
    business_id: str
    opaque_id: str = field(repr=False)
    capabilities: list[str] | None = None
    locale: str | None = None
    intent: str | None = None
    group: str | None = None
    handler: str | None = None
    opted_out: bool = False
    sequence: int = 0
    last_event: str | None = None
    held_since: float | None = None
    held_endpoint: str | None = None
    attempts: int = 0
    next_attempt_at: float | None = None
    question_id: str | None = None
    """The message whose answer may come as free text."""
    question_answered_by: str | None = None

    @property
    def is_held(self) -> bool:
        """Something is undelivered, so whatever comes next has to wait behind it."""
        return self.held_since is not None


@dataclass(frozen=True, slots=True)
class Held:
    """The marker of one undelivered message."""

    message_id: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One failed try at an endpoint. `number` counts the tries since the conversation was last free."""

    endpoint_id: str
    number: int
    at: float
    status: int
    words: str
    ms: int
    next_at: float


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something the sweeper found: a message or a conversation that should have moved by `due_at`."""

    kind: str
    """`MSG` or `CONV`."""
    business_id: str | None
    """Known for a message, whose key starts with it."""
    id: str
    due_at: float
