"""What Parley itself tells: how your messages fared, and that an endpoint was switched off or is being tried out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from parley.business.webhook_events.shapes import Absent, Data, News, Problem, Shape


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
    """The customer left before a message of yours was sent."""

    message: CancelledMessage


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
