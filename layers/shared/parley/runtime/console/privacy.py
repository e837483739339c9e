"""Privacy settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business.operations import privacy as operations
from parley.business.operations.privacy import NewPrivacy, PrivacyView
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, etag, shown

if TYPE_CHECKING:
    from parley.business.calls import Answer


def get(call: Call) -> Answer:
    """GET /v1/privacy."""
    return _shown(*compose.privacy().get(call.business_id))


def replace(call: Call) -> Answer:
    """PUT /v1/privacy."""
    wanted: NewPrivacy = call.body
    return _shown(*compose.privacy().replace(call.business_id, wanted.retention_days, version=call.version))


def _shown(days: int | None, version: int) -> Answer:
    view = PrivacyView(retention_days=days, installation_days=compose.settings().number("RETENTION_DAYS"))
    return shown(operations.GET, view, etag(version))


ROUTES = (Route(operations.GET, get), Route(operations.PUT, replace))
