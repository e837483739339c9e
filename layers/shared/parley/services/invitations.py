"""Invitations: who was asked, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.apple import limits
from parley.errors import NotFound

if TYPE_CHECKING:
    from parley.conversation.invitations import Invited
    from parley.services import ports


class Invitations:
    """Reads only; inviting is sending a message (`Accept`)."""

    def __init__(self, *, store: ports.Invitations) -> None:
        self._store = store

    def page(self, business_id: str, *, after: str | None, limit: int) -> tuple[list[Invited], str | None]:
        """The newest first, and the place to go on from."""
        return self._store.newest(business_id, after=after, limit=limit)

    def under(
        self, business_id: str, reference_id: str, *, after: str | None, limit: int
    ) -> tuple[list[Invited], str | None]:
        """Everybody under one reference. Raises NotFound (`invitation_unknown`) when it is nobody."""
        found: list[Invited] = []
        following = None
        if len(reference_id) <= limits.MAX_REFERENCE_ID_CHARS:
            found, following = self._store.under(business_id, reference_id, after=after, limit=limit)
        if not found and after is None and following is None:
            raise NotFound("nobody was invited under this reference", code="invitation_unknown")
        return found, following
