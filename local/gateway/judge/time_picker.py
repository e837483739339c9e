"""Time pickers (protocol/04 §5)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from local.gateway.judge.pictures import judge_image_identifier
from local.gateway.judge.wording import judge_identifier, judge_identifiers, judge_ui_text, judge_ui_texts

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields
    from local.gateway.judge.setting import Setting

START_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}[+-][0-9]{4}")
WEST, EAST = -12 * 60, 14 * 60
"""The outermost time zones, in minutes."""


def judge_time_picker(content: Fields, setting: Setting) -> list[str]:
    """An event and its slots, of which at least one lies ahead."""
    judge_identifier(content)
    judge_ui_text(content, "title")
    judge_image_identifier(content, setting.images)
    if "timezoneOffset" in content and not WEST <= content.whole_number("timezoneOffset") <= EAST:
        raise content.wrong("timezoneOffset", f"must be minutes from GMT, {WEST} to {EAST}")
    violations = content.unknown({"identifier", "title", "imageIdentifier", "location", "timeslots", "timezoneOffset"})
    if "location" in content:
        violations += _judge_location(content.object("location"))
    slots = content.some_objects("timeslots")
    judge_identifiers(slots)
    past = [slot.path("startTime") for slot in slots if _judge_slot(slot, violations).timestamp() <= setting.now]
    if len(past) == len(slots):
        raise content.wrong("timeslots", "has no slot in the future")
    return violations + [f"{place} lies in the past; the phone does not show it" for place in past]


def _judge_slot(slot: Fields, violations: list[str]) -> datetime:
    """Judge one slot; returns when it starts."""
    violations += slot.unknown({"identifier", "startTime", "duration"})
    seconds = slot.whole_number("duration")
    if seconds <= 0:
        raise slot.wrong("duration", "must be a number of seconds above 0")
    if seconds < 60:
        violations.append(f"{slot.path('duration')} is less than a minute; the unit is seconds")
    text = slot.text("startTime")
    if START_TIME.fullmatch(text) is None:
        raise slot.wrong("startTime", "must be written YYYY-MM-DDThh:mm+0000, without seconds and colon in the offset")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M%z")
    except ValueError:
        raise slot.wrong("startTime", "is no date and time") from None


def _judge_location(location: Fields) -> list[str]:
    judge_ui_texts(location, "title")
    for key, most in (("latitude", 90), ("longitude", 180)):
        if key in location and not -most <= location.number(key) <= most:
            raise location.wrong(key, f"must lie between -{most} and {most}")
    if "radius" in location and location.number("radius") < 0:
        raise location.wrong("radius", "must be metres, 0 or more")
    violations = location.unknown({"latitude", "longitude", "radius", "title"})
    if ("latitude" in location) != ("longitude" in location):
        violations.append(f"{location.place} has only one of latitude and longitude")
    elif "radius" in location and "latitude" not in location:
        violations.append(f"{location.path('radius')} is ignored without latitude and longitude")
    return violations
