"""Bring a business's message to Apple: one after another, always under the same id."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from parley.apple.gateway import GatewayAnswer, Verdict
from parley.apple.outbound import OutboundMessage
from parley.business.webhooks import iso
from parley.conversation import schedule
from parley.conversation.records import Direction, Message, State
from parley.errors import Rejected, Retryable
from parley.services.left_behind import left_behind

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.tokens import Signer
    from parley.conversation.events import Departure
    from parley.conversation.records import Conversation
    from parley.services import ports
    from parley.services.tell import Tell

APPLE: Final = "apple"
HEAL_AFTER_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What one departure led to; safe to log."""

    state: State | None
    """None when there was nothing to do."""
    message_id: str
    conversation_id: str
    status: int | None = None
    attempts: int = 0


class Send:
    """Handle one note of `outbox.fifo`."""

    def __init__(
        self,
        *,
        messages: ports.Messages,
        conversations: ports.Conversations,
        credentials: ports.Credentials,
        gateway: ports.Gateway,
        payloads: ports.Payloads,
        enclose: ports.Enclose,
        tell: Tell,
        signer: Signer,
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self._messages = messages
        self._conversations = conversations
        self._credentials = credentials
        self._gateway = gateway
        self._payloads = payloads
        self._enclose = enclose
        self._tell = tell
        self._signer = signer
        self._clock = clock
        self._chance = chance

    def __call__(self, departure: Departure, *, redelivered: bool) -> list[Sent]:
        """Raises Retryable with `after` when Apple did not take it yet: the conversation waits that long.

        `redelivered`: SQS showed this note before, so whoever saw it may have died between Apple's yes and ours.
        """
        message = self._messages.get(departure.business_id, departure.message_id)
        if message is None or message.state is not State.QUEUED or message.is_test:
            return [Sent(None, departure.message_id, departure.conversation_id)]
        again = redelivered or departure.again
        conversation, erased_at = self._conversations.look_up(message.conversation_id)
        if conversation is None or not conversation.left_out:
            return [self._send(message, conversation, erased_at, again=again)]
        # Accepted before this one while the queue was away; they go first, whatever that costs this one.
        earlier, later = left_behind(
            self._messages, message, conversation.left_out - {message.id}, waiting=State.QUEUED
        )
        sent = [self._send(other, conversation, erased_at, again=again) for other in [*earlier, message]]
        done = conversation.left_out - {other.id for other in later}
        if done:
            self._conversations.took_along(conversation.id, done, direction=Direction.OUTBOUND)
        return sent

    def _send(self, message: Message, conversation: Conversation | None, erased_at: float, *, again: bool) -> Sent:
        if message.erasure_seen is not None and erased_at > message.erasure_seen:
            return self._forgotten(message, again=again)
        unwanted = _unwanted(message, conversation)
        if unwanted is not None:
            return self._settle(message, _cancelled(message, again=again), *unwanted)
        try:
            content = self._whole(message)
        except Rejected as refusal:
            return self._settle(message, State.FAILED, refusal.code, refusal.message)
        answer = self._post(message, content)
        message.attempts += 1
        if answer.verdict is Verdict.ACCEPTED:
            message.sent_at = self._clock()
            return self._settle(message, State.SENT, status=answer.status)
        self._messages.record_attempt(
            message,
            target=APPLE,
            number=message.attempts,
            at=self._clock(),
            status=answer.status,
            words=answer.words,
            ms=answer.ms,
        )
        if answer.verdict in {Verdict.NOT_NOW, Verdict.UNCERTAIN}:
            return self._wait(message, answer)
        if answer.verdict is Verdict.GONE and not message.headers:
            # For an invitation a 410 speaks of the request, not of the person (protocol/13 §2.2).
            self._conversations.opt_out(message.conversation_id, message.business_id, message.opaque_id or "")
            if conversation is not None:
                conversation.opted_out = True  # for those that were taken along
        # Gone now says nothing of a try before, of which nobody heard.
        earlier = answer.verdict is Verdict.GONE and (again or message.uncertain)
        state = State.UNKNOWN if earlier else State.FAILED
        return self._settle(message, state, _CODES[answer.verdict], answer.words, status=answer.status)

    def _forgotten(self, message: Message, *, again: bool) -> Sent:
        """It was being accepted while its customer was forgotten. Nobody is told, for news of them would come after the
        erasure too; its second look takes the message away."""
        message.state = _cancelled(message, again=again)
        message.error_code, message.error_message = "customer_erased", "the customer was forgotten meanwhile"
        self._messages.settle(message, from_state=State.QUEUED)
        return Sent(message.state, message.id, message.conversation_id, attempts=message.attempts)

    def _whole(self, message: Message) -> dict[str, Any]:
        """The content with its files in it. Raises Rejected when one will never be there."""
        try:
            return self._enclose(message.business_id, self._content(message), since=message.received_at)
        except Retryable as fault:
            # It waits for its files, and the messages behind it for it: in order, and not for ever.
            self._messages.postpone(message, due_at=self._clock() + (fault.after or 0) + HEAL_AFTER_SECONDS)
            raise

    def _post(self, message: Message, content: dict[str, Any]) -> GatewayAnswer:
        first = self._credentials.active()[0]
        answer = self._try(message, content, token=self._signer.token(first))
        if answer.verdict is not Verdict.FORBIDDEN:
            return answer
        # Once more, fresh, with the other active secret if there is one (protocol/03 §6).
        renewed = self._credentials.refetch() or [first]
        other = next((credential for credential in renewed if credential != first), renewed[0])
        return self._try(message, content, token=self._signer.token(other, fresh=True))

    def _try(self, message: Message, content: dict[str, Any], *, token: str) -> GatewayAnswer:
        if message.construct is not None:
            body = json.loads(message.construct)
            built = self._gateway.construct(body, business_id=message.business_id, token=token)
            if built.reference is not None:
                content = {"richLinkDataRef": built.reference}
            elif built.answer.verdict in {Verdict.NOT_NOW, Verdict.UNCERTAIN, Verdict.FORBIDDEN}:
                return _unsent(built.answer)
        outbound = OutboundMessage(
            id=message.id,
            type=message.type,
            business_id=message.business_id,
            opaque_id=message.opaque_id or "",
            content=content,
            auto_reply=message.auto_reply,
            agent=message.agent,
            door=message.door,
            extra_headers=message.headers,
        )
        return self._gateway.send(outbound, token=token)

    def _content(self, message: Message) -> dict[str, Any]:
        text = message.payload if message.payload is not None else self._payloads.get(message.payload_key or "")
        content: dict[str, Any] = json.loads(text)
        return content

    def _wait(self, message: Message, answer: GatewayAnswer) -> Sent:
        message.uncertain = message.uncertain or answer.verdict is Verdict.UNCERTAIN
        wait = schedule.send_wait(message.attempts, chance=self._chance(), retry_after=answer.retry_after)
        if wait is not None:
            self._messages.postpone(message, due_at=self._clock() + wait + HEAL_AFTER_SECONDS)
            raise Retryable(f"Apple answered {answer.status}", code="apple_not_now", after=wait)
        if message.uncertain:
            words = "Apple may or may not have taken it: " + answer.words
            return self._settle(message, State.UNKNOWN, "apple_uncertain", words, status=answer.status)
        return self._settle(message, State.FAILED, "apple_unavailable", answer.words, status=answer.status)

    def _settle(
        self,
        message: Message,
        state: State,
        code: str | None = None,
        words: str | None = None,
        *,
        status: int | None = None,
    ) -> Sent:
        message.state, message.error_code, message.error_message = state, code, words
        event_type = f"message.{state}"
        notice = None
        if self._tell.wanted(message.business_id, event_type):
            notice = self._tell.about(message, event_type, {"message": _shown(message)})
        if self._messages.settle(message, from_state=State.QUEUED, notice=notice) and notice is not None:
            self._tell.queue(notice)
        return Sent(state, message.id, message.conversation_id, status=status, attempts=message.attempts)


def _unwanted(message: Message, conversation: Conversation | None) -> tuple[str, str] | None:
    """Why the customer does not want it any more, as a code and in words; they may have changed their mind since it was
    accepted."""
    if conversation is not None and conversation.opted_out:
        return "opted_out", "the customer closed the conversation"
    if message.topic is None:
        return None
    from parley.conversation.preferences import permits

    kept = conversation.preferences if conversation is not None else {}
    if permits(kept, message.topic, message.consent or ""):
        return None
    return "not_subscribed", "the customer has unsubscribed"


def _cancelled(message: Message, *, again: bool) -> State:
    """Called cancelled only when it certainly never went out."""
    return State.UNKNOWN if again or message.uncertain else State.CANCELLED


def _shown(message: Message) -> dict[str, Any]:
    """What a business is told of its own message: which it was and what became of it, not what it said."""
    shown: dict[str, Any] = {
        "id": message.id,
        "kind": message.kind or message.type,
        "state": message.state.value,
        "attempts": message.attempts,
    }
    if message.sent_at is not None:
        shown["sent_at"] = iso(message.sent_at)
    if message.error_code is not None:
        shown["error"] = {"code": message.error_code, "message": message.error_message or ""}
    return shown


def _unsent(answer: GatewayAnswer) -> GatewayAnswer:
    """No link was built and nothing sent: what would be uncertain for a message is only not now for this."""
    verdict = Verdict.NOT_NOW if answer.verdict is Verdict.UNCERTAIN else answer.verdict
    return replace(answer, verdict=verdict)


_CODES: Final = {
    Verdict.REFUSED: "apple_refused",
    Verdict.FORBIDDEN: "apple_forbidden",
    Verdict.GONE: "customer_gone",
}
