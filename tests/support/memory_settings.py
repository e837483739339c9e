"""Businesses, secrets and large bodies in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from parley.business.snapshot import KeyRecord, Keys, Snapshot
from parley.errors import Fatal, NotFound
from parley.services.parts import Arrived

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parley.apple.inbound import InboundMessage
    from parley.apple.tokens import Credential
    from parley.business.channel import Topic
    from parley.business.model import ApiKey, Breaker, Business, Endpoint, Mark
    from parley.conversation.records import Message


def _all_well(_business_id: str) -> dict[str, Breaker]:
    return {}


@dataclass
class Businesses:
    """`services.ports.Businesses`. `breakers` reads their endpoints' health, as one read of the table does."""

    known: dict[str, Business] = field(default_factory=dict)
    breakers: Callable[[str], dict[str, Breaker]] = _all_well
    cached: dict[str, Business] = field(default_factory=dict)
    """Old news: what is answered when nobody asks for fresh ones."""

    def require(self, business_id: str) -> None:
        self.get(business_id)

    def marks(self, business_id: str) -> tuple[Mark, ...]:
        return self.known[business_id].redact if business_id in self.known else ()

    def get(self, business_id: str, *, fresh: bool = False) -> Business:
        if business_id not in self.known:
            raise NotFound("this MSP does not serve that business", code="business_unknown")
        if not fresh and business_id in self.cached:
            return self.cached[business_id]
        return replace(self.known[business_id], breakers=self.breakers(business_id))

    def topic(self, business_id: str, topic_id: str) -> Topic | None:
        channel = self.get(business_id).channel
        return channel.topic(topic_id) if channel is not None else None

    def disable(self, business_id: str, endpoint: Endpoint, *, reason: str) -> bool:
        business = self.known[business_id]
        if business.endpoints.get(endpoint.id) != endpoint or not endpoint.active:
            return False
        gone = replace(endpoint, state="disabled", reason=reason)
        self.known[business_id] = replace(business, endpoints={**business.endpoints, endpoint.id: gone})
        return True

    def put(self, business: Business) -> None:
        self.known[business.id] = business

    def set_tier(self, business_id: str, tier: str) -> None:
        self.known[business_id] = replace(self.known[business_id], tier=tier)


@dataclass
class ApiKeys:
    """`services.ports.ApiKeys`."""

    known: dict[str, KeyRecord] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    """Which keys were looked for."""
    used: list[tuple[str, float]] = field(default_factory=list)
    fault: Exception | None = None
    """Of marking one."""
    meanwhile: Callable[[], object] | None = None
    """Happens once, between a read of all keys and the change that follows."""

    def find(self, key_id: str) -> ApiKey | None:
        self.found.append(key_id)
        record = self.known.get(key_id)
        return record.key if record else None

    def mark_used(self, key: ApiKey, *, at: float) -> None:
        if self.fault is not None:
            raise self.fault
        self.used.append((key.id, at))

    def of_business(self, business_id: str, *, and_key: str | None = None) -> Keys:
        records = {name: each for name, each in self.known.items() if each.key.business_id == business_id}
        return Keys(records, self.versions.get(business_id, 0))

    def put(self, key: ApiKey) -> None:
        version = self.known[key.id].version if key.id in self.known else 0
        self.known[key.id] = KeyRecord(key, version + 1)
        self.versions[key.business_id] = self.versions.get(key.business_id, 0) + 1

    def add(self, key: ApiKey, *, seen: int) -> bool:
        if not self._is_seen(key, seen) or key.id in self.known:
            return False
        self.put(key)
        return True

    def change(self, key: ApiKey, *, seen: int) -> bool:
        if not self._is_seen(key, seen) or key.id not in self.known:
            return False
        self.put(key)
        return True

    def remove(self, key: ApiKey, *, seen: int) -> bool:
        if not self._is_seen(key, seen) or key.id not in self.known:
            return False
        del self.known[key.id]
        self.versions[key.business_id] += 1
        return True

    def _is_seen(self, key: ApiKey, seen: int) -> bool:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return self.versions.get(key.business_id, 0) == seen


@dataclass
class Snapshots:
    """`services.ports.Snapshots`."""

    businesses: Businesses

    def read(self, business_id: str) -> Snapshot:
        return Snapshot(self.businesses.get(business_id, fresh=True))


@dataclass
class Parts:
    """`services.ports.Parts`: what has arrived, by message; everything at once unless told otherwise."""

    known: dict[str, Arrived] = field(default_factory=dict)

    def __call__(self, stored: Message, message: InboundMessage) -> Arrived:
        return self.known.get(stored.id, Arrived(settled=True))


@dataclass
class Enclose:
    """`services.ports.Enclose`: nothing is enclosed unless a fault is set."""

    fault: Exception | None = None

    def __call__(self, business_id: str, content: dict[str, Any], *, since: float) -> dict[str, Any]:
        if self.fault is not None:
            raise self.fault
        return content


@dataclass
class Credentials:
    """`services.ports.Credentials`: what is cached, and what a refetch would find (None: too soon)."""

    cached: list[Credential]
    renewed: list[Credential] | None = None
    refetches: int = 0

    def active(self) -> list[Credential]:
        return list(self.cached)

    def refetch(self) -> list[Credential] | None:
        self.refetches += 1
        return self.renewed


@dataclass
class SigningKeys:
    """`services.ports.SigningKeys`."""

    stored: dict[str, list[str]] = field(default_factory=dict)

    def keys(self, business_id: str, endpoint_id: str | None = None) -> Sequence[str]:
        if business_id not in self.stored:
            raise Fatal(f"business {business_id} has no webhook secret; register it again")
        return self.stored[business_id]

    def put(self, business_id: str, secret: str) -> None:
        self.stored[business_id] = [secret]


@dataclass
class UsagePlans:
    """`services.ports.UsagePlans`."""

    enrolled: list[tuple[str, str, str]] = field(default_factory=list)

    def enroll(self, name: str, identifier: str, *, tier: str) -> None:
        self.enrolled.append((name, identifier, tier))


@dataclass
class Payloads:
    """`services.ports.Payloads`."""

    stored: dict[str, str] = field(default_factory=dict)

    def put(self, business_id: str, message_id: str, payload: str) -> str:
        key = f"payloads/{business_id}/{message_id}.json"
        self.stored.setdefault(key, payload)
        return key

    def replace(self, key: str, payload: str) -> None:
        self.stored[key] = payload

    def get(self, key: str) -> str:
        return self.stored[key]
