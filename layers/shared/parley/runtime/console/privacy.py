"""Privacy settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business.model import Mark
from parley.business.operations import privacy as operations
from parley.business.operations.privacy import FormMark, NewPrivacy, PrivacyView, TextMark
from parley.business.snapshot import PrivacySettings
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
    marks = tuple(Mark(**mark.model_dump(exclude_none=True)) for mark in wanted.redact or ())
    settings = PrivacySettings(wanted.retention_days, marks)
    return _shown(*compose.privacy().replace(call.business_id, settings, version=call.version))


def _shown(settings: PrivacySettings, version: int) -> Answer:
    marks = [
        FormMark(type="form", field=mark.field, private=mark.private or None)
        if mark.type == "form"
        else TextMark.model_validate({"type": "text", "field": mark.field})
        for mark in settings.redact
    ]
    days = settings.retention_days
    view = PrivacyView(
        retention_days=days, redact=marks or None, installation_days=compose.settings().number("RETENTION_DAYS")
    )
    return shown(operations.GET, view, etag(version))


ROUTES = (Route(operations.GET, get), Route(operations.PUT, replace))
