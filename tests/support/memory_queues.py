"""The queues in memory: groups in order, one note of a group at a time, notes that come back."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parley.conversation.events import Departure, Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from parley.conversation.arrivals import Arrival
    from parley.conversation.automations import Automation
    from parley.conversation.events import Forgetting, Timer, Transfer

DEDUPLICATION_SECONDS = 300.0


@dataclass
class Entry[Note]:
    """One note in a FIFO queue. `receives` counts how often a consumer has seen it."""

    note: Note
    visible_at: float
    receives: int = 0


@dataclass
class Fifo[Note: (Event, Departure)]:
    """A FIFO queue with message groups; an id sent again within five minutes is swallowed."""

    clock: Callable[[], float]
    groups: dict[str, deque[Entry[Note]]] = field(default_factory=dict)
    sent: list[tuple[Note, str]] = field(default_factory=list)
    _seen: dict[str, float] = field(default_factory=dict)

    def send(self, note: Note, *, deduplication_id: str) -> None:
        self.sent.append((note, deduplication_id))
        if self.clock() - self._seen.get(deduplication_id, float("-inf")) < DEDUPLICATION_SECONDS:
            return
        self._seen[deduplication_id] = self.clock()
        self.groups.setdefault(_group(note), deque()).append(Entry(note, self.clock()))

    def send_all(self, notes: Sequence[tuple[Note, str]]) -> None:
        for note, deduplication_id in notes:
            self.send(note, deduplication_id=deduplication_id)

    def heads(self) -> Iterator[Entry[Note]]:
        """The first note of every group that is not hidden."""
        for group in list(self.groups.values()):
            if group and group[0].visible_at <= self.clock():
                yield group[0]

    def done(self, entry: Entry[Note]) -> None:
        self.groups[_group(entry.note)].remove(entry)

    def next_at(self) -> float | None:
        """When a hidden note shows again."""
        return min((group[0].visible_at for group in self.groups.values() if group), default=None)

    def __len__(self) -> int:
        return sum(len(group) for group in self.groups.values())


def _group(note: Event | Departure) -> str:
    return note.group if isinstance(note, Event) else note.conversation_id


@dataclass
class Timers:
    """`wakeups`: delayed notes of at most 15 minutes."""

    waiting: list[tuple[float, Timer]] = field(default_factory=list)
    sent: list[tuple[Timer, float]] = field(default_factory=list)

    def set(self, timer: Timer, *, now: float) -> None:
        self.sent.append((timer, now))
        self.waiting.append((min(max(timer.at, now), now + 900.0), timer))

    def due(self, now: float) -> list[Timer]:
        """Take out every timer whose delay is over."""
        ready = [timer for at, timer in self.waiting if at <= now]
        self.waiting = [(at, timer) for at, timer in self.waiting if at > now]
        return ready

    def next_at(self) -> float | None:
        return min((at for at, _ in self.waiting), default=None)


@dataclass
class Transfers:
    """`transfers`: only remembered, nobody here fetches anything."""

    sent: list[Transfer] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)

    def send(self, transfer: Transfer, *, after: float = 0.0) -> None:
        self.sent.append(transfer)
        self.delays.append(after)


@dataclass
class Arrivals:
    """`uploads`: only remembered."""

    sent: list[Arrival] = field(default_factory=list)

    def send(self, arrival: Arrival) -> None:
        self.sent.append(arrival)


@dataclass
class Automations:
    """`automations`: only remembered."""

    sent: list[Automation] = field(default_factory=list)

    def send(self, note: Automation) -> None:
        self.sent.append(note)


@dataclass
class ErasureNotes:
    """`erasures`: only remembered."""

    sent: list[Forgetting] = field(default_factory=list)

    def send(self, note: Forgetting, *, after: float = 0.0) -> None:
        assert after >= 0.0
        self.sent.append(note)
