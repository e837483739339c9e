"""What a customer wants to be notified of, as the business sees and sets it and as the customer chooses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from parley.business.webhooks import iso
from parley.conversation.preferences import changed
from parley.errors import Fault, Invalid, NotFound, Retryable
from parley.services.endpoints import TRIES, stale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from parley.business.channel import Channel, Topic
    from parley.conversation.preferences import Kept, Who
    from parley.conversation.records import Conversation
    from parley.services import ports
    from parley.services.tell import Tell

CHANGED: Final = "preferences.changed"


@dataclass(frozen=True, slots=True)
class Standing:
    """All topics of the business, with what this customer chose, and the version that guards a change."""

    topics: tuple[Topic, ...]
    kept: Kept = field(default_factory=dict)
    version: int = 0


class Preferences:
    """Every change is told as `preferences.changed`, once."""

    def __init__(
        self,
        *,
        channels: ports.Channels,
        conversations: ports.Conversations,
        store: ports.PreferenceStore,
        tell: Tell,
        clock: Callable[[], float],
    ) -> None:
        self._channels = channels
        self._conversations = conversations
        self._store = store
        self._tell = tell
        self._clock = clock

    def get(self, business_id: str, conversation_id: str) -> Standing:
        """Raises NotFound (`conversation_unknown`)."""
        conversation = self._known(business_id, conversation_id)
        return Standing(_topics(self._channels.get(business_id)), conversation.preferences, _version(conversation))

    def replace(
        self, business_id: str, conversation_id: str, wanted: Mapping[str, bool], *, version: int | None
    ) -> Standing:
        """Note what the customer said elsewhere; a topic that is left out counts as never chosen.

        Raises NotFound (`conversation_unknown`), Invalid (`unknown_topic`, `customers_choice`) or Conflict.
        """
        topics = _topics(self._channels.get(business_id))
        for _ in range(TRIES):
            conversation = self._known(business_id, conversation_id)
            if version not in (None, _version(conversation)):
                raise stale("what the customer wants")
            if faults := _faults(wanted, topics, conversation.preferences):
                raise Invalid(faults)
            only = {name: choice for name, choice in conversation.preferences.items() if name in wanted}
            after = changed(only, wanted, by="business", at=self._clock())
            if self._keep(conversation, after):
                number = _version(conversation) + (after != conversation.preferences)
                if number:
                    self._told(conversation, after, by="business", about=f"{conversation_id}\0{number}")
                return Standing(topics, after, number)
        raise _busy()

    def choose(self, conversation: Conversation, wanted: Mapping[str, bool], *, message_id: str, at: float) -> None:
        """Keep what the customer chose in a message of `at`; whatever was chosen after that stays."""
        for _ in range(TRIES):
            kept = conversation.preferences
            timely = {name: yes for name, yes in wanted.items() if name not in kept or kept[name]["at"] <= at}
            after = changed(kept, timely, by="customer", at=at)
            if self._keep(conversation, after):
                self._told(conversation, after, by="customer", about=message_id, message_id=message_id)
                return
            conversation = self._known(conversation.business_id, conversation.id)
        raise _busy()

    def asked(self, conversation: Conversation, *, at: float) -> None:
        """From now on any answer of this customer's may be one to the question of topics."""
        self._store.asked(conversation.business_id, conversation.id, at=at)

    def _keep(self, conversation: Conversation, after: Kept) -> bool:
        if after == conversation.preferences:
            return True  # told all the same: whoever changed it may have died before
        return self._store.keep(conversation.business_id, conversation.id, after, version=_version(conversation))

    def _told(
        self, conversation: Conversation, after: Kept, *, by: Who, about: str, message_id: str | None = None
    ) -> None:
        if not self._tell.wanted(conversation.business_id, CHANGED):
            return
        topics = [
            {"id": name, "subscribed": choice["subscribed"], "by": choice["by"], "changed_at": iso(choice["at"])}
            for name, choice in sorted(after.items())
        ]
        data: dict[str, Any] = {"preferences": {"by": by, "topics": topics}}
        if message_id is not None:
            data["message"] = {"id": message_id}
        self._tell(self._tell.of_conversation(conversation, CHANGED, data, about=about))

    def _known(self, business_id: str, conversation_id: str) -> Conversation:
        known = self._conversations.get(conversation_id)
        if known is None or known.business_id != business_id or not known.is_with_customer:
            raise NotFound("no such conversation", code="conversation_unknown")
        return known


def _version(conversation: Conversation) -> int:
    return conversation.preferences_version


def _topics(channel: Channel | None) -> tuple[Topic, ...]:
    return channel.topics if channel is not None else ()


def _faults(wanted: Mapping[str, bool], topics: tuple[Topic, ...], kept: Kept) -> list[Fault]:
    faults = []
    known = {topic.id: topic for topic in topics}
    for name, yes in wanted.items():
        theirs = name in kept and kept[name]["subscribed"] and kept[name]["by"] == "customer"
        if name not in known:
            faults.append(Fault(f"/topics/{name}", "unknown_topic", "use the id of one of the channel's topics"))
        elif yes and known[name].marketing and not theirs:
            message = "marketing needs that the customer subscribes here: have them send “subscribe”"
            faults.append(Fault(f"/topics/{name}", "customers_choice", message))
    return faults


def _busy() -> Retryable:
    return Retryable("the preferences are being changed by somebody else", code="settings_busy", after=1)
