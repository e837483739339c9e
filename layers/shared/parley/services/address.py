"""Whom a message is for: a conversation, a customer by the id Apple gave them, or a telephone number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parley.conversation.identity import conversation_id, is_opaque_id
from parley.errors import Fault, Invalid, Rejected

if TYPE_CHECKING:
    from parley.business.kinds.base import Send
    from parley.conversation.records import Conversation
    from parley.services import ports

_TELEPHONE: Final = "tel:+"
_BY_TELEPHONE: Final = frozenset({"invitation", "apple", "template"})
"""An invitation, Apple's own JSON or a template of one: nothing else goes to a phone number."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes. Without an `opaque_id` nobody is known there."""

    conversation_id: str
    opaque_id: str | None
    conversation: Conversation | None
    erased_at: float
    """When the customer was last forgotten, 0 for never."""

    def writable(self) -> str:
        """The opaque id to write to. Raises Invalid (nobody is known there) or Rejected (they have left)."""
        if self.opaque_id is None:
            raise Invalid([_nobody()])
        if self.conversation is not None and self.conversation.opted_out:
            raise Rejected(
                "the customer closed the conversation; wait until they write again",
                code="opted_out",
                path="/to",
            )
        return self.opaque_id


def address_of(business_id: str, send: Send, *, conversations: ports.Conversations) -> Address:
    """Who `to` is; another business's conversation is as unknown as none."""
    named = is_opaque_id(send.to) or (send.to.startswith(_TELEPHONE) and _goes_by_telephone(send))
    identity = conversation_id(business_id, send.to) if named else send.to
    conversation, erased_at = conversations.look_up(identity)
    if conversation is not None and (conversation.business_id != business_id or not conversation.is_with_customer):
        conversation = None
    opaque_id = send.to if named else conversation.opaque_id if conversation else None
    return Address(identity, opaque_id, conversation, erased_at)


def require_reachable(send: Send) -> None:
    """What a template became may be for no telephone number. Raises Invalid."""
    if send.to.startswith(_TELEPHONE) and not _goes_by_telephone(send):
        raise Invalid([_nobody()])


def _goes_by_telephone(send: Send) -> bool:
    return getattr(send, "type", "") in _BY_TELEPHONE


def _nobody() -> Fault:
    message = "no such conversation; use the conversation_id or the customer.opaque_id of a webhook"
    return Fault("/to", "unknown_conversation", message)
