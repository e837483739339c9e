"""A typing indicator goes straight to Apple: by the time a retry came it would be untrue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.apple.gateway import Verdict
from parley.apple.outbound import OutboundMessage
from parley.conversation.identity import conversation_id, is_opaque_id
from parley.errors import Fault, Invalid, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.tokens import Signer
    from parley.business.kinds.typing_indicator import Typing
    from parley.services import ports


class Signal:
    """Posts once. Whether Apple took it matters to nobody, except that the customer has left (410)."""

    def __init__(
        self,
        *,
        conversations: ports.Conversations,
        credentials: ports.Credentials,
        gateway: ports.Gateway,
        signer: Signer,
        new_id: Callable[[], str],
    ) -> None:
        self._conversations = conversations
        self._credentials = credentials
        self._gateway = gateway
        self._signer = signer
        self._new_id = new_id

    def __call__(self, business_id: str, typing: Typing, *, is_test: bool = False) -> bool:
        """True when Apple took it; what `is_test` is only checked.

        Raises Invalid (unknown conversation) or Rejected (`opted_out`).
        """
        named = is_opaque_id(typing.to)
        identity = conversation_id(business_id, typing.to) if named else typing.to
        conversation = self._conversations.get(identity)
        if conversation is not None and (conversation.business_id != business_id or not conversation.is_with_customer):
            conversation = None
        if conversation is None and not named:
            raise Invalid([Fault("/to", "unknown_conversation", "no such conversation")])
        if conversation is not None and conversation.opted_out:
            raise Rejected("the customer closed the conversation", code="opted_out", path="/to")
        if is_test:
            return False
        message = OutboundMessage(
            id=self._new_id(),
            type=f"typing_{typing.state}",
            business_id=business_id,
            opaque_id=typing.to if conversation is None else conversation.opaque_id,
            content={},
            auto_reply=typing.auto_reply,
            agent=typing.agent,
        )
        token = self._signer.token(self._credentials.active()[0])
        answer = self._gateway.send(message, token=token)
        if answer.verdict is Verdict.GONE:
            self._conversations.opt_out(identity, business_id, message.opaque_id)
        return answer.verdict is Verdict.ACCEPTED
