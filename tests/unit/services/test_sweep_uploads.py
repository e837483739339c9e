"""Files of a business whose worker went silent are found by their due time, too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from parley.conversation.arrivals import Arrival
from parley.conversation.attachments import Attachment, PartState
from parley.conversation.records import Direction, Overdue
from parley.services.sweep import Sweep
from tests.support import apple_requests as apple
from tests.support.memory_table import MemoryConversations, MemoryMessages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.world import World


@dataclass
class Due:
    """One overdue attachment."""

    dropped: list[Overdue] = field(default_factory=list)

    def overdue(self, now: float, *, limit: int) -> Iterator[Overdue]:
        assert limit
        yield Overdue("ATT", apple.BUSINESS, "a1", now - 1)

    def claim(self, overdue: Overdue, *, until: float) -> bool:
        return overdue.due_at < until

    def drop(self, overdue: Overdue) -> None:
        self.dropped.append(overdue)


def swept(world: World, state: PartState | None) -> tuple[int, list[Arrival], list[Overdue]]:
    if state is not None:
        world.attachments.put(
            Attachment(
                id="a1",
                business_id=apple.BUSINESS,
                direction=Direction.OUTBOUND,
                state=state,
                created_at=world.clock(),
            )
        )
    due = Due()
    sweep = Sweep(
        due=due,
        messages=MemoryMessages(world.table, clock=world.clock),
        conversations=MemoryConversations(world.table),
        events=world.events,
        outbox=world.outbox,
        attachments=world.attachments,
        transfers=world.transfers,
        arrivals=world.arrivals,
        erasures=world.erasure_notes,
        clock=world.clock,
        new_id=world.new_id,
    )
    return sweep(deadline=world.clock() + 50).healed, world.arrivals.sent, due.dropped


def test_a_file_whose_worker_went_silent_is_queued_again(world: World) -> None:
    assert swept(world, PartState.PROCESSING) == (1, [Arrival(apple.BUSINESS, "a1")], [])
    assert world.transfers.sent == []


@pytest.mark.parametrize("state", [PartState.READY, PartState.FAILED, None])
def test_a_file_that_is_settled_or_gone_is_left_alone(world: World, state: PartState | None) -> None:
    healed, sent, dropped = swept(world, state)

    assert (healed, sent, len(dropped)) == (0, [], 1)
