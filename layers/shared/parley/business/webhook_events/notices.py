"""What Parley itself tells: how your messages fared, and that an endpoint was switched off or is being tried out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from parley.business.webhook_events.shapes import (
    Absent,
    Data,
    InConversation,
    Named,
    News,
    Person,
    Problem,
    Shape,
)


class Outgoing(Shape):
    """A message of yours, without what it says."""

    id: Annotated[str, Field(description="As `POST /v1/messages` answered.")]
    kind: Annotated[str, Field(description="What you asked for, whatever form it took: `text`, `list_picker` …")]
    attempts: Annotated[int, Field(ge=0, description="How often it was posted to Apple.")]


class SentMessage(Outgoing):
    """Apple took it."""

    state: Literal["sent"]
    sent_at: AwareDatetime


class FailedMessage(Outgoing):
    """Apple refused it, or never had it."""

    state: Literal["failed"]
    error: Problem
    sent_at: AwareDatetime | Absent = None


class UnknownMessage(Outgoing):
    """Nobody knows."""

    state: Literal["unknown"]
    error: Problem
    sent_at: AwareDatetime | Absent = None


class CancelledMessage(Outgoing):
    """It was not sent."""

    state: Literal["cancelled"]
    error: Problem
    sent_at: AwareDatetime | Absent = None


class MessageSent(News):
    """Apple took a message of yours. There are no delivery or read receipts: this is all there is to know."""

    message: SentMessage


class MessageFailed(News):
    """A message of yours will not be sent: Apple refused it, or could not be reached for a long time."""

    message: FailedMessage


class MessageUnknown(News):
    """Nobody knows what became of a message of yours: Apple gave no certain answer. It was not sent a second time."""

    message: UnknownMessage


class MessageCancelled(News):
    """The customer left, or unsubscribed from its topic, before a message of yours was sent."""

    message: CancelledMessage


class MatchedTrigger(Shape):
    """What a customer wants."""

    purpose: Annotated[
        Literal["person", "menu", "unsubscribe", "subscribe"],
        Field(description="`person`: they want to speak to somebody; `menu`: they want to know what there is."),
    ]
    word: Annotated[str, Field(description="The word of the list that their message is.")]


class TriggerMatched(News):
    """A customer's whole message is a trigger word. The message itself came before, as every other."""

    message: Named
    trigger: MatchedTrigger


class Choice(Shape):
    """One topic that a choice was made about."""

    id: Annotated[str, Field(description="The id of the topic in the channel settings.")]
    subscribed: Annotated[bool, Field(description="Whether the customer wants to be notified.")]
    by: Annotated[Literal["customer", "business"], Field(description="Who said so.")]
    changed_at: AwareDatetime


class ChangedPreferences(Shape):
    """All choices as they are now."""

    by: Annotated[Literal["customer", "business"], Field(description="Who changed something.")]
    topics: list[Choice]


class PreferencesChanged(News):
    """A customer chose what to be notified of, or you noted it for them."""

    preferences: ChangedPreferences
    message: Annotated[Named | Absent, Field(description="The customer's answer; absent if it was not theirs.")] = None


class ConversationHandedOver(InConversation):
    """You handed a conversation over. Told to whoever has it now, in line with the customer's messages; and once to
    whoever had it and to every other endpoint the routes may choose, without a `sequence`.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    customer: Person
    from_: Annotated[str | None, Field(alias="from", description="The endpoint that had it; null when none did.")]
    to: Annotated[str | None, Field(description="The endpoint that has it now; null when the routes lead nowhere.")]
    handler: Annotated[str | None, Field(description="The endpoint you named; null when the routes decide again.")]
    handover: Annotated[
        int, Field(ge=1, description="Counts the handovers of the conversation: the highest tells how it is.")
    ]
    note: Annotated[str | Absent, Field(description="What you said with it.")] = None
    sequence: Annotated[
        int | Absent, Field(ge=1, description="Its place in the conversation, for whoever has it now.")
    ] = None


class DisabledEndpoint(Shape):
    """An endpoint of yours that gets no webhooks any more."""

    id: str
    url_host: Annotated[str, Field(description="Host and port of its URL; the rest may be secret.")]
    reason: Annotated[str, Field(description="`gone`: it answered 410.")]


class EndpointDisabled(Data):
    """An endpoint was switched off. What is for it is kept until you resume it. Told to another endpoint of yours."""

    endpoint: DisabledEndpoint


class TestedEndpoint(Shape):
    """The endpoint this was sent to."""

    id: str


class EndpointTest(Data):
    """You asked for a test. Signed like every webhook, sent once, never tried again."""

    endpoint: TestedEndpoint
