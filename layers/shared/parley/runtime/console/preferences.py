"""What customers want to be notified of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business.operations import preferences as operations
from parley.business.operations.preferences import PreferencesChange, PreferencesView, PreferenceView
from parley.business.webhooks import iso
from parley.conversation.preferences import consent_of, permits
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, etag, shown

if TYPE_CHECKING:
    from parley.business.calls import Answer
    from parley.business.channel import Topic
    from parley.services.preferences import Standing


def get(call: Call) -> Answer:
    """GET /v1/conversations/{conversation_id}/preferences."""
    return _all(compose.preferences().get(call.business_id, call.path["conversation_id"]))


def replace(call: Call) -> Answer:
    """PUT /v1/conversations/{conversation_id}/preferences."""
    wanted: PreferencesChange = call.body
    standing = compose.preferences().replace(
        call.business_id, call.path["conversation_id"], wanted.topics, version=call.version
    )
    return _all(standing)


def _all(standing: Standing) -> Answer:
    view = PreferencesView(data=[_one(topic, standing) for topic in standing.topics])
    return shown(operations.GET, view, etag(standing.version))


def _one(topic: Topic, standing: Standing) -> PreferenceView:
    choice = standing.kept.get(topic.id)
    allowed = permits(standing.kept, topic.id, consent_of(topic))
    if choice is None:
        return PreferenceView(id=topic.id, allowed=allowed)
    return PreferenceView(
        id=topic.id,
        allowed=allowed,
        subscribed=choice["subscribed"],
        by=choice["by"],
        changed_at=iso(choice["at"]),
    )


ROUTES = (Route(operations.GET, get), Route(operations.PUT, replace))
