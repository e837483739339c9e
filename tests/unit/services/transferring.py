"""One MSP that fetches attachments, in memory, with a clock that jumps."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from parley.apple.inbound import InboundMessage
from parley.apple.tokens import Signer
from parley.conversation.attachments import Attachment, attachment_id, object_key
from parley.conversation.events import Event, Transfer
from parley.conversation.records import Direction, Message, State
from parley.errors import Retryable
from parley.services.apple_access import AppleAccess
from parley.services.fetch import Fetch
from parley.services.parts import Arrived, Parts
from parley.services.resolve import Resolve
from parley.services.transfer import Outcome
from parley.services.transfer import Transfer as Fetching
from tests.support import apple_requests as apple
from tests.support import memory_settings
from tests.support.apple_store import AppleStore
from tests.support.clock import Clock
from tests.support.faults import Crash, Faults
from tests.support.memory_attachments import MemoryAttachments, MemoryObjects
from tests.support.memory_queues import Transfers

CONVERSATION = "conversation-1"
HOUR = 3600.0


@dataclass
class Events:
    """`events.fifo`: only remembered."""

    sent: list[Event] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def send(self, event: Event, *, deduplication_id: str) -> None:
        self.sent.append(event)
        self.ids.append(deduplication_id)

    def send_all(self, notes: Any) -> None:
        raise NotImplementedError


@dataclass
class Messages:
    """The one thing that is asked of stored messages."""

    stored: dict[str, Message] = field(default_factory=dict)

    def get(self, business_id: str, message_id: str) -> Message | None:
        return self.stored.get(message_id)


class Office:
    """Everything the transfer worker needs."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.faults = Faults()
        self.apple = AppleStore()
        self.attachments = MemoryAttachments(self.clock)
        self.objects = MemoryObjects()
        self.events = Events()
        self.transfers = Transfers()
        self.messages = Messages()
        self.payloads = memory_settings.Payloads()
        self.credentials = memory_settings.Credentials([apple.CREDENTIAL])
        self.slept: list[float] = []
        self._numbers = itertools.count(1)
        watch = self.faults.watch
        attachments, objects = watch("attachments", self.attachments), watch("objects", self.objects)
        access = AppleAccess(credentials=self.credentials, signer=Signer(clock=self.clock))
        fetch = Fetch(access=access, gateway=self.apple, store=self.apple, objects=objects)
        messages: Any = self.messages
        self.transfer = Fetching(
            messages=messages,
            payloads=self.payloads,
            attachments=attachments,
            fetch=fetch,
            resolve=Resolve(fetch=fetch, access=access, gateway=self.apple, objects=objects),
            events=watch("events", self.events),
            transfers=watch("transfers", self.transfers),
            clock=self.clock,
            sleep=self.sleep,
            chance=lambda: 0.5,
            new_id=lambda: f"id-{next(self._numbers)}",
        )
        self.parts = Parts(attachments=self.attachments, objects=self.objects)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += seconds

    def receive(self, message_id: str = "m1", **raw: Any) -> Transfer:
        """A customer's message; returns the note about it."""
        envelope = apple.envelope(**{"id": message_id} | raw)
        self.messages.stored[message_id] = Message(
            id=message_id,
            business_id=apple.BUSINESS,
            conversation_id=CONVERSATION,
            direction=Direction.INBOUND,
            type=envelope["type"],
            state=State.RECEIVED,
            received_at=self.clock(),
            ulid="01",
            payload=json.dumps(envelope),
        )
        return Transfer(apple.BUSINESS, CONVERSATION, message_id)

    def run(self, note: Transfer, *, seconds: float = 840) -> list[Outcome]:
        """One invocation."""
        return self.transfer(note, deadline=self.clock() + seconds)

    def settle(self, note: Transfer) -> list[Outcome]:
        """Invocations until no note is left, each after the delay it was put back with."""
        outcomes: list[Outcome] = []
        waiting = [(0.0, note)]
        while waiting:
            after, note = waiting.pop(0)
            self.clock.now += max(after, 0.0)
            before = len(self.transfers.sent)
            try:
                outcomes += self.run(note)
            except (Crash, Retryable):
                waiting.append((130.0, note))
            waiting += zip(self.transfers.delays[before:], self.transfers.sent[before:], strict=True)
            assert len(outcomes) < 1000
        return outcomes

    def part(self, place: int = 0, message_id: str = "m1") -> Attachment:
        """What the table says of one part."""
        found = self.attachments.get(apple.BUSINESS, attachment_id(apple.BUSINESS, message_id, place))
        assert found is not None
        return found

    def stored(self, place: int = 0, message_id: str = "m1") -> bytes | None:
        """What lies in the bucket of it."""
        key = object_key(apple.BUSINESS, attachment_id(apple.BUSINESS, message_id, place))
        return self.objects.objects[key][0] if key in self.objects.objects else None

    def arrived(self, message_id: str = "m1") -> Arrived:
        """What a webhook would say now."""
        stored = self.messages.stored[message_id]
        raw = json.loads(stored.payload or "")
        message = InboundMessage(message_id, raw["type"], raw["sourceId"], raw["destinationId"], raw, "")
        return self.parts(stored, message)
