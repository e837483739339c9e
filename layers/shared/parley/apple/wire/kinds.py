"""Which kind of message this is, told from its content alone."""

from __future__ import annotations

import re
from typing import Any, Final

from parley.apple.wire.node import Node

BUILT_IN_BID: Final = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:com.apple.icloud.apps.messages.business.extension"
)
"""The `bid` of everything Apple builds in (protocol/04 §1)."""

APP_BID: Final = (
    r"com\.apple\.messages\.MSMessageExtensionBalloonPlugin:(?!0{10}:)[A-Z0-9]{10}:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
"""The `bid` of a third-party Messages extension: plug-in, team id, bundle id (protocol/04 §7)."""

DATA_KEYS: Final = {
    "quick-reply": "quick_reply",
    "listPicker": "list_picker",
    "event": "time_picker",
    "dynamic": "form",
    "authenticate": "authentication",
    "payment": "apple_pay",
    "notification": "invitation",
}
"""The member of `data` that names a built-in kind (protocol/04 §1.1)."""

_APP_KEYS: Final = ("appId", "appName", "appIcon", "URL")


def kind_of(content: object) -> str:
    """The kind of an outgoing message, by what stands beside its ids (a whole envelope will do as well).

    text, typing, rich_link, quick_reply, list_picker, time_picker, form, imessage_app, authentication, apple_pay,
    invitation; or unknown: nothing of these, or a built-in kind sent by reference, which hides what it is.
    """
    node = Node("", content)
    if node.has("interactiveData"):
        return interactive_kind(node.at("interactiveData"))
    if node.has("interactiveDataRef"):
        return "imessage_app" if is_app_bid(node.at("interactiveDataRef", "bid").value) else "unknown"
    if node.has("richLinkData") or node.has("richLinkDataRef"):
        return "rich_link"
    if node.has("body") or node.has("attachments"):
        return "text"
    return "typing" if _is_typing(node) else "unknown"


def interactive_kind(interactive: Node) -> str:
    """The kind of an `interactiveData`."""
    named = [kind for key, kind in DATA_KEYS.items() if interactive.at("data").has(key)]
    has_app_keys = any(interactive.has(key) for key in _APP_KEYS)
    foreign = is_app_bid(interactive.at("bid").value)
    if foreign and (has_app_keys or not named):
        return "imessage_app"
    if named:
        return named[0]
    return "imessage_app" if has_app_keys else "unknown"


def is_app_bid(bid: Any) -> bool:
    """Whether this is the `bid` of a third-party extension."""
    return isinstance(bid, str) and re.fullmatch(APP_BID, bid) is not None


def _is_typing(node: Node) -> bool:
    kind = node.at("type").text
    return kind in {"typing_start", "typing_end"} or (kind is None and isinstance(node.value, dict) and not node.value)
