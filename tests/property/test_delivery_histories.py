"""Whatever happens in whatever order, each conversation arrives whole, in order, and under its ids."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from parley.business.webhook_client import WebhookAnswer
from parley.conversation.events import Event, Kind
from parley.conversation.identity import conversation_id
from parley.conversation.records import FINAL, Direction, State
from parley.errors import Retryable
from tests.support import apple_requests as apple
from tests.support.counterparts import ACCEPTED, DOWN, NOT_NOW, OK, UNCERTAIN
from tests.support.faults import Crash, When
from tests.support.memory_table import MemoryBreakers
from tests.support.world import World, business

if TYPE_CHECKING:
    from parley.business.model import EndpointState
    from tests.support.counterparts import Posted

CUSTOMERS = (apple.CUSTOMER, apple.OTHER_CUSTOMER, "urn:mbid:third", "urn:mbid:fourth")
GONE = WebhookAnswer(410, 5, "gone", reason="status")
CACHE_SECONDS = 30.0
"""How old a function's news of a business may be."""

customers = st.sampled_from(CUSTOMERS)
steps = st.one_of(
    st.tuples(st.just("write"), customers),
    st.tuples(st.just("write"), customers),  # twice as likely
    st.tuples(st.just("close"), customers),
    st.tuples(st.just("type"), customers),
    st.tuples(st.just("repeat"), st.none()),
    st.tuples(st.just("answer"), customers),
    st.tuples(st.just("down"), st.none()),
    st.tuples(st.just("up"), st.none()),
    st.tuples(st.just("route"), st.none()),
    st.tuples(st.just("route"), st.none()),
    st.tuples(st.just("send"), st.none()),
    st.tuples(st.just("timers"), st.none()),
    st.tuples(st.just("sweep"), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 2.0, 5.0, 61.0, 721.0, 3700.0])),
    st.tuples(st.just("crash"), st.tuples(st.integers(1, 6), st.sampled_from(When))),
    st.tuples(st.just("lose timers"), st.none()),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("cache"), st.none()),
    st.tuples(st.just("pause"), st.none()),
    st.tuples(st.just("gone"), st.none()),
    st.tuples(st.just("resume"), st.none()),
    st.tuples(st.just("queue away"), st.tuples(st.sampled_from(["events", "outbox"]), st.sampled_from(When))),
    st.tuples(st.just("queues back"), st.none()),
    st.tuples(st.just("replay"), st.tuples(customers, st.integers(0, 9))),
)
MISFORTUNES = {"crash", "down", "lose timers", "pause", "gone", "queue away", "replay"}


class History:
    """Plays steps, as Apple, the business, time and misfortune would."""

    def __init__(self) -> None:
        self.world = World()
        self.written: dict[str, list[str]] = defaultdict(list)
        self.answered: dict[str, list[str]] = defaultdict(list)
        self.last: dict[str, Any] | None = None
        self.cached_at = float("-inf")

    def play(self, step: tuple[str, Any]) -> None:
        name, value = step
        self.world.clock.advance(0.002)  # what is accepted at one and the same millisecond has no order
        if self.world.clock() - self.cached_at >= CACHE_SECONDS:
            self.world.businesses.cached.clear()
        match name:
            case "write" | "close" | "type" | "repeat":
                self.apple_posts(name, value)
            case "answer":
                self.business_writes(value)
            case "pause" | "gone" | "resume" | "replay":
                self.business_does(name, value)
            case "down" | "up" | "crash" | "lose timers" | "restart" | "cache" | "queue away" | "queues back":
                self.fate(name, value)
            case _:
                self.time_passes(name, value)

    def apple_posts(self, name: str, customer: str) -> None:
        if name in {"write", "close"}:
            kind = "text" if name == "write" else "close"
            body = f"{len(self.written[customer])}" if name == "write" else None
            self.last = apple.envelope(kind, body=body, sourceId=customer)
            self.written[customer].append(self.last["id"])
        if name == "type":
            self.post(apple.envelope("typing_start", sourceId=customer))
        elif self.last is not None:
            self.post(self.last)

    def post(self, content: dict[str, Any]) -> None:
        """Apple tries again at once until it hears a yes: otherwise what it wrote next might overtake."""
        for _ in range(70):  # more often than a history can crash
            try:
                self.world.receive(apple.request(content, now=self.world.clock()))
            except (Crash, Retryable):
                continue
            return
        raise AssertionError("never taken")

    def business_writes(self, customer: str) -> None:
        known = self.world.table.conversations.get(conversation_id(apple.BUSINESS, customer))
        if known is not None and known.opted_out:
            return
        self.answered[customer].append(_until_taken(self.world, f"{customer} {len(self.answered[customer])}", customer))

    def business_does(self, name: str, value: Any) -> None:
        world = self.world
        match name:
            case "pause":
                self.set_endpoint("paused")
            case "gone":
                world.endpoint.standing = GONE
            case "resume":
                self.set_endpoint("active")
                MemoryBreakers(world.table).close(apple.BUSINESS, "default")
                self.note(Event(Kind.RELEASE, apple.BUSINESS, "", endpoint_id="default"))
            case _:
                customer, number = value
                if ids := self.written[customer]:
                    line = conversation_id(apple.BUSINESS, customer)
                    self.note(Event(Kind.REPLAY, apple.BUSINESS, line, message_id=ids[number % len(ids)]))

    def set_endpoint(self, state: EndpointState) -> None:
        known = business().endpoints["default"]
        resumed_at = self.world.clock() if state == "active" else 0.0
        self.world.businesses.put(business(endpoints={"default": replace(known, state=state, resumed_at=resumed_at)}))

    def note(self, event: Event) -> None:
        """The business API queues one; when it cannot, it says so, and nothing was promised."""
        try:
            self.world.sweep._events.send(event, deduplication_id=self.world.new_id())
        except (Crash, Retryable):
            return

    def fate(self, name: str, value: Any) -> None:
        world = self.world
        match name:
            case "down" | "up":
                world.endpoint.standing = DOWN if name == "down" else OK
            case "crash":
                world.faults.crash_at(*value)
            case "lose timers":
                world.timers.waiting.clear()
            case "restart":
                world.restart()
            case "cache":
                world.businesses.cached = {apple.BUSINESS: world.businesses.get(apple.BUSINESS, fresh=True)}
                self.cached_at = world.clock()
            case "queue away":
                queue, when = value
                world.faults.break_down(f"{queue}.send", when)
            case _:
                for queue in ("events", "outbox"):
                    world.faults.repair(f"{queue}.send")

    def time_passes(self, name: str, value: Any) -> None:
        match name:
            case "route":
                self.world.pump_events()
            case "send":
                self.world.pump_outbox()
            case "timers":
                self.world.pump_timers()
            case "sweep":
                self.world.run_sweep()
            case _:
                self.world.clock.advance(value)

    def end(self) -> None:
        """The misfortune is over, and time passes."""
        self.world.faults.mend()
        self.world.businesses.cached.clear()
        self.world.endpoint.standing = OK
        self.business_does("resume", None)
        self.world.settle()

    def taken(self, customer: str) -> list[Posted]:
        """What the business took about this customer, but typing, which has no place in line."""
        name = conversation_id(apple.BUSINESS, customer)
        posts = self.world.endpoint.taken
        return [posted for posted in posts if posted.data.get("conversation_id") == name and "sequence" in posted.data]

    def posted(self, customer: str) -> list[Posted]:
        """The same of everything it was ever shown."""
        name = conversation_id(apple.BUSINESS, customer)
        posts = self.world.endpoint.posts
        return [posted for posted in posts if posted.data.get("conversation_id") == name and "sequence" in posted.data]


def play(history: list[tuple[str, Any]]) -> History:
    played = History()
    for step in history:
        played.play(step)
    played.end()
    return played


def assert_whole(played: History, *, places: bool = True) -> None:
    """Nothing is lost, nothing overtakes, every message has one id and, with `places`, one place in line."""
    for customer in CUSTOMERS:
        mine, first_seen = played.written[customer], dict[str, int]()
        for posted in played.taken(customer):
            first_seen.setdefault(posted.webhook_id, posted.data["sequence"])
        assert [identity for identity in first_seen if identity in mine] == mine
        assert list(first_seen.values()) == sorted(set(first_seen.values())), "by its own account it is in order"
        shown: dict[str, list[int]] = defaultdict(list)
        for posted in played.posted(customer):
            shown[posted.webhook_id].append(posted.data["sequence"])
        assert all(numbers == sorted(numbers) for numbers in shown.values())
        assert not places or all(len(set(numbers)) == 1 for numbers in shown.values())
        told = [posted for posted in played.taken(customer) if posted.webhook_id not in mine]
        about = {(posted.event["type"], posted.data["message"]["id"]) for posted in told}
        assert len(about) == len({posted.webhook_id for posted in told}), "no news had two ids"
        for identity in played.answered[customer]:
            state = played.world.table.message(identity).state
            assert [kind for kind, which in about if which == identity] == [f"message.{state}"]


def assert_at_rest(world: World) -> None:
    """Nothing waits, and nobody is forgotten."""
    assert set(world.table.states(Direction.INBOUND)) <= {State.DELIVERED}  # empty when nobody wrote
    assert set(world.table.states(Direction.NOTICE)) <= {State.DELIVERED, State.SUPPRESSED}
    assert set(world.table.states(Direction.OUTBOUND)) <= {State.SENT, State.CANCELLED, State.UNKNOWN}
    assert not any(known.is_held for known in world.table.conversations.values())
    assert not any(world.table.markers.values())
    assert not any(known.is_open for known in world.table.breakers_of(apple.BUSINESS).values())
    assert len(world.events) == len(world.outbox) == 0
    left = {name for known in world.table.conversations.values() for name in known.left_in | known.left_out}
    assert {world.table.message(name).state for name in left} <= FINAL


@settings(max_examples=300)
@given(history=st.lists(steps, max_size=60))
@example(
    history=[
        ("down", None),
        ("write", CUSTOMERS[0]),
        ("route", None),
        ("lose timers", None),
        ("write", CUSTOMERS[0]),
        ("crash", (3, When.AFTER)),
        ("wait", 61.0),
        ("up", None),
        ("route", None),
        ("sweep", None),
        ("repeat", None),
    ]
)
@example(
    history=[
        ("queue away", ("events", When.BEFORE)),
        ("write", CUSTOMERS[0]),
        ("close", CUSTOMERS[0]),
        ("queues back", None),
        ("write", CUSTOMERS[0]),
        ("crash", (4, When.BEFORE)),
        ("route", None),
        ("replay", (CUSTOMERS[0], 0)),
        ("wait", 721.0),
        ("route", None),
        ("replay", (CUSTOMERS[0], 0)),
    ]
)
@example(
    history=[
        ("down", None),
        *(("write", customer) for customer in CUSTOMERS),
        ("route", None),
        ("wait", 5.0),
        ("timers", None),
        ("route", None),
        ("restart", None),
        ("cache", None),
        ("write", CUSTOMERS[0]),
        ("up", None),
        ("wait", 5.0),
        ("timers", None),
        ("route", None),
        ("crash", (2, When.AFTER)),
        ("timers", None),
        ("route", None),
    ]
)
def test_every_conversation_arrives_whole_in_order_and_under_its_ids(history: list[tuple[str, Any]]) -> None:
    played = play(history)

    # What was left behind may be numbered anew, higher, when its first try ended in a crash.
    assert_whole(played, places=all(name != "queue away" for name, _ in history))
    assert_at_rest(played.world)


@settings(max_examples=100)
@given(history=st.lists(steps.filter(lambda step: step[0] not in MISFORTUNES), max_size=40))
def test_while_nothing_goes_wrong_everything_arrives_exactly_once(history: list[tuple[str, Any]]) -> None:
    played = play(history)

    assert_whole(played)
    assert_at_rest(played.world)
    for customer in CUSTOMERS:
        posts = played.posted(customer)
        assert len({posted.webhook_id for posted in posts}) == len(posts)
        assert [posted.data["sequence"] for posted in posts] == list(range(1, len(posts) + 1))


answers = st.lists(st.sampled_from(["ok", "not now", "uncertain"]), max_size=25)
sends = st.lists(
    st.one_of(
        st.just(("send", 0)),
        st.just(("send", 0)),  # twice as likely
        st.just(("pump", 0)),
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 721])),
        st.tuples(st.just("crash"), st.tuples(st.integers(1, 5), st.sampled_from(When))),
        st.just(("sweep", 0)),
        st.just(("restart", 0)),
        st.tuples(st.just("away"), st.sampled_from(When)),
        st.just(("back", 0)),
    ),
    max_size=30,
)


@settings(max_examples=200)
@given(script=answers, history=sends)
def test_apple_gets_every_message_in_order_and_each_under_one_id(
    script: list[str], history: list[tuple[str, Any]]
) -> None:
    world = World()
    by_name = {"ok": ACCEPTED, "not now": NOT_NOW, "uncertain": UNCERTAIN}
    world.gateway.script = [by_name[name] for name in script]
    sent: list[str] = []
    for name, value in history:
        world.clock.advance(0.002)
        match name:
            case "send":
                sent.append(_until_taken(world, f"key-{len(sent)}", apple.CUSTOMER))
            case "pump":
                world.pump_outbox()
            case "wait":
                world.clock.advance(value)
            case "crash":
                world.faults.crash_at(*value)
            case "restart":
                world.restart()
            case "away":
                world.faults.break_down("outbox.send", value)
            case "back":
                world.faults.repair("outbox.send")
            case _:
                world.run_sweep()
    world.faults.mend()
    world.gateway.script = world.gateway.script[:5]
    world.settle()

    tried = list(dict.fromkeys(message.id for message, _ in world.gateway.posts))
    assert tried == sent
    told = {posted.data["message"]["id"]: posted.event["type"] for posted in world.endpoint.taken}
    for message_id in sent:
        state = world.table.message(message_id).state
        reached = any(message.id == message_id for message in world.gateway.accepted)
        assert reached if state is State.SENT else state in {State.FAILED, State.UNKNOWN}
        assert told[message_id] == f"message.{state}"
    assert len({posted.webhook_id for posted in world.endpoint.taken}) == len(sent)


def _until_taken(world: World, key: str, customer: str) -> str:
    """A business calls again with the same key until it is answered."""
    for _ in range(40):  # more often than a history can crash
        try:
            return world.business_sends(key, key=key, to=customer).messages[0].id
        except (Crash, Retryable):
            continue
    raise AssertionError("never taken")
