"""What kinds of message there are, and which devices show them (protocol/02 §6, 11 §1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

KEYS = {
    "quick-reply": "quick_reply",
    "listPicker": "list_picker",
    "event": "time_picker",
    "dynamic": "form",
    "authenticate": "authentication",
    "payment": "apple_pay",
    "notification": "invitation",
}
"""The key of `data` that makes a built-in kind, in the order it is looked for, and the kind's name."""

CAPABILITIES = {"quick_reply": "QUICK", "list_picker": "LIST", "time_picker": "TIME", "form": "FORM"}
"""What a device must be able to do; sign-in depends on its generation, everything else is shown everywhere."""


def dictionary(value: Any) -> dict[str, Any]:
    """Return `value` if it is a dictionary, else an empty one."""
    return value if isinstance(value, dict) else {}


def interactive_kind(interactive: dict[str, Any]) -> str:
    """Name the kind of interactive data; without a known key it belongs to an iMessage app."""
    data = dictionary(interactive.get("data"))
    return next((kind for key, kind in KEYS.items() if key in data), "imessage_app")


def kind_of(envelope: dict[str, Any], interactive: dict[str, Any] | None) -> str:
    """Name the kind of a message: `text`, `rich_link` or one of the interactive kinds."""
    if interactive is not None:
        return interactive_kind(interactive)
    return "rich_link" if envelope.get("type") == "richLink" else "text"


def content_of(interactive: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return what stands under the key of a built-in kind."""
    key = next(key for key, name in KEYS.items() if name == kind)
    return dictionary(dictionary(interactive.get("data")).get(key))


def needed_capability(interactive: dict[str, Any] | None) -> str | None:
    """Name what a device must be able to do to show a message; None when every device can."""
    if interactive is None:
        return None
    kind = interactive_kind(interactive)
    if kind == "authentication":
        return "AUTH" if is_legacy(interactive) else "AUTH2"
    return CAPABILITIES.get(kind)


def is_legacy(interactive: dict[str, Any]) -> bool:
    """Tell the old form of sign-in from the new one: it brings a key (protocol/07 §2)."""
    return "responseEncryptionKey" in dictionary(content_of(interactive, "authentication").get("oauth2"))


def read_capabilities(given: list[str] | str) -> set[str]:
    """Read capabilities as they stand in a configuration, or in the header as a customer's message carries it."""
    words = given if isinstance(given, list) else unquote(given).split(",")
    return {word.strip().upper() for word in words} - {""}
