"""A business's settings as they are now, with the versions that guard their change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parley.business.model import Business


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Read at one moment. A version counts changes; what was never counted has 0."""

    business: Business
    versions: Mapping[str, int] = field(default_factory=dict)
    """Of the endpoints, by id."""
    routes_version: int = 0
    channel_version: int = 0
