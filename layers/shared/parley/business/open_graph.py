"""What a page says of itself: its title and picture, from Open Graph, Twitter cards or plain HTML."""

from __future__ import annotations

import codecs
import contextlib
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from parley.apple import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

_TITLE: Final = "<title>"
_TITLES: Final = ("og:title", "twitter:title", _TITLE)
"""Best first."""

_IMAGES: Final = (
    "og:image:secure_url",
    "og:image",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
    "apple-touch-icon",
    "apple-touch-icon-precomposed",
)
"""Best first; the icons are what a phone's home screen would show."""

_DECLARED: Final = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{1,40})""", re.IGNORECASE)
_DECLARED_WITHIN: Final = 1024
"""Bytes of a page in which HTML wants its charset told."""

# Pages are text in one of these. Python knows more, some of which take for ever or are no text at all.
_CHARSETS: Final = re.compile(
    r"utf-?8|utf-?16(le|be)?|(us-)?ascii|latin-?1|iso-?8859-\d+|(windows|cp)-?\d+|shift[_-]?jis|sjis|"
    r"euc-(jp|kr)|iso-2022-jp|gb2312|gbk|gb18030|big5(-hkscs)?|koi8-[ru]|tis-620|macintosh"
)
_WESTERN: Final = "windows-1252"
"""What a page means by Latin-1, and what an old one means that says nothing."""

_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)
_JOINERS: Final = "\u200c\u200d"
"""Part of words and emoji, but nothing by themselves."""

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Card:
    """A page's title, ready to be shown, and the addresses of its pictures, best first."""

    title: str | None
    images: Sequence[str]


def read(content: bytes, content_type: str, url: str) -> Card:
    """The card of the page at `url`; `content` may be only its beginning. Never raises."""
    page = _Head()
    # The parser asserts that marked sections are sound. It is not closed: what an unfinished page ends with is
    # not worth the time that would take.
    with contextlib.suppress(_HeadEnds, AssertionError):
        page.feed(_text(content, content_type))
    titles = (clean_title(page.said.get(name, "")) for name in _TITLES)
    base = _joined(url, page.base) or url
    images = (_joined(base, page.said[name]) for name in _IMAGES if name in page.said)
    return Card(next(filter(None, titles), None), list(dict.fromkeys(filter(None, images))))


def clean_title(text: str) -> str:
    """One line without anything invisible, cut where Apple's limit is; empty when nothing is left (protocol/14)."""
    line = " ".join(_INVISIBLE.sub("", " ".join(text.split())).split())
    if not line.strip(_JOINERS + " "):
        return ""
    if len(line) <= limits.MAX_UI_CHARS:
        return line
    return line[: limits.MAX_UI_CHARS - 1].rstrip() + "\u2026"


def _joined(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference.strip())
    except ValueError:
        return ""


class _HeadEnds(Exception):  # noqa: N818  (no error: what follows is of no interest)
    """The page's body begins."""


class _Head(HTMLParser):
    """Collects what a page's head says; of several that say the same the first counts."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self.base = ""
        self._title: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag == "meta":
            name = (given.get("property") or given.get("name") or "").strip().lower()
            self._say(name, given.get("content", ""))
        elif tag == "link":
            for relation in given.get("rel", "").lower().split():
                self._say(relation, given.get("href", ""))
        elif tag == "base":
            self.base = self.base or given.get("href", "")
        elif tag == "title":
            self._title = []
        elif tag == "body":
            raise _HeadEnds

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self._title is not None:
            self._say(_TITLE, "".join(self._title))
            self._title = None

    def handle_data(self, data: str) -> None:
        if self._title is not None:
            self._title.append(data)

    def _say(self, name: str, value: str) -> None:
        if value.strip():
            self.said.setdefault(name, value)


def _text(content: bytes, content_type: str) -> str:
    for mark, charset in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(charset, "replace")
    declared = _DECLARED.search(content_type) or _DECLARED.search(content[:_DECLARED_WITHIN].decode("latin-1"))
    charset = declared[1].lower() if declared else ""
    if _CHARSETS.fullmatch(charset):
        latin = charset in {"ascii", "us-ascii", "latin1", "latin-1", "iso-8859-1", "iso8859-1"}
        try:
            return content.decode(_WESTERN if latin else charset, "replace")
        except LookupError:
            pass
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(content)  # the last character may be cut
    except UnicodeDecodeError:
        return content.decode(_WESTERN, "replace")
