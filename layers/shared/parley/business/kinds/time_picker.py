"""A time picker (protocol/04 §5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from parley.business.kinds.base import Build, Mapped, Strict, present
from parley.business.kinds.bubbles import WithBubble
from parley.errors import Fault, Invalid


class Location(Strict):
    """Where the event takes place; `radius` in metres."""

    title: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: float | None = None


class Slot(Strict):
    """One offered time. `start` is RFC 3339 with an offset, `duration` in seconds."""

    identifier: str
    start: str
    duration: int


class TimePicker(WithBubble):
    """Times to choose from. `timezone_offset` is in minutes from GMT; without it the device's own zone counts."""

    type: Literal["time_picker"]
    event_title: str | None = None
    event_identifier: str = "event"
    location: Location | None = None
    slots: list[Slot]
    timezone_offset: int | None = None

    def to_apple(self, build: Build) -> Mapped:
        """`data.event`, its slots sorted. Slots that have begun are left out, unless none would be left.

        Raises Invalid for a `start` that is no time.
        """
        level = "/interactiveData/data/event"
        build.paths |= {
            level: "",
            f"{level}/title": "/event_title" if self.event_title is not None else "/title",
            f"{level}/identifier": "/event_identifier",
            f"{level}/timeslots": "/slots",
            f"{level}/timezoneOffset": "/timezone_offset",
        }
        starts = self._starts()
        future = [number for number, start in starts.items() if start.timestamp() > build.now]
        order = sorted(future or starts, key=lambda number: starts[number])
        event: dict[str, Any] = present(
            identifier=self.event_identifier,
            title=self.event_title if self.event_title is not None else self.title,
            location=self.location.model_dump(exclude_none=True) if self.location else None,
            timeslots=[self._slot(build, place, number, starts[number]) for place, number in enumerate(order)],
            timezoneOffset=self.timezone_offset,
        )
        return build.interactive("event", event, self.bubbles(build))

    def _starts(self) -> dict[int, datetime]:
        starts: dict[int, datetime] = {}
        faults: list[Fault] = []
        for number, slot in enumerate(self.slots):
            start = moment(slot.start)
            if start is None:
                message = "write it as 2027-03-04T09:30:00+01:00, with its offset"
                faults.append(Fault(f"/slots/{number}/start", "time_malformed", message))
            else:
                starts[number] = start
        if faults:
            raise Invalid(faults)
        return starts

    def _slot(self, build: Build, place: int, number: int, start: datetime) -> dict[str, Any]:
        wire, slot = f"/interactiveData/data/event/timeslots/{place}", self.slots[number]
        build.paths |= {wire: f"/slots/{number}", f"{wire}/startTime": f"/slots/{number}/start"}
        # Without seconds and without a colon in the offset: the form Apple's samples send (protocol/04 §5).
        return {
            "identifier": slot.identifier,
            "startTime": start.isoformat(timespec="minutes").replace("+00:00", "+0000"),
            "duration": slot.duration,
        }


def moment(text: str) -> datetime | None:
    """A slot's start in UTC; None for what is no time, or has no offset."""
    try:
        start = datetime.fromisoformat(text)
        return None if start.tzinfo is None else start.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
