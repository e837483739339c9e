"""The outer form of interactive messages (protocol/04 §1, 09 §3-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.gateway.config import is_uuid
from local.gateway.judge.attachment import judge_key, judge_signature
from local.gateway.judge.fields import Fields
from local.gateway.refusal import malformed

if TYPE_CHECKING:
    from collections.abc import Callable

APPLE_BID = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:com.apple.icloud.apps.messages.business.extension"
)
"""The extension of all built-in kinds."""
THIRD_PARTY = "com.apple.messages.MSMessageExtensionBalloonPlugin:"

KINDS = ("quick-reply", "listPicker", "event", "dynamic", "authenticate", "payment", "notification")
"""The key of `data` that says what kind of message it is."""

KINDS_WITHOUT_BUBBLE = {"quick-reply"}
STYLES = {"icon", "small", "large"}


def judge_interactive(envelope: Fields) -> list[str]:
    """Judge an `interactive` as it was posted. Returns violations; raises RefusalError.

    What a reference stands for is judged by `judge_interactive_data` once it is resolved.
    """
    if envelope.either("interactiveData", "interactiveDataRef") == "interactiveData":
        return judge_interactive_data(envelope.object("interactiveData").value)
    reference = envelope.object("interactiveDataRef")
    for key in ("bid", "url", "owner"):
        reference.text(key)
    reference.whole_number("size")
    judge_signature(reference)
    if "key" in reference:
        judge_key(reference)
    return []


def judge_interactive_data(value: dict[str, Any]) -> list[str]:
    """Judge interactive data, posted inline or found behind a reference."""
    data = Fields(value, "interactiveData")
    bid = data.text("bid")
    if "sessionIdentifier" in data:
        data.text("sessionIdentifier")
    if bid == APPLE_BID:
        return _judge_built_in(data)
    if not bid.startswith(THIRD_PARTY):
        raise data.wrong("bid", f"must start with {THIRD_PARTY}")
    if "data" in data:
        raise malformed("Third party interactive data disallows use of 'data'")
    for key in ("appName", "URL"):
        data.text(key)
    data.whole_number("appId")
    _judge_bubble(data.object("receivedMessage"))
    return []


def _judge_built_in(interactive: Fields) -> list[str]:
    data = interactive.object("data")
    if "version" not in data and "mspVersion" not in data:
        raise data.wrong("version", "is missing")
    if not is_uuid(data.text("requestIdentifier")):
        raise data.wrong("requestIdentifier", "must be a UUID")
    kinds = [kind for kind in KINDS if kind in data]
    if len(kinds) != 1:
        raise malformed(f"exactly one of {', '.join(KINDS)} is needed in {data.place}")
    kind = kinds[0]
    content = data.object(kind)
    if "receivedMessage" in interactive or kind not in KINDS_WITHOUT_BUBBLE:
        _judge_bubble(interactive.object("receivedMessage"))
    if "replyMessage" in interactive:
        _judge_bubble(interactive.object("replyMessage"))
    return KIND_JUDGES[kind](content) if kind in KIND_JUDGES else []


def _judge_bubble(bubble: Fields) -> None:
    bubble.text("title")
    if "style" in bubble and bubble.text("style") not in STYLES:
        raise bubble.wrong("style", f"must be one of {', '.join(sorted(STYLES))}")


def _judge_quick_reply(content: Fields) -> list[str]:
    """Two to five choices (protocol/04 §3)."""
    content.text("summaryText")
    items = content.objects("items")
    if not 2 <= len(items) <= 5:
        raise content.wrong("items", f"has {len(items)} entries; 2 to 5 are allowed")
    for item in items:
        item.text("identifier")
        item.text("title")
    return []


KIND_JUDGES: dict[str, Callable[[Fields], list[str]]] = {"quick-reply": _judge_quick_reply}
"""Judges of what is inside a kind."""
