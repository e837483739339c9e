"""Have done by itself what a customer's message sets off: greeted, told that nobody is there, answered, asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parley.apple import inbound
from parley.conversation.records import Direction
from parley.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.inbound import InboundMessage
    from parley.business.channel import Channel
    from parley.conversation.automations import Automation
    from parley.conversation.records import Conversation, Message
    from parley.services import ports
    from parley.services.tell import Tell

TRIGGER_MATCHED: Final = "trigger.matched"


class Automate:
    """Decides and leaves a note, before the message counts as delivered: a crash in between decides the same again.

    A business without channel settings costs a look at what is in memory.
    """

    def __init__(
        self,
        *,
        businesses: ports.Businesses,
        set_off: Callable[[Automation], None],
        read: Callable[[Message], InboundMessage],
        tell: Tell,
        clock: Callable[[], float],
    ) -> None:
        self._businesses = businesses
        self._set_off = set_off
        self._read = read
        self._tell = tell
        self._clock = clock

    def __call__(self, stored: Message, conversation: Conversation, *, last_at: float | None) -> None:
        """`conversation` as this message leaves it, `last_at` when the customer was heard of before (0, None: never).

        Raises Retryable when the note could not be left.
        """
        channel = self._channel(stored)
        if channel is None:
            return
        from parley.conversation.automations import Automation, Written, decide  # only who has settings loads it

        message = self._read(stored)
        if not message.is_authored or _is_reaction(message, conversation):
            return
        body = _words(message)
        written = Written(stored.id, body, message.locale or conversation.locale, stored.received_at, last_at or None)
        decided = decide(channel, conversation, written, now=self._clock())
        if decided.acts:
            acts, at = decided.acts, stored.received_at
            self._set_off(Automation(stored.business_id, stored.conversation_id, stored.id, acts, received_at=at))
        if decided.trigger is not None and self._tell.wanted(stored.business_id, TRIGGER_MATCHED):
            purpose, word = decided.trigger
            data = {"message": {"id": stored.id}, "trigger": {"purpose": purpose, "word": word}}
            self._tell(self._tell.about(stored, TRIGGER_MATCHED, data))

    def _channel(self, stored: Message) -> Channel | None:
        if stored.direction is not Direction.INBOUND:
            return None
        try:
            return self._businesses.get(stored.business_id).channel
        except NotFound:
            return None  # removed while a customer wrote


def _words(message: InboundMessage) -> str | None:
    """The customer's own words; None for a tap. A text without any says nothing, but is one."""
    if message.type != inbound.TEXT:
        return None
    body = message.raw.get("body")
    return body if isinstance(body, str) else ""


def _is_reaction(message: InboundMessage, conversation: Conversation) -> bool:
    from parley.apple import tapbacks

    body = _words(message)
    return bool(body) and tapbacks.detect(body or "", message.locale or conversation.locale) is not None
