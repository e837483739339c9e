"""What a customer's message sets off by itself, and the note in `automations` that has it done.

Routing decides, while the message is on its way to the business; the note says what, never in which words. Each act has
a key that is the same however often it is decided, so that nothing is said twice: a greeting has one for each
time that a customer comes, an away message one for each conversation and closed time, an answer one for each message.
Who was forgotten and comes back begins anew, with other keys.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from parley.conversation.opening import closed_period
from parley.conversation.triggers import matched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parley.business.channel import Channel, Hours
    from parley.conversation.records import Conversation

LATE_SECONDS: Final = 900.0
"""A greeting, or that nobody is there, is said so soon after the message or not at all."""

DAY: Final = 86_400.0
_KEY: Final = "\0automatic"
"""What the keys begin with: no `Idempotency-Key` of a business can."""

_NOTIFYING: Final = frozenset({"subscribe", "unsubscribe"})
"""Who writes this wants nothing else."""


class Deed(StrEnum):
    """What there is to do."""

    GREET = "greet"
    WELCOME_BACK = "welcome_back"
    AWAY = "away"
    ANSWER = "answer"
    """What the business set for a trigger word."""
    ASK = "ask"
    """Which topics the customer wants to hear of."""
    HAND_OVER = "hand_over"
    KEEP = "keep"
    """The message may be the answer to that question."""


@dataclass(frozen=True, slots=True)
class Act:
    """One deed. `key` names what is said; `purpose` the trigger; `question_id` what a text may answer."""

    deed: Deed
    key: str | None = None
    purpose: str | None = None
    question_id: str | None = None


@dataclass(frozen=True, slots=True)
class Automation:
    """One note in `automations`: what this message of this customer sets off, in order."""

    business_id: str
    conversation_id: str
    message_id: str
    acts: tuple[Act, ...] = ()
    received_at: float | None = None
    """When the message came; None in notes of other versions of Parley."""


@dataclass(frozen=True, slots=True)
class Written:
    """As much of a message as the rules ask for. `body` is None for what is not a text of the customer's own."""

    id: str
    body: str | None = field(repr=False)
    locale: str | None
    at: float
    last_at: float | None
    """When the customer was heard of before; None when this is the first time."""


@dataclass(frozen=True, slots=True)
class Decided:
    """`trigger` is the purpose and the word, which the business is told."""

    acts: tuple[Act, ...] = ()
    trigger: tuple[str, str] | None = None


def decide(channel: Channel, conversation: Conversation, written: Written, *, now: float) -> Decided:
    """What a message sets off that the customer wrote or tapped, in a conversation that is open."""
    trigger = matched(channel, written.body, written.locale) if written.body is not None else None
    acts: list[Act] = []
    if now - written.at < LATE_SECONDS and (trigger is None or trigger[0] not in _NOTIFYING):
        acts += _greeting(channel, conversation, written)
        if written.body is not None and channel.hours is not None and channel.away:
            acts += _away(channel.hours, conversation, written.at)
    if trigger is not None:
        acts += _triggered(channel, conversation, trigger[0], written.id)
    elif conversation.preferences_asked_at is not None:
        acts += _kept(conversation, written)
    return Decided(tuple(acts), trigger)


def _greeting(channel: Channel, conversation: Conversation, written: Written) -> Iterator[Act]:
    greeting = channel.greeting
    if greeting is None:
        return
    if written.last_at is None:
        if greeting.messages:
            yield Act(Deed.GREET, _key(conversation, "greeting", "first"))
        return
    away_for = written.at - written.last_at
    if written.body is not None and greeting.welcome_back and away_for >= greeting.after_days * DAY:
        yield Act(Deed.WELCOME_BACK, _key(conversation, "greeting", repr(written.last_at)))


def _away(hours: Hours, conversation: Conversation, at: float) -> Iterator[Act]:
    period = closed_period(hours, at)
    if period is not None:
        yield Act(Deed.AWAY, _key(conversation, "away", period))


def _triggered(channel: Channel, conversation: Conversation, purpose: str, message_id: str) -> Iterator[Act]:
    trigger = channel.triggers.get(purpose)
    if trigger is not None and trigger.answer:
        yield Act(Deed.ANSWER, _key(conversation, "answer", message_id), purpose)
    elif purpose in _NOTIFYING and channel.topics:
        yield Act(Deed.ASK, _key(conversation, "topics", message_id), purpose)
    if trigger is not None and trigger.handover is not None:
        yield Act(Deed.HAND_OVER, purpose=purpose)


def _kept(conversation: Conversation, written: Written) -> Iterator[Act]:
    """A tap may answer any question that was ever asked, a text only the open one."""
    if written.body is None:
        yield Act(Deed.KEEP)
    elif conversation.question_id is not None and conversation.question_answered_by in (None, written.id):
        yield Act(Deed.KEEP, question_id=conversation.question_id)


def _key(conversation: Conversation, *what: str) -> str:
    beginning = () if conversation.erased_at is None else (repr(conversation.erased_at),)
    return "\0".join((_KEY, conversation.id, *what, *beginning))


def write(note: Automation) -> str:
    """A note as compact JSON."""
    acts = [{name: value for name, value in asdict(act).items() if value is not None} for act in note.acts]
    facts = {name: value for name, value in asdict(note).items() if value is not None}
    return json.dumps(facts | {"acts": acts}, separators=(",", ":"))


def read(text: str) -> Automation:
    """A note from `automations`. Raises ValueError, KeyError or TypeError when it is none of ours."""
    facts = json.loads(text)
    acts = tuple(Act(**{**act, "deed": Deed(act["deed"])}) for act in facts.pop("acts"))
    return Automation(**facts, acts=acts)
