"""Every URL in a text becomes a rich link, in its place (protocol/11 §3: every URL sent is a rich link)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

MAX_LINKS: Final = 5
"""own: a text with more links than this is a list of references; it goes as it is."""

_OPENING: Final = (
    "([{<\"'*_~`"
    "\u2018\u201a\u201c\u201e\u00ab\u00bb\u2039\u203a"  # quotation marks of Europe
    "\u3008\u300a\u300c\u300e\u3010\u3014\uff08\uff3b\uff5b\uff62"  # brackets of East Asia
)
_CLOSING: Final = (
    ")]}>\"'*_~`\u2018\u2019\u201c\u201d\u00ab\u00bb\u2039\u203a"
    "\u3009\u300b\u300d\u300f\u3011\u3015\uff09\uff3d\uff5d\uff63"
)
_STOPS: Final = ".,;:!?\u2026\u3001\u3002\uff01\uff0c\uff0e\uff1a\uff1b\uff1f\uff61\uff64"
"""What ends a sentence or a part of one."""

_TRAILING: Final = ".,;:!?'*\u2019"
"""What a URL may hold, but belongs to the sentence when it stands last."""
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}

_FOREIGN: Final = "".join(mark for mark in _OPENING + _CLOSING + _STOPS if not mark.isascii() and mark != "\u2019")
_IN_NO_URL: Final = (
    rf"\s<>\"`|\\^{_FOREIGN}"
    r"\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"  # invisible
    r"\u2022\u2190-\u2bff\ufff9-\uffff\U0001f000-\U0001faff"  # bullets, arrows, emoji, a picture's place
)
_URL: Final = re.compile(
    # Not the end of another scheme; a host begins with a letter or digit; a list may have no spaces.
    rf"(?<![A-Za-z0-9+.-])https?://(?=[^\W_]|\[)(?:(?![,;]https?://)[^{_IN_NO_URL}])+",
    re.IGNORECASE,
)
_BEHIND: Final = re.compile(f"[{re.escape(_CLOSING + _STOPS)}]*")

_DOTS: Final = re.compile("[.\u3002\uff0e\uff61]")
_HOST: Final = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_IN_THE_REST: Final = "/%:@!$&'()*+,;=~-._?#[]"
_MAX_LABEL: Final = 63


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: words, or one URL."""

    text: str
    is_url: bool = False


def split(text: str) -> list[Piece]:
    """The text around its URLs and the URLs, in order; one piece when there is nothing to split.

    The punctuation between a URL and its sentence, and the brackets or quotes around a URL, are left out.
    """
    pieces: list[Piece] = []
    end = links = 0
    for found in _URL.finditer(text):
        url = _trimmed(found[0])
        before = text[end : found.start()]
        start = found.start() + len(url)
        end = start + len(_marks(text, start))
        if before[-1:] and before[-1] in _OPENING and any(mark in _CLOSING for mark in text[start:end]):
            before = before[:-1]
        _add_words(pieces, before)
        pieces.append(Piece(url, is_url=True))
        links += 1
    _add_words(pieces, text[end:])
    return pieces if 0 < links <= MAX_LINKS else [Piece(text)]


def ascii_url(url: str) -> str | None:
    """`url` as it is dialled and sent: the host in Punycode, the rest percent-encoded. None when it is no URL."""
    try:
        parts = urlsplit(url)
        host = _ascii_host(parts.hostname or "")
        port = "" if parts.port is None else f":{parts.port}"
        rest = quote(url[url.index(parts.netloc) + len(parts.netloc) :], safe=_IN_THE_REST)
    except ValueError:
        return None
    if host is None or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        return None
    return f"{parts.scheme}://{host}{port}{rest}"


def _trimmed(url: str) -> str:
    """Without the punctuation of the sentence around it; a bracket stays when it was opened inside."""
    count = Counter(url)
    end = len(url)
    while url[end - 1] in _TRAILING or (url[end - 1] in _PAIRS and count[url[end - 1]] > count[_PAIRS[url[end - 1]]]):
        end -= 1
        count[url[end]] -= 1
    return url[:end]


def _marks(text: str, start: int) -> str:
    """The punctuation that follows a URL without a space."""
    found = _BEHIND.match(text, start)
    return found[0] if found else ""


def _add_words(pieces: list[Piece], words: str) -> None:
    """A comma or a dash between two links is not worth a bubble of its own."""
    words = words.strip()
    if not all(_is_mark(character) for character in words):
        pieces.append(Piece(words))


def _is_mark(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "PZ" or category in {"Cc", "Cf", "Sm", "Sk"}


def _ascii_host(host: str) -> str | None:
    if not host.isascii():
        # As browsers do it (UTS 46): \u00df and \u03c2 stay themselves, though Python's own codec would replace them.
        labels = _DOTS.split(unicodedata.normalize("NFKC", host).lower())
        host = ".".join(_ascii_label(label) for label in labels)
    if not _HOST.fullmatch(host):
        return None
    return f"[{host}]" if ":" in host else host


def _ascii_label(label: str) -> str:
    """One part of a host name in Punycode. Raises ValueError when it cannot be one."""
    if label.isascii():
        return label
    # Letters, their marks, digits: no emoji, no look-alikes of punctuation.
    if len(label) > _MAX_LABEL or not all(mark == "-" or unicodedata.category(mark)[0] in "LMN" for mark in label):
        raise ValueError(label)
    encoded = "xn--" + label.encode("punycode").decode("ascii")
    if len(encoded) > _MAX_LABEL:
        raise ValueError(label)
    return encoded
