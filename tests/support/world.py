"""All services wired to memory, with queues that are pumped by hand and a clock that jumps."""

from __future__ import annotations

import itertools
import uuid
from typing import TYPE_CHECKING, Any, Final

from parley.apple.tokens import Signer
from parley.business import sends
from parley.business.model import Business, Rule
from parley.business.model import Endpoint as EndpointSettings
from parley.conversation.events import Departure, Event, Kind
from parley.conversation.identity import conversation_id
from parley.errors import Retryable
from parley.services.accept import Accept
from parley.services.automate import Automate
from parley.services.bring import Bring
from parley.services.deliver import Deliver
from parley.services.describe import Describe
from parley.services.drain import Drain
from parley.services.enclose import Enclosable
from parley.services.fill import Fill
from parley.services.filled import Filled
from parley.services.handover import Handover
from parley.services.health import Health
from parley.services.hold import Hold
from parley.services.notify import Notify
from parley.services.prepare import Prepare
from parley.services.probe import Probe, Release
from parley.services.receive import Receipt, Receive
from parley.services.redact import Redact
from parley.services.references import SharedIdentifiers
from parley.services.send import Send
from parley.services.signal import Signal
from parley.services.spread import Spread
from parley.services.sweep import Sweep
from parley.services.tell import Tell
from parley.services.understand import Understand
from parley.services.wake import Wake
from tests.support import apple_requests as apple
from tests.support import memory_settings
from tests.support.clock import Clock
from tests.support.counterparts import Endpoint, Gateway
from tests.support.faults import Crash, Faults
from tests.support.memory_attachments import MemoryAttachments, MemoryObjects
from tests.support.memory_library import MemoryTemplates
from tests.support.memory_queues import Arrivals, Automations, Entry, ErasureNotes, Fifo, Timers, Transfers
from tests.support.memory_table import (
    MemoryBreakers,
    MemoryConversations,
    MemoryDue,
    MemoryHandovers,
    MemoryMailbox,
    MemoryMessages,
    MemoryQuestions,
    MemoryWaiting,
    Table,
)
from tests.support.web import Pictures, Previews

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.services.accept import Accepted
    from parley.services.outcome import Outcome
    from parley.services.probe import Probed

URL: Final = "https://hooks.example/parley"
WEBHOOK_SECRET: Final = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
CONVERSATION: Final = conversation_id(apple.BUSINESS, apple.CUSTOMER)
COME_BACK_SECONDS: Final = 5.0
"""When a note comes back whose handler failed."""
VISIBILITY_SECONDS: Final = 720.0
"""When it comes back after its handler died without a word."""
DAY: Final = 86_400.0


def business(business_id: str = apple.BUSINESS, **fields: Any) -> Business:
    """A business whose one endpoint gets everything."""
    settings: dict[str, Any] = {
        "name": "Bikes",
        "endpoints": {"default": EndpointSettings("default", URL)},
        "rules": (Rule("default"),),
    }
    return Business(business_id, **settings | fields)


class World:
    """One MSP with one business, one endpoint and Apple on the other side."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.faults = Faults()
        self.table = Table()
        self.endpoint = Endpoint()
        self.gateway = Gateway()
        self.businesses = memory_settings.Businesses({apple.BUSINESS: business()}, breakers=self.table.breakers_of)
        self.credentials = memory_settings.Credentials([apple.CREDENTIAL])
        self.signing_keys = memory_settings.SigningKeys({apple.BUSINESS: [WEBHOOK_SECRET]})
        self.payloads = memory_settings.Payloads()
        self.events: Fifo[Event] = Fifo(self.clock)
        self.outbox: Fifo[Departure] = Fifo(self.clock)
        self.timers = Timers()
        self.transfers = Transfers()
        self.automations = Automations()
        self.arrivals = Arrivals()
        self.erasure_notes = ErasureNotes()
        self.attachments = MemoryAttachments(self.clock)
        self.objects = MemoryObjects()
        self.outcomes: list[Outcome] = []
        self.probed: list[Probed] = []
        self.templates = MemoryTemplates()
        self.pictures = Pictures()
        self.previews = Previews()
        self.parts = memory_settings.Parts()
        self.enclose = memory_settings.Enclose()
        self._numbers = itertools.count(1)
        self._wire()

    def _wire(self) -> None:
        watch = self.faults.watch
        messages = watch("messages", MemoryMessages(self.table, clock=self.clock))
        conversations = watch("conversations", MemoryConversations(self.table))
        events, outbox = watch("events", self.events), watch("outbox", self.outbox)
        questions = watch(
            "questions", MemoryQuestions(self.table, messages=MemoryMessages(self.table, clock=self.clock))
        )
        gateway = watch("gateway", self.gateway)
        timers, payloads = watch("timers", self.timers), watch("payloads", self.payloads)
        self.receive = Receive(
            credentials=self.credentials,
            businesses=self.businesses,
            messages=messages,
            conversations=conversations,
            payloads=payloads,
            events=events,
            transfers=watch("transfers", self.transfers),
            clock=self.clock,
        )
        mailbox = watch("mailbox", MemoryMailbox(self.table))
        breakers, waiting = watch("breakers", MemoryBreakers(self.table)), watch("waiting", MemoryWaiting(self.table))
        self.tell = Tell(messages=messages, businesses=self.businesses, events=events, clock=self.clock)
        self.health = Health(
            breakers=breakers,
            events=events,
            timers=timers,
            clock=self.clock,
            chance=lambda: 0.5,
            new_id=self.new_id,
        )
        bring = Bring(
            businesses=self.businesses,
            payloads=payloads,
            parts=self.parts,
            health=self.health,
            describe=Describe(understand=Understand(questions=questions, payloads=payloads)),
            notify=Notify(
                signing_keys=self.signing_keys,
                webhooks=watch("webhooks", self.endpoint),
                clock=self.clock,
            ),
            tell=self.tell,
            clock=self.clock,
        )
        hold = Hold(mailbox=mailbox, timers=timers, clock=self.clock, chance=lambda: 0.5)
        redact = Redact(
            payloads=payloads,
            objects=watch("objects", self.objects),
            attachments=watch("attachments", self.attachments),
        )
        self.deliver = Deliver(
            messages=messages,
            conversations=conversations,
            mailbox=mailbox,
            parts=self.parts,
            bring=bring,
            drain=Drain(
                messages=messages,
                conversations=conversations,
                mailbox=mailbox,
                timers=timers,
                bring=bring,
                hold=hold,
                redact=redact,
                clock=self.clock,
            ),
            hold=hold,
            tell=self.tell,
            automate=Automate(
                businesses=self.businesses,
                set_off=watch("automations", self.automations).send,
                read=bring.read,
                tell=self.tell,
                clock=self.clock,
            ),
            spread=Spread(businesses=self.businesses, tell=self.tell),
            redact=redact,
            clock=self.clock,
        )
        self.handover = Handover(
            store=memory_settings.Snapshots(self.businesses),
            conversations=conversations,
            handovers=watch(
                "handovers", MemoryHandovers(self.table, messages=MemoryMessages(self.table, clock=self.clock))
            ),
            tell=self.tell,
            events=events,
            new_id=self.new_id,
        )
        self.probe = Probe(
            health=self.health,
            breakers=breakers,
            waiting=waiting,
            events=events,
            timers=timers,
            clock=self.clock,
            new_id=self.new_id,
        )
        self.release = Release(waiting=waiting, events=events, clock=self.clock, new_id=self.new_id)
        self.wake = Wake(events=events, timers=timers, clock=self.clock, new_id=self.new_id)
        self.prepare = Prepare(
            pictures=lambda _: self.pictures.fresh(),
            previews=lambda: self.previews,
            clock=self.clock,
            new_id=self.new_uuid,
        )
        self.accept = Accept(
            messages=messages,
            conversations=conversations,
            payloads=payloads,
            outbox=outbox,
            fill=self.fill,
            prepare=self.prepare,
            enclosable=Enclosable(attachments=self.attachments, clock=self.clock),
            shared=SharedIdentifiers(questions=questions),
            topics=self.businesses.topic,
            clock=self.clock,
            new_id=self.new_id,
        )
        self.signal = Signal(
            conversations=conversations,
            credentials=self.credentials,
            gateway=gateway,
            signer=Signer(clock=self.clock),
            new_id=self.new_uuid,
        )
        self.send = Send(
            messages=messages,
            conversations=conversations,
            credentials=self.credentials,
            gateway=gateway,
            payloads=payloads,
            enclose=self.enclose,
            tell=self.tell,
            signer=Signer(clock=self.clock),
            clock=self.clock,
            chance=lambda: 0.5,
        )
        self.sweep = Sweep(
            due=watch("due", MemoryDue(self.table)),
            messages=messages,
            conversations=conversations,
            events=events,
            outbox=outbox,
            attachments=watch("attachments", self.attachments),
            transfers=watch("transfers", self.transfers),
            arrivals=watch("arrivals", self.arrivals),
            erasures=watch("erasures", self.erasure_notes),
            clock=self.clock,
            new_id=self.new_id,
        )

    def fill(self, business_id: str, send: Any, *, locale: str | None) -> Filled:
        """As `compose.fill`."""
        if getattr(send, "type", "") != sends.TEMPLATE:
            return Filled(send)
        return Fill(templates=self.templates)(business_id, send, locale=locale)

    def restart(self) -> None:
        """Other processes take over: what the old ones remembered is forgotten."""
        self._wire()

    def new_id(self) -> str:
        """A new id each time, the same in every run."""
        return f"id-{next(self._numbers)}"

    def new_uuid(self) -> str:
        """The same where Apple wants a UUID."""
        return str(uuid.UUID(int=next(self._numbers)))

    def customer_sends(self, kind: str = "text", **fields: Any) -> Receipt:
        """Apple posts one event."""
        return self.receive(apple.request(apple.envelope(kind, **fields), now=self.clock()))

    def business_sends(self, body: str, *, key: str | None = None, to: str = apple.CUSTOMER) -> Accepted:
        """The business calls the API."""
        return self.business_asks({"to": to, "body": body}, key=key)

    def business_asks(
        self, message: dict[str, Any], *, key: str | None = None, business_id: str = apple.BUSINESS
    ) -> Accepted:
        """The same, with a message of any kind; to the customer when it names nobody."""
        return self.accept(business_id, sends.from_object({"to": apple.CUSTOMER, **message}), idempotency_key=key)

    def pump_events(self) -> None:
        """Let routing handle every note that shows, each group in order."""
        _pump(self.events, self._route, self.clock)

    def pump_outbox(self) -> None:
        """Let the sender handle every note that shows, each group in order."""
        _pump(self.outbox, lambda entry: self.send(entry.note, redelivered=entry.receives > 1), self.clock)

    def pump_timers(self) -> None:
        """Let every timer that is due wake its conversation, or wait on."""
        for timer in self.timers.due(self.clock()):
            try:
                self.wake(timer)
            except (Crash, Retryable):
                self.timers.waiting.append((self.clock() + COME_BACK_SECONDS, timer))

    def run_sweep(self) -> None:
        """One sweep; what it could not do waits for the next."""
        try:
            self.sweep(deadline=self.clock() + 50)
        except (Crash, Retryable):
            return

    def settle(self, *, within: float = 30 * DAY) -> None:
        """Let time pass, with a sweep every minute of waiting, until nothing is left to do."""
        until = self.clock() + within
        while self.clock() < until:
            self.pump_events()
            self.pump_outbox()
            self.pump_timers()
            coming = [self.events.next_at(), self.outbox.next_at(), self.timers.next_at()]
            coming.append(min(self.table.due.values(), default=None))
            soonest = min((at for at in coming if at is not None), default=None)
            if soonest is None:
                return
            self.clock.now = max(self.clock.now + 1, soonest)
            self.run_sweep()
        raise AssertionError(f"still busy after {within / DAY:g} days")

    def _route(self, entry: Entry[Event]) -> None:
        deadline = self.clock() + 100
        if entry.note.kind is Kind.PROBE:
            self.probed.append(self.probe(entry.note))
            return
        if entry.note.kind is Kind.RELEASE:
            self.probed.append(self.release(entry.note, deadline=deadline))
            return
        self.outcomes += self.deliver(entry.note, redelivered=entry.receives > 1, deadline=deadline)


def _pump[Note: (Event, Departure)](queue: Fifo[Note], handle: Callable[[Entry[Note]], object], clock: Clock) -> None:
    while heads := list(queue.heads()):
        for entry in heads:
            entry.receives += 1
            try:
                handle(entry)
            except Crash:
                entry.visible_at = clock() + VISIBILITY_SECONDS
            except Retryable as fault:
                entry.visible_at = clock() + (fault.after or COME_BACK_SECONDS)
            else:
                queue.done(entry)
