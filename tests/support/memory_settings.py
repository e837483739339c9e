"""Businesses, secrets and large bodies in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parley.errors import Fatal, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.apple.tokens import Credential
    from parley.business.model import ApiKey, Business


@dataclass
class Businesses:
    """`services.ports.Businesses`."""

    known: dict[str, Business] = field(default_factory=dict)
    api_keys: dict[str, ApiKey] = field(default_factory=dict)

    def require(self, business_id: str) -> None:
        self.get(business_id)

    def get(self, business_id: str) -> Business:
        if business_id not in self.known:
            raise NotFound("this MSP does not serve that business", code="business_unknown")
        return self.known[business_id]

    def put(self, business: Business) -> None:
        self.known[business.id] = business

    def find_key(self, key_id: str) -> ApiKey | None:
        return self.api_keys.get(key_id)

    def put_key(self, key: ApiKey) -> None:
        self.api_keys[key.id] = key


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

    def keys(self, business_id: str) -> Sequence[str]:
        if business_id not in self.stored:
            raise Fatal(f"business {business_id} has no webhook secret; register it again")
        return self.stored[business_id]

    def put(self, business_id: str, secret: str) -> None:
        self.stored[business_id] = [secret]


@dataclass
class Usage:
    """`services.ports.Usage`."""

    enrolled: list[tuple[str, str]] = field(default_factory=list)

    def enroll(self, name: str, identifier: str) -> None:
        self.enrolled.append((name, identifier))


@dataclass
class Payloads:
    """`services.ports.Payloads`."""

    stored: dict[str, str] = field(default_factory=dict)

    def put(self, business_id: str, message_id: str, payload: str) -> str:
        key = f"payloads/{business_id}/{message_id}.json"
        self.stored[key] = payload
        return key

    def get(self, key: str) -> str:
        return self.stored[key]
