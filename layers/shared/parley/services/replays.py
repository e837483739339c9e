"""Deliver again: one message at once, or all webhooks of a span of time, which `replay.ReplayRun` then does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parley.business.bounds import MAX_PAGE, MAX_RUNNING
from parley.conversation.events import Departure, Event, Kind
from parley.conversation.records import Direction, Message, State
from parley.conversation.runs import Run, RunState
from parley.errors import Conflict, Fault, Invalid, NotFound, Rejected, Retryable
from parley.services.deliveries import unknown
from parley.services.endpoints import TRIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.conversation.ulids import Span
    from parley.services import ports

_RESENDABLE: Final = (State.FAILED, State.UNKNOWN)
_REPLAYABLE: Final = (State.DELIVERED, State.FAILED, State.HELD)


class Replay:
    """One message again, under the id it always had."""

    def __init__(
        self,
        *,
        store: ports.Deliveries,
        conversations: ports.Conversations,
        events: ports.Events,
        outbox: ports.Outbox,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._events = events
        self._outbox = outbox
        self._clock = clock
        self._new_id = new_id

    def __call__(self, business_id: str, message_id: str, *, resend: bool) -> Message:
        """The message, on its way again.

        Raises NotFound, Conflict (`not_replayable`: on its way, or never meant to be delivered), Invalid
        (`resend_required`: it is one to the customer) and Rejected (`opted_out`).
        """
        message = self._store.read(business_id, [message_id]).get(message_id)
        if message is None:
            raise unknown()
        if message.direction is Direction.OUTBOUND:
            return self._resend(message, resend=resend)
        if message.state not in _REPLAYABLE:
            raise _not_replayable(message)
        event = Event(Kind.REPLAY, business_id, message.conversation_id, message_id=message.id)
        self._events.send(event, deduplication_id=f"replay-{self._new_id()}")
        return message

    def _resend(self, message: Message, *, resend: bool) -> Message:
        if message.state not in _RESENDABLE:
            raise _not_replayable(message)
        if not resend:
            words = "this is a message to the customer: say true, and it goes to Apple again under the same id"
            raise Invalid([Fault("/resend", "resend_required", words)])
        conversation = self._conversations.get(message.conversation_id)
        if conversation is not None and conversation.opted_out:
            raise Rejected("the customer closed the conversation; wait until they write again", code="opted_out")
        if not self._store.requeue(message, at=self._clock()):
            raise _not_replayable(message)
        message.state, message.replayed_at = State.QUEUED, self._clock()
        message.error_code = message.error_message = None
        try:
            departure = Departure(message.business_id, message.conversation_id, message.id)
            self._outbox.send(departure, deduplication_id=f"resend-{self._new_id()}")
        except Retryable:
            pass  # it stands in `due`: the sweeper sends it
        return message


class Replays:
    """Replays of many messages: begun, asked for, stopped and let go on. The work is done by `ReplayRun`."""

    def __init__(
        self,
        *,
        runs: ports.Runs,
        events: ports.Events,
        clock: Callable[[], float],
        new_ulid: Callable[[], str],
        new_id: Callable[[], str],
    ) -> None:
        self._runs = runs
        self._events = events
        self._clock = clock
        self._new_ulid = new_ulid
        self._new_id = new_id

    def create(
        self,
        business_id: str,
        *,
        wanted: str,
        endpoint_id: str | None,
        span: Span,
        since: float,
        until: float,
        rate: int,
    ) -> Run:
        """Begin one. Raises Conflict (`too_many_replays`)."""
        self._require_room(business_id)
        run = Run(
            id=self._new_ulid(),
            business_id=business_id,
            wanted=wanted,
            endpoint_id=endpoint_id,
            since=since,
            until=until,
            first=span.first,
            last=span.last,
            rate=rate,
            created_at=self._clock(),
        )
        self._runs.save(run)
        try:
            self._begin(run)
        except Retryable:
            run.state = RunState.CANCELLED  # or it would count as running, and nobody runs it
            self._runs.save(run)
            raise
        return run

    def get(self, business_id: str, run_id: str) -> Run:
        """Raises NotFound (`replay_unknown`)."""
        run = self._runs.get(business_id, run_id)
        if run is None:
            raise NotFound("no such replay", code="replay_unknown")
        return run

    def newest(self, business_id: str) -> list[Run]:
        """The newest first."""
        return self._runs.newest(business_id, limit=MAX_PAGE)

    def cancel(self, business_id: str, run_id: str) -> Run:
        """Stop it; what it has put on its way stays there. Raises NotFound, Conflict (`replay_completed`)."""
        return self._turn(business_id, run_id, RunState.CANCELLED)

    def resume(self, business_id: str, run_id: str) -> Run:
        """Go on where it was; for one that runs, only to make sure. Raises NotFound, Conflict."""
        if self.get(business_id, run_id).state is RunState.CANCELLED:
            self._require_room(business_id)
        run = self._turn(business_id, run_id, RunState.RUNNING)
        self._begin(run)
        return run

    def _turn(self, business_id: str, run_id: str, state: RunState) -> Run:
        for _ in range(TRIES):
            run = self.get(business_id, run_id)
            if run.state is RunState.COMPLETED:
                raise Conflict("it is completed; begin another", code="replay_completed")
            if run.state is state:
                return run
            run.state = state
            if state is RunState.RUNNING:
                run.next_at = 0.0
            if self._runs.save(run):
                return run
        raise Retryable("the replay is moving on; call again", code="replay_busy", after=1)

    def _begin(self, run: Run) -> None:
        event = Event(Kind.REPLAY_RUN, run.business_id, "", run_id=run.id)
        self._events.send(event, deduplication_id=f"run-{self._new_id()}")

    def _require_room(self, business_id: str) -> None:
        running = [run for run in self.newest(business_id) if run.state is RunState.RUNNING]
        if len(running) >= MAX_RUNNING:
            raise Conflict(f"{MAX_RUNNING} replays are running; wait, or cancel one", code="too_many_replays")


def _not_replayable(message: Message) -> Conflict:
    return Conflict(f"the message is {message.state}; there is nothing to repeat", code="not_replayable")
