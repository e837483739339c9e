"""Who is calling the business API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.model import ApiKey
    from parley.services import ports


class Authorize:
    """Turn an `Authorization` header into the key it opens."""

    def __init__(self, *, businesses: ports.Businesses, clock: Callable[[], float]) -> None:
        self._businesses = businesses
        self._clock = clock

    def __call__(self, authorization: str | None) -> ApiKey | None:
        """The key, or None: unknown, wrong, disabled and expired look alike."""
        credential = keys.parse(authorization)
        if credential is None:
            return None
        key_id, secret = credential
        key = self._businesses.find_key(key_id)
        return key if keys.opens(key, secret, now=self._clock()) else None
