"""The answer to a time picker (protocol/04 §5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from parley.apple.replies import dates
from parley.apple.replies.reply import Reply
from parley.apple.replies.tolerant import integer, table, tables, word

if TYPE_CHECKING:
    from datetime import datetime

    from parley.apple.replies.reply import Common, Kind
    from parley.apple.replies.tolerant import Json

KEY: Final = "event"


@dataclass(frozen=True, slots=True)
class Slot:
    """`start` is aware and in UTC, None when it could not be read; `duration` counts seconds."""

    identifier: str | None
    start: datetime | None
    duration: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePicker(Reply):
    """One slot, normally. `timezone_offset` is the place's distance from GMT in minutes."""

    kind: ClassVar[Kind] = "time_picker"

    event_identifier: str | None = None
    slots: tuple[Slot, ...] = field(default=(), repr=False)
    timezone_offset: int | None = None

    @property
    def is_empty(self) -> bool:
        """No slot arrived."""
        return not self.slots


def read_slots(content: Json) -> tuple[Slot, ...]:
    """The slots, in order; the same in a request and in a reply."""
    return tuple(
        Slot(word(entry.get("identifier")), dates.instant(entry.get("startTime")), integer(entry.get("duration")))
        for entry in tables(content.get("timeslots"))
    )


def read(data: Json, common: Common) -> TimePicker:
    """The chosen slot and the event it belongs to."""
    event = table(data.get(KEY))
    return TimePicker(
        **common,
        event_identifier=word(event.get("identifier")),
        slots=read_slots(event),
        timezone_offset=integer(event.get("timezoneOffset")),
    )
