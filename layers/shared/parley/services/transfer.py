"""Fetch everything a message carries by reference, at once: Apple's URLs live for seconds (protocol/08 §3, 09 §1)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from parley.conversation import schedule
from parley.conversation.attachments import Attachment, PartKind, PartState, Unfinished
from parley.conversation.events import Event, Kind
from parley.conversation.records import State
from parley.errors import Fatal, ParleyError, Rejected, Retryable
from parley.services.parts import expected_parts
from parley.services.resolve import Undecodable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.parts import Description
    from parley.conversation.events import Transfer as Note
    from parley.conversation.records import Message
    from parley.services import ports
    from parley.services.fetch import Fetch, GoOn
    from parley.services.resolve import Resolve

CLAIM_SECONDS: Final = 120.0
"""How long a worker that says nothing more counts as alive; it says so every `KEEP_SECONDS`."""

KEEP_SECONDS: Final = 30.0
MAX_SLEEP_SECONDS: Final = 3.0
"""A retry that is due this soon is waited for here; for a later one a note is put back into the queue."""

type Expected = list[tuple[Attachment, Description]]

_MAX_ATTEMPTS: Final = len(schedule.TRANSFER_WAITS) + 1
_EARLY_SECONDS: Final = 1.0
_CORRUPT: Final = frozenset({"length_mismatch", "signature_mismatch"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt at one part led to; safe to log."""

    result: str
    """ready, failed, later, unfinished, taken_over or skipped."""
    message_id: str
    attachment_id: str | None = None
    reason: str | None = None
    attempts: int | None = None
    size: int | None = None
    ms: int | None = None


class _TakenOver(Exception):  # noqa: N818  (a verdict, not a kind of error)
    """Another worker has it now."""


@dataclass(slots=True)
class _Part:
    """One part on its way; `next_at` is when it may be tried again."""

    attachment: Attachment
    description: Description
    next_at: float = 0.0


class Transfer:
    """Handle one note of `transfers`. The same note again, or two at once, change nothing."""

    def __init__(
        self,
        *,
        messages: ports.Messages,
        payloads: ports.Payloads,
        attachments: ports.Attachments,
        fetch: Fetch,
        resolve: Resolve,
        events: ports.Events,
        transfers: ports.Transfers,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        chance: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._messages = messages
        self._payloads = payloads
        self._attachments = attachments
        self._fetch = fetch
        self._resolve = resolve
        self._events = events
        self._transfers = transfers
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._new_id = new_id

    def __call__(self, note: Note, *, deadline: float) -> list[Outcome]:
        """Begins nothing after `deadline` (Unix seconds), and stops there what it has begun.

        Raises Retryable when the note has to come back.
        """
        message = self._messages.get(note.business_id, note.message_id)
        if message is None or message.state is State.SUPPRESSED:
            return [Outcome("skipped", note.message_id)]
        expected = expected_parts(message, json.loads(self._text(message)))
        waiting = self._unsettled(message, expected)
        outcomes: list[Outcome] = []
        faults: list[Exception] = []
        while True:
            for part in [part for part in waiting if part.next_at <= self._clock()]:
                if self._clock() >= deadline:
                    break
                outcomes.append(self._attempt(part, message, deadline, faults))
                if outcomes[-1].result not in {"later", "unfinished"}:
                    waiting.remove(part)
            soonest = min((part.next_at for part in waiting), default=None)
            if soonest is None or not self._wait_until(soonest, deadline):
                break
        if soonest is None:
            self._tell_when_settled(message, expected, outcomes)
        else:
            self._transfers.send(note, after=soonest - self._clock())
        if faults:
            raise faults[0]
        return outcomes or [Outcome("skipped", note.message_id)]

    def _unsettled(self, message: Message, expected: Expected) -> list[_Part]:
        """What there is to fetch now, the reference first; everything the message speaks of is in the table then.

        A part whose next attempt lies ahead has a note of its own on the way.
        """
        found = self._attachments.of_message(message.business_id, [part.id for part, _ in expected])
        for part, _ in expected:
            if part.id not in found:
                self._attachments.put(part)
        parts = [_Part(found.get(part.id, part), description) for part, description in expected]
        early = self._clock() + _EARLY_SECONDS
        return [part for part in parts if not part.attachment.settled and (part.attachment.next_at or 0.0) <= early]

    def _text(self, message: Message) -> str:
        return message.payload if message.payload is not None else self._payloads.get(message.payload_key or "")

    def _attempt(self, part: _Part, message: Message, deadline: float, faults: list[Exception]) -> Outcome:
        worker = self._new_id()
        started = self._clock()
        claimed = self._attachments.claim(part.attachment, by=worker, until=started + CLAIM_SECONDS)
        if claimed is None:
            return Outcome("taken_over", message.id, part.attachment.id)
        part.attachment = claimed
        try:
            outcome = self._fetched(part, worker, deadline)
        except _TakenOver:
            outcome = self._outcome("taken_over", claimed)
        except Rejected as fault:
            outcome = self._failed(claimed, fault)
        except Exception as fault:  # noqa: BLE001  (one part must not keep the others from being fetched)
            if not isinstance(fault, ParleyError):
                faults.append(fault)
            outcome = self._failed_for_now(part, worker, fault)
        if outcome.result in {"ready", "failed"}:
            self._tell_if_late(message)
        return replace(outcome, ms=round((self._clock() - started) * 1000))

    def _fetched(self, part: _Part, worker: str, deadline: float) -> Outcome:
        attachment = part.attachment
        if attachment.attempts > _MAX_ATTEMPTS:
            raise Rejected("every attempt ended without a word", code="gave_up")
        if attachment.kind is PartKind.REFERENCE:
            resolved = self._resolve(attachment, part.description)
            return self._settled(
                replace(attachment, s3_key=resolved.s3_key, size=resolved.size, name=resolved.title),
                PartState.READY,
            )
        fetched = self._fetch(attachment, part.description, go_on=self._keeping(attachment, worker, deadline))
        if isinstance(fetched, Unfinished):
            return self._given_back(part, worker, unfinished=fetched)
        return self._settled(replace(attachment, **asdict(fetched)), PartState.READY)

    def _keeping(self, attachment: Attachment, worker: str, deadline: float) -> GoOn:
        """Between two pieces: is there time, and is it still ours?"""
        kept_at = self._clock()

        def go_on() -> bool:
            nonlocal kept_at
            now = self._clock()
            if now - kept_at >= KEEP_SECONDS:
                if not self._attachments.keep(attachment, by=worker, until=now + CLAIM_SECONDS):
                    raise _TakenOver
                kept_at = now
            return now < deadline

        return go_on

    def _failed_for_now(self, part: _Part, worker: str, fault: Exception) -> Outcome:
        reason = fault.code if isinstance(fault, Retryable) else "set_up" if isinstance(fault, Fatal) else "unexpected"
        if reason == "out_of_time":
            return self._given_back(part, worker, unfinished=None)
        attempts = part.attachment.attempts
        after = fault.after if isinstance(fault, Retryable) else None
        wait = schedule.transfer_wait(attempts, chance=self._chance(), retry_after=after)
        if wait is None or (reason in _CORRUPT and attempts >= schedule.CORRUPT_TRANSFERS):
            return self._settled(replace(part.attachment, reason=reason), PartState.FAILED)
        part.next_at = self._clock() + wait
        self._attachments.give_back(replace(part.attachment, unfinished=None), by=worker, next_at=part.next_at)
        return self._outcome("later", part.attachment, reason)

    def _given_back(self, part: _Part, worker: str, *, unfinished: Unfinished | None) -> Outcome:
        """The time of this invocation is up, the next one goes on: no fault of anybody's."""
        part.next_at = self._clock()
        kept = asdict(unfinished) if unfinished else None
        self._attachments.give_back(replace(part.attachment, unfinished=kept), by=worker, next_at=part.next_at)
        return self._outcome("unfinished", part.attachment)

    def _failed(self, attachment: Attachment, fault: Rejected) -> Outcome:
        title = fault.title if isinstance(fault, Undecodable) else attachment.name
        return self._settled(replace(attachment, reason=fault.code, name=title), PartState.FAILED)

    def _settled(self, attachment: Attachment, state: PartState) -> Outcome:
        settled = replace(attachment, state=state, settled_at=self._clock())
        if not self._attachments.settle(settled, from_state=attachment.state):
            return self._outcome("taken_over", attachment)
        return self._outcome(state.value, settled, settled.reason)

    def _outcome(self, result: str, attachment: Attachment, reason: str | None = None) -> Outcome:
        return Outcome(result, attachment.message_id or "", attachment.id, reason, attachment.attempts, attachment.size)

    def _wait_until(self, soonest: float, deadline: float) -> bool:
        """Sleep if it is worth it; False when the rest is for another invocation."""
        wait = soonest - self._clock()
        if wait > MAX_SLEEP_SECONDS or self._clock() + max(wait, 0.0) >= deadline:
            return False
        if wait > 0:
            self._sleep(wait)
        return True

    def _is_late(self, message: Message) -> bool:
        return self._clock() - message.received_at > schedule.PARTS_SECONDS

    def _tell_if_late(self, message: Message) -> None:
        """The message has gone on without this part, so it is told of each as soon as it has settled."""
        if self._is_late(message):
            self._tell(message)

    def _tell_when_settled(self, message: Message, expected: Expected, outcomes: list[Outcome]) -> None:
        """Nothing is left here; with nothing left elsewhere either, the message need not wait any more.

        Told again by a repeated note: the first telling may have been lost in a crash.
        """
        if self._is_late(message) and any(outcome.result in {"ready", "failed"} for outcome in outcomes):
            return  # told one by one
        ids = [part.id for part, _ in expected]
        found = self._attachments.of_message(message.business_id, ids)
        if ids and all(part.settled for part in found.values()) and len(found) == len(ids):
            self._tell(message)

    def _tell(self, message: Message) -> None:
        note = Event(Kind.PARTS, message.business_id, message.conversation_id, message.id)
        self._events.send(note, deduplication_id=f"parts-{self._new_id()}")
