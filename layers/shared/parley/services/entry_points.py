"""Entry points: made, found and forgotten. Apple keeps nothing of them, so there is nobody to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.apple import entry_points as apple
from parley.business.bounds import MAX_ENTRY_POINTS, MAX_LINK_CHARS
from parley.business.model import EntryPoint
from parley.errors import Conflict, Fault, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.services import ports


class EntryPoints:
    """A business's ways into a conversation."""

    def __init__(self, *, store: ports.EntryPoints, clock: Callable[[], float], new_ulid: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._new_ulid = new_ulid

    def create(
        self, business_id: str, *, name: str, intent: str | None, group: str | None, body: str | None
    ) -> EntryPoint:
        """Raises Invalid (`too_long`, all of it together) and Conflict (`too_many_entry_points`)."""
        made = EntryPoint(self._new_ulid(), business_id, name, intent, group, body, created_at=self._clock())
        length = len(apple.link(business_id, intent=intent, group=group, body=body))
        if length > MAX_LINK_CHARS:
            words = f"shorten it: the link would have {length} characters, and a code holds {MAX_LINK_CHARS}"
            longest = max({"body": body, "intent": intent, "group": group}.items(), key=lambda pair: len(pair[1] or ""))
            raise Invalid([Fault(f"/{longest[0]}", "too_long", words)])
        if self._store.count(business_id) >= MAX_ENTRY_POINTS:
            raise Conflict(f"there are {MAX_ENTRY_POINTS}; forget one first", code="too_many_entry_points")
        self._store.add(made)
        return made

    def get(self, business_id: str, entry_point_id: str) -> EntryPoint:
        """Raises NotFound (`entry_point_unknown`)."""
        found = self._store.get(business_id, entry_point_id)
        if found is None:
            raise unknown()
        return found

    def page(self, business_id: str, *, after: str | None, limit: int) -> tuple[list[EntryPoint], bool]:
        """The newest first, from behind `after` on; and whether there are more."""
        found = self._store.newest(business_id, after=after, limit=limit + 1)
        return found[:limit], len(found) > limit

    def remove(self, business_id: str, entry_point_id: str) -> None:
        """Raises NotFound (`entry_point_unknown`)."""
        if not self._store.remove(business_id, entry_point_id):
            raise unknown()


def unknown() -> NotFound:
    """Not there, or another business's."""
    return NotFound("no such entry point", code="entry_point_unknown")
