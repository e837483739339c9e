"""Have a rendition made of what came into the bucket, where one is of use, and make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parley.business.content_types import UNKNOWN
from parley.conversation.attachments import object_key, rendition_key, wanted_key
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


def ask_for(objects: ports.Objects, business_id: str, attachment: str, *, content_type: str, size: int) -> None:
    """Have a rendition made of what has just been stored, if one is of use: S3 tells `Render` of the empty object."""
    if content_type in HEIC and size <= MAX_BYTES:
        objects.put(wanted_key(business_id, attachment), b"", content_type=UNKNOWN)


class Render:
    """Handle one new object under `wanted/`. Stateless: the same object again gives the same rendition."""

    def __init__(self, *, objects: ports.Objects) -> None:
        self._objects = objects

    def __call__(self, key: str) -> Outcome:
        """An empty rendition says for good that none can be made."""
        prefix, *names = key.split("/")
        if prefix != "wanted" or len(names) != 2:
            return Outcome("skipped")
        business_id, attachment_id = names
        source = object_key(business_id, attachment_id)
        if self._objects.size(source) is None:  # its customer was forgotten meanwhile
            self._objects.delete(key)
            return Outcome("skipped")
        from parley.business.imaging import TooManyPixelsError, UnreadableError
        from parley.business.renditions import jpeg

        try:
            made = jpeg(self._objects.get(source, max_bytes=MAX_BYTES))
        except (UnreadableError, TooManyPixelsError, NotFound):
            made = b""
        target = rendition_key(business_id, attachment_id)
        self._objects.put(target, made, content_type="image/jpeg")
        forgotten = self._objects.size(source) is None  # while it was being drawn
        if forgotten:
            self._objects.delete(target)
        self._objects.delete(key)
        if forgotten:
            return Outcome("skipped")
        return Outcome("made" if made else "unreadable", attachment_id, len(made))
