"""Do what a customer's message set off: say it, ask, hand over, keep what was chosen."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from parley.business import sends
from parley.conversation import preferences
from parley.conversation.automations import Deed
from parley.conversation.wording import wording
from parley.errors import Conflict, NotFound, Rejected
from parley.services.understand import is_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parley.apple.inbound import InboundMessage
    from parley.business.channel import Channel
    from parley.conversation.automations import Act, Automation
    from parley.conversation.records import Conversation, Message
    from parley.services import ports
    from parley.services.accept import Accept
    from parley.services.handover import Handover
    from parley.services.preferences import Preferences
    from parley.services.understand import Understand

_SAID_BEFORE: Final = "idempotency_conflict"
"""Under this key something was said in other words: the settings were changed, the occasion is the same."""


@dataclass(frozen=True, slots=True)
class Reacted:
    """What came of one act; safe to log."""

    deed: str
    result: str
    """said, said_before, handed_over, kept, nothing or refused."""
    conversation_id: str
    message_id: str | None = None
    reason: str | None = None


class React:
    """Handle one note of `automations`; the same note again does nothing that shows.

    What a business set wrongly is refused like a call of its own, and told in the log; it is not tried again.
    """

    def __init__(
        self,
        *,
        businesses: ports.Businesses,
        conversations: ports.Conversations,
        messages: ports.Messages,
        questions: ports.Questions,
        understand: Understand,
        read: Callable[[Message], InboundMessage],
        accept: Accept,
        handover: Callable[[], Handover],
        preferences: Preferences,
        clock: Callable[[], float],
    ) -> None:
        self._businesses = businesses
        self._conversations = conversations
        self._messages = messages
        self._questions = questions
        self._understand = understand
        self._read = read
        self._accept = accept
        self._handover = handover
        self._preferences = preferences
        self._clock = clock

    def __call__(self, note: Automation) -> list[Reacted]:
        """In order. Raises Retryable when something is away: then all of it comes back."""
        conversation = self._conversations.get(note.conversation_id)
        try:
            channel = self._businesses.get(note.business_id, fresh=True).channel
        except NotFound:
            channel = None
        if channel is None or conversation is None or conversation.business_id != note.business_id:
            return []
        if note.received_at is not None and note.received_at <= (conversation.erased_at or 0.0):
            return []  # who is here now begins anew; what they set off before is forgotten with them
        return [self._one(note, act, channel, conversation) for act in note.acts]

    def _one(self, note: Automation, act: Act, channel: Channel, conversation: Conversation) -> Reacted:
        try:
            match act.deed:
                case Deed.HAND_OVER:
                    return self._hand_over(act, channel, conversation)
                case Deed.ASK:
                    return self._ask(act, channel, conversation)
                case Deed.KEEP:
                    return self._keep(note, act, channel, conversation)
                case _:
                    return self._say(act, _said(act, channel, conversation), conversation)
        except Rejected as refusal:
            result = "said_before" if isinstance(refusal, Conflict) and refusal.code == _SAID_BEFORE else "refused"
            return Reacted(act.deed.value, result, conversation.id, reason=refusal.code)

    def _say(
        self,
        act: Act,
        message: Mapping[str, Any] | None,
        conversation: Conversation,
        *,
        asks_about: Sequence[str] | None = None,
    ) -> Reacted:
        if message is None:
            return Reacted(act.deed.value, "nothing", conversation.id)  # it was taken out of the settings
        send = sends.from_object({**message, "to": conversation.id, "auto_reply": True})
        accepted = self._accept(conversation.business_id, send, idempotency_key=act.key, asks_about=asks_about)
        result = "said_before" if accepted.replayed else "said"
        return Reacted(act.deed.value, result, conversation.id, accepted.messages[0].id)

    def _ask(self, act: Act, channel: Channel, conversation: Conversation) -> Reacted:
        if not channel.topics:
            return Reacted(act.deed.value, "nothing", conversation.id)
        # First of all, so that no answer comes before it is known that there may be one.
        self._preferences.asked(conversation, at=self._clock())
        question = preferences.question(channel, conversation.preferences, conversation.locale)
        return self._say(act, question, conversation, asks_about=[topic.id for topic in channel.topics])

    def _hand_over(self, act: Act, channel: Channel, conversation: Conversation) -> Reacted:
        trigger = channel.triggers.get(act.purpose or "")
        endpoint_id = trigger.handover if trigger is not None else None
        if endpoint_id is None or conversation.handler == endpoint_id:
            return Reacted(act.deed.value, "nothing", conversation.id)
        self._handover()(conversation.business_id, conversation.id, endpoint_id)
        return Reacted(act.deed.value, "handed_over", conversation.id)

    def _keep(self, note: Automation, act: Act, channel: Channel, conversation: Conversation) -> Reacted:
        stored = self._messages.get(note.business_id, note.message_id)
        if stored is None or stored.payload is None:  # an answer to a list is small
            return Reacted(act.deed.value, "nothing", conversation.id)
        message = self._read(stored)
        asked = self._asked(act, message, conversation)
        if asked is None:
            return Reacted(act.deed.value, "nothing", conversation.id)
        if stored.redacted is not None:  # its words are gone, what was understood of them is not
            facts = json.loads(stored.facts or "{}")
        else:
            as_it_was = replace(conversation, question_id=act.question_id, question_answered_by=None)
            facts = self._understand(message, as_it_was, at=stored.received_at).facts
        selection = facts.get("result", {}).get("selection")
        if not selection:
            return Reacted(act.deed.value, "nothing", conversation.id)
        known = [topic_id for topic_id in asked if channel.topic(topic_id) is not None]
        wanted = preferences.chosen({entry["identifier"] for entry in selection}, known)
        self._preferences.choose(conversation, wanted, message_id=stored.id, at=stored.received_at)
        return Reacted(act.deed.value, "kept", conversation.id)

    def _asked(self, act: Act, message: InboundMessage, conversation: Conversation) -> list[str] | None:
        """The topics of the question that this may answer; None when it is another question."""
        if act.question_id is not None:
            question = self._questions.message(conversation.business_id, act.question_id)
        else:
            from parley.apple import replies

            request = replies.read(message.raw).request_identifier
            if request is None or not is_identifier(request):
                return None
            question = self._questions.asked(conversation.business_id, conversation.id, request)
        return question.asks_about if question is not None else None


def _said(act: Act, channel: Channel, conversation: Conversation) -> Mapping[str, Any] | None:
    """What the settings say to this occasion, in the customer's language."""
    greeting, trigger = channel.greeting, channel.triggers.get(act.purpose or "")
    options: Mapping[str, dict[str, Any]] = {}
    match act.deed:
        case Deed.GREET if greeting is not None:
            options = greeting.messages
        case Deed.WELCOME_BACK if greeting is not None:
            options = greeting.welcome_back
        case Deed.AWAY:
            options = channel.away
        case Deed.ANSWER if trigger is not None:
            options = trigger.answer
    return wording(options, conversation.locale, default=channel.default_locale)
