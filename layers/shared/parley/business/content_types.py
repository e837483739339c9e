"""What a file is by its first bytes; what anybody says about it is not believed (protocol/08 §7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD_BYTES: Final = 4096
"""How much of a file is looked at; less is enough for most."""

UNKNOWN: Final = "application/octet-stream"
TEXT: Final = "text/plain"

ACTIVE: Final = frozenset({"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"})
"""What a browser would run scripts of: never shown, only saved (protocol/08 §7)."""

_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\0\0\1\0", "image/vnd.microsoft.icon"),
    (b"caff\0\1", "audio/x-caf"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"bplist00", "application/x-plist"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", "application/x-mach-binary"),
)

_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}

_BRANDS: Final = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1"), "image/heif"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3g2a"), "video/3gpp"),
    b"qt  ": "video/quicktime",
}

_INSIDE_ZIP: Final = (
    (re.compile(rb"word/"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (re.compile(rb"xl/"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (re.compile(rb"ppt/"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (re.compile(rb"pass\.json"), "application/vnd.apple.pkpass"),
    (re.compile(rb".*\.usd[ac]?"), "model/vnd.usdz+zip"),
)
_ENTRY: Final = re.compile(rb"PK\x03\x04.{22}(..)(..)", re.DOTALL)
_TYPED_ZIP: Final = re.compile(rb"(application/(?:epub\+zip|vnd\.oasis\.opendocument\.[a-z-]+))(?:PK|\Z)")

_HTML: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|title|style|table|div|h1|br|p|a|b|font|meta|link|object|embed|img)"
    rb"[\s/>]",
    re.IGNORECASE,
)
_SVG: Final = re.compile(rb"<(?:[a-z]+:)?svg[\s/>]", re.IGNORECASE)
_COMMENT: Final = re.compile(rb"\s*(?:<!--.*?-->|<\?.*?\?>)", re.DOTALL)
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def sniff(head: bytes) -> str:
    """The MIME type that the first bytes of a file speak for; `application/octet-stream` when they speak for none."""
    head = head[:HEAD_BYTES]
    return next(_binary(head), None) or _text(head)


def _binary(head: bytes) -> Iterator[str]:
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        yield _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        yield _iso_media(head)
    if head.startswith(b"PK\x03\x04"):
        yield _zip(head)
    yield from (kind for magic, kind in _MAGIC if head.startswith(magic))


def _iso_media(head: bytes) -> str:
    """MP4 and its relatives: the major brand decides, then those it says it is compatible with."""
    length = min(int.from_bytes(head[:4]), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), "video/mp4")


def _zip(head: bytes) -> str:
    """Many formats are ZIP archives; the names of the first files inside tell which."""
    for entry in _ENTRY.finditer(head):
        start = entry.end()
        name = head[start : start + int.from_bytes(entry[1], "little")]
        if name == b"mimetype":
            typed = _TYPED_ZIP.match(head, start + len(name) + int.from_bytes(entry[2], "little"))
            return typed[1].decode() if typed else "application/zip"
        for pattern, kind in _INSIDE_ZIP:
            if pattern.match(name):
                return kind
    return "application/zip"


def _text(head: bytes) -> str:
    plain = next((head.removeprefix(mark) for mark in _BOMS if head.startswith(mark)), head)
    shown = plain.replace(b"\0", b"") if head != plain else plain  # UTF-16 puts a zero beside every ASCII letter
    if markup := _markup(shown):
        return markup
    for beginning, kind in ((b"BEGIN:VCARD", "text/vcard"), (b"BEGIN:VCALENDAR", "text/calendar")):
        if shown[:20].upper().startswith(beginning):
            return kind
    return TEXT if head and _is_readable(head, plain) else UNKNOWN


def _markup(shown: bytes) -> str | None:
    """HTML, SVG and other XML, behind any comments and declarations: browsers are generous about these too."""
    rest = shown
    while found := _COMMENT.match(rest):
        rest = rest[found.end() :]
    rest = rest.lstrip()
    if _SVG.search(shown):
        return "image/svg+xml"
    if shown.lstrip().startswith(b"<?xml"):
        return "text/html" if rest[:5].lower() == b"<html" else "text/xml"
    return "text/html" if _HTML.match(rest) else None


def _is_readable(head: bytes, plain: bytes) -> bool:
    if head != plain and not head.startswith(_BOMS[0]):
        return True  # UTF-16 says so itself
    try:
        text = plain.decode("utf-8")
    except UnicodeDecodeError as fault:
        if fault.start < len(plain) - 3:
            return False
        text = plain[: fault.start].decode("utf-8")  # cut within a character
    return not any(sign < " " and sign not in "\t\n\r\f\x1b" for sign in text)
