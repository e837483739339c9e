"""The way to the store Apple's URLs lead to: through the egress guard, to the address it has checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.apple.store import CONNECT_SECONDS, READ_SECONDS, Route
from parley.business.pools import Pools

if TYPE_CHECKING:
    from parley.business.egress import EgressGuard


class StoreRoutes:
    """Apple's URLs come out of a customer's message, by way of Apple: they are trusted no more than a business's."""

    def __init__(self, guard: EgressGuard) -> None:
        self._guard = guard
        self._pools = Pools(connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS)

    def __call__(self, url: str) -> Route:
        """Raises Rejected (`url_*`, `address_forbidden`) or Retryable (`dns_failed`)."""
        target = self._guard.check(url)
        return Route(self._pools.to(target), target.path, target.authority)
