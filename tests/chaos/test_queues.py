"""The queues of the simulation keep SQS's promises, and no others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.chaos.like_moto.conftest import fake_queue
from tests.chaos.weather import Weather, seeded
from tests.support.clock import Clock

if TYPE_CHECKING:
    from tests.chaos.queues import Queue


@dataclass
class Line:
    """A queue with a clock that is wound by hand."""

    name: str
    clock: Clock = field(default_factory=Clock)
    queue: Queue = field(init=False)

    def __post_init__(self) -> None:
        self.queue = fake_queue(self.name, clock=self.clock)

    def send(self, *bodies: str, group: str = "g") -> None:
        for body in bodies:
            self.queue.send(body, group=group, deduplication_id=body)

    def receive(self, most: int = 10) -> list[str]:
        return [note.body for note in self.queue.receive(most)]


@pytest.fixture
def fifo() -> Line:
    return Line("EventsQueue")


@pytest.fixture
def standard() -> Line:
    return Line("WakeupsQueue")


def test_a_group_comes_in_order_and_waits_while_any_of_it_is_in_flight(fifo: Line) -> None:
    fifo.send("1", "2", "3")

    (first,) = fifo.queue.receive(1)
    assert first.body == "1"
    assert fifo.receive() == []

    fifo.queue.delete(first)
    assert fifo.receive() == ["2", "3"]


def test_groups_do_not_wait_for_each_other(fifo: Line) -> None:
    fifo.send("a1", group="a")
    fifo.send("b1", group="b")
    assert fifo.receive(1) != fifo.receive(1)


def test_what_is_not_deleted_comes_back_first_when_its_time_is_over(fifo: Line) -> None:
    fifo.send("1", "2")
    fifo.receive(1)

    fifo.clock.advance(fifo.queue.visibility - 1)
    assert fifo.receive() == []

    fifo.clock.advance(1)
    (again, second) = fifo.queue.receive(10)
    assert (again.body, again.receives, second.body) == ("1", 2, "2")


def test_a_note_comes_back_earlier_when_its_holder_says_so(fifo: Line) -> None:
    fifo.send("1")
    (note,) = fifo.queue.receive(1)
    handle = note.receipt or ""

    assert fifo.queue.change(handle, 5)
    fifo.clock.advance(5)
    assert fifo.receive() == ["1"]
    assert not fifo.queue.change(handle, 5), "the handle of an earlier receive is worth nothing"


def test_a_strict_group_waits_for_every_note_in_flight_and_a_lenient_one_for_those_before(fifo: Line) -> None:
    fifo.send("1", "2", "3")
    first, _ = fifo.queue.receive(2)
    assert fifo.queue.change(first.receipt or "", 0)
    fifo.clock.advance(1)

    assert fifo.receive() == []
    fifo.queue.strict = False
    fifo.queue.open["g"] = None
    assert fifo.receive() == ["1"]


def test_the_same_id_within_five_minutes_is_swallowed(fifo: Line) -> None:
    fifo.send("1")
    fifo.send("1")
    fifo.send("1", group="another")
    assert sorted(fifo.receive()) == ["1", "1"]

    fifo.clock.advance(300)
    fifo.send("1", group="third")
    fifo.send("1")
    assert fifo.queue.size == 4


def test_a_note_that_fails_for_ever_ends_among_the_dead_letters(fifo: Line) -> None:
    fifo.queue.dead = Line("EventsDlq", fifo.clock).queue
    fifo.queue.max_receives = 2
    fifo.send("1", "2")

    for _ in range(2):
        assert fifo.receive(1) == ["1"]
        fifo.clock.advance(fifo.queue.visibility)
    assert fifo.receive() == ["2"]
    assert fifo.queue.dead.size == 1


def test_a_delayed_note_shows_when_its_time_has_come(standard: Line) -> None:
    standard.queue.send("later", delay=60)
    standard.queue.send("now")

    assert standard.receive() == ["now"]
    standard.clock.advance(60)
    assert standard.receive() == ["later"]


def test_a_standard_queue_may_show_a_note_twice_and_late() -> None:
    clock = Clock()
    sky = Weather(seeded(1), {"duplicate_delivery": 0.5, "late_delivery": 0.5})
    queue = fake_queue("WakeupsQueue", clock=clock, sky=sky)
    for number in range(100):
        queue.send(f"{number}")

    at_once = len(queue.receive(100))
    clock.advance(130)
    later = len(queue.receive(500))

    assert at_once < 80
    assert at_once + later > 100
    assert sky.struck["duplicate_delivery"] > 10
