"""Make a rendition of what came into the bucket, where one is of use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parley.business.content_types import sniff
from parley.conversation.attachments import rendition_key
from parley.errors import NotFound

if TYPE_CHECKING:
    from parley.services import ports

MAX_BYTES: Final = 30 * 1024 * 1024
"""own: a HEIC picture that weighs more is none of a phone's."""

HEIC: Final = frozenset({"image/heic", "image/heif"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one object led to; safe to log."""

    result: str
    """made, unreadable or skipped."""
    attachment_id: str | None = None
    size: int | None = None


class Render:
    """Handle one new object under `attachments/`. Stateless: the same object again gives the same rendition."""

    def __init__(self, *, objects: ports.Objects) -> None:
        self._objects = objects

    def __call__(self, key: str) -> Outcome:
        """An empty rendition says for good that none can be made."""
        prefix, *names = key.split("/")
        if prefix != "attachments" or len(names) != 2 or not self._is_heic(key):
            return Outcome("skipped")
        from parley.business.imaging import TooManyPixelsError, UnreadableError
        from parley.business.renditions import jpeg

        business_id, attachment_id = names
        try:
            made = jpeg(self._objects.get(key, max_bytes=MAX_BYTES))
        except (UnreadableError, TooManyPixelsError, NotFound):
            made = b""
        self._objects.put(rendition_key(business_id, attachment_id), made, content_type="image/jpeg")
        return Outcome("made" if made else "unreadable", attachment_id, len(made))

    def _is_heic(self, key: str) -> bool:
        try:
            first = next(iter(self._objects.read(key)), b"")
        except NotFound:
            return False
        return sniff(first) in HEIC
