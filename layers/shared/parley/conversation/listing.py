"""What is read when messages or conversations are looked for: places in time first, what stands there then."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Place:
    """Where one message, or one conversation, stands: an index knows no more of it."""

    ulid: str
    id: str

    @property
    def message_id(self) -> str:
        """Its id, where it is a message."""
        return self.id


@dataclass(frozen=True, slots=True)
class Places:
    """Some places in order; `more` when others follow."""

    places: list[Place]
    more: bool


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """One failed try, as it was recorded. `target` is an endpoint's id, or `apple`."""

    target: str
    number: int
    at: float
    status: int
    words: str
    ms: int


def merged(shards: Sequence[Places], *, newest_first: bool, limit: int) -> Places:
    """The first `limit` places of all shards together.

    Each shard must be in the same order and hold its own first `limit` places, or all it has: what a shard has
    not shown then stands behind all that is taken.
    """
    lists = (shard.places for shard in shards)
    everything = heapq.merge(*lists, key=lambda place: place.ulid, reverse=newest_first)
    taken = list(itertools.islice(everything, limit))
    more = next(everything, None) is not None or any(shard.more for shard in shards)
    return Places(taken, more)
