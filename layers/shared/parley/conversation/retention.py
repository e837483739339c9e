"""How long things are kept: as many days as their business says, and undelivered ones long enough to be delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parley.conversation.records import Direction, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.conversation.attachments import Attachment
    from parley.conversation.records import Message

type Days = Callable[[str], int]
"""By business id."""

DAY: Final = 86_400

WAITING_DAYS: Final = 4
"""Delivery is tried for 76 hours; a message that waits, or was given up, is there for longer than that."""

LEAST_DAYS: Final = 7
"""No installation keeps things for less, so a body that lies in the bucket is there for that long at least."""

_DONE: Final = frozenset({State.DELIVERED, State.SUPPRESSED, State.SENT, State.CANCELLED})
"""Nobody will do anything more with it. What failed can be replayed, so it is kept like what waits."""


def of_message(message: Message, days: int) -> int:
    """When a message expires, as it is now (Unix seconds)."""
    if message.state in _DONE:
        return int(message.received_at) + days * DAY
    return while_it_waits(message, days)


def while_it_waits(message: Message, days: int) -> int:
    """When it expires if nothing comes of it. A replay gives it the time anew, but never outlives its body."""
    waiting = int(message.first_tried) + WAITING_DAYS * DAY
    if message.payload_key is not None:
        waiting = min(waiting, int(message.received_at) + LEAST_DAYS * DAY)
    return max(int(message.received_at) + days * DAY, waiting)


def shortened(message: Message, days: int) -> int | None:
    """When a message expires that has just been settled; None when nothing changes about it."""
    return moved(message, message.state, days)


def moved(message: Message, state: State, days: int) -> int | None:
    """The same for a message that is moving to `state`."""
    done, waiting = int(message.received_at) + days * DAY, while_it_waits(message, days)
    if state in _DONE:
        return done if days < WAITING_DAYS else None
    return waiting if waiting > done else None


def of_file(attachment: Attachment, days: int) -> int:
    """A customer's file waits with its message."""
    kept = max(days, WAITING_DAYS) if attachment.direction is Direction.INBOUND else days
    return int(attachment.created_at) + kept * DAY
