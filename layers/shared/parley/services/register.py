"""Make a business known: what it is called, where its webhooks go, what opens its API."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from parley.business import keys, signing
from parley.business.model import ApiKey, Business, Endpoint, Rule
from parley.business.scopes import LIVE
from parley.business.tiers import STANDARD
from parley.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.egress import EgressGuard
    from parley.business.tiers import Tier
    from parley.services import ports


class Register:
    """Every step may be repeated; the last word counts."""

    def __init__(
        self,
        *,
        businesses: ports.Businesses,
        api_keys: ports.ApiKeyStore,
        clock: Callable[[], float],
        signing_keys: ports.SigningKeys,
        usage: ports.UsagePlans,
        guard: EgressGuard,
    ) -> None:
        self._businesses = businesses
        self._api_keys = api_keys
        self._clock = clock
        self._usage = usage
        self._signing_keys = signing_keys
        self._guard = guard

    def business(
        self,
        business_id: str,
        *,
        name: str,
        url: str,
        webhook_secret: str | None = None,
        tier: Tier = STANDARD,
    ) -> str:
        """Register a business with one endpoint that gets everything. Returns its webhook secret.

        Raises Rejected when the egress guard would not let a webhook reach `url`.
        """
        business_id = business_id.lower()
        self._guard.check(url)
        secret = webhook_secret or signing.new_secret()
        self._signing_keys.put(business_id, secret)
        endpoint = Endpoint(id="default", url=url)
        self._businesses.put(
            Business(
                id=business_id,
                name=name,
                endpoints={endpoint.id: endpoint},
                rules=(Rule(endpoint_id=endpoint.id),),
                tier=tier,
            )
        )
        self._enroll(business_id, tier)
        return secret

    def tier(self, business_id: str, tier: Tier) -> None:
        """Give a business another tier. For some seconds its calls may be answered 403 (`usage_plan_missing`).

        Raises NotFound when this MSP does not serve it.
        """
        business_id = business_id.lower()
        self._businesses.require(business_id)
        self._businesses.set_tier(business_id, tier)
        self._enroll(business_id, tier)

    def new_key(self, business_id: str, *, name: str) -> str:
        """Make a live API key that may do everything. Returns it whole, as it is shown once: `<key id>.<secret>`."""
        key_id = keys.new_id(LIVE)
        secret = keys.new_secret(key_id)
        self.key(business_id, key_id=key_id, secret=secret, name=name)
        return f"{key_id}.{secret}"

    def key(self, business_id: str, *, key_id: str, secret: str, name: str = "") -> ApiKey:
        """Store the API key `<key_id>.<secret>` of a business, which may do everything.

        Raises Rejected for one no request could show.
        """
        business_id = business_id.lower()
        if keys.parse(f"Bearer {key_id}.{secret}") != (key_id, secret):
            raise Rejected(
                "a key id is 4 to 64 and a secret 20 to 128 letters, digits, '-' or '_'; what looks like a key of"
                " Parley's own making needs its checksum",
                code="key_malformed",
            )
        key = ApiKey(
            id=key_id,
            business_id=business_id,
            secret_sha256=keys.digest(secret),
            usage_identifier=usage_identifier(business_id),
            name=name,
            created_at=self._clock(),
        )
        self._api_keys.put(key)
        return key

    def _enroll(self, business_id: str, tier: Tier) -> None:
        self._usage.enroll(f"parley-{business_id}", usage_identifier(business_id), tier=tier)


def usage_identifier(business_id: str) -> str:
    """The value of the API Gateway key that counts this business's calls; it opens nothing by itself."""
    return hashlib.sha256(f"parley-usage\0{business_id}".encode()).hexdigest()
