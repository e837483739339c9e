"""The breaker of an endpoint: several processes, each with a memory of its own, and one table between them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from parley.business.model import Endpoint
from parley.business.webhook_client import WebhookAnswer
from parley.conversation import schedule
from parley.conversation.events import Event, Kind, Timer
from parley.services.health import Health
from tests.support import apple_requests as apple
from tests.support import world
from tests.support.clock import Clock
from tests.support.counterparts import DOWN, OK
from tests.support.faults import Crash, Faults, When
from tests.support.memory_queues import Fifo, Timers
from tests.support.memory_table import MemoryBreakers, Table

if TYPE_CHECKING:
    from parley.business.model import Breaker, Business

OPENS_AFTER = 5
TRUSTED_SECONDS = 2.0
ENDPOINT = world.business().endpoints["default"]
AWAY = [
    DOWN,
    WebhookAnswer(500, 5, ""),
    WebhookAnswer(599, 5, ""),
    WebhookAnswer(408, 5, ""),
    WebhookAnswer(429, 5, ""),
    WebhookAnswer(0, 5, "", reason="timeout"),
    WebhookAnswer(0, 5, "", reason="connection_failed"),
    WebhookAnswer(0, 5, "", reason="dns_failed"),
]
REFUSALS = [WebhookAnswer(status, 5, "") for status in (301, 302, 400, 401, 404, 409, 410, 413, 422)]
SILENT = [WebhookAnswer(0, 0, "", reason=reason) for reason in ("no_signing_key", "not_public", "tls_failed", None)]


class Fleet:
    """As many processes as a test asks for."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.table = Table()
        self.faults = Faults()
        self.events: Fifo[Event] = Fifo(self.clock)
        self.timers = Timers()
        self.chance = 0.5
        self._ids = itertools.count()

    def process(self) -> Process:
        return Process(self)

    def new_id(self) -> str:
        return str(next(self._ids))

    @property
    def breaker(self) -> Breaker:
        return MemoryBreakers(self.table).get(apple.BUSINESS, "default")

    def business(self) -> Business:
        return world.business(breakers=self.table.breakers_of(apple.BUSINESS))

    def open(self, *conversations: str) -> None:
        """Five failures, of these conversations, seen by a process of their own."""
        other = self.process()
        for _, name in zip(range(OPENS_AFTER), itertools.cycle(conversations or ("c1", "c2", "c3"))):
            other.fails(name)
        assert self.breaker.is_open
        self.faults.calls.clear()

    def released(self) -> list[str | None]:
        """The endpoints whose waiting conversations were to be woken."""
        return [note.endpoint_id for note, _ in self.events.sent if note.kind is Kind.RELEASE]


class Process:
    """One `Health` with what it has seen. `business` is what it has cached."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.business = fleet.business()
        watch = fleet.faults.watch
        self.health = Health(
            breakers=watch("breakers", MemoryBreakers(fleet.table)),
            events=watch("events", fleet.events),
            timers=watch("timers", fleet.timers),
            clock=fleet.clock,
            chance=lambda: fleet.chance,
            new_id=fleet.new_id,
        )

    def may_call(self, conversation: str = "c9", *, probe: bool = False) -> bool:
        return self.health.may_call(self.business, ENDPOINT, conversation, probe=probe)

    def hears(self, answer: WebhookAnswer, conversation: str = "c1") -> None:
        self.health.answered(apple.BUSINESS, ENDPOINT, conversation, answer)

    def fails(self, conversation: str = "c1") -> None:
        self.hears(DOWN, conversation)


@pytest.fixture
def fleet() -> Fleet:
    return Fleet()


# --- well --------------------------------------------------------------------------------------------


def test_while_an_endpoint_is_well_nothing_is_read_or_written(fleet: Fleet) -> None:
    process = fleet.process()
    for _ in range(10):
        assert process.may_call()
        process.hears(OK)

    assert fleet.faults.calls == []


# --- opening -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("away", AWAY)
def test_it_opens_after_five_failures_in_a_row_whoever_saw_them(fleet: Fleet, away: WebhookAnswer) -> None:
    first, second = fleet.process(), fleet.process()
    for number in range(OPENS_AFTER - 1):
        (first, second)[number % 2].hears(away, f"c{number}")
        assert not fleet.breaker.is_open
    assert fleet.timers.sent == []

    second.hears(away, "c5")

    assert fleet.breaker.is_open
    assert fleet.breaker.open_since == fleet.clock()
    assert fleet.breaker.probe_at == fleet.clock() + 5
    probe = Timer(apple.BUSINESS, "", fleet.clock() + 5, kind=Kind.PROBE, endpoint_id="default")
    assert fleet.timers.sent == [(probe, fleet.clock())]


@pytest.mark.parametrize("answer", [*REFUSALS, *SILENT])
def test_an_answer_that_refuses_one_message_says_nothing_about_the_others(fleet: Fleet, answer: WebhookAnswer) -> None:
    process = fleet.process()
    for _ in range(3 * OPENS_AFTER):
        process.hears(answer)

    assert fleet.table.breakers == {}


def test_failures_more_than_a_minute_apart_are_no_row(fleet: Fleet) -> None:
    process = fleet.process()
    for number in range(3 * OPENS_AFTER):
        process.fails(f"c{number}")
        fleet.clock.advance(60)

    assert not fleet.breaker.is_open


@pytest.mark.parametrize("well", [OK, *REFUSALS])
def test_an_answer_ends_a_row(fleet: Fleet, well: WebhookAnswer) -> None:
    process = fleet.process()
    for _ in range(3):
        for number in range(OPENS_AFTER - 1):
            process.fails(f"c{number}")
        process.hears(well)
        assert fleet.table.breakers == {}
    fleet.faults.calls.clear()
    process.hears(well)

    assert fleet.released() == []
    assert fleet.faults.calls == [], "once it is forgotten there is nothing to forget"


@pytest.mark.parametrize("silent", SILENT)
def test_where_nobody_was_asked_nobody_answered(fleet: Fleet, silent: WebhookAnswer) -> None:
    process = fleet.process()
    process.fails()

    process.hears(silent)

    assert fleet.breaker.failures == 1


def test_a_process_forgets_the_failures_of_others_only_when_it_knows_of_them(fleet: Fleet) -> None:
    fleet.process().fails()
    fleet.faults.calls.clear()

    fleet.process().hears(OK)

    assert fleet.faults.calls == []
    assert fleet.breaker.failures == 1


def test_an_endpoint_may_say_when_to_come_back(fleet: Fleet) -> None:
    process = fleet.process()
    for number in range(OPENS_AFTER):
        process.hears(WebhookAnswer(503, 5, "", retry_after=120), f"c{number}")

    assert fleet.breaker.probe_at == fleet.clock() + 120


def test_two_that_see_the_fifth_failure_at_once_set_one_timer(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, quick = fleet.process(), fleet.process()
    for number in range(OPENS_AFTER - 1):
        slow.fails(f"c{number}")
    real = MemoryBreakers.failed

    def overtaken(self: MemoryBreakers, *args: Any, **kwargs: Any) -> Breaker:
        counted = real(self, *args, **kwargs)
        monkeypatch.setattr(MemoryBreakers, "failed", real)
        quick.fails("c6")
        return counted

    monkeypatch.setattr(MemoryBreakers, "failed", overtaken)
    slow.fails("c5")

    assert fleet.breaker.failures == OPENS_AFTER + 1
    assert len(fleet.timers.sent) == 1
    assert not slow.may_call()
    assert not quick.may_call()


# --- open --------------------------------------------------------------------------------------------


def test_what_is_open_is_not_called_by_anybody(fleet: Fleet) -> None:
    fleet.open()

    for conversation in ("c1", "c9"):
        assert not fleet.process().may_call(conversation)


def test_the_process_that_opened_it_knows_without_reading_its_settings_again(fleet: Fleet) -> None:
    process = fleet.process()
    for number in range(OPENS_AFTER):
        process.fails(f"c{number}")

    assert process.business.breakers == {}
    assert not process.may_call()


def test_a_message_an_endpoint_cannot_stand_stops_its_own_conversation_only(fleet: Fleet) -> None:
    fleet.open("c1", "c2")

    process = fleet.process()

    assert not process.may_call("c1")
    assert not process.may_call("c2")
    assert process.may_call("c3")


def test_three_witnesses_are_believed(fleet: Fleet) -> None:
    fleet.open("c1", "c2")
    process = fleet.process()
    assert process.may_call("c3")

    process.fails("c3")

    assert not process.may_call("c4")


def test_failures_of_what_is_known_to_be_away_are_not_written_down_again(fleet: Fleet) -> None:
    fleet.open()
    process = fleet.process()
    process.may_call(probe=True)
    fleet.faults.calls.clear()

    process.fails()

    assert fleet.faults.calls == []


def test_what_was_read_as_open_is_looked_at_again_before_anything_is_held_for_it(fleet: Fleet) -> None:
    fleet.open()
    process = fleet.process()
    assert not process.may_call()

    MemoryBreakers(fleet.table).close(apple.BUSINESS, "default")

    assert process.business.breakers["default"].is_open, "old news"
    assert process.may_call()


def test_that_it_is_closed_is_believed_for_a_moment(fleet: Fleet) -> None:
    fleet.open()
    process = fleet.process()
    MemoryBreakers(fleet.table).close(apple.BUSINESS, "default")
    process.may_call()
    fleet.faults.calls.clear()

    fleet.clock.advance(TRUSTED_SECONDS - 0.1)
    assert process.may_call()
    assert fleet.faults.calls == []

    fleet.clock.advance(0.2)
    assert process.may_call()
    assert fleet.faults.calls == ["breakers.get"]


# --- probes --------------------------------------------------------------------------------------------


def test_a_probe_may_always_call(fleet: Fleet) -> None:
    fleet.open()

    assert fleet.process().may_call("c1", probe=True)


def test_a_probe_that_brings_out_many_messages_reads_the_breaker_for_the_first(fleet: Fleet) -> None:
    fleet.open()
    process = fleet.process()

    for _ in range(5):
        assert process.may_call(probe=True)
        process.hears(OK)

    assert fleet.faults.calls.count("breakers.get") == 1


def test_a_probe_that_is_taken_sets_the_time_of_the_next(fleet: Fleet) -> None:
    fleet.open()
    process = fleet.process()
    waits, times = [], [fleet.breaker.probe_at]
    for _ in range(7):
        fleet.clock.now = fleet.breaker.probe_at or 0
        assert process.health.take_probe(apple.BUSINESS, fleet.breaker)
        times.append(fleet.breaker.probe_at)
        waits.append((fleet.breaker.probe_at or 0) - fleet.clock())

    assert waits == [10, 20, 40, 60, 60, 60, 60]
    assert [timer.at for timer, _ in fleet.timers.sent] == times


@pytest.mark.parametrize(("chance", "factor"), [(0.0, 0.8), (0.999999, 1.2)])
def test_probes_of_many_endpoints_do_not_fall_together(fleet: Fleet, chance: float, factor: float) -> None:
    fleet.chance = chance
    fleet.open()

    assert (fleet.breaker.probe_at or 0) - fleet.clock() == pytest.approx(5 * factor, rel=1e-5)


def test_two_processes_do_not_both_probe(fleet: Fleet) -> None:
    fleet.open()
    first, second = fleet.process(), fleet.process()
    seen = fleet.breaker
    fleet.clock.advance(5)

    taken = [process.health.take_probe(apple.BUSINESS, seen) for process in (first, second)]

    assert taken == [True, False]
    assert len(fleet.timers.sent) == 2, "one from opening it, one from the probe"


def test_a_message_is_as_good_a_probe_when_the_timer_was_lost(fleet: Fleet) -> None:
    fleet.open()
    probe_at = fleet.breaker.probe_at or 0
    process, other = fleet.process(), fleet.process()
    fleet.clock.now = probe_at + schedule.PROBE_LAST_WAIT - 0.5
    assert not process.may_call()

    fleet.clock.now = probe_at + schedule.PROBE_LAST_WAIT
    assert process.may_call()

    assert not other.may_call(), "one is enough"
    assert fleet.breaker.probe_at == fleet.clock() + 10
    assert fleet.timers.sent[-1][0].kind is Kind.PROBE


# --- back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("well", [OK, *REFUSALS])
@pytest.mark.parametrize("cached", ["before it opened", "now"])
def test_when_a_probe_is_answered_all_are_woken_and_the_rest_is_forgotten(
    fleet: Fleet, well: WebhookAnswer, cached: str
) -> None:
    early = fleet.process()
    fleet.open()
    process = early if cached == "before it opened" else fleet.process()

    assert process.may_call("c1", probe=True)
    process.hears(well)

    assert fleet.released() == ["default"]
    assert fleet.table.breakers == {}
    assert process.may_call()
    assert fleet.process().may_call()


def test_they_are_woken_before_it_is_forgotten(fleet: Fleet) -> None:
    fleet.open()
    process = fleet.process()
    process.may_call(probe=True)
    fleet.faults.calls.clear()

    process.hears(OK)

    assert fleet.faults.calls == ["events.send", "breakers.close"]


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("step", [1, 2])
def test_a_crash_while_it_is_closed_is_healed_by_the_next_probe(fleet: Fleet, step: int, when: When) -> None:
    fleet.open()
    dying = fleet.process()
    dying.may_call(probe=True)
    fleet.faults.crash_at(step, when)
    with pytest.raises(Crash):
        dying.hears(OK)
    fleet.faults.mend()

    if fleet.breaker.is_open:
        next_one = fleet.process()
        next_one.may_call(probe=True)
        next_one.hears(OK)

    assert fleet.table.breakers == {}
    assert "default" in fleet.released()


def test_every_release_is_a_new_note_to_the_queue(fleet: Fleet) -> None:
    for _ in range(2):
        fleet.open()
        process = fleet.process()
        process.may_call(probe=True)
        process.hears(OK)

    assert fleet.released() == ["default", "default"]
    assert len(fleet.events) == 2


def test_what_is_well_releases_nobody(fleet: Fleet) -> None:
    process = fleet.process()
    process.fails()

    process.hears(OK)

    assert fleet.released() == []
    assert fleet.table.breakers == {}


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("broken", ["breakers.failed", "breakers.open", "timers.set", "breakers.close", "events.send"])
def test_what_cannot_be_written_down_now_is_no_reason_to_post_again(fleet: Fleet, broken: str, when: When) -> None:
    process = fleet.process()
    fleet.faults.break_down(broken, when)

    for number in range(2 * OPENS_AFTER):
        process.fails(f"c{number}")
    process.may_call(probe=True)
    process.hears(OK)


def test_endpoints_have_a_breaker_each(fleet: Fleet) -> None:
    other = Endpoint("other", "https://other.example/")
    fleet.open()
    process = fleet.process()

    assert process.health.may_call(process.business, other, "c1", probe=False)
    assert not process.may_call("c1")
