"""What Parley knows of a business: its endpoints, its routes, its API keys."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that gets the business's webhooks."""

    id: str
    url: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """Sends what carries this intent and group to an endpoint; an absent word matches everything."""

    endpoint_id: str
    intent: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Business:
    """One business id of Apple's and how its messages are routed."""

    id: str
    name: str
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A stored API key: the SHA-256 of its secret, never the secret."""

    id: str
    business_id: str
    secret_sha256: str
    usage_identifier: str
    enabled: bool = True
    expires_at: float | None = None
