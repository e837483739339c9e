"""The table in memory: messages, conversations, mailbox and due index share it as they share the real one.

`tests/unit/storage` runs the same tests against these and against DynamoDB's, so that they stay honest.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from parley.business.model import Breaker
from parley.conversation.identity import place_of
from parley.conversation.records import Conversation, Direction, Held, Message, Overdue, State, Wait, Waiting
from parley.storage.questions import RECENT

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from parley.apple.inbound import InboundMessage
    from parley.conversation.invitations import Outcome
    from parley.conversation.records import Attempt

type MessageKey = tuple[str, str]

RETENTION_SECONDS = 90 * 86_400


@dataclass
class Table:
    """Everything that is stored."""

    messages: dict[MessageKey, Message] = field(default_factory=dict)
    erased: set[MessageKey] = field(default_factory=set)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    markers: dict[str, dict[int, str]] = field(default_factory=dict)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    twins: dict[str, float] = field(default_factory=dict)
    due: dict[tuple[str, str | None, str], float] = field(default_factory=dict)
    requests: dict[tuple[str, str], str] = field(default_factory=dict)
    breakers: dict[tuple[str, str], tuple[Breaker, float]] = field(default_factory=dict)
    sessions: dict[tuple[str, str], str] = field(default_factory=dict)
    invitations: dict[tuple[str, str], list[tuple[str, str | None, str]]] = field(default_factory=dict)
    concluded: list[tuple[str, Outcome, str, float]] = field(default_factory=list)
    forgotten: dict[str, float] = field(default_factory=dict)
    """When the customers of these conversations were last forgotten."""

    def message(self, message_id: str) -> Message:
        """The one message with this id, whoever's it is."""
        (found,) = [message for (_, identity), message in self.messages.items() if identity == message_id]
        return found

    def states(self, direction: Direction | None = None) -> list[State]:
        """The states of all messages, or of those that go one way, in the order they came."""
        return [found.state for found in self.messages.values() if direction in (None, found.direction)]

    def breakers_of(self, business_id: str) -> dict[str, Breaker]:
        """What is known of the health of a business's endpoints."""
        return {endpoint: known for (owner, endpoint), (known, _) in self.breakers.items() if owner == business_id}

    def notices(self) -> list[Message]:
        """Parley's own news, in the order they were stored."""
        return [message for message in self.messages.values() if message.direction is Direction.NOTICE]


class MemoryMessages:
    """`services.ports.Messages`."""

    def __init__(self, table: Table, *, clock: Callable[[], float]) -> None:
        self._table = table
        self._clock = clock

    def add(self, message: Message) -> bool:
        key = (message.business_id, message.id)
        if key in self._table.messages or key in self._table.erased:
            return False
        self._table.messages[key] = deepcopy(message)
        if message.state in {State.RECEIVED, State.QUEUED}:
            self._table.due["MSG", message.business_id, message.id] = message.received_at + 60
        return True

    def add_all(self, messages: Sequence[Message], *, asks: bool = False) -> bool:
        taken = self._table.messages.keys() | self._table.erased
        if any((message.business_id, message.id) in taken for message in messages):
            return False
        for message in messages:
            self.add(message)
            self._mark(message)
        if asks:
            self._open(messages[0])
        return True

    def _mark(self, message: Message) -> None:
        if message.request_identifier is not None:
            self._table.requests[message.conversation_id, message.request_identifier] = message.id
        if message.session_identifier is not None:
            self._table.sessions[message.conversation_id, message.session_identifier.casefold()] = message.id
        if message.reference_id is not None:
            invited = self._table.invitations.setdefault((message.business_id, message.reference_id), [])
            invited.append((message.conversation_id, message.request_identifier, message.id))

    def _open(self, message: Message) -> None:
        known = self._table.conversations.get(message.conversation_id)
        if known is None:
            known = Conversation(message.conversation_id, message.business_id, message.opaque_id or "")
        self._table.conversations[message.conversation_id] = replace(
            known, question_id=message.id, question_answered_by=None
        )

    def add_unless_twin(
        self, message: Message, *, digest: str, window: float, redact: Callable[[Message], None] | None = None
    ) -> bool:
        if (message.business_id, message.id) in self._table.messages:
            return False
        marked = self._table.twins.get(digest)
        if marked is not None and marked >= message.received_at - window:
            message.state = State.SUPPRESSED
            if redact is not None:
                redact(message)
        else:
            self._table.twins[digest] = message.received_at
        return self.add(message)

    def get(self, business_id: str, message_id: str) -> Message | None:
        found = self._table.messages.get((business_id, message_id))
        if found is None or int(found.received_at) + RETENTION_SECONDS <= self._clock():
            return None
        return deepcopy(found)

    def erased(self, business_id: str, message_id: str) -> bool:
        return (business_id, message_id) in self._table.erased

    def settle(self, message: Message, *, from_state: State, notice: Message | None = None) -> bool:
        stored = self._table.messages.get((message.business_id, message.id))
        if stored is None or stored.state is not from_state:
            return False
        gained = ("state", "sequence", "attempts", "uncertain", "sent_at", "delivered_at", "error_code")
        for name in (*gained, "error_message", "endpoint_id", "pending", "facts"):
            if getattr(message, name) is not None:
                setattr(stored, name, getattr(message, name))
        _rewrite(stored, message)
        self._table.due.pop(("MSG", message.business_id, message.id), None)
        if notice is not None:
            self.add(notice)
        return True

    def told(self, message: Message) -> None:
        self._table.messages[message.business_id, message.id].pending = message.pending

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

    def look_up(self, conversation_id: str) -> tuple[Conversation | None, float]:
        return self.get(conversation_id), self._table.forgotten.get(conversation_id, 0.0)

    def apply(self, conversation_id: str, message: InboundMessage, *, at: float) -> Conversation:
        known = self._table.conversations.get(conversation_id)
        if known is None:
            known = Conversation(conversation_id, message.destination_id, message.source_id)
            self._table.conversations[conversation_id] = known
        if known.last_event != message.id:
            for name in ("capabilities", "locale", "intent", "group"):
                if getattr(message, name) is not None:
                    setattr(known, name, getattr(message, name))
            known.was_opted_out = known.opted_out
            if message.closes or message.is_authored:
                known.opted_out = message.closes
            known.before_at = known.last_inbound_at or 0
            known.last_event = message.id
            known.sequence += 1
            known.last_inbound_at = at
            self._moves(known, at)
        return deepcopy(known)

    def number(self, conversation_id: str, notice: Message, *, at: float) -> Conversation:
        known = self._known(conversation_id, notice.business_id, notice.opaque_id or "")
        if known.last_event != notice.id:
            known.last_event = notice.id
            known.sequence += 1
            if notice.opaque_id is not None:
                self._moves(known, at)
            known.created_at = at if known.created_at is None else known.created_at
        return deepcopy(known)

    @staticmethod
    def _moves(known: Conversation, at: float) -> None:
        known.created_at = at if known.created_at is None else known.created_at
        known.received_ulid = place_of(known.id, at)

    def leave_behind(self, conversation_id: str, business_id: str, opaque_id: str, *, message: Message) -> None:
        known = self._known(conversation_id, business_id, opaque_id)
        (known.left_out if message.direction is Direction.OUTBOUND else known.left_in).add(message.id)

    def took_along(self, conversation_id: str, message_ids: Iterable[str], *, direction: Direction) -> None:
        known = self._table.conversations[conversation_id]
        (known.left_out if direction is Direction.OUTBOUND else known.left_in).difference_update(message_ids)

    def go_on(self, conversation_id: str, *, at: float) -> None:
        known = self._table.conversations[conversation_id]
        known.attempts, known.next_attempt_at = 0, at
        self._table.due["CONV", None, conversation_id] = at + 60

    def _known(self, conversation_id: str, business_id: str, opaque_id: str) -> Conversation:
        new = Conversation(conversation_id, business_id, opaque_id)
        return self._table.conversations.setdefault(conversation_id, new)

    def opt_out(self, conversation_id: str, business_id: str, opaque_id: str) -> None:
        known = self._table.conversations.get(conversation_id) or Conversation(conversation_id, business_id, opaque_id)
        self._table.conversations[conversation_id] = replace(known, opted_out=True)

    def release(self, conversation_id: str) -> None:
        known = self._table.conversations[conversation_id]
        known.held_since = known.held_endpoint = known.next_attempt_at = known.waits_for = None
        known.attempts = 0
        self._table.due.pop(("CONV", None, conversation_id), None)


class MemoryHandovers:
    """`services.ports.Handovers`: both writes, or neither."""

    def __init__(self, table: Table, *, messages: MemoryMessages) -> None:
        self._table = table
        self._messages = messages

    def hand_over(self, seen: Conversation, handler: str | None, *, notice: Message | None) -> bool:
        known = self._table.conversations.get(seen.id)
        if known is None or (known.business_id, known.handovers) != (seen.business_id, seen.handovers):
            return False
        if notice is not None and not self._messages.add(notice):
            return False
        known.handler, known.handovers = handler, seen.handovers + 1
        return True


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

    def in_session(self, business_id: str, conversation_id: str, session_identifier: str) -> Message | None:
        found = self._table.sessions.get((conversation_id, session_identifier.casefold()))
        return None if found is None else self.message(business_id, found)

    def invited(
        self, business_id: str, reference_id: str, *, request_identifier: str | None, conversation_id: str | None
    ) -> Message | None:
        known = self._table.invitations.get((business_id, reference_id), [])
        by_request: dict[str | None, str] = {request: identity for _, request, identity in known if request is not None}
        by_person = {person: identity for person, _, identity in known}
        found = by_request.get(request_identifier)
        if found is None and conversation_id is not None:
            found = by_person.get(conversation_id)
        elif found is None and len(by_person) == 1:
            (found,) = by_person.values()
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

    def concluded(self, invitation: Message, outcome: Outcome, *, conversation_id: str, at: float) -> None:
        self._table.concluded.append((invitation.id, outcome, conversation_id, at))


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
        known.waits_for = attempt.waits_for
        self._table.due["CONV", None, conversation.id] = attempt.next_at + 60
        if not attempt.made:
            return
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

    def leave(self, message: Message) -> None:
        if self._move(message, message.state):
            self.forget(message.conversation_id, message.sequence or 0)

    def replay(self, message: Message, conversation: Conversation, *, at: float) -> bool:
        message.replayed_at = at
        if not self._move(message, State.HELD, found={State.DELIVERED, State.FAILED}):
            return False
        self._mark(message)
        known = self._table.conversations[conversation.id]
        known.held_since = at if known.held_since is None else known.held_since
        known.attempts, known.next_attempt_at, known.waits_for = 0, at, Wait.ENDPOINT
        known.held_endpoint = f"EP#{conversation.business_id}#{message.endpoint_id or '-'}"
        self._table.due["CONV", None, conversation.id] = at + 60
        return True

    def forget(self, conversation_id: str, sequence: int) -> None:
        self._table.markers.get(conversation_id, {}).pop(sequence, None)

    def _mark(self, message: Message) -> None:
        self._table.markers.setdefault(message.conversation_id, {})[message.sequence or 0] = message.id

    def _move(
        self, message: Message, state: State, *, found: Container[State] = frozenset({State.RECEIVED, State.HELD})
    ) -> bool:
        stored = self._table.messages.get((message.business_id, message.id))
        if stored is None or stored.state not in found:
            return False
        stored.state, stored.sequence, stored.attempts = state, message.sequence or 0, message.attempts
        stored.endpoint_id = message.endpoint_id or stored.endpoint_id
        stored.replayed_at = message.replayed_at or stored.replayed_at
        stored.pending = message.pending or stored.pending
        stored.facts = message.facts or stored.facts
        stored.delivered_at = message.delivered_at if state is State.DELIVERED else None
        if state is not State.HELD:
            _rewrite(stored, message)
        failed = state is State.FAILED
        stored.error_code = message.error_code if failed else None
        stored.error_message = message.error_message if failed else None
        self._table.due.pop(("MSG", message.business_id, message.id), None)
        return True


def _rewrite(stored: Message, message: Message) -> None:
    if message.redacted is not None:
        stored.redacted = message.redacted
        stored.payload = message.payload if message.payload_key is None else None


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

    def drop(self, overdue: Overdue) -> None:
        key = (overdue.kind, overdue.business_id, overdue.id)
        if self._table.due.get(key) == overdue.due_at:
            del self._table.due[key]


class MemoryBreakers:
    """`services.ports.Breakers`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, business_id: str, endpoint_id: str) -> Breaker:
        return self._table.breakers.get((business_id, endpoint_id), (Breaker(endpoint_id), 0.0))[0]

    def failed(self, business_id: str, endpoint_id: str, conversation_id: str, *, at: float) -> Breaker:
        known, failed_at = self._table.breakers.get((business_id, endpoint_id), (Breaker(endpoint_id), at))
        in_a_row = known.is_open or failed_at > at - 60
        row = known if in_a_row else Breaker(endpoint_id)
        known = replace(known, failures=row.failures + 1, conversations=row.conversations | {conversation_id})
        self._table.breakers[business_id, endpoint_id] = (known, at)
        return known

    def open(self, business_id: str, endpoint_id: str, *, at: float, probe_at: float) -> bool:
        known = self.get(business_id, endpoint_id)
        if known.is_open:
            return False
        self._put(business_id, replace(known, open_since=at, probe_at=probe_at))
        return True

    def take_probe(self, business_id: str, endpoint_id: str, *, seen: float, next_at: float) -> bool:
        known = self.get(business_id, endpoint_id)
        if known.probe_at != seen:
            return False
        self._put(business_id, replace(known, probe_at=next_at, probes=known.probes + 1))
        return True

    def close(self, business_id: str, endpoint_id: str) -> None:
        self._table.breakers.pop((business_id, endpoint_id), None)
        self._table.due.pop(("BREAKER", business_id, endpoint_id), None)

    def _put(self, business_id: str, breaker: Breaker) -> None:
        _, failed_at = self._table.breakers.get((business_id, breaker.endpoint_id), (None, 0.0))
        self._table.breakers[business_id, breaker.endpoint_id] = (breaker, failed_at)
        self._table.due["BREAKER", business_id, breaker.endpoint_id] = (breaker.probe_at or 0.0) + 60


class MemoryWaiting:
    """`services.ports.Waiting`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def page(self, business_id: str, endpoint_id: str, *, limit: int, cursor: str | None) -> Waiting:
        wanted = f"EP#{business_id}#{endpoint_id}"
        all_of_them = (known for known in self._table.conversations.values() if known.held_endpoint == wanted)
        places = sorted((known.held_since or 0.0, known.id) for known in all_of_them)
        # By place and not by number: those before it may have left meanwhile.
        after = [place for place in places if cursor is None or list(place) > json.loads(cursor)]
        more = len(after) > limit
        return Waiting([identity for _, identity in after[:limit]], json.dumps(after[limit - 1]) if more else None)
