"""What a customer tapped, picked, filled in or declined: one flat object per kind, in the shape of the question."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from parley.business.webhook_events.shapes import Absent, Shape


class Result(Shape):
    """What all results say."""

    in_reply_to: Annotated[str | None, Field(description="The id of your message; null when that is not known.")]
    ambiguous: Annotated[
        bool | Absent,
        Field(description="True when the device sent all it was offered, and only its words told the choice."),
    ] = None
    unavailable: Annotated[
        bool | Absent,
        Field(description="True when Apple sent the content beside the message and it could not be had."),
    ] = None


class Selected(Shape):
    """Something that was chosen. Rely on `identifier`, never on titles."""

    identifier: str | None
    title: str | None
    section: Annotated[str | None, Field(description="The section of a list; null elsewhere.")]


class QuickReplyResult(Result):
    """One of two to five choices; none when nothing could be told."""

    kind: Literal["quick_reply"]
    selection: list[Selected]


class ListPickerResult(Result):
    """Choices out of a list, in the list's order."""

    kind: Literal["list_picker"]
    selection: list[Selected]


class Slot(Shape):
    """A time of an event."""

    identifier: str | None
    start: Annotated[AwareDatetime | None, Field(description="UTC.")]
    duration: Annotated[int | None, Field(description="Seconds.")]


class TimePickerResult(Result):
    """A time, or null when the customer wants none of them."""

    kind: Literal["time_picker"]
    slot: Slot | None


class Picked(Shape):
    """An item of a form's page."""

    identifier: str | None
    title: str | None
    value: str | None


class SelectAnswer(Shape):
    """Items of a page with choices, or of a wheel."""

    type: Literal["select", "wheel"]
    items: list[Picked]


class InputAnswer(Shape):
    """Words, which may be empty."""

    type: Literal["input"]
    text: str


class DateAnswer(Shape):
    """A day."""

    type: Literal["date"]
    date: Annotated[
        str | None, Field(description="`2035-03-20`; null when it cannot be told.", pattern=r"^\d{4}-\d\d-\d\d$")
    ]
    shown: Annotated[str | None, Field(description="As the customer saw it.")]


class UnknownAnswer(Shape):
    """A page of a type that is not known here; Apple's JSON has it."""

    type: Literal["unknown"]


type Answer = Annotated[SelectAnswer | InputAnswer | DateAnswer | UnknownAnswer, Field(discriminator="type")]


class FormResult(Result):
    """The answers by the identifiers of their pages; a page that was skipped is missing."""

    kind: Literal["form"]
    answers: Annotated[
        dict[str, Answer | Literal["[redacted]"]],
        Field(description="`[redacted]` stands for what was taken out before the message was sent again."),
    ]
    private: Annotated[bool, Field(description="The form was a private one: the customer's device keeps no copy.")]


class DeviceError(Shape):
    """What the device says went wrong with a sign-in."""

    code: int | None
    domain: str | None
    message: str | None


class AuthenticationResult(Result):
    """How signing in ended. Your identity provider and you exchange the rest."""

    kind: Literal["authentication"]
    status: Annotated[str, Field(description="`success`, `failure`, `cancel`, `unknown`, or a newer word of Apple's.")]
    error_code: Annotated[str | Absent, Field(description="The identity provider's.")] = None
    errors: list[DeviceError] | Absent = None


class ApplePayResult(Result):
    """What the device says of a payment. It proves nothing: your payment provider does."""

    kind: Literal["apple_pay"]
    state: Annotated[str, Field(description="`paid`, `paymentNotCompleted`, `unknown`, or a newer word of Apple's.")]


class InvitationResult(Result):
    """Whether somebody you invited by phone number wants to talk."""

    kind: Literal["invitation"]
    accepted: Annotated[bool | None, Field(description="Null when it cannot be told.")]
    reference_id: Annotated[str | None, Field(description="Yours, from the invitation.")]


class ImessageAppResult(Result):
    """What your own iMessage extension answers."""

    kind: Literal["imessage_app"]
    url: Annotated[str | None, Field(description="The state your extension set.")]
    session: Annotated[str | None, Field(description="The same over all messages of one bubble.")]


class UnknownResult(Result):
    """A kind that is not known here. Apple's JSON stands in `message.raw`."""

    kind: Literal["unknown"]
    title: Annotated[str | None, Field(description="The title of its bubble.")]


type AnyResult = Annotated[
    QuickReplyResult
    | ListPickerResult
    | TimePickerResult
    | FormResult
    | AuthenticationResult
    | ApplePayResult
    | InvitationResult
    | ImessageAppResult
    | UnknownResult,
    Field(discriminator="kind"),
]
