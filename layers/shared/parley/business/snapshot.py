"""A business's settings as they are now, with the versions that guard their change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parley.business.model import ApiKey, Business, Mark


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Read at one moment. A version counts changes; what was never counted has 0."""

    business: Business
    versions: Mapping[str, int] = field(default_factory=dict)
    """Of the endpoints, by id."""
    routes_version: int = 0
    channel_version: int = 0


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """How long things are kept, None for as long as the installation does, and what is not kept at all."""

    retention_days: int | None = None
    redact: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key and how often it was changed."""

    key: ApiKey
    version: int = 0


@dataclass(frozen=True, slots=True)
class Keys:
    """All API keys of a business, by id. `version` counts the changes of any of them."""

    records: Mapping[str, KeyRecord] = field(default_factory=dict)
    version: int = 0
