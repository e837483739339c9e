"""A replay of many messages, step by step: through crashes, with notes that come twice or too early."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from parley.conversation.events import Event, Kind
from parley.conversation.identity import ulid
from parley.conversation.records import Direction, Message, State
from parley.conversation.runs import Run, RunState
from parley.conversation.ulids import FIRST, LAST
from parley.errors import Retryable
from parley.services import replay
from parley.services.replay import ReplayRun
from parley.services.replays import Replays
from parley.services.wake import Wake
from tests.support.clock import Clock
from tests.support.faults import Crash, Faults, When
from tests.support.memory_queues import Fifo, Timers
from tests.support.memory_replays import MemoryDeliveries, MemoryReplays
from tests.support.memory_table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

BUSINESS = "biz"


class Office:
    """One business with messages, and everything a replay of them goes through."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.faults = Faults()
        self.table = Table()
        self.runs = MemoryReplays(clock=self.clock)
        self.events: Fifo[Event] = Fifo(self.clock)
        self.timers = Timers()
        numbers = itertools.count(1)
        watch = self.faults.watch

        def new_id() -> str:
            return f"id-{next(numbers)}"

        self.step = ReplayRun(
            runs=watch("runs", self.runs),
            store=watch("store", MemoryDeliveries(self.table, clock=self.clock)),
            events=watch("events", self.events),
            timers=watch("timers", self.timers),
            clock=self.clock,
            new_id=new_id,
        )
        self.wake = Wake(events=self.events, timers=self.timers, clock=self.clock, new_id=new_id)
        self.replays = Replays(
            runs=self.runs,
            events=self.events,
            clock=self.clock,
            new_ulid=lambda: ulid(self.clock(), lambda size: next(numbers).to_bytes(size)),
            new_id=new_id,
        )

    @property
    def replayed(self) -> list[str]:
        """The messages that were put on their way again, in order."""
        return [str(note.message_id) for note, _ in self.events.sent if note.kind is Kind.REPLAY]

    def message(self, number: int, **changed: Any) -> str:
        facts: dict[str, Any] = {
            "id": f"m{number:03d}",
            "business_id": BUSINESS,
            "conversation_id": f"c{number % 3}",
            "direction": Direction.INBOUND,
            "type": "text",
            "state": State.DELIVERED,
            "received_at": self.clock() - 1000 + number,
            "ulid": ulid(self.clock() - 1000 + number),
            "endpoint_id": "default",
        }
        message = Message(**facts | changed)
        self.table.messages[BUSINESS, message.id] = message
        return message.id

    def begin(self, **changed: Any) -> Run:
        facts: dict[str, Any] = {
            "wanted": "any",
            "endpoint_id": None,
            "since": 0.0,
            "until": self.clock(),
            "rate": 2,
        }
        return self.replays.create(BUSINESS, span=_span(), **facts | changed)

    def run(self, *, seconds: float = 600) -> None:
        """Let time pass until nothing is left to do; a note whose handler dies comes back."""
        until = self.clock() + seconds
        while self.clock() < until:
            while heads := list(self.events.heads()):
                for entry in heads:
                    self._handle(entry)
            for timer in self.timers.due(self.clock()):
                self.wake(timer)
            if not self.events and self.timers.next_at() is None:
                return
            self.clock.advance(0.5)
        raise AssertionError("the replay does not end")

    def _handle(self, entry: Any) -> None:
        if entry.note.kind is Kind.REPLAY:
            self.events.done(entry)
            return
        try:
            self.step(entry.note)
        except (Crash, Retryable):
            entry.visible_at = self.clock() + 5
        else:
            self.events.done(entry)


def _span() -> Any:
    from parley.conversation.ulids import Span

    return Span(FIRST, LAST)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "PAGE", 3)


def stored(office: Office, run: Run) -> Run:
    found = office.runs.get(BUSINESS, run.id)
    assert found is not None
    return found


def test_a_replay_goes_from_the_oldest_to_the_newest_and_ends(office: Office) -> None:
    made = [office.message(number) for number in range(20)]
    run = office.begin()

    office.run()

    assert office.replayed == made
    after = stored(office, run)
    assert (after.state, after.examined, after.replayed) == (RunState.COMPLETED, 20, 20)
    assert after.finished_at is not None


def test_a_replay_keeps_to_its_rate(office: Office) -> None:
    for number in range(20):
        office.message(number)
    began = office.clock()
    run = office.begin(rate=2)

    office.run()

    # Four every two seconds, and a tick of this clock from timer to note.
    assert stored(office, run).finished_at == began + 10


def test_a_step_that_finds_nothing_looks_further_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST_EXAMINED", 10)
    for number in range(30):
        office.message(number, state=State.HELD)
    last = office.message(30)
    run = office.begin()

    office.run()

    assert office.replayed == [last]
    assert stored(office, run).examined == 31


def test_what_is_no_settled_webhook_is_passed_over(office: Office) -> None:
    office.message(0, direction=Direction.OUTBOUND, state=State.FAILED)
    for number, state in enumerate((State.HELD, State.RECEIVED, State.SUPPRESSED), start=1):
        office.message(number, state=state)
    failed = office.message(4, state=State.FAILED)
    notice = office.message(5, direction=Direction.NOTICE)
    elsewhere = office.message(6, endpoint_id="another")

    office.begin()
    office.run()

    assert office.replayed == [failed, notice, elsewhere]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"wanted": "failed"}, ["m001"]),
        ({"wanted": "delivered"}, ["m000", "m002"]),
        ({"wanted": "any", "endpoint_id": "another"}, ["m002"]),
    ],
)
def test_only_what_was_asked_for_is_replayed(office: Office, filters: dict[str, Any], expected: list[str]) -> None:
    office.message(0)
    office.message(1, state=State.FAILED)
    office.message(2, endpoint_id="another")

    office.begin(**filters)
    office.run()

    assert office.replayed == expected


def steps_of(prepare: Callable[[Office], None]) -> int:
    """How many calls of its ports a whole replay makes."""
    office = Office()
    prepare(office)
    office.run()
    return len(office.faults.calls)


def ten(office: Office) -> None:
    for number in range(10):
        office.message(number)
    office.begin(rate=2)


@pytest.mark.parametrize("when", list(When))
def test_a_crash_at_any_step_loses_nothing_keeps_the_order_and_ends_with_one_chain(
    when: When, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = steps_of(ten)
    assert calls > 15

    for number in range(1, calls + 1):
        office = Office()
        ten(office)
        office.faults.crash_at(number, when)

        office.run()

        assert not office.faults.pending, number
        assert sorted(set(office.replayed)) == [f"m{each:03d}" for each in range(10)], number
        firsts = list(dict.fromkeys(office.replayed))
        assert firsts == sorted(firsts), number
        # At most the one step that was cut off is done again, and its successors are not doubled.
        assert len(office.replayed) <= 10 + 4, number
        (run,) = office.replays.newest(BUSINESS)
        assert run.state is RunState.COMPLETED, number
        assert len(office.timers.sent) <= 5, number
        assert run.finished_at is not None
        assert run.finished_at - run.created_at >= 4, number


@pytest.mark.parametrize(
    "port", ["runs.get", "runs.save", "store.places", "store.read", "events.send_all", "timers.set"]
)
def test_an_outage_only_delays_it(office: Office, port: str) -> None:
    ten(office)
    office.faults.break_down(port)
    with pytest.raises(AssertionError, match="does not end"):
        office.run(seconds=30)

    office.faults.mend()
    office.run()

    assert sorted(set(office.replayed)) == [f"m{each:03d}" for each in range(10)]


def test_a_note_that_comes_twice_makes_no_second_chain(office: Office) -> None:
    ten(office)
    (run,) = office.replays.newest(BUSINESS)
    for number in range(3):
        note = Event(Kind.REPLAY_RUN, BUSINESS, "", run_id=run.id)
        office.events.send(note, deduplication_id=f"again-{number}")

    office.run()

    assert office.replayed == [f"m{each:03d}" for each in range(10)]
    assert len(office.timers.sent) == 2
    finished = stored(office, run).finished_at
    assert finished is not None
    assert 4 <= finished - run.created_at <= 6  # four every two seconds, no faster


def test_a_cancelled_replay_goes_on_where_it_was(office: Office) -> None:
    ten(office)
    (run,) = office.replays.newest(BUSINESS)
    office.step(Event(Kind.REPLAY_RUN, BUSINESS, "", run_id=run.id))
    office.replays.cancel(BUSINESS, run.id)
    office.run()
    before = list(office.replayed)

    office.replays.resume(BUSINESS, run.id)
    office.run()

    assert before == [f"m{each:03d}" for each in range(4)]
    assert office.replayed == [f"m{each:03d}" for each in range(10)]


def test_to_resume_a_replay_that_runs_is_harmless(office: Office) -> None:
    ten(office)
    (run,) = office.replays.newest(BUSINESS)

    office.replays.resume(BUSINESS, run.id)
    office.run()

    assert office.replayed == [f"m{each:03d}" for each in range(10)]


def test_turning_a_replay_that_moves_on_all_the_time_may_be_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = office.begin()
    monkeypatch.setattr(office.runs, "save", lambda _: False)

    with pytest.raises(Retryable) as caught:
        office.replays.cancel(BUSINESS, run.id)

    assert caught.value.code == "replay_busy"
