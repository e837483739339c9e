"""Give an endpoint's webhooks another signing secret, with the old one signing beside it for a while, or at once.

For the business API: `POST /v1/endpoints/{id}/rotate-secret`. Whoever calls makes sure first that the endpoint is
the business's. Two callers at once are safe: the second sees what the first has written (`storage.secrets`), and
both secrets they are told sign from then on.

Raises Retryable (`aws_unavailable`, `secret_busy`) when nothing has changed and the same call may be made again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parley.business.key_ring import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.key_ring import KeyRing
    from parley.services import ports


@dataclass(frozen=True, slots=True)
class NewSecret:
    """The secret to hand to the business, shown this once; `former_until` is when the last old one stops signing."""

    secret: str = field(repr=False)
    former_until: float | None = None
    """Unix seconds; None when no old one signs any more."""


class RotateSecrets:
    """The signing secrets of a business's endpoints. `overlap_seconds` is how long an old one goes on signing."""

    def __init__(
        self,
        *,
        secrets: ports.SigningSecrets,
        clock: Callable[[], float],
        new_secret: Callable[[], str],
        overlap_seconds: float,
    ) -> None:
        self._secrets = secrets
        self._clock = clock
        self._new_secret = new_secret
        self._overlap_seconds = overlap_seconds

    def issue(self, business_id: str, endpoint_id: str) -> NewSecret:
        """A first secret of its own for an endpoint that nobody delivers to yet."""
        return self._alone(business_id, endpoint_id)

    def rotate_endpoint_secret(self, business_id: str, endpoint_id: str | None) -> NewSecret:
        """A new secret; the old one goes on signing for the overlap. None as endpoint is the business's default."""
        now, secret = self._clock(), self._new_secret()
        until = now + self._overlap_seconds

        def edit(ring: KeyRing) -> KeyRing:
            return ring.with_key(endpoint_id, ring.key(endpoint_id).succeeded_by(secret, until=until, now=now))

        self._secrets.change(business_id, edit)
        return NewSecret(secret, until)

    def revoke_endpoint_secret(self, business_id: str, endpoint_id: str | None) -> NewSecret:
        """A new secret, and no other signs: for a secret that has leaked.

        Functions that run already may sign with the old one for five minutes more (`storage.secrets`).
        """
        return self._alone(business_id, endpoint_id)

    def forget(self, business_id: str, endpoint_id: str) -> None:
        """Drop the secret of an endpoint that was deleted."""
        self._secrets.change(business_id, lambda ring: ring.without(endpoint_id))

    def _alone(self, business_id: str, endpoint_id: str | None) -> NewSecret:
        secret = self._new_secret()
        self._secrets.change(business_id, lambda ring: ring.with_key(endpoint_id, Key(secret)))
        return NewSecret(secret)
