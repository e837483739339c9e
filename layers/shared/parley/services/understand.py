"""What a customer's message means to the business: an answer to which question, a reaction to which message."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from parley.apple import inbound, limits
from parley.conversation.identity import conversation_id
from parley.conversation.invitations import Outcome

if TYPE_CHECKING:
    from parley.apple.inbound import InboundMessage
    from parley.apple.replies import Reply
    from parley.apple.tapbacks import Tapback
    from parley.conversation.records import Conversation, Message
    from parley.services import ports

MOST_CLOSED: Final = 25
"""own: references of one `close` that are looked up; each costs two reads."""

_TYPES = {
    "typing_start": "typing.started",
    "typing_end": "typing.ended",
    inbound.CLOSE: "conversation.closed",
}


@dataclass(frozen=True, slots=True)
class Understood:
    """The event's type, and what the webhook says beside the message itself."""

    type: str
    facts: dict[str, Any] = field(default_factory=dict, repr=False)


class Understand:
    """Reads nothing for an ordinary text: only a reply, a reaction or an open question costs a look into the table."""

    def __init__(self, *, questions: ports.Questions, payloads: ports.Payloads) -> None:
        self._questions = questions
        self._payloads = payloads

    def __call__(self, message: InboundMessage, conversation: Conversation, *, at: float) -> Understood:
        """Never raises for what a customer's device sent. `at` is when it came (Unix seconds)."""
        if message.type == inbound.INTERACTIVE:
            return Understood("message.received", {"result": self._reply(message, conversation, at)})
        if message.type == inbound.TEXT:
            return self._text(message, conversation)
        if message.type == inbound.CLOSE and not message.closes:
            self._close(message, conversation, at)
            return Understood("invitation.closed")  # the person is done with these invitations, not with the business
        return Understood(_TYPES.get(message.type, "message.received"))

    def _close(self, message: InboundMessage, conversation: Conversation, at: float) -> None:
        """Somebody is done with these invitations: by the number they went to, or the only one of a reference."""
        named = message.raw.get("referenceIds")
        person = conversation.id if message.source_id.lower().startswith("tel:") else None
        for reference in (named if isinstance(named, list) else [])[:MOST_CLOSED]:
            if isinstance(reference, str):
                invitation = self._questions.invited(
                    conversation.business_id, reference, request_identifier=None, conversation_id=person
                )
                if invitation is not None:
                    self._questions.concluded(invitation, Outcome.CLOSED, conversation_id=conversation.id, at=at)

    def _reply(self, message: InboundMessage, conversation: Conversation, at: float) -> dict[str, Any]:
        from parley.apple import replies
        from parley.business.results import asked_of, result_of

        reply = replies.read(message.raw)
        question = self._asked(conversation, reply)
        asked = asked_of(question.id, self._content(question)) if question else None
        result = result_of(reply, asked)
        if question is not None and isinstance(reply, replies.Invitation) and reply.accepted is not None:
            outcome = Outcome.ACCEPTED if reply.accepted else Outcome.DECLINED
            self._questions.concluded(question, outcome, conversation_id=conversation.id, at=at)
        if question is None or question.offered is None or "selection" not in result:
            return result
        from parley.conversation import fallback

        offered = fallback.offered_of(question.offered)
        chosen = fallback.by_identifier([entry["identifier"] for entry in result["selection"]], offered)
        doubts: dict[str, Any] = {name: result[name] for name in ("ambiguous", "unavailable") if name in result}
        return {**fallback.answer_of(chosen, offered), "in_reply_to": question.id, **doubts}

    def _asked(self, conversation: Conversation, reply: Reply) -> Message | None:
        """By the request; of an invitation by its reference, for the answer comes from another conversation than it
        was sent to (protocol/13 §2.2); else by the session, which is all an iMessage app names (protocol/04 §7).
        """
        from parley.apple.replies import Invitation

        business_id, request = conversation.business_id, reply.request_identifier
        # A device may send anything; what cannot be a key of ours would come back for ever.
        request = request if request is not None and is_identifier(request) else None
        question = self._questions.asked(business_id, conversation.id, request) if request is not None else None
        if question is None and isinstance(reply, Invitation) and reply.reference_id is not None:
            person = conversation_id(business_id, reply.telephone.strip()) if reply.telephone is not None else None
            question = self._questions.invited(
                business_id, reply.reference_id, request_identifier=request, conversation_id=person
            )
        if question is None and reply.session_identifier is not None:
            question = self._questions.in_session(business_id, conversation.id, reply.session_identifier)
        return question

    def _text(self, message: InboundMessage, conversation: Conversation) -> Understood:
        body = message.raw.get("body")
        if not isinstance(body, str):
            return Understood("message.received")
        from parley.apple import tapbacks

        tapback = tapbacks.detect(body, message.locale or conversation.locale)
        if tapback is not None:
            return Understood("reaction.received", {"reaction": self._reaction(tapback, conversation)})
        if conversation.question_id is None or conversation.question_answered_by not in (None, message.id):
            return Understood("message.received")
        return self._answer(body, message, conversation)

    def _reaction(self, tapback: Tapback, conversation: Conversation) -> dict[str, Any]:
        from parley.apple import tapbacks

        target = None
        if tapback.quoted is not None:
            sent = self._questions.recent_bodies(conversation.business_id, conversation.id)
            target = next((id_ for id_, body in sent if tapbacks.matches(tapback.quoted, body)), None)
        return {
            "kind": tapback.reaction,
            "emoji": tapback.emoji,
            "removed": tapback.removed,
            "target": tapback.target,
            "in_reply_to": target,
        }

    def _answer(self, body: str, message: InboundMessage, conversation: Conversation) -> Understood:
        from parley.conversation import fallback

        question = self._questions.message(conversation.business_id, conversation.question_id or "")
        if question is None or question.offered is None:
            return Understood("message.received")
        offered = fallback.offered_of(question.offered)
        chosen = fallback.read_answer(body, offered)
        if chosen is None:
            return Understood("message.received")
        # Marked with this very message, so that a redelivery after a crash is understood the same way.
        self._questions.answered(conversation.id, question.id, by=message.id)
        result = {**fallback.answer_of(chosen, offered), "in_reply_to": question.id}
        return Understood("message.received", {"result": result})

    def _content(self, question: Message) -> dict[str, Any]:
        text = question.payload if question.payload is not None else self._payloads.get(question.payload_key or "")
        content: dict[str, Any] = json.loads(text)
        return content


def is_identifier(text: str) -> bool:
    """Whether a request identifier can be a key of ours."""
    return len(text) <= limits.MAX_ID_CHARS and text.isascii() and text.isprintable()
