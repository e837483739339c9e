"""What is kept of messages and conversations, and the states they pass through."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Direction(StrEnum):
    """Seen from Parley's business. A notice is what Parley itself tells it, in line with the customer's messages."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NOTICE = "notice"


class State(StrEnum):
    """Where a message is.

    inbound, notice: received → delivered, or received → held → delivered | failed; `suppressed` is a twin of a
    reply, or a notice nobody asked for. A replay brings delivered and failed back to held.
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


ERASED: Final = "erased"
"""Stands in the place of a state on what is left of an erased message; to whoever asks it is not there."""

FINAL = frozenset({State.DELIVERED, State.SUPPRESSED, State.SENT, State.UNKNOWN, State.CANCELLED, State.FAILED})

EXCEPTIONAL = frozenset({State.HELD, State.FAILED, State.UNKNOWN})
"""What an operator looks for: only these are in the index `by-state`."""


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
    parts: list[str] | None = None
    """The ids of all messages the business's one call became, when it became several; on the first of them."""
    kind: str | None = None
    """The kind the business asked for, whatever form it took."""
    form: str | None = None
    """The kind that was sent, when the device could not show the one asked for; `form_reason` says why."""
    form_reason: str | None = None
    door: str = "message"
    headers: dict[str, str] | None = None
    construct: str | None = field(default=None, repr=False)
    request_identifier: str | None = None
    session_identifier: str | None = None
    reference_id: str | None = field(default=None, repr=False)
    """What an answer is found by: the request, the session of an iMessage app, the reference of an invitation."""
    offered: dict[str, Any] | None = field(default=None, repr=False)
    template: dict[str, Any] | None = None
    """Which template of the library it was made of: its `name`, `version` and `locale`."""
    uncertain: bool = False
    sent_at: float | None = None
    delivered_at: float | None = None
    error_code: str | None = None
    error_message: str | None = None
    endpoint_id: str | None = None
    """Where it was delivered, or tried last."""
    replayed_at: float | None = None
    """When it was last asked for again; its time to be delivered in counts from there."""
    topic: str | None = None
    """What the customer has to be subscribed to for it; `consent` says in which way."""
    consent: str | None = None
    asks_about: list[str] | None = None
    """The topics that it asks the customer to choose from."""
    pending: list[str] | None = None
    """The attachments that were not there yet when it was delivered."""
    only_for: str | None = None
    """Of a notice: the one endpoint that is told, wherever the routes lead."""
    about_conversation: str | None = None
    """Of a notice that waits in another line than that of the conversation it tells of."""
    facts: str | None = field(default=None, repr=False)
    """What its webhook said beside the message itself, as JSON text: the `result` of an answer, the `reaction`."""
    redacted: list[str] | None = None
    """What has been taken out of `payload` and `facts` (`business.redaction`); None when they are as they came."""
    is_test: bool = False
    """Made with a test key: it is nobody's to send, and no answer belongs to it."""
    erasure_seen: float | None = None
    """Of what is not the customer's own: when they had last been forgotten as it was begun, 0 for never. An erasure
    after that takes it along, however late it is stored."""

    @property
    def in_conversation(self) -> str:
        """The conversation it belongs to, whatever line it waits in."""
        return self.about_conversation or self.conversation_id

    @property
    def first_tried(self) -> float:
        """When its time to be delivered in began."""
        return self.replayed_at or self.received_at


def erasure_before(at: float) -> float:
    """The latest erasure that leaves standing what was received at `at`; one at that very moment takes it along."""
    return math.nextafter(at, 0.0)


class Wait(StrEnum):
    """Why a conversation waits."""

    ENDPOINT = "endpoint"
    PARTS = "parts"


class ConversationState(StrEnum):
    """`closed`: the customer has left; `held`: messages wait for an endpoint."""

    OPEN = "open"
    HELD = "held"
    CLOSED = "closed"


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
    handovers: int = 0
    """How often it was handed over."""
    opted_out: bool = False
    was_opted_out: bool = False
    """As the last event found it."""
    before_at: float | None = None
    """When the customer was last heard of before that event; 0 for never."""
    preferences: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the customer wants to be notified of, by topic; see `conversation.preferences`."""
    preferences_version: int = 0
    preferences_asked_at: float | None = None
    sequence: int = 0
    last_event: str | None = None
    created_at: float | None = None
    last_inbound_at: float | None = None
    received_ulid: str | None = None
    """Its place among the business's conversations: when its latest event came."""
    held_since: float | None = None
    held_endpoint: str | None = None
    waits_for: str | None = None
    attempts: int = 0
    next_attempt_at: float | None = None
    question_id: str | None = None
    """The message whose answer may come as free text."""
    question_answered_by: str | None = None
    left_in: set[str] = field(default_factory=set)
    """Messages from the customer that could not be queued, so that the next one has to take them along."""
    left_out: set[str] = field(default_factory=set)
    """The same for messages to the customer."""
    erased_at: float | None = None
    """When the customer was last forgotten; what was received until then is gone."""

    @property
    def is_held(self) -> bool:
        """Something is undelivered, so whatever comes next has to wait behind it."""
        return self.held_since is not None

    @property
    def state(self) -> ConversationState:
        """As the business sees it."""
        if self.opted_out:
            return ConversationState.CLOSED
        return ConversationState.HELD if self.is_held else ConversationState.OPEN

    @property
    def is_with_customer(self) -> bool:
        """Whether it is one: news that are about no customer have lines of their own."""
        return bool(self.opaque_id)


@dataclass(frozen=True, slots=True)
class Held:
    """The marker of one undelivered message."""

    message_id: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Conversations that wait for an endpoint; `cursor` leads to the next ones."""

    conversation_ids: list[str]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One failed try at an endpoint. `number` counts the tries since the conversation was last free.

    `made` is False when nothing was sent: the endpoint is known to be away, or the message's parts are.
    """

    endpoint_id: str
    number: int
    at: float
    status: int
    words: str
    ms: int
    next_at: float
    made: bool = True
    waits_for: Wait = Wait.ENDPOINT


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something the sweeper found: it should have moved by `due_at`."""

    kind: str
    """`MSG`, `CONV`, `BREAKER`, `ATT` or `ERASE`."""
    business_id: str | None
    """Unknown for a conversation."""
    id: str
    due_at: float
