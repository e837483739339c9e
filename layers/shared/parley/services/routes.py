"""A business's routes, as the business itself manages them, and where a message would go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parley.conversation.routing import Explanation, Reason, explain, shadowed
from parley.errors import Fault, Invalid, Retryable
from parley.services.endpoints import TRIES, stale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.business.model import Rule
    from parley.business.snapshot import Snapshot
    from parley.conversation.records import Conversation
    from parley.services import ports


class Routes:
    """The whole list at once: rules only mean something together."""

    def __init__(self, *, store: ports.EndpointStore, conversations: ports.Conversations) -> None:
        self._store = store
        self._conversations = conversations

    def get(self, business_id: str) -> tuple[tuple[Rule, ...], int]:
        """The rules in order, and their version."""
        snapshot = self._store.read(business_id)
        return snapshot.business.rules, snapshot.routes_version

    def replace(self, business_id: str, rules: Sequence[Rule], *, version: int | None) -> int:
        """Store the list; `version` is what the caller has seen, None for any. Returns the new version.

        Raises Invalid for a rule that leads nowhere or is never reached, Conflict (`precondition_failed`).
        """
        for _ in range(TRIES):
            snapshot = self._store.read(business_id)
            if version not in (None, snapshot.routes_version):
                raise stale("the list")
            if faults := _faults(rules, snapshot):
                raise Invalid(faults)
            if self._store.replace_routes(business_id, tuple(rules), version=snapshot.routes_version):
                return snapshot.routes_version + 1
        raise Retryable("the settings are being changed by somebody else", code="settings_busy", after=1)

    def test(
        self,
        business_id: str,
        *,
        conversation_id: str | None,
        intent: str | None,
        group: str | None,
        locale: str | None,
        message_type: str | None,
    ) -> Explanation:
        """Where a message would go; what is None is taken from the conversation, when one is named.

        Raises Invalid (`unknown_conversation`).
        """
        known = self._conversation(business_id, conversation_id) if conversation_id is not None else None
        return explain(
            self._store.read(business_id).business,
            intent=intent or (known.intent if known else None),
            group=group or (known.group if known else None),
            handler=known.handler if known else None,
            locale=locale or (known.locale if known else None),
            type=message_type,
        )

    def _conversation(self, business_id: str, conversation_id: str) -> Conversation:
        known = self._conversations.get(conversation_id)
        if known is None or known.business_id != business_id:
            raise Invalid([Fault("/conversation_id", "unknown_conversation", "use the conversation_id of a webhook")])
        return known


def _faults(rules: Sequence[Rule], snapshot: Snapshot) -> list[Fault]:
    faults = [
        Fault(f"/rules/{place}/endpoint_id", "unknown_endpoint", "use the id of an endpoint of this business")
        for place, rule in enumerate(rules)
        if rule.endpoint_id not in snapshot.business.endpoints
    ]
    faults += [
        Fault(f"/rules/{place}", "never_reached", f"rule {first} takes all that this one would; put it before that one")
        for place, first in shadowed(rules).items()
    ]
    return faults


_WORDS: Final = {
    Reason.HANDOVER: "the conversation was handed over to this endpoint, which overrides every rule",
    Reason.INTENT_AND_GROUP: "rule {} names this intent and this group; nothing is more specific",
    Reason.INTENT: "rule {} names this intent; no rule that matches names intent and group",
    Reason.GROUP: "rule {} names this group; no rule that matches names the intent",
    Reason.DEFAULT: "rule {} is the first that matches; none that does names intent or group",
    Reason.NO_RULE: "no rule matches; the message would be held until one does",
    Reason.ENDPOINT_GONE: "rule {} matches, but its endpoint is gone; the message would be held",
}


def in_words(found: Explanation) -> str:
    """Why a message would go there."""
    return _WORDS[found.reason].format(found.rule)
