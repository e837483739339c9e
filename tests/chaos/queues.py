"""Queues as SQS keeps them.

FIFO: a group is blocked while one of its messages is in flight, a deduplication id counts for five minutes.
Standard: delays, and what fate adds: the same message twice, or late.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from tests.chaos import weather

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.chaos.weather import Weather

DEDUPLICATION_SECONDS: Final = 300.0
LATE_SECONDS: Final = 120.0


@dataclass(eq=False)
class Note:
    """One message. It is in flight, or delayed, until `visible_at`."""

    number: int
    body: str
    sent_at: float
    visible_at: float
    group: str = ""
    deduplication_id: str = ""
    receives: int = 0
    first_received: float = 0.0
    receipt: str | None = None
    """The handle under which it is in flight."""
    gone: bool = False


@dataclass
class Queue:
    """One queue. `woken` is called when something may be there to receive."""

    name: str
    fifo: bool
    visibility: float
    retention: float
    now: Callable[[], float]
    chance: Random
    sky: Weather
    max_receives: int | None = None
    dead: Queue | None = None
    strict: bool = True
    """FIFO: the head waits for followers in flight, too. AWS promises neither, so both are played."""
    woken: Callable[[float], None] = lambda _: None
    groups: dict[str, deque[Note]] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)
    """FIFO groups whose head may be visible."""
    line: list[tuple[float, float, int, Note]] = field(default_factory=list)
    """Standard: by the time they show. FIFO: those that will show again."""
    handles: dict[str, Note] = field(default_factory=dict)
    seen: dict[tuple[str, str], float] = field(default_factory=dict)
    """Deduplication ids by group, oldest first."""
    count: int = 0
    handed: int = 0
    size: int = 0

    def send(self, body: str, *, group: str = "", deduplication_id: str = "", delay: float = 0.0) -> int:
        """Take one message, unless its deduplication id is known; the number of the call."""
        now = self.now()
        self.count += 1
        if self.fifo and self._is_known(group, deduplication_id):
            return self.count
        note = Note(self.count, body, now, now + delay, group, deduplication_id)
        self.size += 1
        if self.fifo:
            self.groups.setdefault(group, deque()).append(note)
            self.open[group] = None
            self.woken(now)
        else:
            if self.sky.strike(weather.QUEUE[1:]):
                note.visible_at += self.chance.uniform(1.0, LATE_SECONDS)
            self._line_up(note)
        return self.count

    def receive(self, most: int) -> list[Note]:
        """Up to `most` messages, now in flight."""
        self._show()
        return self._from_groups(most) if self.fifo else self._from_line(most)

    def change(self, handle: str, seconds: float) -> bool:
        """Show a message in flight again after `seconds`; False when it is not in flight under this handle."""
        note = self.handles.get(handle)
        if note is None or note.receipt != handle or note.gone or note.visible_at <= self.now():
            return False
        note.visible_at = self.now() + seconds
        self._line_up(note)
        return True

    def delete(self, note: Note) -> None:
        """It is done."""
        if note.gone:
            return
        note.gone = True
        self.size -= 1
        self._release(note)
        if self.fifo:
            group = self.groups[note.group]
            group.remove(note)
            if group:
                self.open[note.group] = None
                self.woken(self.now())
            else:
                del self.groups[note.group]
                self.open.pop(note.group, None)

    def next_at(self) -> float | None:
        """When the next hidden message shows."""
        while self.line and (self.line[0][3].gone or self.line[0][3].visible_at != self.line[0][0]):
            heapq.heappop(self.line)
        return self.line[0][0] if self.line else None

    def _is_known(self, group: str, deduplication_id: str) -> bool:
        for mark, at in list(islice(self.seen.items(), 2)):
            if self.now() - at >= DEDUPLICATION_SECONDS:
                del self.seen[mark]
        mark = (group, deduplication_id)
        if self.now() - self.seen.get(mark, float("-inf")) < DEDUPLICATION_SECONDS:
            return True
        self.seen.pop(mark, None)
        self.seen[mark] = self.now()
        return False

    def _line_up(self, note: Note) -> None:
        heapq.heappush(self.line, (note.visible_at, self.chance.random(), note.number, note))
        self.woken(note.visible_at)

    def _show(self) -> None:
        """FIFO: open the groups of what has become visible again."""
        if not self.fifo:
            return
        while self.line and self.line[0][0] <= self.now():
            at, _, _, note = heapq.heappop(self.line)
            if not note.gone and note.visible_at == at:
                self._release(note)
                self.open[note.group] = None

    def _from_groups(self, most: int) -> list[Note]:
        taken: list[Note] = []
        names = list(islice(self.open, 4 * most))
        self.chance.shuffle(names)  # which of several groups comes first is nobody's promise
        for name in names:
            taken += self._from_group(name, most - len(taken))
            if len(taken) >= most:
                break
        return taken

    def _from_group(self, name: str, most: int) -> list[Note]:
        group = self.groups.get(name)
        if group is None or (self.strict and any(note.visible_at > self.now() for note in group)):
            self.open.pop(name, None)
            return []
        taken: list[Note] = []
        for note in list(group):
            if len(taken) == most or note.visible_at > self.now():
                break
            if self._take(note):
                taken.append(note)
        if taken or name not in self.groups or group[0].visible_at > self.now():
            self.open.pop(name, None)
        return taken

    def _from_line(self, most: int) -> list[Note]:
        taken: list[Note] = []
        while len(taken) < most and self.line and self.line[0][0] <= self.now():
            at, _, _, note = heapq.heappop(self.line)
            if note.gone or note.visible_at != at or not self._take(note):
                continue
            taken.append(note)
            if self.sky.strike(weather.QUEUE[:1]):
                twin = Note(note.number, note.body, note.sent_at, self.now() + self.chance.uniform(0.0, 5.0))
                twin.receives = note.receives
                self.size += 1
                self._line_up(twin)
        return taken

    def _take(self, note: Note) -> bool:
        """Put it in flight; False when it goes to the dead-letter queue, or is too old."""
        now = self.now()
        self._release(note)
        if now - note.sent_at > self.retention:
            self.delete(note)
            return False
        if self.max_receives is not None and note.receives >= self.max_receives:
            self.delete(note)
            if self.dead is not None:
                self.dead.send(note.body, group=note.group, deduplication_id=f"dead-{note.number}")
            return False
        note.receives += 1
        note.first_received = note.first_received or now
        self.handed += 1
        note.receipt = f"{self.name}-{self.handed}"
        self.handles[note.receipt] = note
        note.visible_at = now + self.visibility
        self._line_up(note)
        return True

    def _release(self, note: Note) -> None:
        if note.receipt is not None:
            self.handles.pop(note.receipt, None)
            note.receipt = None
