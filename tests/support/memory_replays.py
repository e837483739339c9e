"""Deliveries and replays in memory, over the same table as messages and conversations.

`tests/unit/storage` runs the same tests against these and against DynamoDB's, so that they stay honest.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from parley.conversation.listing import PastAttempt, Place, Places, merged
from parley.conversation.records import EXCEPTIONAL, State
from parley.storage import keys
from parley.storage.replays import KEPT_SECONDS
from tests.support.memory_table import RETENTION_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from parley.conversation.records import Message
    from parley.conversation.runs import Run
    from parley.conversation.ulids import Span
    from tests.support.memory_table import Table


class MemoryDeliveries:
    """`services.ports.Deliveries`: shard by shard, as the indexes are."""

    def __init__(self, table: Table, *, clock: Callable[[], float]) -> None:
        self._table = table
        self._clock = clock

    def places(
        self,
        business_id: str,
        *,
        span: Span,
        limit: int,
        newest_first: bool,
        state: State | None = None,
        conversation_id: str | None = None,
    ) -> Places:
        found = [
            message
            for message in self._table.messages.values()
            if message.business_id == business_id and span.first <= message.ulid <= span.last
        ]
        if conversation_id is not None:
            shards = [[message for message in found if message.conversation_id == conversation_id]]
        else:
            by_state = state in EXCEPTIONAL
            wanted = [message for message in found if not by_state or message.state is state]
            shards = [
                [message for message in wanted if keys.business_shard(business_id, message.id) == shard]
                for shard in keys.business_shards(business_id)
            ]
        return merged(
            [_first(shard, limit=limit, newest_first=newest_first) for shard in shards],
            newest_first=newest_first,
            limit=limit,
        )

    def read(self, business_id: str, message_ids: Iterable[str]) -> dict[str, Message]:
        found = {identity: self._table.messages.get((business_id, identity)) for identity in message_ids}
        return {
            identity: deepcopy(message)
            for identity, message in found.items()
            if message is not None and int(message.received_at) + RETENTION_SECONDS > self._clock()
        }

    def attempts(self, business_id: str, message_id: str) -> list[PastAttempt]:
        made = [each for each in self._table.attempts if each["message_id"] == message_id]
        return sorted(
            (
                PastAttempt(
                    each["target"], each["number"], each["at"], each["status"], each["words"], each.get("ms", 0)
                )
                for each in made
            ),
            key=lambda attempt: attempt.at,
            reverse=True,
        )

    def requeue(self, message: Message, *, at: float) -> bool:
        stored = self._table.messages.get((message.business_id, message.id))
        if stored is None or stored.state is not message.state:
            return False
        stored.state, stored.replayed_at = State.QUEUED, at
        stored.error_code = stored.error_message = None
        self._table.due["MSG", message.business_id, message.id] = at + 60
        return True


class MemoryReplays:
    """`services.ports.Runs`."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.stored: dict[tuple[str, str], tuple[Run, float]] = {}

    def get(self, business_id: str, run_id: str) -> Run | None:
        run, expires_at = self.stored.get((business_id, run_id), (None, 0.0))
        return deepcopy(run) if expires_at > self._clock() else None

    def newest(self, business_id: str, *, limit: int) -> list[Run]:
        found = [self.get(business_id, run_id) for owner, run_id in self.stored if owner == business_id]
        kept = [run for run in found if run is not None]
        return sorted(kept, key=lambda run: run.id, reverse=True)[:limit]

    def save(self, run: Run) -> bool:
        known, _ = self.stored.get((run.business_id, run.id), (None, 0.0))
        if (known.version if known is not None else 0) != run.version:
            return False
        run.version += 1
        self.stored[run.business_id, run.id] = (deepcopy(run), int(self._clock()) + KEPT_SECONDS)
        return True


def _first(shard: list[Message], *, limit: int, newest_first: bool) -> Places:
    ordered = sorted(shard, key=lambda message: message.ulid, reverse=newest_first)
    return Places([Place(message.ulid, message.id) for message in ordered[:limit]], more=len(ordered) > limit)
