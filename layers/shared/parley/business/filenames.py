"""Names of files from people: made harmless for a disk, a header and a screen."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

MAX_CHARS: Final = 120
MAX_BYTES: Final = 200
"""own: file systems take 255 bytes of UTF-8, and some put a word of theirs before it."""

MAX_EXTENSION_CHARS: Final = 16
UNNAMED: Final = "file"

_SEPARATORS: Final = re.compile(r"[/\\]")
_UNTYPEABLE: Final = re.compile(r'[<>:"|?*]')
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control, format (what turns the direction of writing is among them), surrogate, private, unassigned, separators."""
_OBJECT: Final = "\N{OBJECT REPLACEMENT CHARACTER}"
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)
"""What Windows takes for a device, whatever comes behind the dot."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9 !#$&'()+,.;=@^_`{}~\[\]-]+")
_ATTR_CHARS: Final = "!#$&+-.^_`|~"
"""What RFC 8187 lets stand unencoded besides letters and digits."""


def safe_name(name: object) -> str:
    """The last part of `name` without what could mislead a person or a program; `file` when nothing is left.

    Its extension is kept. Doing it again changes nothing.
    """
    text = name if isinstance(name, str) else ""
    text = _SEPARATORS.split(text.rstrip("/\\ "))[-1]
    text = unicodedata.normalize("NFC", "".join(" " if sign.isspace() else sign for sign in text if _is_seen(sign)))
    text = _trimmed(_UNTYPEABLE.sub("_", " ".join(text.split())))
    text = _trimmed(_shortened(text))
    if _DEVICES.fullmatch(text.partition(".")[0].rstrip()):
        text = f"_{text}"
    return text or UNNAMED


def disposition(name: object) -> str:
    """`Content-Disposition` that always saves and never shows (RFC 6266; names beyond ASCII by RFC 8187)."""
    safe = safe_name(name)
    if _PLAIN.fullmatch(safe):
        return f'attachment; filename="{safe}"'
    plain = "".join(sign if _PLAIN.fullmatch(sign) else "_" for sign in _unaccented(safe))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe=_ATTR_CHARS)}"


def _is_seen(sign: str) -> bool:
    return sign != _OBJECT and (sign.isspace() or unicodedata.category(sign) not in _UNSEEN)


def _trimmed(text: str) -> str:
    """Neither hidden, as a leading dot would make it, nor ending in what Windows takes away."""
    return text.strip(". ")


def _shortened(text: str) -> str:
    stem, dot, extension = text.rpartition(".")
    if not stem or len(extension) > MAX_EXTENSION_CHARS:
        stem, dot, extension = text, "", ""
    ending = dot + extension
    stem = stem[: MAX_CHARS - len(ending)]
    room = MAX_BYTES - len(ending.encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore")
    return stem.rstrip(". ") + ending if stem.strip(". ") else ending.lstrip(".")


def _unaccented(text: str) -> str:
    """Letters without their marks where Unicode knows how; all else stays."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
