"""Deliver what a conversation holds: first in line first, until one fails, none is left, or time is up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from parley.conversation.events import Timer
from parley.conversation.records import State
from parley.services.outcome import Outcome, outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from parley.conversation.records import Conversation, Message
    from parley.services import ports
    from parley.services.bring import Bring, Tried
    from parley.services.hold import Hold

PAGE: Final = 25
"""Held messages read at once."""

MOST_FACTS: Final = 32_000
"""Characters of what a webhook said beside its message that are kept with it: an item holds 400 KB."""

EARLY_SECONDS: Final = 1.0
"""A timer may be this much ahead of the clock of the one who reads it."""


class Drain:
    """Works on one conversation; its queue group sees to it that nobody else does."""

    def __init__(
        self,
        *,
        messages: ports.Messages,
        conversations: ports.Conversations,
        mailbox: ports.Mailbox,
        timers: ports.Timers,
        bring: Bring,
        hold: Hold,
        redact: ports.Redact,
        clock: Callable[[], float],
    ) -> None:
        self._messages = messages
        self._conversations = conversations
        self._mailbox = mailbox
        self._timers = timers
        self._bring = bring
        self._hold = hold
        self._redact = redact
        self._clock = clock

    def __call__(
        self, business_id: str, conversation_id: str, *, deadline: float, forced: bool = False, probe: bool = False
    ) -> list[Outcome]:
        """`forced`: now, whatever its timer says. `probe`: even if the endpoint's breaker is open."""
        conversation = self._conversations.get(conversation_id)
        if conversation is None or not conversation.is_held:
            return [Outcome("skipped", conversation_id)]
        if not forced and (conversation.next_attempt_at or 0) > self._clock() + EARLY_SECONDS:
            return [Outcome("early", conversation_id, next_attempt_at=conversation.next_attempt_at)]
        if forced and not probe:
            conversation.attempts = 0  # there is news: whatever fails now begins the schedule anew
        return self._all(business_id, conversation, deadline, probe=probe)

    def _all(self, business_id: str, conversation: Conversation, deadline: float, *, probe: bool) -> list[Outcome]:
        outcomes: list[Outcome] = []
        down: Tried | None = None
        while page := self._mailbox.held(conversation.id, limit=PAGE):
            for held in page:
                if self._clock() >= deadline:
                    return [*outcomes, self._go_on(business_id, conversation)]
                stored = self._messages.get(business_id, held.message_id)
                if stored is None or stored.state is not State.HELD:
                    self._mailbox.forget(conversation.id, held.sequence)
                    continue
                stored.sequence = held.sequence
                if down is None:
                    tried = self._bring(stored, conversation, probe=probe)
                    if tried.settled:
                        outcomes.append(self._settle(stored, conversation, tried))
                        continue
                    outcomes.append(self._hold(stored, conversation, tried, probe=probe))
                    down = tried
                if not self._hold.exhausted(stored, down):
                    return outcomes
                # Those behind that had their time need no try of their own: the endpoint has just shown it is away.
                outcomes.append(self._give_up(stored, conversation, down))
        self._conversations.release(conversation.id)
        return [*outcomes, Outcome("released", conversation.id)]

    def _give_up(self, stored: Message, conversation: Conversation, down: Tried) -> Outcome:
        redacted = self._bring.redacted(stored, conversation)
        if redacted is not None:
            stored.facts = _facts(redacted.facts)
            self._redact(stored, redacted)
        return self._hold.give_up(stored, down)

    def _settle(self, stored: Message, conversation: Conversation, tried: Tried) -> Outcome:
        settle(stored, tried, now=self._clock())
        if tried.redacted is not None:
            self._redact(stored, tried.redacted)
        self._mailbox.leave(stored)
        # What was to be waited for is over: the time of the next one is its own, after a probe too.
        conversation.attempts, conversation.next_attempt_at = 0, None
        return outcome(stored.state.value, stored, tried)

    def _go_on(self, business_id: str, conversation: Conversation) -> Outcome:
        now = self._clock()
        self._conversations.go_on(conversation.id, at=now)
        self._timers.set(Timer(business_id, conversation.id, now), now=now)
        return Outcome("continued", conversation.id)


def settle(stored: Message, tried: Tried, *, now: float) -> None:
    """The message as it is after a try that needs no other."""
    if tried.endpoint is not None:
        stored.endpoint_id = tried.endpoint.id
    if tried.unwanted:
        stored.state = State.SUPPRESSED
        return
    stored.attempts += 1
    stored.state, stored.delivered_at = State.DELIVERED, now
    stored.pending = list(tried.pending) or None
    stored.facts = _facts(tried.facts)


def _facts(facts: Mapping[str, Any] | None) -> str | None:
    text = json.dumps(facts, separators=(",", ":")) if facts else None
    return text if text is not None and len(text) <= MOST_FACTS else None
