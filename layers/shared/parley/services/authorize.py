"""Who is calling the business API."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from parley.business import keys
from parley.errors import ParleyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.model import ApiKey
    from parley.services import ports


class Authorize:
    """Turn an `Authorization` header into the key it opens."""

    def __init__(self, *, api_keys: ports.ApiKeyStore, clock: Callable[[], float]) -> None:
        self._api_keys = api_keys
        self._clock = clock

    def __call__(self, authorization: str | None) -> ApiKey | None:
        """The key, or None: unknown, wrong, disabled and expired look alike."""
        credential = keys.parse(authorization)
        if credential is None:
            return None
        key_id, secret = credential
        now = self._clock()
        key = self._api_keys.find(key_id)
        is_good = keys.opens(key, secret, now=now)
        if key is None or not is_good:
            return None
        with suppress(ParleyError):  # nobody is turned away because this could not be written down
            self._api_keys.mark_used(key, at=now)
        return key
