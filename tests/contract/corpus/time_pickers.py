"""Time pickers (04 §5). The check is made at `parts.NOW`."""

from __future__ import annotations

from typing import Any

from tests.contract.corpus import pictures
from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Message, Put
from tests.contract.corpus.parts import DATA, RECEIVED, interactive
from tests.contract.corpus.ui_strings import identified, limited

EVENT = f"{DATA}/event"
PLACE = f"{EVENT}/location"
SLOTS = f"{EVENT}/timeslots"
START = f"{SLOTS}/0/startTime"


def slot(identifier: str, start: str, duration: int = 1800) -> dict[str, Any]:
    return {"identifier": identifier, "startTime": start, "duration": duration}


def every_half_hour(count: int) -> list[dict[str, Any]]:
    return [
        slot(f"s{n}", f"2027-03-{4 + n // 16:02d}T{8 + n % 16 // 2:02d}:{n % 2 * 30:02d}+0000") for n in range(count)
    ]


def base() -> Message:
    event = {
        "identifier": "fit-7781",
        "title": "Bike fitting",
        "imageIdentifier": "shop",
        "location": {"latitude": 52.5163, "longitude": 13.3777, "radius": 50, "title": "Workshop Mitte"},
        "timeslots": [slot("s1", "2027-03-04T09:00+0000"), slot("s2", "2027-03-04T09:30+0000")],
        "timezoneOffset": 60,
    }
    return interactive({"event": event}, images=[{"identifier": "shop", "data": pictures.png()}])


TIME_PICKER = Cases("time picker", base, "04 §5")
TIME_PICKER.good("as it is")
limited(TIME_PICKER, "title", f"{EVENT}/title")
identified(TIME_PICKER, "slot identifier", f"{SLOTS}/1/identifier")
TIME_PICKER.good("one slot", Drop(f"{SLOTS}/1"))
TIME_PICKER.good("ten slots", Put(SLOTS, every_half_hour(10)))
TIME_PICKER.good("forty slots over three days", Put(SLOTS, every_half_hour(40)), says="04 §5: no Apple maximum")
TIME_PICKER.good("a slot in five minutes", Put(START, "2026-11-23T12:05+0000"))
TIME_PICKER.good("a slot on a leap day", Put(START, "2028-02-29T09:00+0000"))
TIME_PICKER.good("a slot at midnight", Put(START, "2027-03-04T00:00+0000"))
TIME_PICKER.good("slots out of order", Put(START, "2027-03-05T09:00+0000"), says="04 §5: the device sorts")
TIME_PICKER.good("two slots at one time", Put(START, "2027-03-04T09:30+0000"))
TIME_PICKER.good("a slot of five minutes", Put(f"{SLOTS}/0/duration", 300))
TIME_PICKER.good("a slot of a whole day", Put(f"{SLOTS}/0/duration", 86_400))
TIME_PICKER.good("no time zone", Drop(f"{EVENT}/timezoneOffset"))
for minutes in (0, -420, -720, 345, 840):
    TIME_PICKER.good(f"{minutes} minutes from GMT", Put(f"{EVENT}/timezoneOffset", minutes))
TIME_PICKER.good("no location", Drop(PLACE))
TIME_PICKER.good("a location by name alone", Put(PLACE, {"title": "Workshop Mitte"}))
TIME_PICKER.good("a location in whole degrees, south and west", Put(PLACE, {"latitude": -33, "longitude": -70}))
TIME_PICKER.good("no picture", Drop(f"{EVENT}/imageIdentifier"))

TIME_PICKER.broken("is an array", Put(EVENT, []))
TIME_PICKER.broken("title is missing", Drop(f"{EVENT}/title"), says="04 §5; 12 no. 34")
TIME_PICKER.broken("title is a number", Put(f"{EVENT}/title", 1))
TIME_PICKER.broken("identifier is a number", Put(f"{EVENT}/identifier", 7781))
TIME_PICKER.broken("the picture is not there", Put(f"{EVENT}/imageIdentifier", "workshop"))
TIME_PICKER.broken("an unknown key", Put(f"{EVENT}/timeZone", "Europe/Berlin"))
TIME_PICKER.broken("latitude is a string", Put(f"{PLACE}/latitude", "52.5163"))
TIME_PICKER.broken("longitude is a string", Put(f"{PLACE}/longitude", "13.3777"))
TIME_PICKER.broken("radius is a string", Put(f"{PLACE}/radius", "50 m"))
TIME_PICKER.broken("location title is a number", Put(f"{PLACE}/title", 1))
TIME_PICKER.broken("location is a string", Put(PLACE, "Workshop Mitte"))
TIME_PICKER.broken("an unknown key in the location", Put(f"{PLACE}/address", "Mitte 1"))
TIME_PICKER.broken("timeslots is missing", Drop(SLOTS))
TIME_PICKER.broken("timeslots is an object", Put(SLOTS, slot("s1", "2027-03-04T09:00+0000")))
TIME_PICKER.broken("no slot", Put(SLOTS, []))
TIME_PICKER.broken(
    "every slot lies in the past",
    Put(START, "2026-03-04T09:00+0000"),
    Put(f"{SLOTS}/1/startTime", "2026-11-23T11:59+0000"),
    at=(SLOTS,),
)
TIME_PICKER.broken("slot identifier is missing", Drop(f"{SLOTS}/1/identifier"))
TIME_PICKER.broken("slot identifier is a number", Put(f"{SLOTS}/1/identifier", 2))
TIME_PICKER.broken("a slot identifier twice", Put(f"{SLOTS}/1/identifier", "s1"))
TIME_PICKER.broken("startTime is missing", Drop(START))
TIME_PICKER.broken("startTime is a number", Put(START, 1_804_150_800))
TIME_PICKER.broken("startTime with seconds", Put(START, "2027-03-04T09:00:00+0000"), says="04 §5; 12 no. 35")
TIME_PICKER.broken("startTime with Z", Put(START, "2027-03-04T09:00Z"), says="04 §5; 12 no. 35")
TIME_PICKER.broken("startTime of JavaScript", Put(START, "2027-03-04T09:00:00.000Z"), says="12 no. 35")
TIME_PICKER.broken("startTime with a colon in its offset", Put(START, "2027-03-04T09:00+00:00"))
TIME_PICKER.broken("startTime without an offset", Put(START, "2027-03-04T09:00"))
TIME_PICKER.broken("startTime with a blank", Put(START, "2027-03-04 09:00+0000"))
TIME_PICKER.broken("startTime is a date", Put(START, "2027-03-04"))
TIME_PICKER.broken("startTime is words", Put(START, "tomorrow at nine"))
TIME_PICKER.broken("startTime on a thirtieth of February", Put(START, "2027-02-30T09:00+0000"))
TIME_PICKER.broken("startTime at half past 25", Put(START, "2027-03-04T25:30+0000"))
TIME_PICKER.broken("startTime without leading zeros", Put(START, "2027-3-4T9:00+0000"))
TIME_PICKER.broken("duration is missing", Drop(f"{SLOTS}/0/duration"))
TIME_PICKER.broken("duration is a string", Put(f"{SLOTS}/0/duration", "1800"))
TIME_PICKER.broken("duration is a fraction", Put(f"{SLOTS}/0/duration", 1800.5))
TIME_PICKER.broken("duration is null", Put(f"{SLOTS}/0/duration", None))
TIME_PICKER.broken("an unknown key in a slot", Put(f"{SLOTS}/0/endTime", "2027-03-04T09:30+0000"))
TIME_PICKER.broken("timezoneOffset is a string", Put(f"{EVENT}/timezoneOffset", "+0100"))
TIME_PICKER.broken("timezoneOffset is a fraction", Put(f"{EVENT}/timezoneOffset", 60.5))
TIME_PICKER.broken("timezoneOffset in seconds", Put(f"{EVENT}/timezoneOffset", 3600), says="04 §5; 12 no. 36")
TIME_PICKER.broken("timezoneOffset in seconds, west", Put(f"{EVENT}/timezoneOffset", -25_200), says="04 §5; 12 no. 36")
TIME_PICKER.broken("receivedMessage is missing", Drop(RECEIVED), says="04 §1")

ALL = (TIME_PICKER,)
