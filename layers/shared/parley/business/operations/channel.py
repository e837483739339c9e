"""The channel: what a business's channel is like to its customers, and what happens in it by itself."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from parley.business.operations.operation import Operation
from parley.business.operations.routes import Locale
from parley.business.operations.shapes import Asked, Id, Whole

MAX_HOLIDAYS: Final = 100
MAX_SPANS: Final = 5
MAX_LOCALES: Final = 20
MAX_WORDS: Final = 20
MAX_WORD_CHARS: Final = 64
MAX_TITLE_CHARS: Final = 60
MAX_TOPICS: Final = 12
MAX_DAYS: Final = 3650

type Short = Annotated[str, Field(min_length=1, max_length=200)]
type Url = Annotated[str, Field(max_length=2048, pattern=r"^https://[\x21-\x7e]+$")]
type Time = Annotated[
    str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", description="`09:30`; `24:00` is midnight at a day's end.")
]
type Message = Annotated[
    dict[str, Any],
    Field(description="Any message of this API without `to`. It is sent with `auto_reply`."),
]
type Messages = Annotated[
    dict[Locale, Message],
    Field(
        max_length=MAX_LOCALES,
        description="By language: `de_AT`, else `de`, else `default_locale`, else the first there is.",
    ),
]


class ApplePayFacts(Asked):
    """What is registered for Apple Pay. The PEM file is a secret and is not taken here."""

    merchant_id: Short | None = None
    merchant_name: Short | None = None
    domain: Annotated[Short | None, Field(description="The verified domain name.")] = None
    payment_gateway_url: Url | None = None
    base_url: Annotated[Url | None, Field(description="The base domain URL.")] = None


class OAuthFacts(Asked):
    """What is registered for signing in. The client secret is not taken here."""

    title: Short | None = None
    response_type: Short | None = None
    scope: Annotated[list[Short] | None, Field(max_length=20)] = None
    client_id: Short | None = None
    redirect_uri: Url | None = None
    token_url: Url | None = None


class ImessageAppFacts(Asked):
    """Your iMessage extension."""

    app_id: Short | None = None
    app_name: Short | None = None
    bid: Short | None = None
    url: Url | None = None


class OpenSpan(Asked):
    """Open from … to. A `to` that is not after `from` is tomorrow's."""

    from_: Annotated[Time, Field(alias="from")]
    to: Time


type Spans = Annotated[list[OpenSpan], Field(max_length=MAX_SPANS)]


class Week(Asked):
    """When people answer, on the clock of `time_zone`. A day that is left out is closed."""

    monday: Spans = Field(default_factory=list)
    tuesday: Spans = Field(default_factory=list)
    wednesday: Spans = Field(default_factory=list)
    thursday: Spans = Field(default_factory=list)
    friday: Spans = Field(default_factory=list)
    saturday: Spans = Field(default_factory=list)
    sunday: Spans = Field(default_factory=list)


class HolidayShape(Asked):
    """A day with hours of its own; without any it is closed."""

    date: Annotated[
        str,
        Field(
            pattern=r"^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
            description="`2026-12-24`, or `12-25` of every year.",
        ),
    ]
    name: Short | None = None
    hours: Spans = Field(default_factory=list)


class WelcomeBack(Asked):
    """Said instead of the greeting to who has not written for so long."""

    after_days: Annotated[Whole, Field(ge=1, le=MAX_DAYS)]
    messages: Messages


class GreetingShape(Asked):
    """Said to who writes for the first time."""

    messages: Messages
    welcome_back: WelcomeBack | None = None


class AwayShape(Asked):
    """Said outside of the hours, once for each conversation and closed time."""

    messages: Messages


class TriggerShape(Asked):
    """What a word leads to, beside `trigger.matched`."""

    words: Annotated[
        dict[
            Locale,
            Annotated[
                list[Annotated[str, Field(min_length=1, max_length=MAX_WORD_CHARS)]], Field(max_length=MAX_WORDS)
            ],
        ]
        | None,
        Field(max_length=MAX_LOCALES, description="In place of the usual ones, language by language."),
    ] = None
    answer: Messages | None = None
    handover: Annotated[Id | None, Field(description="The endpoint that has the conversation from then on.")] = None


class Triggers(Asked):
    """By what the customer wants. A word counts when it is the whole message."""

    person: Annotated[TriggerShape | None, Field(description="“agent”, “support”, “help”")] = None
    menu: Annotated[TriggerShape | None, Field(description="“menu”, “list”, “?”")] = None
    unsubscribe: Annotated[TriggerShape | None, Field(description="“unsubscribe”, “spam”, “stop”, “end”")] = None
    subscribe: Annotated[TriggerShape | None, Field(description="“subscribe”")] = None


class TopicShape(Asked):
    """Something customers may be notified of, named by `topic` of a message."""

    id: Annotated[str, Field(max_length=32, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    titles: Annotated[
        dict[Locale, Annotated[str, Field(min_length=1, max_length=MAX_TITLE_CHARS)]],
        Field(min_length=1, max_length=MAX_LOCALES),
    ]
    marketing: Annotated[bool, Field(description="Only for those who subscribed themselves.")] = False
    default: Annotated[bool, Field(description="On for those who never chose.")] = False


class ChannelSettings(Asked):
    """All of it; every part may be left out, and what is left out does nothing."""

    apple_pay: ApplePayFacts | None = None
    oauth: OAuthFacts | None = None
    imessage_app: ImessageAppFacts | None = None
    default_locale: Annotated[Locale | None, Field(description="For customers whose language is not here; `en`.")] = (
        None
    )
    time_zone: Annotated[
        Short | None, Field(description="Of the IANA database.", examples=["Europe/Vienna", "America/Sao_Paulo"])
    ] = None
    hours: Week | None = None
    holidays: Annotated[list[HolidayShape] | None, Field(max_length=MAX_HOLIDAYS)] = None
    greeting: GreetingShape | None = None
    away: AwayShape | None = None
    triggers: Triggers | None = None
    topics: Annotated[list[TopicShape] | None, Field(max_length=MAX_TOPICS)] = None

    def given(self) -> dict[str, Any]:
        """What was sent, as JSON; null for what is to be removed."""
        given: dict[str, Any] = self.model_dump(mode="json", exclude_unset=True, by_alias=True)
        return given


class ChannelView(ChannelSettings):
    """The settings as they are, and whose."""

    business_id: Annotated[str, Field(description="Apple's Messages for Business id.")]


_ETAG: Final = ("ETag",)
_STALE: Final = {412: "The settings were changed since the `ETag` in `If-Match`."}

GET: Final = Operation(
    id="getChannel",
    method="GET",
    path="/v1/channel",
    scope="read",
    summary="The channel settings",
    outcome="All that is set.",
    answer=ChannelView,
    headers=_ETAG,
)
PUT: Final = Operation(
    id="replaceChannel",
    method="PUT",
    path="/v1/channel",
    scope="manage",
    summary="Replace the channel settings",
    description=(
        "Messages in it are checked as for sending. 48 KB at most. Used within 5 seconds. With any settings at all, "
        "trigger words are told as `trigger.matched`."
    ),
    body=(ChannelSettings,),
    outcome="All that is set now.",
    answer=ChannelView,
    headers=_ETAG,
    refusals=_STALE,
    guarded=True,
)
PATCH: Final = Operation(
    id="changeChannel",
    method="PATCH",
    path="/v1/channel",
    scope="manage",
    summary="Replace parts of the channel settings",
    description="Each part that is sent takes the place of the whole part; null removes it.",
    body=(ChannelSettings,),
    outcome="All that is set now.",
    answer=ChannelView,
    headers=_ETAG,
    refusals=_STALE,
    guarded=True,
)

OPERATIONS: Final = (GET, PUT, PATCH)
