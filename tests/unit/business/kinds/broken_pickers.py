"""Broken quick replies, list pickers and time pickers, and what a business is told."""

from __future__ import annotations

from typing import Final

from tests.unit.business.kinds.broken import GONE, JPEG, LARGE, LONG, Case, one
from tests.unit.business.kinds.samples import (
    FULL_LIST_PICKER,
    FULL_TIME_PICKER,
    LIST_PICKER,
    QUICK_REPLY,
    TIME_PICKER,
    Json,
)


def choices(count: int) -> list[Json]:
    return [{"identifier": str(number), "title": f"Choice {number}"} for number in range(count)]


def slot(identifier: str, start: str = "2027-03-04T09:00:00Z") -> Json:
    return {"identifier": identifier, "start": start, "duration": 1800}


CASES: Final = [
    one("six quick replies", QUICK_REPLY, "/items", choices(6), "too_many"),
    one("one quick reply", QUICK_REPLY, "/items", choices(1), "too_few"),
    one("no quick reply", QUICK_REPLY, "/items", [], "too_few"),
    one("quick reply named twice", QUICK_REPLY, "/items/2/identifier", "yes", "duplicate"),
    one("quick reply without a word", QUICK_REPLY, "/items/0/title", " ", "blank"),
    one("quick reply with a long choice", QUICK_REPLY, "/items/1/title", LONG, "too_long"),
    one("quick reply with a long question", QUICK_REPLY, "/text", LONG, "too_long"),
    one("quick reply with a quote in a name", QUICK_REPLY, "/items/0/identifier", "it's", "forbidden_characters"),
    one("list without sections", LIST_PICKER, "/sections", [], "too_few"),
    one("list with an empty section", LIST_PICKER, "/sections/0/items", [], "too_few"),
    one("list with a blank section", LIST_PICKER, "/sections/0/title", "", "blank"),
    one("item named twice in two sections", FULL_LIST_PICKER, "/sections/1/items/0/identifier", "x-bell", "duplicate"),
    one("item with a long subtitle", FULL_LIST_PICKER, "/sections/0/items/1/subtitle", LONG, "too_long"),
    one("item with a large picture", FULL_LIST_PICKER, "/sections/0/items/0/image/data", LARGE, "image_too_large"),
    one("bubble with a JPEG", FULL_LIST_PICKER, "/image/data", JPEG, "not_png"),
    one("answered bubble with a JPEG", FULL_LIST_PICKER, "/reply/image/data", JPEG, "not_png"),
    one("picture described at length", FULL_LIST_PICKER, "/image/description", LONG, "too_long"),
    one("long title of a bubble, told once", LIST_PICKER, "/title", LONG, "too_long"),
    one("long title of a bubble", FULL_LIST_PICKER, "/title", LONG, "too_long"),
    one("blank subtitle of a bubble", FULL_LIST_PICKER, "/subtitle", " ", "blank"),
    one("long title of the answered bubble", FULL_LIST_PICKER, "/reply/title", LONG, "too_long"),
    one("blank answered subtitle", FULL_LIST_PICKER, "/reply/subtitle", "", "blank"),
    one("no slots", TIME_PICKER, "/slots", [], "too_few"),
    Case("past slots only", TIME_PICKER, [("/slots/0/start", "2020-03-04T09:00:00Z")], [("/slots", "no_future_slot")]),
    Case(
        "slot named twice",
        TIME_PICKER,
        [("/slots", [slot("a"), slot("a", "2027-03-05T09:00:00Z")])],
        [("/slots/1/identifier", "duplicate")],
    ),
    Case(
        "slot named twice and listed the other way round",
        TIME_PICKER,
        [("/slots", [slot("a", "2027-03-05T09:00:00Z"), slot("a")])],
        [("/slots/0/identifier", "duplicate")],
    ),
    one("slot of no length", TIME_PICKER, "/slots/0/duration", 0, "out_of_range"),
    one(
        "later slot of no length, behind one that has begun", FULL_TIME_PICKER, "/slots/0/duration", -1, "out_of_range"
    ),
    Case(
        "start in a year of three digits, behind another that is past",
        TIME_PICKER,
        [("/slots", [slot("a", "2020-03-04T09:00:00Z"), slot("b", "0900-03-04T09:00:00Z")])],
        [("/slots", "no_future_slot")],
    ),
    one("start without an offset", TIME_PICKER, "/slots/0/start", "2027-03-04T09:00", "time_malformed"),
    one("start without a time", TIME_PICKER, "/slots/0/start", "2027-03-04", "time_malformed"),
    one("start on no day", TIME_PICKER, "/slots/0/start", "2027-02-30T09:00Z", "time_malformed"),
    one("start in words", TIME_PICKER, "/slots/0/start", "tomorrow at nine", "time_malformed"),
    one("start at the end of time", TIME_PICKER, "/slots/0/start", "9999-12-31T23:59-01:00", "time_malformed"),
    Case(
        "two bad starts",
        FULL_TIME_PICKER,
        [("/slots/0/start", "9:30"), ("/slots/2/start", "")],
        [("/slots/0/start", "time_malformed"), ("/slots/2/start", "time_malformed")],
    ),
    one("north of the pole", FULL_TIME_PICKER, "/location/latitude", 91, "out_of_range"),
    one("half a place", FULL_TIME_PICKER, "/location/longitude", GONE, "required"),
    one("place of no name", FULL_TIME_PICKER, "/location/title", "", "blank"),
    one("seconds for minutes", FULL_TIME_PICKER, "/timezone_offset", 3600, "out_of_range"),
    one("long title of an event", FULL_TIME_PICKER, "/event_title", LONG, "too_long"),
    one("long title instead of one of the event", TIME_PICKER, "/title", LONG, "too_long"),
    one("event of a strange name", FULL_TIME_PICKER, "/event_identifier", "../x", "forbidden_characters"),
]
