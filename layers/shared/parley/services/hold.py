"""Keep what could not be delivered: when it is tried again, and when its time is over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from parley.conversation import schedule
from parley.conversation.events import Timer
from parley.conversation.records import Attempt, State, Wait
from parley.services.outcome import Outcome, outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.conversation.records import Conversation, Message
    from parley.services import ports
    from parley.services.bring import Tried

NO_ENDPOINT: Final = "-"
_KEPT: Final = frozenset({"endpoint_paused", "endpoint_disabled", "no_endpoint"})
"""The business's own doing: nothing is given up for it."""


class Hold:
    """The conversation waits behind the message that could not be delivered."""

    def __init__(
        self,
        *,
        mailbox: ports.Mailbox,
        timers: ports.Timers,
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self._mailbox = mailbox
        self._timers = timers
        self._clock = clock
        self._chance = chance

    def __call__(self, stored: Message, conversation: Conversation, tried: Tried, *, probe: bool = False) -> Outcome:
        """The message is the first in line; the next try has its time. A failed probe leaves that as it was."""
        if tried.made:
            stored.attempts += 1
        if tried.endpoint is not None:
            stored.endpoint_id = tried.endpoint.id
        attempt = self._attempt(conversation, tried)
        kept = conversation.next_attempt_at if probe else None
        if kept is not None and kept > self._clock():
            attempt = replace(attempt, number=conversation.attempts, next_at=kept)
        else:
            kept = None
        self._mailbox.fail(stored, conversation, attempt)
        conversation.attempts, conversation.next_attempt_at = attempt.number, attempt.next_at
        if kept is None:
            self._timers.set(Timer(stored.business_id, conversation.id, attempt.next_at), now=self._clock())
        return outcome("held", stored, tried, next_attempt_at=attempt.next_at)

    def _attempt(self, conversation: Conversation, tried: Tried) -> Attempt:
        now, answer = self._clock(), tried.answer
        number = conversation.attempts + 1
        if tried.wait_until is not None:
            number, next_at = conversation.attempts, tried.wait_until
        elif tried.made:
            next_at = now + schedule.delivery_wait(number, chance=self._chance(), retry_after=answer.retry_after)
        else:
            next_at = now + schedule.quiet_wait(number, chance=self._chance())
        return Attempt(
            endpoint_id=tried.endpoint.id if tried.endpoint else NO_ENDPOINT,
            number=number,
            at=now,
            status=answer.status,
            words=answer.words,
            ms=answer.ms,
            next_at=next_at,
            made=tried.made,
            waits_for=Wait.ENDPOINT if tried.wait_until is None else Wait.PARTS,
        )

    def exhausted(self, stored: Message, tried: Tried) -> bool:
        """Whether the message has had its 76 hours with an endpoint that was meant to take it."""
        if tried.wait_until is not None or tried.answer.reason in _KEPT:
            return False
        since = max(stored.first_tried, tried.endpoint.resumed_at if tried.endpoint else 0.0)
        return schedule.delivery_exhausted(since, self._clock())

    def give_up(self, stored: Message, tried: Tried) -> Outcome:
        """Its time is over: `failed`, visible, and there to be replayed."""
        stored.state = State.FAILED
        stored.error_code = f"delivery_{tried.answer.reason or 'failed'}"
        stored.error_message = f"not delivered within {schedule.DELIVERY_GIVE_UP / schedule.HOUR:.0f} hours"
        if tried.endpoint is not None:
            stored.endpoint_id = tried.endpoint.id
        self._mailbox.leave(stored)
        return outcome("failed", stored, tried)
