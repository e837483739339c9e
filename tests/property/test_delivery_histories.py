"""Whatever happens in whatever order, each conversation arrives whole, in order, and under its ids."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from parley.conversation.identity import conversation_id
from parley.conversation.records import State
from parley.errors import Retryable
from tests.support import apple_requests as apple
from tests.support.counterparts import ACCEPTED, DOWN, NOT_NOW, OK, UNCERTAIN
from tests.support.faults import Crash, When
from tests.support.world import World

if TYPE_CHECKING:
    from tests.support.counterparts import Posted

CUSTOMERS = (apple.CUSTOMER, apple.OTHER_CUSTOMER)

customers = st.sampled_from(CUSTOMERS)
steps = st.one_of(
    st.tuples(st.just("write"), customers),
    st.tuples(st.just("write"), customers),  # twice as likely
    st.tuples(st.just("type"), customers),
    st.tuples(st.just("repeat"), st.none()),
    st.tuples(st.just("down"), st.none()),
    st.tuples(st.just("up"), st.none()),
    st.tuples(st.just("route"), st.none()),
    st.tuples(st.just("route"), st.none()),
    st.tuples(st.just("timers"), st.none()),
    st.tuples(st.just("sweep"), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 2.0, 5.0, 61.0, 721.0, 3700.0])),
    st.tuples(st.just("crash"), st.tuples(st.integers(1, 6), st.sampled_from(When))),
    st.tuples(st.just("lose timers"), st.none()),
)


class History:
    """Plays steps, as Apple, the business, time and misfortune would."""

    def __init__(self) -> None:
        self.world = World()
        self.written: dict[str, list[str]] = defaultdict(list)
        self.last: dict[str, Any] | None = None

    def play(self, step: tuple[str, Any]) -> None:
        name, value = step
        if name in {"write", "type", "repeat"}:
            self.apple_posts(name, value)
        else:
            self.fate(name, value)

    def apple_posts(self, name: str, customer: str) -> None:
        if name == "write":
            self.last = apple.envelope(body=f"{len(self.written[customer])}", sourceId=customer)
            self.written[customer].append(self.last["id"])
        if name == "type":
            self.post(apple.envelope("typing_start", sourceId=customer))
        elif self.last is not None:
            self.post(self.last)

    def fate(self, name: str, value: Any) -> None:
        world = self.world
        match name:
            case "down" | "up":
                world.endpoint.standing = DOWN if name == "down" else OK
            case "route":
                world.pump_events()
            case "timers":
                world.pump_timers()
            case "sweep":
                world.run_sweep()
            case "wait":
                world.clock.advance(value)
            case "crash":
                world.faults.crash_at(*value)
            case _:
                world.timers.waiting.clear()

    def post(self, content: dict[str, Any]) -> None:
        """Apple tries again at once until it hears a yes: otherwise what it wrote next might overtake."""
        for _ in range(3):
            try:
                self.world.receive(apple.request(content, now=self.world.clock()))
            except (Crash, Retryable):
                continue
            return
        raise AssertionError("never taken")

    def end(self) -> None:
        """The misfortune is over, and time passes."""
        self.world.faults.mend()
        self.world.endpoint.standing = OK
        self.world.settle()

    def taken(self, customer: str) -> list[Posted]:
        name = conversation_id(apple.BUSINESS, customer)
        return [
            posted
            for posted in self.world.endpoint.taken
            if posted.data["conversation_id"] == name and "sequence" in posted.data
        ]


@settings(max_examples=250)
@given(history=st.lists(steps, max_size=40))
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
def test_every_conversation_arrives_whole_in_order_and_under_its_ids(history: list[tuple[str, Any]]) -> None:
    played = History()
    for step in history:
        played.play(step)
    played.end()

    for customer in CUSTOMERS:
        posts = played.taken(customer)
        first_seen = list(dict.fromkeys(posted.webhook_id for posted in posts))
        assert first_seen == played.written[customer]
        assert list(dict.fromkeys(posted.data["sequence"] for posted in posts)) == list(range(1, len(first_seen) + 1))
        assert len({(posted.webhook_id, posted.data["sequence"]) for posted in posts}) == len(first_seen)
    world = played.world
    assert set(world.table.states()) <= {State.DELIVERED}  # empty when nobody wrote
    assert not any(known.is_held for known in world.table.conversations.values())
    assert not any(world.table.markers.values())
    assert len(world.events) == 0


@settings(max_examples=100)
@given(history=st.lists(steps.filter(lambda step: step[0] not in {"crash", "down"}), max_size=30))
def test_while_nothing_goes_wrong_everything_arrives_exactly_once(history: list[tuple[str, Any]]) -> None:
    played = History()
    for step in history:
        played.play(step)
    played.end()

    for customer in CUSTOMERS:
        assert [posted.webhook_id for posted in played.taken(customer)] == played.written[customer]


answers = st.lists(st.sampled_from(["ok", "not now", "uncertain"]), max_size=25)
sends = st.lists(
    st.one_of(
        st.just(("send", 0)),
        st.just(("pump", 0)),
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 721])),
        st.tuples(st.just("crash"), st.tuples(st.integers(1, 5), st.sampled_from(When))),
        st.just(("sweep", 0)),
    ),
    max_size=25,
)


@settings(max_examples=150)
@given(script=answers, history=sends)
def test_apple_gets_every_message_in_order_and_each_under_one_id(
    script: list[str], history: list[tuple[str, Any]]
) -> None:
    world = World()
    by_name = {"ok": ACCEPTED, "not now": NOT_NOW, "uncertain": UNCERTAIN}
    world.gateway.script = [by_name[name] for name in script]
    sent: list[str] = []
    for name, value in history:
        if name == "send":
            key = f"key-{len(sent)}"
            sent.append(_until_taken(world, key))
        elif name == "pump":
            world.pump_outbox()
        elif name == "wait":
            world.clock.advance(value)
        elif name == "crash":
            world.faults.crash_at(*value)
        else:
            world.run_sweep()
    world.faults.mend()
    world.gateway.script = world.gateway.script[:5]
    world.settle()

    tried = list(dict.fromkeys(message.id for message, _ in world.gateway.posts))
    assert tried == sent
    for message_id in sent:
        state = world.table.message(message_id).state
        reached = any(message.id == message_id for message in world.gateway.accepted)
        assert reached if state is State.SENT else state in {State.FAILED, State.UNKNOWN}


def _until_taken(world: World, key: str) -> str:
    """A business calls again with the same key until it is answered."""
    for _ in range(3):
        try:
            return world.business_sends(key, key=key).messages[0].id
        except (Crash, Retryable):
            continue
    raise AssertionError("never taken")
