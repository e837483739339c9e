"""Does Apple take this key? Asked with a call that can do nothing.

The call is `GET /preDownload` without the headers that say what to download (protocol/08 §3). It is a GET; it names no
business, no customer and no attachment; so there is nothing it could send, reserve or open. A key that Apple believes
gets as far as the missing headers (400), any other 403 (protocol/01 §3.2). `/message` with a broken body would be read
by the part of Apple that delivers, and `/preUpload` would reserve a place.

Nobody outside knows in which order Apple checks. So a yes counts only when the same call with a key nobody issued is
told no.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import jwt
import urllib3

from parley.apple import limits
from parley.apple.tokens import ALGORITHM, Credential, sign
from parley.errors import Fatal

if TYPE_CHECKING:
    from collections.abc import Callable


class Finding(StrEnum):
    """What Apple made of a key."""

    TAKEN = "taken"
    REFUSED = "refused"
    """401 or 403."""
    AWAY = "away"
    """429, 5xx or no answer: ask again later."""
    UNCLEAR = "unclear"
    """Apple answers a key nobody issued in the same way, so the answer says nothing."""


@dataclass(frozen=True, slots=True)
class Probed:
    """The finding, and the status that led to it (0: no answer); safe to log."""

    finding: Finding
    status: int


_REFUSED: Final = frozenset({401, 403})
_LATER: Final = frozenset({0, 408, 425, 429})


class KeyProbe:
    """Asks the gateway at `base_url`."""

    def __init__(
        self,
        base_url: str,
        *,
        clock: Callable[[], float],
        new_key: Callable[[], bytes] = lambda: secrets.token_bytes(32),
        timeout: float = limits.GATEWAY_TIMEOUT_SECONDS,
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/preDownload"
        self._clock = clock
        self._new_key = new_key
        self._pool = urllib3.PoolManager(num_pools=1, retries=False, timeout=urllib3.Timeout(connect=3.0, read=timeout))

    def __call__(self, credential: Credential) -> Probed:
        """Never raises for what the network or Apple does."""
        status = self._status(credential)
        if status in _REFUSED:
            return Probed(Finding.REFUSED, status)
        if _is_away(status):
            return Probed(Finding.AWAY, status)
        stranger = self._status(Credential(credential.msp_id, self._new_key()))
        if _is_away(stranger):
            return Probed(Finding.AWAY, stranger)
        return Probed(Finding.TAKEN if stranger in _REFUSED else Finding.UNCLEAR, status)

    def _status(self, credential: Credential) -> int:
        token = sign(credential, now=self._clock())
        try:
            answer = self._pool.request(
                "GET",
                self._url,
                headers={"Authorization": f"Bearer {token}", "User-Agent": "parley"},
                redirect=False,
                preload_content=False,
            )
        except urllib3.exceptions.HTTPError:
            return 0
        answer.close()  # the status is all there is to learn
        return answer.status


def _is_away(status: int) -> bool:
    return status in _LATER or status >= 500


def require_round_trip(credential: Credential, *, now: float) -> None:
    """What is signed with the key verifies with it and says what Apple asks for. Raises Fatal otherwise."""
    try:
        claims = jwt.decode(
            sign(credential, now=now),
            credential.key,
            algorithms=[ALGORITHM],
            options={"verify_iat": False, "require": ["iss", "iat"]},
        )
    except jwt.PyJWTError:
        raise Fatal("the key does not verify what it signs") from None
    if claims["iss"] != credential.msp_id:
        raise Fatal("a token of the key does not name its MSP")
