"""One DynamoDB table in memory: items, and indexes that learn of a change a little later."""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tests.chaos.operands import Invalid, comparable, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.chaos.operands import Item

type Key = tuple[str, str]
type Place = tuple[Any, str, str]
"""Where an item stands in a partition: its range key, and its own key to tell equals apart."""

MAX_ITEM_BYTES: Final = 400 * 1024
EVENTUAL_SECONDS: Final = 1.0
"""How long a read that is not strongly consistent may still see what was there before."""


@dataclass
class Index:
    """A secondary index: keys only, sparse, and behind the table."""

    hash_name: str
    range_name: str
    parts: defaultdict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    standing: dict[Key, tuple[str, Any]] = field(default_factory=dict)
    coming: list[tuple[float, int, Key, tuple[str, Any] | None]] = field(default_factory=list)
    latest: dict[Key, float] = field(default_factory=dict)

    def entry(self, item: Item | None) -> tuple[str, Any] | None:
        """Where `item` belongs in this index; None when it lacks one of the index's keys."""
        if item is None or self.hash_name not in item or self.range_name not in item:
            return None
        return item[self.hash_name]["S"], comparable(item[self.range_name])[1]

    def catch_up(self, now: float) -> None:
        """Apply what has arrived by now."""
        while self.coming and self.coming[0][0] <= now:
            at, _, key, entry = heapq.heappop(self.coming)
            if self.latest.get(key) == at:
                del self.latest[key]
            before = self.standing.pop(key, None)
            if before is not None:
                part = self.parts[before[0]]
                del part[bisect_left(part, (before[1], *key))]
            if entry is not None:
                self.standing[key] = entry
                insort(self.parts[entry[0]], (entry[1], *key))


class Table:
    """Items by key. `lag` says how much later each change is seen in the indexes, `stale` whether a read is."""

    def __init__(
        self,
        schema: Mapping[str, Any],
        *,
        now: Callable[[], float],
        lag: Callable[[], float],
        stale: Callable[[], bool],
    ) -> None:
        self.items: dict[Key, Item] = {}
        self.before: dict[Key, tuple[float, Item | None]] = {}
        self.parts: defaultdict[str, list[str]] = defaultdict(list)
        self._now, self._lag, self._stale = now, lag, stale
        self._changes = 0
        self.types = {entry["AttributeName"]: entry["AttributeType"] for entry in schema["AttributeDefinitions"]}
        self.indexes: dict[str, Index] = {}
        for index in schema.get("GlobalSecondaryIndexes", []):
            keys = [entry["AttributeName"] for entry in index["KeySchema"]]
            # What is included beyond the keys is for counting usage, which nobody does here.
            assert index["Projection"]["ProjectionType"] in {"KEYS_ONLY", "INCLUDE"}, "not all that ALL shows is played"
            self.indexes[index["IndexName"]] = Index(keys[0], keys[1])

    def get(self, key: Key, *, consistent: bool) -> Item | None:
        """The item, or what it was a moment ago."""
        if not consistent and key in self.before:
            changed_at, old = self.before[key]
            if self._now() - changed_at < EVENTUAL_SECONDS and self._stale():
                return old
        return self.items.get(key)

    def write(self, key: Key, item: Item | None) -> None:
        """Put or remove one item; one that `check` has seen."""
        old = self.items.get(key)
        self.before[key] = (self._now(), old)
        if item is None:
            if old is not None:
                del self.items[key]
                self.parts[key[0]].remove(key[1])
        else:
            if old is None:
                insort(self.parts[key[0]], key[1])
            self.items[key] = item
        for index in self.indexes.values():
            was, is_now = index.entry(old), index.entry(item)
            if was != is_now:
                # One item's changes are never overtaken by its later ones.
                at = max(self._now() + self._lag(), index.latest.get(key, 0.0))
                index.latest[key] = at
                self._changes += 1
                heapq.heappush(index.coming, (at, self._changes, key, is_now))

    def index(self, name: str) -> Index:
        """An index as it is seen now. Raises Invalid when there is none of that name."""
        if name not in self.indexes:
            raise Invalid("The table does not have the specified index: " + name)
        self.indexes[name].catch_up(self._now())
        return self.indexes[name]

    def projected(self, index: Index, place: Place) -> Item:
        """An entry of an index, with its keys and the table's."""
        range_value, pk, sk = place
        hash_value = index.standing[pk, sk][0]
        kind = self.types[index.range_name]
        shown = number(range_value) if kind == "N" else range_value
        return {
            "pk": {"S": pk},
            "sk": {"S": sk},
            index.hash_name: {"S": hash_value},
            index.range_name: {kind: shown},
        }

    def check(self, item: Item) -> None:
        """Raises Invalid for what DynamoDB would not take."""
        for name, kind in self.types.items():
            if name not in item:
                continue
            if kind not in item[name]:
                raise Invalid(f"Type mismatch for Index Key {name} Expected: {kind}")
            if item[name][kind] == "":
                raise Invalid(f"The index key {name} may not be an empty string")
        if sum(len(name) + len(str(value)) for name, value in item.items()) > MAX_ITEM_BYTES:
            raise Invalid("Item size has exceeded the maximum allowed size")


def normal(item: Mapping[str, Any]) -> Item:
    """An item as DynamoDB keeps it: numbers lose a fraction of nothing. Raises Invalid for empty sets."""
    return {name: _normal(value) for name, value in item.items()}


def _normal(attribute: Mapping[str, Any]) -> dict[str, Any]:
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return {"N": number(comparable({"N": value})[1])}
        case "M":
            return {"M": normal(value)}
        case "L":
            return {"L": [_normal(entry) for entry in value]}
        case "SS" | "NS" | "BS" if not value:
            raise Invalid("An string set  may not be empty")
        case "SS" | "NS" | "BS":
            return {kind: sorted(set(value))}
        case _:
            return {kind: value}
