"""What customers do: write, answer, react, type, leave and come back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from parley.business.webhook_events.attachments import Content, File  # noqa: TC001  (pydantic reads it)
from parley.business.webhook_events.results import AnyResult  # noqa: TC001  (pydantic reads it)
from parley.business.webhook_events.shapes import Absent, Customer, InConversation, InOrder, Named, News, Raw, Shape


class Message(Shape):
    """What the customer sent."""

    id: Annotated[str, Field(description="Apple's id of the message, and the `webhook-id` of this webhook.")]
    type: Annotated[str, Field(description="Apple's: `text`, `interactive`, or one that is not known here yet.")]
    body: Annotated[
        str | None,
        Field(description="Of a text. U+FFFC marks the places of attachments. Null or absent when there is none."),
    ] = None
    subject: Annotated[str | None, Field(description="Of a text that has one.")] = None
    raw: Annotated[Raw | Absent, Field(description="Of everything but a text.")] = None
    attachments: Annotated[list[File] | Absent, Field(description="In the order of their places in the text.")] = None
    content: Annotated[Content | Absent, Field(description="Of an answer too large to travel in its message.")] = None
    redacted: Annotated[
        list[str] | Absent,
        Field(description="Of a message that is sent again: what was taken out since, as your privacy settings say."),
    ] = None


class MessageReceived(InOrder):
    """A customer wrote, or answered a question of yours: then there is a `result`."""

    message: Message
    customer: Customer
    received_at: Annotated[AwareDatetime, Field(description="When Apple handed it over.")]
    result: Annotated[
        AnyResult | Absent,
        Field(description="What was answered: tapped, picked, filled in, or written where only words could be sent."),
    ] = None


class Reaction(Shape):
    """A tapback, read from the sentence that Apple sends for it."""

    kind: Literal["love", "like", "dislike", "laugh", "emphasize", "question", "emoji", "sticker"]
    emoji: Annotated[str | None, Field(description="Which one, of the kind `emoji`.")]
    removed: Annotated[bool, Field(description="It was taken back.")]
    target: Annotated[
        Literal["text", "image", "video", "audio", "attachment", "sticker", "business_message"],
        Field(description="What it was put on."),
    ]
    in_reply_to: Annotated[str | None, Field(description="The id of the message; null when it cannot be told.")]


class ReactionReceived(InOrder):
    """A customer put a tapback on something. A bot should not take it for a new question."""

    message: Message
    customer: Customer
    received_at: AwareDatetime
    reaction: Reaction


class Typing(Shape):
    """An indicator, which has no content."""

    id: str
    type: Literal["typing_start", "typing_end"]


class TypingStarted(InConversation):
    """A customer began to write. Sent once or not at all, and in no order with anything."""

    message: Typing
    customer: Customer
    received_at: AwareDatetime


class TypingEnded(InConversation):
    """A customer stopped writing. Sent once or not at all, and in no order with anything."""

    message: Typing
    customer: Customer
    received_at: AwareDatetime


class ConversationClosed(InOrder):
    """A customer deleted the conversation. Nothing can be sent until they write again."""

    message: Message
    customer: Customer
    received_at: AwareDatetime


class InvitationClosed(InOrder):
    """Somebody is done with invitations of yours: `message.raw.referenceIds` says with which."""

    message: Message
    customer: Customer
    received_at: AwareDatetime


class ConversationReopened(News):
    """A customer who had left wrote again. What they wrote comes as `message.received`, before this."""

    message: Annotated[Named, Field(description="What they wrote.")]
