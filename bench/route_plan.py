"""Every route of the business API once, in an order in which each finds what it asks for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME: Final = re.compile(r"<(\w+)>")
_LONG_AGO: Final = "2020-01-01T00:00:00Z"
_LATER: Final = "2040-01-01T00:00:00Z"
_SQUARE: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAADwAAAA8AQMAAAAAMksxAAAAA1BMVEXl5eprhSNe"
    "AAAAD0lEQVR42mNgGAWjADsAAAIcAAFXfAS9AAAAAElFTkSuQmCC"
)
"""A picture of 60 by 60 points, as base64."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One call. `<name>` anywhere in it stands for what an earlier answer was kept under; see `keep`.

    `path` fills the route's own names. `keep` says what is kept of the answer: name → member.
    """

    id: str
    path: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def filled(self, known: Mapping[str, str]) -> Ask:
        """The call with everything in its place. Raises KeyError for what nothing was kept under."""
        text = json.dumps([self.path, self.body, self.query])
        path, body, query = json.loads(_NAME.sub(lambda found: known[found[1]], text))
        return Ask(self.id, path, body, query, self.keep, self.headers)


_CONVERSATION: Final = {"conversation_id": "<conversation>"}
_OTHER: Final = {"conversation_id": "<other_conversation>"}
_ENDPOINT: Final = {"endpoint_id": "<endpoint>"}
_TEMPLATE: Final = {"name": "pick-up"}
_ENTRY_POINT: Final = {"entry_point_id": "<entry_point>"}
_KEY: Final = {"key_id": "<key>"}
_REPLAY: Final = {"replay_id": "<replay>"}
_HELD: Final = {"message_id": "<held>"}
_ORDER: Final = {
    "type": "quick_reply",
    "text": "Order {{number}} is ready. When will you come?",
    "items": [{"identifier": "today", "title": "Today"}, {"identifier": "later", "title": "Later"}],
}
_CONTENT: Final = {
    "default_locale": "en",
    "variables": [{"name": "number", "example": "9001"}],
    "bodies": {"en": _ORDER},
}
_CHANNEL: Final = {
    "time_zone": "Europe/Vienna",
    "hours": {"monday": [{"from": "09:00", "to": "12:00"}, {"from": "13:00", "to": "18:00"}]},
    "greeting": {"messages": {"en": {"body": "Hello! I am the automatic assistant."}}},
    "topics": [{"id": "orders", "titles": {"en": "Orders"}}],
}

PLAN: Final = (
    Ask("createEndpoint", body={"url": "<hook>", "description": "Shop"}, keep={"endpoint": "id"}),
    Ask("listEndpoints"),
    Ask("getEndpoint", _ENDPOINT),
    Ask("changeEndpoint", _ENDPOINT, body={"description": "Shop, production"}),
    Ask("testEndpoint", _ENDPOINT),
    Ask("pauseEndpoint", _ENDPOINT),
    Ask("resumeEndpoint", _ENDPOINT),
    Ask("rotateEndpointSecret", _ENDPOINT),
    Ask(
        "replaceRoutes",
        body={"rules": [{"endpoint_id": "<endpoint>", "intent": "sales"}, {"endpoint_id": "default"}]},
    ),
    Ask("getRoutes"),
    Ask("testRoutes", body={"intent": "sales", "locale": "de_DE"}),
    Ask("replaceChannel", body=_CHANNEL),
    Ask("getChannel"),
    Ask("changeChannel", body={"greeting": None}),
    Ask("sendMessage", body={"to": "<conversation>", "type": "text", "body": "<text>"}, keep={"message": "id"}),
    Ask("sendToConversation", _CONVERSATION, body={"body": "Shall I reserve it?", "agent": "desk"}),
    Ask("showTyping", _CONVERSATION, body={"state": "start"}),
    Ask("getMessage", {"id": "<message>"}),
    Ask("listMessages", query={"limit": "25"}),
    Ask("listConversationMessages", _CONVERSATION, query={"limit": "25"}),
    Ask("listConversations", query={"limit": "25"}),
    Ask("getConversation", _CONVERSATION),
    Ask("handOver", _CONVERSATION, body={"endpoint_id": "<endpoint>", "note": "Wants another size."}),
    Ask("getPreferences", _CONVERSATION),
    Ask("replacePreferences", _CONVERSATION, body={"topics": {"orders": False}}),
    Ask("createNote", _CONVERSATION, body={"body": "Promised a call back.", "author": "desk 3"}, keep={"note": "id"}),
    Ask("listNotes", _CONVERSATION),
    Ask("deleteNote", {**_CONVERSATION, "note_id": "<note>"}),
    Ask("exportConversation", _CONVERSATION),
    Ask(
        "createInvitation",
        body={"to": "tel:+15550100", "reference_id": "order-9001", "brand_name": "Example Bikes"},
    ),
    Ask("listInvitations"),
    Ask("getInvitation", {"reference_id": "order-9001"}),
    Ask("createTemplate", body={"name": "pick-up", **_CONTENT}),
    Ask("listTemplates"),
    Ask("getTemplate", _TEMPLATE),
    Ask("replaceTemplate", _TEMPLATE, body={**_CONTENT, "description": "Ready in the shop"}),
    Ask("publishTemplate", _TEMPLATE),
    Ask("listTemplateVersions", _TEMPLATE),
    Ask("getTemplateVersion", {**_TEMPLATE, "version": "1"}),
    Ask("previewTemplate", _TEMPLATE, body={"version": 1, "locale": "en_US", "capabilities": ["QUICK"]}),
    Ask("exportTemplate", _TEMPLATE),
    Ask("archiveTemplate", _TEMPLATE),
    Ask("restoreTemplate", _TEMPLATE),
    Ask("importTemplates", body={"templates": [{"format": "parley-template/1", "name": "draft", **_CONTENT}]}),
    Ask("removeTemplate", {"name": "draft"}),
    Ask("createAsset", body={"data": _SQUARE, "description": "A plain square"}, keep={"asset": "id"}),
    Ask("listAssets"),
    Ask("getAsset", {"asset_id": "<asset>"}),
    Ask("removeAsset", {"asset_id": "<asset>"}),
    Ask(
        "createAttachment",
        body={"name": "receipt-9001.pdf", "content_type": "application/pdf", "size": 48231},
    ),
    Ask("getAttachment", {"id": "<file>"}),
    Ask("getAttachmentContent", {"id": "<file>"}),
    Ask("listDeliveries", query={"limit": "25"}),
    Ask("getDelivery", _HELD),
    Ask("listAttempts", _HELD),
    Ask("replayDelivery", _HELD),
    Ask("createReplay", body={"since": _LONG_AGO, "until": _LATER, "state": "any"}, keep={"replay": "id"}),
    Ask("listReplays"),
    Ask("getReplay", _REPLAY),
    Ask("cancelReplay", _REPLAY),
    Ask("resumeReplay", _REPLAY),
    Ask("createEntryPoint", body={"name": "Shop window", "intent": "repair"}, keep={"entry_point": "id"}),
    Ask("listEntryPoints"),
    Ask("getEntryPoint", _ENTRY_POINT),
    Ask("getEntryPointSvg", _ENTRY_POINT),
    Ask("getEntryPointPng", _ENTRY_POINT, headers={"Accept": "image/png"}),
    Ask("removeEntryPoint", _ENTRY_POINT),
    Ask("createKey", body={"name": "Shop", "scopes": ["read", "send"]}, keep={"key": "id"}),
    Ask("listKeys"),
    Ask("getKey", _KEY),
    Ask("changeKey", _KEY, body={"name": "Till"}),
    Ask("rotateKey", _KEY, body={"overlap_hours": 2}),
    Ask("removeKey", _KEY),
    Ask("getUsage"),  # counts the days that are over, once
    Ask("getUsage"),
    Ask("replacePrivacy", body={"retention_days": 30}),
    Ask("getPrivacy"),
    Ask("eraseConversation", _OTHER),
    Ask("eraseCustomer", body={"customer": "<third_customer>"}, keep={"erasure": "id"}),
    Ask("getErasure", {"erasure_id": "<erasure>"}),
    Ask("replaceRoutes", body={"rules": [{"endpoint_id": "default"}]}),
    Ask("removeEndpoint", _ENDPOINT),
)
"""A route that is in it twice is measured as it is the second time."""
