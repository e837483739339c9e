"""Time picker: slots of one event (protocol/04 §5)."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from parley.apple import limits
from parley.apple.wire import interactive as base
from parley.apple.wire.arrays import counted, unique
from parley.apple.wire.node import Node
from parley.apple.wire.rules import ABSENT, Complaint, Identifier, UIText, checked
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault

_START: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}[+-][0-9]{4}")
_QUARTER_HOUR: Final = 15


def _start_time(value: str) -> Iterator[Complaint]:
    if not _START.fullmatch(value):
        yield "malformed", "write YYYY-MM-DDThh:mm+0000: no seconds, no Z, no colon in the offset"
    elif _instant(value) is None:
        yield "malformed", "write a day and time that exist"


class _Location(Wire):
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] = ABSENT
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] = ABSENT
    radius: Annotated[float, Field(ge=0, allow_inf_nan=False)] = ABSENT
    title: UIText = ABSENT


class _Timeslot(Wire):
    identifier: Identifier
    start_time: Annotated[str, checked(_start_time)]
    duration: Annotated[int, Field(ge=1)]


class _Event(Wire):
    identifier: Identifier
    title: UIText
    image_identifier: str = ABSENT
    location: _Location = ABSENT
    timeslots: list[_Timeslot]
    timezone_offset: Annotated[
        int, Field(ge=limits.MIN_TIMEZONE_OFFSET_MINUTES, le=limits.MAX_TIMEZONE_OFFSET_MINUTES)
    ] = ABSENT


class _Data(base.Data):
    event: _Event


class _Interactive(base.BuiltIn):
    data: _Data


def check(interactive: Node, now: float) -> Iterator[Fault]:
    """Judge an `interactiveData` that holds a time picker; slots before `now` are not shown."""
    yield from structure(_Interactive, interactive)
    event = interactive.at("data", "event")
    slots = event.each("timeslots")
    yield from base.frame(interactive, [event.at("imageIdentifier")])
    yield from counted(event.at("timeslots"), "a time slot")
    yield from unique((slot.at("identifier") for slot in slots), "time slot")
    yield from _location(event.at("location"))
    yield from _units(event)
    yield from _future(event, now)


def _location(location: Node) -> Iterator[Fault]:
    given = [key for key in ("latitude", "longitude") if location.has(key)]
    if len(given) == 1:
        yield location.at(*{"latitude", "longitude"} - set(given)).fault("required", f"add it beside {given[0]}")
    if not given and location.has("radius"):
        yield location.at("radius").warning("ignored", "a radius means nothing without latitude and longitude")


def _units(event: Node) -> Iterator[Fault]:
    offset = event.at("timezoneOffset")
    if (offset.integer or 0) % _QUARTER_HOUR:
        yield offset.warning("suspicious_unit", "write minutes from GMT: no time zone has this offset")
    for slot in event.each("timeslots"):
        duration = slot.at("duration")
        if 0 < (duration.integer or 0) < limits.SHORTEST_USUAL_SLOT_SECONDS:
            yield duration.warning("suspicious_unit", "write seconds: half an hour is 1800")


def _future(event: Node, now: float) -> Iterator[Fault]:
    starts = [slot.at("startTime") for slot in event.each("timeslots")]
    instants = [_instant(start.text or "") for start in starts]
    for start, instant in zip(starts, instants, strict=True):
        if instant is None:
            continue
        if instant.timestamp() <= now:
            yield start.warning("past", "remove this slot: it lies in the past and is not shown")
        if instant.utcoffset():
            yield start.warning("not_utc", "write the time in UTC: +0000")
    if instants and all(instant is not None and instant.timestamp() <= now for instant in instants):
        yield event.at("timeslots").fault("no_future_slot", "add a slot in the future: all of these are past")


def _instant(text: str) -> datetime | None:
    if not _START.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
