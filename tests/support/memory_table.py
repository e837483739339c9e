"""The table in memory: messages, conversations, mailbox and due index share it as they share the real one.

`tests/unit/storage` runs the same tests against these and against DynamoDB's, so that they stay honest.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from parley.conversation.records import Conversation, Direction, Held, Message, Overdue, State
from parley.storage.questions import RECENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from parley.apple.inbound import InboundMessage
    from parley.conversation.records import Attempt

type MessageKey = tuple[str, str]

RETENTION_SECONDS = 90 * 86_400


@dataclass
class Table:
    """Everything that is stored."""

    messages: dict[MessageKey, Message] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    markers: dict[str, dict[int, str]] = field(default_factory=dict)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    twins: dict[str, float] = field(default_factory=dict)
    due: dict[tuple[str, str | None, str], float] = field(default_factory=dict)
    requests: dict[tuple[str, str], str] = field(default_factory=dict)

    def message(self, message_id: str) -> Message:
        """The one message with this id, whoever's it is."""
        (found,) = [message for (_, identity), message in self.messages.items() if identity == message_id]
        return found

    def states(self) -> list[State]:
        """The states of all messages, in the order they came."""
        return [message.state for message in self.messages.values()]


class MemoryMessages:
    """`services.ports.Messages`."""

    def __init__(self, table: Table, *, clock: Callable[[], float]) -> None:
        self._table = table
        self._clock = clock

    def add(self, message: Message) -> bool:
        key = (message.business_id, message.id)
        if key in self._table.messages:
            return False
        self._table.messages[key] = deepcopy(message)
        if message.state in {State.RECEIVED, State.QUEUED}:
            self._table.due["MSG", message.business_id, message.id] = message.received_at + 60
        return True

    def add_all(self, messages: Sequence[Message]) -> bool:
        if any((message.business_id, message.id) in self._table.messages for message in messages):
            return False
        for message in messages:
            self.add(message)
            if message.request_identifier is not None:
                self._table.requests[message.conversation_id, message.request_identifier] = message.id
        return True

    def add_unless_twin(self, message: Message, *, digest: str, window: float) -> bool:
        if (message.business_id, message.id) in self._table.messages:
            return False
        marked = self._table.twins.get(digest)
        if marked is not None and marked >= message.received_at - window:
            message.state = State.SUPPRESSED
        else:
            self._table.twins[digest] = message.received_at
        return self.add(message)

    def get(self, business_id: str, message_id: str) -> Message | None:
        found = self._table.messages.get((business_id, message_id))
        if found is None or int(found.received_at) + RETENTION_SECONDS <= self._clock():
            return None
        return deepcopy(found)

    def settle(self, message: Message, *, from_state: State) -> bool:
        stored = self._table.messages.get((message.business_id, message.id))
        if stored is None or stored.state is not from_state:
            return False
        gained = ("state", "sequence", "attempts", "uncertain", "sent_at", "delivered_at", "error_code")
        for name in (*gained, "error_message"):
            if getattr(message, name) is not None:
                setattr(stored, name, getattr(message, name))
        self._table.due.pop(("MSG", message.business_id, message.id), None)
        return True

    def postpone(self, message: Message, *, due_at: float) -> None:
        stored = self._table.messages[message.business_id, message.id]
        stored.attempts, stored.uncertain = message.attempts, message.uncertain
        self._table.due["MSG", message.business_id, message.id] = due_at

    def record_attempt(
        self, message: Message, *, target: str, number: int, at: float, status: int, words: str, ms: int
    ) -> None:
        self._table.attempts.append(
            {"message_id": message.id, "target": target, "number": number, "at": at, "status": status, "words": words}
        )


class MemoryConversations:
    """`services.ports.Conversations`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, conversation_id: str) -> Conversation | None:
        found = self._table.conversations.get(conversation_id)
        return None if found is None else deepcopy(found)

    def apply(self, conversation_id: str, message: InboundMessage, *, at: float) -> Conversation:
        known = self._table.conversations.get(conversation_id)
        if known is None:
            known = Conversation(conversation_id, message.destination_id, message.source_id)
            self._table.conversations[conversation_id] = known
        if known.last_event != message.id:
            for name in ("capabilities", "locale", "intent", "group"):
                if getattr(message, name) is not None:
                    setattr(known, name, getattr(message, name))
            if message.closes or message.is_authored:
                known.opted_out = message.closes
            known.last_event = message.id
            known.sequence += 1
        return deepcopy(known)

    def opt_out(self, conversation_id: str, business_id: str, opaque_id: str) -> None:
        known = self._table.conversations.get(conversation_id) or Conversation(conversation_id, business_id, opaque_id)
        self._table.conversations[conversation_id] = replace(known, opted_out=True)

    def ask(self, conversation_id: str, business_id: str, opaque_id: str, *, question_id: str) -> None:
        known = self._table.conversations.get(conversation_id) or Conversation(conversation_id, business_id, opaque_id)
        self._table.conversations[conversation_id] = replace(known, question_id=question_id, question_answered_by=None)

    def release(self, conversation_id: str) -> None:
        known = self._table.conversations[conversation_id]
        known.held_since = known.held_endpoint = known.next_attempt_at = None
        known.attempts = 0
        self._table.due.pop(("CONV", None, conversation_id), None)


class MemoryQuestions:
    """`services.ports.Questions`."""

    def __init__(self, table: Table, *, messages: MemoryMessages) -> None:
        self._table = table
        self._messages = messages

    def message(self, business_id: str, message_id: str) -> Message | None:
        return self._messages.get(business_id, message_id)

    def asked(self, business_id: str, conversation_id: str, request_identifier: str) -> Message | None:
        found = self._table.requests.get((conversation_id, request_identifier))
        return None if found is None else self.message(business_id, found)

    def recent_bodies(self, business_id: str, conversation_id: str) -> list[tuple[str, str]]:
        all_of_it = [known for known in self._table.messages.values() if known.conversation_id == conversation_id]
        recent = sorted(all_of_it, key=lambda message: message.ulid, reverse=True)[:RECENT]
        sent = [known for known in recent if known.direction is Direction.OUTBOUND and known.business_id == business_id]
        contents = [(known.id, json.loads(known.payload or "{}")) for known in sent]
        return [(identity, content["body"]) for identity, content in contents if "body" in content]

    def answered(self, conversation_id: str, question_id: str, *, by: str) -> None:
        known = self._table.conversations.get(conversation_id)
        if known is not None and known.question_id == question_id and known.question_answered_by is None:
            known.question_answered_by = by


class MemoryMailbox:
    """`services.ports.Mailbox`: like DynamoDB's, each change is all or nothing."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def held(self, conversation_id: str, *, limit: int) -> list[Held]:
        markers = self._table.markers.get(conversation_id, {})
        return [Held(markers[sequence], sequence) for sequence in sorted(markers)[:limit]]

    def hold(self, message: Message) -> None:
        if self._move(message, State.HELD):
            self._mark(message)

    def fail(self, message: Message, conversation: Conversation, attempt: Attempt) -> None:
        if not self._move(message, State.HELD):
            return
        self._mark(message)
        known = self._table.conversations[conversation.id]
        known.held_since = attempt.at if known.held_since is None else known.held_since
        known.held_endpoint = f"EP#{conversation.business_id}#{attempt.endpoint_id}"
        known.attempts, known.next_attempt_at = attempt.number, attempt.next_at
        self._table.due["CONV", None, conversation.id] = attempt.next_at + 60
        self._table.attempts.append(
            {
                "message_id": message.id,
                "target": attempt.endpoint_id,
                "number": message.attempts,
                "at": attempt.at,
                "status": attempt.status,
                "words": attempt.words,
            }
        )

    def delivered(self, message: Message) -> None:
        if self._move(message, State.DELIVERED):
            self.forget(message.conversation_id, message.sequence or 0)

    def give_up(self, message: Message) -> None:
        if self._move(message, State.FAILED):
            self.forget(message.conversation_id, message.sequence or 0)

    def forget(self, conversation_id: str, sequence: int) -> None:
        self._table.markers.get(conversation_id, {}).pop(sequence, None)

    def _mark(self, message: Message) -> None:
        self._table.markers.setdefault(message.conversation_id, {})[message.sequence or 0] = message.id

    def _move(self, message: Message, state: State) -> bool:
        stored = self._table.messages.get((message.business_id, message.id))
        if stored is None or stored.state not in {State.RECEIVED, State.HELD}:
            return False
        stored.state, stored.sequence, stored.attempts = state, message.sequence or 0, message.attempts
        if state is State.DELIVERED:
            stored.delivered_at = message.delivered_at
        if state is State.FAILED:
            stored.error_code, stored.error_message = message.error_code, message.error_message
        self._table.due.pop(("MSG", message.business_id, message.id), None)
        return True


class MemoryDue:
    """`services.ports.DueItems`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def overdue(self, now: float, *, limit: int) -> Iterator[Overdue]:
        found = sorted((due_at, str(key), key) for key, due_at in self._table.due.items() if due_at <= now)
        for due_at, _, (kind, business_id, identity) in found[:limit]:
            yield Overdue(kind, business_id, identity, due_at)

    def claim(self, overdue: Overdue, *, until: float) -> bool:
        key = (overdue.kind, overdue.business_id, overdue.id)
        if self._table.due.get(key) != overdue.due_at:
            return False
        self._table.due[key] = until
        return True
