"""How long a business wants things kept, and what of them not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.errors import Fault, Invalid, Retryable
from parley.services.endpoints import TRIES, stale

if TYPE_CHECKING:
    from parley.business.snapshot import PrivacySettings
    from parley.services import ports


class Privacy:
    """`most_days` is what the installation keeps: the bucket forgets by then, whatever a business says."""

    def __init__(self, *, store: ports.PrivacyStore, most_days: int) -> None:
        self._store = store
        self._most_days = most_days

    def get(self, business_id: str) -> tuple[PrivacySettings, int]:
        """The settings and their version. Raises NotFound (`business_unknown`)."""
        return self._store.get(business_id)

    def replace(self, business_id: str, wanted: PrivacySettings, *, version: int | None) -> tuple[PrivacySettings, int]:
        """`version` is what the caller has seen, None for any.

        Raises Invalid (`too_long`), Conflict (`precondition_failed`).
        """
        days = wanted.retention_days
        if days is not None and days > self._most_days:
            message = f"this installation keeps nothing for more than {self._most_days} days"
            raise Invalid([Fault("/retention_days", "too_long", message)])
        for _ in range(TRIES):
            _, seen = self._store.get(business_id)
            if version not in (None, seen):
                raise stale("the settings")
            if self._store.put(business_id, wanted, version=seen):
                return wanted, seen + 1
        raise Retryable("the settings are being changed by somebody else", code="settings_busy", after=1)
