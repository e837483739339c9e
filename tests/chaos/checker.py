"""Judges a run by what the receivers and the phones have written down, and by what the table says in the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from parley.conversation.records import FINAL, Direction, State
from parley.storage.attributes import decode_item
from tests.chaos.world import GREETING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.chaos.phone import Shown
    from tests.chaos.receiver import Taken
    from tests.chaos.story import Story
    from tests.chaos.talk import Asked, Talk, Written
    from tests.chaos.world import World


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was not kept. `about` are the ids to look for in the trace."""

    kind: str
    words: str
    about: tuple[str, ...] = ()


@dataclass
class Verdict:
    """What became of everything in one run."""

    counts: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)

    def blame(self, kind: str, words: str, *about: str) -> None:
        self.counts[kind] += 1
        self.violations.append(Violation(kind, words, about))


class Checker:
    """Reads the logs once and judges promise by promise."""

    def __init__(self, world: World, story: Story) -> None:
        self._world = world
        self._story = story
        self._verdict = Verdict()
        items = [item for item in map(decode_item, world.items("MSG#")) if item["sk"] == "MSG"]
        self._stored: dict[str, dict[str, Any]] = {item["id"]: item for item in items}
        self._taken: defaultdict[str, list[Taken]] = defaultdict(list)
        self._shown: defaultdict[str, list[Shown]] = defaultdict(list)
        for taken in world.taken:
            self._taken[taken.conversation].append(taken)
        for shown in world.phone.log:
            self._shown[shown.customer].append(shown)

    def judge(self, *, settled: bool) -> Verdict:
        """All promises. `settled`: the world came to rest."""
        if not settled:
            self._verdict.blame("stuck", "the world does not come to rest")
        for talk in self._story.talks:
            self._inbound(talk, self._taken[talk.id])
            self._outbound(talk, self._shown[talk.customer])
            self._webhooks(talk, self._taken[talk.id])
            self._sequences(talk, [taken for taken in self._taken[talk.id] if taken.sequence is not None])
        self._leftovers()
        self._errors()
        return self._verdict

    def _inbound(self, talk: Talk, taken: list[Taken]) -> None:
        """Everything Apple was told yes for arrives, in the order of the yeses."""
        first = _first(taken, lambda one: one.said)
        accepted = [written for written in talk.written if written.accepted is not None]
        self._verdict.counts["messages"] += len(accepted)
        self._verdict.counts["conversations"] += 1
        for written in accepted:
            if written.said not in first and not self._is_twin(written, first):
                self._verdict.blame("lost", f"{written.id} never arrived", written.id, talk.id)
        seen = [written for written in accepted if written.said in first]
        for earlier, later in _wrong_order(seen, lambda written: first[written.said].number):
            words = f"{later.id} was seen before {earlier.id}, whose yes came before it was posted"
            self._verdict.blame("inversions", words, earlier.id, later.id, talk.id)

    def _is_twin(self, written: Written, first: dict[str, Taken]) -> bool:
        """Suppressed, because the same reply under its other id has arrived."""
        stored = self._stored.get(written.id, {})
        return stored.get("state") == State.SUPPRESSED and written.twin in first

    def _webhooks(self, talk: Talk, taken: list[Taken]) -> None:
        """One id and one content for each event, and all of it signed."""
        by_said: defaultdict[str, set[str]] = defaultdict(set)
        by_id: defaultdict[tuple[str, bool], set[str]] = defaultdict(set)
        for one in taken:
            if not one.genuine:
                self._verdict.blame("signatures", f"{one.webhook_id} is not signed as it should be", one.webhook_id)
            by_id[one.webhook_id, one.redacted].add(one.digest)
            if one.redacted and (one.webhook_id, False) not in by_id:
                self._verdict.blame("lost", f"{one.webhook_id} was redacted before it arrived", one.webhook_id, talk.id)
            if one.type == "message.received":
                by_said[one.said].add(one.webhook_id)
        for said, ids in by_said.items():
            if len(ids) > 1:
                self._verdict.blame("wrong_ids", f"{said[:60]!r} came under {sorted(ids)}", *sorted(ids), talk.id)
        for (webhook_id, _), digests in by_id.items():
            if len(digests) > 1:
                self._verdict.blame("wrong_ids", f"{webhook_id} came with different contents", webhook_id, talk.id)

    def _sequences(self, talk: Talk, in_line: list[Taken]) -> None:
        """They grow from one event to the next, as each was first seen."""
        order = list(_first(in_line, lambda one: one.webhook_id).values())
        for before, after in pairwise(order):
            if (after.sequence or 0) <= (before.sequence or 0):
                words = f"sequence {after.sequence} was seen after {before.sequence}"
                self._verdict.blame("inversions", words, before.webhook_id, after.webhook_id, talk.id)
        counts = self._verdict.counts
        counts["webhooks"] += len(in_line)
        counts["duplicates"] += len(in_line) - len(order)
        # A repeat may stand at a later place in line than the first; only the first is what order is about.
        counts["renumbered"] += len({(one.webhook_id, one.sequence) for one in in_line}) - len(order)

    def _outbound(self, talk: Talk, shown: list[Shown]) -> None:
        """Each message reaches the phone under one id, in the order of the API's yeses, and its state is true."""
        self._verdict.counts["duplicates"] += sum(one.again for one in shown)
        ids: defaultdict[str, set[str]] = defaultdict(set)
        for one in shown:
            ids[one.body].add(one.id)
        self._verdict.counts["greetings"] += len(ids[GREETING])
        if len(ids[GREETING]) > 1:
            words = f"greeted under {sorted(ids[GREETING])}"
            self._verdict.blame("double_sends", words, *sorted(ids[GREETING]), talk.id)
        for asked in talk.asked:
            if asked.accepted is None and not asked.ids:
                continue
            self._verdict.counts["messages"] += 1
            under = ids[asked.body] | asked.ids
            if len(under) > 1:
                self._verdict.blame("double_sends", f"{asked.body!r} has the ids {sorted(under)}", *under, talk.id)
            self._state(talk, asked, on_phone=bool(ids[asked.body]))
        first = _first(shown, lambda one: one.body)
        numbers = {body: place for place, body in enumerate(first)}
        seen = [asked for asked in talk.asked if asked.accepted is not None and asked.body in first]
        for earlier, later in _wrong_order(seen, lambda asked: numbers[asked.body]):
            words = f"{later.body!r} was shown before {earlier.body!r}, which was accepted before it was sent"
            self._verdict.blame("outbound_inversions", words, *earlier.ids, *later.ids, talk.id)

    def _state(self, talk: Talk, asked: Asked, *, on_phone: bool) -> None:
        identity = next(iter(asked.ids))
        state = self._stored.get(identity, {}).get("state", "missing")
        self._verdict.counts[f"outbound_{state}"] += 1
        if state == State.SENT and not on_phone:
            self._verdict.blame("lost", f"{identity} is called sent and was never shown", identity, talk.id)
        if state in {State.FAILED, State.CANCELLED} and on_phone:
            self._verdict.blame("untrue", f"{identity} is called {state} and was shown", identity, talk.id)
        told = {one.type for one in self._taken[talk.id] if one.said == identity}
        if state in FINAL and f"message.{state}" not in told:
            self._verdict.blame("untold", f"{identity} is {state}, and its business heard {told}", identity, talk.id)
        if state == "missing":
            self._verdict.blame("lost", f"{identity} was accepted and is not in the table", identity, talk.id)

    def _leftovers(self) -> None:
        """Nothing is left half done."""
        for item in self._stored.values():
            if item["state"] not in FINAL:
                words = f"{item['id']} ({item['direction']}) ends as {item['state']}"
                self._verdict.blame("stuck", words, item["id"], item["conversation_id"])
            if item["direction"] == Direction.INBOUND and item["state"] == State.FAILED:
                self._verdict.blame("lost", f"{item['id']} was given up", item["id"], item["conversation_id"])
        for item in self._world.items("CONV#"):
            if item["sk"]["S"].startswith("HELD#") or "held_since" in item:
                self._verdict.blame("stuck", f"{item['pk']['S']} {item['sk']['S']} is held", item["pk"]["S"][5:])
        for name, queue in self._world.queues.items():
            if name.endswith("Dlq") and queue.size:
                self._verdict.blame("dead_letters", f"{name} holds {queue.size}")

    def _errors(self) -> None:
        """What nobody expected."""
        for error in self._world.errors:
            self._verdict.blame("errors", error)
        if self._world.phone.refused:
            self._verdict.blame("errors", f"Apple found fault with {self._world.phone.refused} posts")
        for task in self._story.tasks:
            if task.fault is not None:
                self._verdict.blame("errors", f"{task.name}: {task.fault!r}")


def _first[Seen](log: Iterable[Seen], by: Any) -> dict[str, Seen]:
    """The first of each, in the order they were first seen."""
    found: dict[str, Seen] = {}
    for one in log:
        found.setdefault(by(one), one)
    return found


def _wrong_order[Known: (Written, Asked)](accepted: list[Known], place: Any) -> Iterable[tuple[Known, Known]]:
    """Pairs of which the first was accepted before the second began, and yet was seen after it."""
    for earlier in accepted:
        for later in accepted:
            if earlier.accepted is not None and earlier.accepted < later.started and place(earlier) > place(later):
                yield earlier, later
