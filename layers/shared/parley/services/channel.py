"""A business's channel settings, as the business itself manages them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from parley.business.channel import DAYS, channel_of, minutes
from parley.conversation.preferences import NONE
from parley.conversation.triggers import WORDS, normalised
from parley.errors import Fault, Invalid, Retryable
from parley.services.endpoints import TRIES, stale

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from parley.business.snapshot import Snapshot
    from parley.services import ports

MAX_BYTES: Final = 48 * 1024
"""own: routing reads it with the business's other settings."""

type Settings = dict[str, Any]


class ChannelSettings:
    """As JSON of the shape `operations.channel` checks; what that cannot see is checked here."""

    def __init__(
        self, *, store: ports.EndpointStore, channels: ports.Channels, rehearse: Callable[[Settings], list[Fault]]
    ) -> None:
        """`rehearse` tells what would be wrong with sending a message."""
        self._store = store
        self._channels = channels
        self._rehearse = rehearse

    def get(self, business_id: str) -> tuple[Settings, int]:
        """What is set, and its version."""
        snapshot = self._store.read(business_id)
        return _settings(snapshot), snapshot.channel_version

    def replace(self, business_id: str, given: Settings, *, version: int | None) -> tuple[Settings, int]:
        """Set exactly this. Raises Invalid with every fault, or Conflict (`precondition_failed`)."""
        return self._store_all(business_id, lambda _: given, version=version)

    def change(self, business_id: str, given: Settings, *, version: int | None) -> tuple[Settings, int]:
        """Set these parts and leave the others."""
        return self._store_all(business_id, lambda known: known | given, version=version)

    def _store_all(
        self, business_id: str, edit: Callable[[Settings], Settings], *, version: int | None
    ) -> tuple[Settings, int]:
        for _ in range(TRIES):
            snapshot = self._store.read(business_id)
            if version not in (None, snapshot.channel_version):
                raise stale("the channel")
            settings = _without_nulls(edit(_settings(snapshot)))
            text = json.dumps(settings, separators=(",", ":"), ensure_ascii=False)
            if faults := [*_too_large(text), *_faults(settings, snapshot), *self._unsendable(settings)]:
                raise Invalid(faults)
            if self._channels.put(business_id, text, version=snapshot.channel_version):
                return settings, snapshot.channel_version + 1
        raise Retryable("the settings are being changed by somebody else", code="settings_busy", after=1)

    def _unsendable(self, settings: Settings) -> Iterator[Fault]:
        for path, message in _messages(settings):
            for fault in self._rehearse(message):
                yield fault._replace(path=path + fault.path)


def _settings(snapshot: Snapshot) -> Settings:
    channel = snapshot.business.channel
    return dict(channel.settings) if channel is not None else {}


def _without_nulls(value: Any, depth: int = 0) -> Any:
    """Parts that are null are not there. What is in a message is left as it is: it means something there."""
    if isinstance(value, dict) and depth < 3:
        return {name: _without_nulls(member, depth + 1) for name, member in value.items() if member is not None}
    return value


def _too_large(text: str) -> Iterator[Fault]:
    if len(text.encode()) > MAX_BYTES:
        yield Fault("", "too_large", f"all settings together may have {MAX_BYTES // 1024} KB; use pictures by URL")


def _faults(settings: Settings, snapshot: Snapshot) -> Iterator[Fault]:
    yield from _of_hours(settings)
    yield from _of_triggers(settings, snapshot)
    yield from _of_topics(settings)


def _of_hours(settings: Settings) -> Iterator[Fault]:
    zone = settings.get("time_zone")
    if zone is not None and not _is_time_zone(zone):
        yield Fault("/time_zone", "unknown_time_zone", "use a name of the IANA database: Europe/Vienna")
    if "hours" in settings and zone is None:
        yield Fault("/time_zone", "required_with_hours", "hours mean something in a time zone only; add this field")
    if "away" in settings and "hours" not in settings:
        yield Fault("/hours", "required_with_away", "away is what is not in the hours; add this field")
    for day in DAYS:
        yield from _of_spans(settings.get("hours", {}).get(day, ()), f"/hours/{day}")
    seen = set()
    for number, holiday in enumerate(settings.get("holidays", ())):
        path = f"/holidays/{number}"
        if not _is_day(holiday["date"]):
            yield Fault(f"{path}/date", "malformed", "there is no such day")
        if holiday["date"] in seen:
            yield Fault(f"{path}/date", "duplicate", "this day stands here already; give it all its hours once")
        seen.add(holiday["date"])
        yield from _of_spans(holiday.get("hours", ()), f"{path}/hours")


def _of_spans(spans: Collection[dict[str, str]], path: str) -> Iterator[Fault]:
    for number, span in enumerate(spans):
        if minutes(span["from"]) == minutes(span["to"]) or span["from"] == "24:00":
            message = "leave the span out, or end it later; a whole day is 00:00 to 24:00"
            yield Fault(f"{path}/{number}", "empty_span", message)


def _is_time_zone(name: str) -> bool:
    from zoneinfo import available_timezones

    return name in available_timezones()


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text if len(text) == 10 else f"2024-{text}")  # a leap year
    except ValueError:
        return False
    return True


def _of_triggers(settings: Settings, snapshot: Snapshot) -> Iterator[Fault]:
    taken: dict[tuple[str, str], str] = {}
    for purpose in WORDS:
        trigger = settings.get("triggers", {}).get(purpose, {})
        endpoint_id = trigger.get("handover")
        if endpoint_id is not None and endpoint_id not in snapshot.business.endpoints:
            message = "use the id of an endpoint of this business"
            yield Fault(f"/triggers/{purpose}/handover", "unknown_endpoint", message)
        for locale, words in (trigger.get("words") or {}).items():
            for number, word in enumerate(words):
                other = taken.setdefault((locale, normalised(word)), purpose)
                if other != purpose or not normalised(word):
                    message = f"this word is for {other} already" if normalised(word) else "write a word"
                    path = f"/triggers/{purpose}/words/{locale}/{number}"
                    yield Fault(path, "duplicate" if normalised(word) else "blank", message)


def _of_topics(settings: Settings) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, topic in enumerate(settings.get("topics", ())):
        if topic["id"] in seen:
            yield Fault(f"/topics/{number}/id", "duplicate", "give each topic an id of its own")
        if topic["id"] == NONE:
            yield Fault(f"/topics/{number}/id", "reserved", "it stands for “none of these”; take another")
        if topic.get("marketing") and topic.get("default"):
            message = "marketing is never on by itself; leave this out"
            yield Fault(f"/topics/{number}/default", "customers_choice", message)
        seen.add(topic["id"])


def _messages(settings: Settings) -> Iterator[tuple[str, Settings]]:
    """Every message in the settings, and where it stands."""
    channel = channel_of(settings)
    greeting = channel.greeting
    places: list[tuple[str, Any]] = [("/away/messages", channel.away)]
    if greeting is not None:
        places += [
            ("/greeting/messages", greeting.messages),
            ("/greeting/welcome_back/messages", greeting.welcome_back),
        ]
    places += [(f"/triggers/{purpose}/answer", one.answer) for purpose, one in channel.triggers.items()]
    for path, by_locale in places:
        for locale, message in by_locale.items():
            yield f"{path}/{locale}", message
