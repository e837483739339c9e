"""What a message says, as webhooks and the API show it: without what opens something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from parley.apple import inbound as apple

if TYPE_CHECKING:
    from collections.abc import Mapping

_IDS: Final = frozenset({"sourceId", "destinationId"})
_OPENS: Final = frozenset({"key", "url", "owner", "signature", "signature-base64", "dataRefSig"})
"""What of a reference leads to its content (protocol/09 §1)."""

_EXCHANGED: Final = frozenset({"token", "code"})
"""What a sign-in ends with (protocol/07)."""


def inbound(message_type: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """A customer's text as its fields; everything else as Apple's JSON (`raw`), so that nothing else is withheld."""
    if message_type == apple.TEXT:
        return _text(raw)
    shown = {name: value for name, value in raw.items() if name not in _IDS and name != "attachments"}
    _replace(shown, "interactiveDataRef", _closed)
    data = _replace(shown, "interactiveData", dict)
    _replace(_replace(data, "data", dict), "authenticate", lambda signed_in: _without(signed_in, *_EXCHANGED))
    return {"raw": shown}


def outbound(message_type: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a business's message, as it waits for Apple.

    Without pictures, whose descriptions stay, and without what a sign-in or a payment is proven by.
    """
    if message_type == apple.TEXT:
        return _text(content)
    shown = dict(content)
    for name in ("interactiveDataRef", "richLinkDataRef"):
        _replace(shown, name, _closed)
    _replace(_replace(shown, "richLinkData", dict), "assets", _without_bytes)
    data = _replace(shown, "interactiveData", lambda interactive: _without(interactive, "appIcon"))
    asked = _replace(data, "data", _without_images)
    _replace(_replace(asked, "notification", dict), "parameters", lambda words: _without(words, "brandLogo"))
    _replace(asked, "payment", lambda payment: _without(payment, "merchantSession", "endpoints"))
    _replace(_replace(asked, "authenticate", dict), "oauth2", lambda oauth2: {"scope": oauth2.get("scope")})
    return {"raw": shown} if shown else {}


def _text(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: content[name] for name in ("body", "subject") if name in content}


def _replace(parent: dict[str, Any], name: str, change: Any) -> dict[str, Any]:
    """Put a changed copy of a member in its place, if it is an object, and return it; what was stored stays."""
    member = parent.get(name)
    if not isinstance(member, dict):
        return {}
    changed: dict[str, Any] = change(member)
    parent[name] = changed
    return changed


def _closed(reference: dict[str, Any]) -> dict[str, Any]:
    return _without(reference, *_OPENS)


def _without(member: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in member.items() if name not in names}


def _without_bytes(assets: dict[str, Any]) -> dict[str, Any]:
    return {name: _without(each, "data") if isinstance(each, dict) else each for name, each in assets.items()}


def _without_images(data: dict[str, Any]) -> dict[str, Any]:
    images = data.get("images")
    if not isinstance(images, list):
        return dict(data)
    return data | {"images": [_without(each, "data") for each in images if isinstance(each, dict)]}
