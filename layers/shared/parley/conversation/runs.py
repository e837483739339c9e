"""One replay of many messages: what it looks for, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from parley.conversation.records import Direction, Message, State
from parley.conversation.ulids import Span


class RunState(StrEnum):
    """running → completed; running ⇄ cancelled."""

    RUNNING = "running"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


WANTED: Final = {
    "failed": frozenset({State.FAILED}),
    "delivered": frozenset({State.DELIVERED}),
    "any": frozenset({State.FAILED, State.DELIVERED}),
}
"""Which states a replay brings back, by the caller's word for them."""


@dataclass(slots=True)
class Run:
    """Times are Unix seconds. `first` and `last` bound the messages by their ULIDs, `reached` is the last one seen."""

    id: str
    business_id: str
    wanted: str
    since: float
    until: float
    first: str
    last: str
    rate: int
    created_at: float
    endpoint_id: str | None = None
    state: RunState = RunState.RUNNING
    reached: str | None = None
    examined: int = 0
    replayed: int = 0
    next_at: float = 0.0
    """When its next step is due; the timer for it is set before this is written."""
    finished_at: float | None = None
    version: int = 0
    """Counts the writes, so that of two at once one is refused."""

    @property
    def left(self) -> Span | None:
        """The span that has not been looked at; None when there is none."""
        span = Span(self.first, self.last)
        left = span if self.reached is None else span.behind(self.reached)
        return None if left is None or left.is_empty else left

    @property
    def state_to_find(self) -> State | None:
        """The one state it is after, if it is only one."""
        states = WANTED[self.wanted]
        return next(iter(states)) if len(states) == 1 else None

    def wants(self, message: Message) -> bool:
        """Whether this message is to be delivered again: a webhook, settled, and what was asked for."""
        return (
            message.direction is not Direction.OUTBOUND
            and message.state in WANTED[self.wanted]
            and self.endpoint_id in (None, message.endpoint_id)
        )
