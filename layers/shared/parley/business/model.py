"""What Parley knows of a business: its endpoints, its routes, its API keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from parley.business.scopes import LIVE, SCOPES

if TYPE_CHECKING:
    from parley.business.channel import Channel
    from parley.business.scopes import Mode

MADE_PREFIX: Final = "ep_"
"""What the ids of endpoints begin with that a business made itself; each has a signing key of its own."""

REDACTED: Final = "[redacted]"
"""Stands in the place of what a business does not want to be kept."""

type EndpointState = Literal["active", "paused", "disabled"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that gets the business's webhooks. Times are Unix seconds.

    `paused` by the business, `disabled` by its own 410: either way everything is kept until it is resumed.
    """

    id: str
    url: str
    state: EndpointState = "active"
    reason: str | None = None
    """Why it is disabled."""
    events: tuple[str, ...] = ()
    """The types of events it wants; none named means all."""
    description: str | None = None
    created_at: float = 0.0
    resumed_at: float = 0.0
    """When it was last resumed; what waited for it gets its 76 hours from there."""

    @property
    def active(self) -> bool:
        """Whether webhooks are sent to it now."""
        return self.state == "active"

    def takes(self, event_type: str) -> bool:
        """Whether it asked for events of this type. Messages come always: order and answers hang on them."""
        return not self.events or event_type in self.events or event_type == "message.received"


@dataclass(frozen=True, slots=True)
class Rule:
    """Sends what carries these words to an endpoint; an absent word matches everything."""

    endpoint_id: str
    intent: str | None = None
    group: str | None = None
    locale: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What is not to be kept of customers' messages once they are delivered (`business.redaction`).

    Of a `text` its `body` or `subject`; of a `form` its `answers`, one of them (`answers/<identifier of a page>`), or
    all of one that is `private`.
    """

    type: str
    field: str | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A way into a conversation: what its link says of where somebody comes from."""

    id: str
    business_id: str
    name: str
    intent: str | None = None
    group: str | None = None
    body: str | None = None
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """What is known of an endpoint's health. `open_since` is set while nothing but probes goes there."""

    endpoint_id: str
    failures: int = 0
    """In a row, over all functions, none more than a minute after the one before."""
    conversations: frozenset[str] = frozenset()
    """Whose messages failed in that row."""
    probes: int = 0
    """Taken since it opened."""
    open_since: float | None = None
    probe_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Hold without calling."""
        return self.open_since is not None


@dataclass(frozen=True, slots=True)
class Business:
    """One business id of Apple's and how its messages are routed."""

    id: str
    name: str
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    breakers: dict[str, Breaker] = field(default_factory=dict)
    channel: Channel | None = None
    """None when nothing was ever set: then nothing happens by itself."""
    tier: str = "standard"
    redact: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A stored API key: the SHA-256 of its secret, never the secret. Times are Unix seconds."""

    id: str
    business_id: str
    secret_sha256: str = field(repr=False)
    usage_identifier: str
    enabled: bool = True
    expires_at: float | None = None
    name: str = ""
    scopes: tuple[str, ...] = SCOPES
    mode: Mode = "live"
    created_at: float = 0.0
    former_sha256: str | None = field(default=None, repr=False)
    """Of the secret before the last rotation, which opens it too until `former_until`."""
    former_until: float | None = None
    used_at: float | None = None
    """In which hour it was last shown."""

    def is_good(self, *, now: float) -> bool:
        """Whether it opens anything at this moment."""
        return self.enabled and (self.expires_at is None or now < self.expires_at)

    def may(self, scope: str) -> bool:
        """Whether it was made for this."""
        return scope in self.scopes

    def covers(self, other: ApiKey) -> bool:
        """Whether everything `other` may do, and for as long, this one may do as well."""
        lives_as_long = self.expires_at is None or (
            other.expires_at is not None and other.expires_at <= self.expires_at
        )
        return lives_as_long and self.mode in {LIVE, other.mode} and set(other.scopes) <= set(self.scopes)
