"""The channel settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.business.calls import Answer
from parley.business.operations import channel as operations
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, etag

if TYPE_CHECKING:
    from parley.business.operations.channel import ChannelSettings


def get(call: Call) -> Answer:
    """GET /v1/channel."""
    return _shown(call, *compose.channel_settings().get(call.business_id))


def replace(call: Call) -> Answer:
    """PUT /v1/channel."""
    wanted: ChannelSettings = call.body
    return _shown(call, *compose.channel_settings().replace(call.business_id, wanted.given(), version=call.version))


def change(call: Call) -> Answer:
    """PATCH /v1/channel."""
    wanted: ChannelSettings = call.body
    return _shown(call, *compose.channel_settings().change(call.business_id, wanted.given(), version=call.version))


def _shown(call: Call, settings: dict[str, Any], version: int) -> Answer:
    """As it was put: the model has checked it on its way in."""
    return Answer(operations.GET.status, {"business_id": call.business_id, **settings}, etag(version))


ROUTES = (Route(operations.GET, get), Route(operations.PUT, replace), Route(operations.PATCH, change))
