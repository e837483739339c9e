"""Files a text encloses: named by our ids while it waits, by Apple's dictionaries when it goes (protocol/08 §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PLACEHOLDER: Final = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in the body where a file is shown (protocol/03 §2)."""

_SAMPLE: Final = {
    "name": "file",
    "mimeType": "application/octet-stream",
    "size": "1",
    "signature-base64": "gQAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "url": "https://content.invalid/file",
    "owner": "owner",
    "key": "00" * 33,
}
"""A dictionary as good as any, for judging what stands around it."""


def placed(body: str, count: int) -> str:
    """`body` with a placeholder for each of `count` files: those that are not there yet come at its end."""
    return body + PLACEHOLDER * max(0, count - body.count(PLACEHOLDER))


def named(ids: Sequence[str]) -> list[dict[str, str]]:
    """`attachments` of a message that waits."""
    return [{"id": each} for each in ids]


def ids_of(content: Mapping[str, Any]) -> list[str]:
    """The files a waiting message encloses, in order."""
    entries = content.get("attachments")
    if not isinstance(entries, list):
        return []
    return [entry["id"] for entry in entries if isinstance(entry, dict) and entry.keys() == {"id"}]


def enclosed(content: Mapping[str, Any], dictionaries: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The message as Apple takes it."""
    return {**content, "attachments": [dict(each) for each in dictionaries]}


def standing_in(content: Mapping[str, Any]) -> dict[str, Any]:
    """The message with a sample in the place of every file: what the judge of outgoing messages can read."""
    ids = ids_of(content)
    return enclosed(content, [_SAMPLE] * len(ids)) if ids else dict(content)


def dictionary(*, name: str, mime_type: str, key_field: str, mmcs: Mapping[str, Any]) -> dict[str, str]:
    """One entry of `attachments`. `mmcs` is what the upload gave; the size goes as text (protocol/08 §2)."""
    return {
        "name": name,
        "mimeType": mime_type,
        "size": str(mmcs["size"]),
        "signature-base64": str(mmcs["signature-base64"]),
        "url": str(mmcs["url"]),
        "owner": str(mmcs["owner"]),
        "key": key_field,
    }
