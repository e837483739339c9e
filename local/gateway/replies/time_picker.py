"""Choosing a time (protocol/04 §5)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from local.gateway.replies.answer import frame, impossible
from local.gateway.replies.choice import Choice
from local.gateway.replies.language import moment

if TYPE_CHECKING:
    from local.gateway.replies.answer import Asked


class TimeAnswer(Choice):
    """One slot. Those that have passed are not shown."""

    def reply(self, asked: Asked) -> dict[str, Any]:
        """The same event with one slot, and the time in the device's words."""
        event = asked.content
        slots = sorted((slot for slot in event["timeslots"] if _start(slot).timestamp() > asked.now), key=_start)
        if not slots:
            raise impossible("identifier", "all slots have passed; the phone shows none")
        slot = self.pick_one(slots)
        offset = event.get("timezoneOffset", asked.customer.timezone_offset)
        title = moment(_start(slot), offset_minutes=offset, locale=asked.locale)
        bubble = {"style": (asked.interactive.get("replyMessage") or {}).get("style", "icon")}
        return frame(asked, {**event, "timeslots": [slot]}, title, **bubble)


def _start(slot: dict[str, Any]) -> datetime:
    return datetime.strptime(slot["startTime"], "%Y-%m-%dT%H:%M%z")
