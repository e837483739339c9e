"""What an inbound message says about its files and its large content (protocol/08 §2, 09 §1).

Read tolerantly: a description that is incomplete is still a part, which then cannot be fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from parley.apple.mmcs import read_signature

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_LISTED: Final = 100
"""own: entries of `attachments` that are looked at."""

_MAX_WORD_CHARS: Final = 4096


@dataclass(frozen=True, slots=True)
class Description:
    """One dictionary of Apple's. `size` counts the encrypted bytes, as many as the plain ones."""

    name: str | None = None
    mime_type: str | None = None
    size: int | None = None
    url: str | None = field(default=None, repr=False)
    owner: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)
    signature: bytes | None = field(default=None, repr=False)
    bid: str | None = None
    """Only of a reference: decodePayload asks for it."""
    title: str | None = field(default=None, repr=False)

    @property
    def missing(self) -> str | None:
        """The first thing without which it cannot be fetched."""
        needed = {"url": self.url, "owner": self.owner, "key": self.key, "signature": self.signature}
        return next((name for name, value in needed.items() if not value), None)


def files(raw: Mapping[str, Any]) -> list[Description]:
    """The entries of `attachments` in order, which is that of U+FFFC in the text."""
    entries = raw.get("attachments")
    if not isinstance(entries, list):
        return []
    return [_described(entry if isinstance(entry, dict) else {}) for entry in entries[:MAX_LISTED]]


def reference(raw: Mapping[str, Any]) -> Description | None:
    """The `interactiveDataRef`, which Apple sends instead of large interactive data."""
    entry = raw.get("interactiveDataRef")
    return _described(entry) if isinstance(entry, dict) else None


def _described(entry: dict[str, Any]) -> Description:
    return Description(
        name=_word(entry, "name"),
        mime_type=_word(entry, "mimeType", "mime-type"),
        size=_size(entry),
        url=_word(entry, "url", "mmcs-url"),
        owner=_word(entry, "owner", "mmcs-owner"),
        key=_word(entry, "key", "decryption-key"),
        signature=read_signature(
            entry.get("signature") or entry.get("mmcs-signature-hex"), entry.get("signature-base64")
        ),
        bid=_word(entry, "bid"),
        title=_word(entry, "title"),
    )


def _word(entry: dict[str, Any], *names: str) -> str | None:
    """The first of these names that holds text; a name of today before one of 2018 (protocol/08 §2)."""
    values = (entry.get(name) for name in names)
    return next((value[:_MAX_WORD_CHARS] for value in values if isinstance(value, str) and value), None)


def _size(entry: dict[str, Any]) -> int | None:
    """A number, or the same in digits; None when nothing usable is said."""
    for name in ("size", "file-size"):
        value = entry.get(name)
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None
