"""Forget a customer: everything that is kept of one conversation, step by step, whatever happens in between."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from parley.apple import enclosures, limits
from parley.apple.inbound import InboundMessage
from parley.conversation import arrivals
from parley.conversation.erasures import Belongings, Erasure, ErasureState
from parley.conversation.records import Direction, Message
from parley.errors import NotFound, Retryable
from parley.services.parts import expected_parts
from parley.services.receive import twin_digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.conversation.events import Forgetting
    from parley.services import ports

LEASE_SECONDS: Final = 330.0
"""Longer than a worker lives."""

EARLY_SECONDS: Final = 1.0
SAVE_EVERY: Final = 100
"""Messages between two writes of how far it is."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step led to; safe to log."""

    result: str
    """skipped, early, busy, continued, erased or completed."""
    business_id: str
    erasure_id: str
    conversation_id: str | None = None
    messages: int | None = None


class _OutOfTime(Exception):  # noqa: N818  (a verdict, not a kind of error)
    """The next invocation goes on."""


class Erase:
    """Handle one note of `erasures`. Doing a step again is harmless: what is gone is gone."""

    def __init__(
        self,
        *,
        erasures: ports.Erasures,
        remains: ports.Remains,
        objects: ports.Objects,
        dead_letters: ports.DeadLetters,
        notes: ports.ErasureNotes,
        settle_seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self._erasures = erasures
        self._remains = remains
        self._objects = objects
        self._dead_letters = dead_letters
        self._notes = notes
        self._settle_seconds = settle_seconds
        self._clock = clock

    def __call__(self, note: Forgetting, *, deadline: float) -> Outcome:
        """Begins nothing after `deadline` (Unix seconds). Raises Retryable when the note has to come back."""
        erasure = self._erasures.get(note.business_id, note.erasure_id)
        if erasure is None or erasure.state is not ErasureState.RUNNING:
            return Outcome("skipped", note.business_id, note.erasure_id)
        now = self._clock()
        if erasure.next_at > now + EARLY_SECONDS:
            self._notes.send(note, after=erasure.next_at - now)
            return self._outcome("early", erasure)
        if erasure.lease_until > now:
            return self._outcome("busy", erasure)
        erasure.lease_until = now + LEASE_SECONDS
        if not self._erasures.save(erasure):
            return self._outcome("busy", erasure)
        try:
            result = self._first(erasure, deadline) if erasure.erased_at is None else self._second(erasure, deadline)
        except _OutOfTime:
            result = "continued"
        except Exception:
            erasure.lease_until = 0.0
            with suppress(Retryable):
                self._erasures.save(erasure)  # or the sweeper would wait for the lease to run out
            raise
        erasure.lease_until = 0.0
        # Refused when the lease ran out and another worker has it: that one counts.
        if self._erasures.save(erasure) and erasure.state is ErasureState.RUNNING:
            self._notes.send(note, after=erasure.next_at - self._clock())
        return self._outcome(result, erasure)

    def _first(self, erasure: Erasure, deadline: float) -> str:
        """Take away what was said. From the tombstone on, nothing older comes to the conversation any more."""
        if erasure.before is None:
            erasure.before = self._remains.bury(erasure)
            self._keep(erasure)
        self._messages(erasure, deadline)
        erasure.count("marks", self._remains.clear(erasure))
        self._read_dead_letters(erasure)
        erasure.erased_at = self._clock()
        erasure.next_at = erasure.erased_at + self._settle_seconds
        return "erased"

    def _second(self, erasure: Erasure, deadline: float) -> str:
        """Whoever was at work with a message when it went has ended: take away what they left, and the stubs."""
        self._messages(erasure, deadline)
        erasure.count("marks", self._remains.clear(erasure))
        self._read_dead_letters(erasure)
        for message_id in self._remains.stubs(erasure):
            self._check_time(deadline)
            self._sweep_up(message_id, erasure)
            self._remains.close(erasure.business_id, message_id)
        self._remains.bury(erasure)
        erasure.state, erasure.completed_at = ErasureState.COMPLETED, self._clock()
        return "completed"

    def _messages(self, erasure: Erasure, deadline: float) -> None:
        for number, message in enumerate(self._remains.messages(erasure), 1):
            self._check_time(deadline)
            self._remains.strip(message, self._belongings(message), erasure)
            erasure.count("messages")
            erasure.kept_files += self._sweep_up(message.id, erasure)
            if number % SAVE_EVERY == 0:
                self._keep(erasure)

    def _sweep_up(self, message_id: str, erasure: Erasure) -> int:
        """Returns how many files stay, because they were sent to others as well."""
        swept = self._remains.sweep_up(erasure.business_id, message_id, erasure)
        erasure.count("attempts", swept.attempts)
        erasure.count("attachments", swept.attachments)
        erasure.count("marks", swept.marks)
        return swept.kept_files

    def _belongings(self, message: Message) -> Belongings:
        raw = self._content(message)
        if message.direction is Direction.NOTICE:
            return Belongings()
        if message.direction is Direction.OUTBOUND:
            return Belongings(file_ids=tuple(dict.fromkeys(enclosures.ids_of(raw))))
        parts = tuple(part.id for part, _ in expected_parts(message, raw))
        opaque_id = str(raw.get("sourceId", ""))
        apples = InboundMessage(message.id, message.type, opaque_id, message.business_id, raw=raw, text="")
        return Belongings(attachment_ids=parts, twin=twin_digest(apples))

    def _content(self, message: Message) -> dict[str, Any]:
        text: str | bytes = message.payload or "{}"
        if message.payload is None and message.payload_key is not None:
            try:
                text = self._objects.get(message.payload_key, max_bytes=limits.MAX_REQUEST_BYTES)
            except NotFound:
                text = "{}"  # taken away by a step that did not end
        content: dict[str, Any] = json.loads(text)
        return content

    def _read_dead_letters(self, erasure: Erasure) -> None:
        def about(note: dict[str, Any]) -> bool:
            if note.get("conversation_id") == erasure.conversation_id:
                return float(note.get("received_at") or 0.0) <= (erasure.before or 0.0)
            return self._is_of_a_file_that_is_gone(note, erasure.business_id)

        removed, erasure.unread = self._dead_letters.remove(about)
        erasure.count("dead_letters", removed)

    def _is_of_a_file_that_is_gone(self, note: dict[str, Any], business_id: str) -> bool:
        """Notes of uploads name a file and no conversation."""
        try:
            arrival = arrivals.read(json.dumps(note)) if note.keys() & {"detail", "attachment_id"} else None
        except (ValueError, KeyError, TypeError):
            return False
        if arrival is None or arrival.business_id != business_id:
            return False
        return self._remains.is_gone(business_id, arrival.attachment_id)

    def _keep(self, erasure: Erasure) -> None:
        if not self._erasures.save(erasure):
            raise _OutOfTime

    def _check_time(self, deadline: float) -> None:
        if self._clock() >= deadline:
            raise _OutOfTime

    @staticmethod
    def _outcome(result: str, erasure: Erasure) -> Outcome:
        return Outcome(
            result,
            erasure.business_id,
            erasure.id,
            conversation_id=erasure.conversation_id,
            messages=erasure.deleted.get("messages"),
        )
