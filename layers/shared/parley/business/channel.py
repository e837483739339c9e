"""A business's channel settings as routing and sending use them: hours, automatic messages, words, topics.

Read from JSON that was checked when it was put (`operations.channel`); what is not known here is passed over, so that
an older process can read what a newer one has stored. No pydantic: routing reads this.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DEFAULT_LOCALE: Final = "en"

type Wording[Words] = Mapping[str, Words]
"""The same in several languages, by locale: `en`, `de_AT`."""


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `start` until `end`, in minutes after midnight. An end that is not after the start is tomorrow's."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """When people answer. `holidays` by date (`2026-12-25`, or `12-25` of every year) stand for the day's own spans."""

    time_zone: str
    week: tuple[tuple[Span, ...], ...]
    """Monday first."""
    holidays: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a new customer is told first, and one who is back after `after_days`. Messages lack only their `to`."""

    messages: Wording[dict[str, Any]]
    welcome_back: Wording[dict[str, Any]] = field(default_factory=dict)
    after_days: int = 0


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a word of the customer's leads to, beside its event. `words` replace ours, language by language."""

    words: Wording[tuple[str, ...]] = field(default_factory=dict)
    answer: Wording[dict[str, Any]] = field(default_factory=dict)
    handover: str | None = None
    """The endpoint that has the conversation from then on."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something customers can be notified of. `marketing` needs that they asked for it themselves."""

    id: str
    titles: Wording[str]
    marketing: bool = False
    default: bool = False
    """On for those who never chose."""


@dataclass(frozen=True, slots=True)
class Channel:
    """`settings` is the whole as it was put, facts that only people read included."""

    settings: Mapping[str, Any] = field(repr=False)
    default_locale: str = DEFAULT_LOCALE
    hours: Hours | None = None
    greeting: Greeting | None = None
    away: Wording[dict[str, Any]] = field(default_factory=dict)
    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    topics: tuple[Topic, ...] = ()

    def topic(self, topic_id: str) -> Topic | None:
        """One of its topics."""
        return next((topic for topic in self.topics if topic.id == topic_id), None)


def read(text: str) -> Channel:
    """The settings from their JSON."""
    return channel_of(json.loads(text))


def channel_of(settings: dict[str, Any]) -> Channel:
    """The same from JSON that is read already."""
    return Channel(
        settings=settings,
        default_locale=settings.get("default_locale", DEFAULT_LOCALE),
        hours=_hours(settings),
        greeting=_greeting(settings.get("greeting")),
        away=settings.get("away", {}).get("messages", {}),
        triggers={purpose: _trigger(one) for purpose, one in settings.get("triggers", {}).items()},
        topics=tuple(_topic(one) for one in settings.get("topics", ())),
    )


def minutes(clock_time: str) -> int:
    """`09:30` as minutes after midnight; `24:00` is the midnight at a day's end."""
    hour, minute = clock_time.split(":")
    return int(hour) * 60 + int(minute)


def _hours(settings: dict[str, Any]) -> Hours | None:
    if "hours" not in settings or "time_zone" not in settings:
        return None
    week = settings["hours"]
    return Hours(
        time_zone=settings["time_zone"],
        week=tuple(_spans(week.get(day, ())) for day in DAYS),
        holidays={one["date"]: _spans(one.get("hours", ())) for one in settings.get("holidays", ())},
    )


def _spans(given: Any) -> tuple[Span, ...]:
    return tuple(Span(minutes(one["from"]), minutes(one["to"])) for one in given)


def _greeting(given: dict[str, Any] | None) -> Greeting | None:
    if given is None:
        return None
    back = given.get("welcome_back", {})
    return Greeting(given.get("messages", {}), back.get("messages", {}), back.get("after_days", 0))


def _trigger(given: dict[str, Any]) -> Trigger:
    words = {locale: tuple(some) for locale, some in given.get("words", {}).items()}
    return Trigger(words, given.get("answer", {}), given.get("handover"))


def _topic(given: dict[str, Any]) -> Topic:
    return Topic(given["id"], given["titles"], given.get("marketing", False), given.get("default", False))
