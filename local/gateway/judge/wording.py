"""Texts a customer reads, identifiers and URLs: the rules they share in all kinds (protocol/14)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields

MAX_UI_CHARACTERS = 200
"""Of titles, subtitles and the like, in Unicode characters; enforced since August 2026."""
MAX_IDENTIFIER_CHARACTERS = 200
MAX_URL_BYTES = 8_192

UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
"""Categories of control characters, half surrogates and separators. Joiners inside emoji are not among them."""


def judge_ui_text(fields: Fields, key: str) -> str:
    """Return a text for people: 1 to 200 characters, not blank, printable."""
    text = fields.text(key)
    if len(text) > MAX_UI_CHARACTERS:
        raise fields.wrong(key, f"is longer than {MAX_UI_CHARACTERS} characters")
    if not text.strip():
        raise fields.wrong(key, "is blank")
    if any(unicodedata.category(character) in UNPRINTABLE for character in text):
        raise fields.wrong(key, "has a character that cannot be printed, such as a line break")
    return text


def judge_ui_texts(fields: Fields, *keys: str) -> None:
    """Judge those of the keys that are there."""
    for key in keys:
        if key in fields:
            judge_ui_text(fields, key)


def judge_identifier(fields: Fields, key: str = "identifier", *, longest: int = MAX_IDENTIFIER_CHARACTERS) -> str:
    """Return an identifier the MSP chose: printable, no quotation marks, nothing that climbs a path."""
    text = fields.text(key)
    if len(text) > longest:
        raise fields.wrong(key, f"is longer than {longest} characters")
    if any(unicodedata.category(character) in UNPRINTABLE for character in text):
        raise fields.wrong(key, "has a control character")
    if "'" in text or '"' in text or "../" in text:
        raise fields.wrong(key, "must not contain ', \" or ../")
    return text


def judge_identifiers(entries: list[Fields], key: str = "identifier", *, known: set[str] | None = None) -> set[str]:
    """Judge the identifiers of entries that share a name space and return all of them. `known` ones are taken."""
    taken = set() if known is None else known
    for entry in entries:
        identifier = judge_identifier(entry, key)
        if identifier in taken:
            raise entry.wrong(key, "is used twice")
        taken.add(identifier)
    return taken


def judge_https(fields: Fields, key: str) -> str:
    """Return an https URL: printable ASCII, at most 8,192 bytes."""
    url = fields.text(key)
    if not url.startswith("https://"):
        raise fields.wrong(key, "must be an https URL")
    judge_url_text(fields, key, longest=MAX_URL_BYTES)
    return url


def judge_url_text(fields: Fields, key: str, *, longest: int) -> None:
    """Refuse a URL that is too long, names no host or has characters no URL has."""
    url = fields.text(key)
    if not url.startswith("?") and not _has_host(url):
        raise fields.wrong(key, "names no host")
    if len(url.encode()) > longest:
        raise fields.wrong(key, f"is longer than {longest} bytes")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise fields.wrong(key, "must be printable ASCII without spaces")


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:  # brackets that do not hold an IPv6 address
        return False
