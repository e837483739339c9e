"""Any picture a business has becomes a PNG inside Apple's limits (protocol/14).

Pillow is loaded when a picture really has to be changed: one that fits already costs nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import BaseModel

from parley.apple import limits
from parley.business import png
from parley.business.kinds.bubbles import ImageRef
from parley.errors import Fault, Invalid, Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from parley.business import imaging
    from parley.business.fetch import Fetched

MAX_INPUT_BYTES: Final = 10 * 1024 * 1024
"""own: what a picture may weigh before it is made to fit."""

WIDEST: Final = 840
"""The widest bubble has 840 pixels (protocol/14); a device shows no more of a picture."""

SECONDS: Final = 6.0
"""own: what all pictures of one message may take; the caller is waiting."""

_AT_ONCE: Final = 4
TYPES: Final = ("image/", "application/octet-stream", "binary/octet-stream")
"""What pictures are served as; the last two are storage buckets that were not told better."""

_MEMBERS: Final = ("data", "url", "attachment_id", "asset_id")

type _Source = tuple[str, str]
"""The member of ImageRef that is there, and its value."""


class Attachments(Protocol):
    """Where a business's uploaded files are read."""

    def read(self, attachment_id: str, *, max_bytes: int) -> bytes:
        """At most `max_bytes` + 1 of a file. Raises Rejected (unknown, not ready) or Retryable."""
        ...


class Assets(Protocol):
    """Where the pictures of a business's library are read."""

    def read(self, asset_id: str) -> bytes:
        """The whole PNG. Raises Rejected (`asset_unknown`) or Retryable."""
        ...


class Fetches(Protocol):
    """Where pictures of the web are read; see `business.fetch`."""

    def get(self, url: str, *, types: Sequence[str], max_bytes: int, seconds: float) -> Fetched:
        """At most `max_bytes` of what is there. Raises Rejected or Retryable."""
        ...


@dataclass(frozen=True, slots=True)
class Png:
    """A picture as Apple takes it, and what was done to it."""

    base64: str = field(repr=False)
    note: str | None = None


class Pictures:
    """The pictures of one message: each distinct one is fetched and converted once.

    `notes` tells what was done to which: `{"path": …, "note": …}`.
    """

    def __init__(
        self,
        *,
        fetch: Fetches,
        attachments: Attachments | None = None,
        assets: Assets | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self.notes: list[dict[str, str]] = []
        self._fetch = fetch
        self._attachments = attachments
        self._assets = assets
        self._deadline = time.monotonic() + seconds
        self._by_source: dict[_Source, Png] = {}
        self._by_content: dict[tuple[bytes, int], Png] = {}

    def gather(self, message: BaseModel, at: str = "") -> None:
        """Get every picture in `message` ready; `at` is where the message stands. Raises Invalid with all faults."""
        faults: list[Fault] = []
        wanted: dict[_Source, str] = {}
        most: dict[_Source, int] = {}
        for path, image in _places(message, at):
            try:
                source = _source(image, path)
            except Invalid as error:
                faults += error.faults
                continue
            wanted.setdefault(source, f"{path}/{source[0]}")
            most[source] = min(_most(path), most.get(source, limits.MAX_IMAGE_BASE64_CHARS))
        share = limits.MAX_IMAGES_BASE64_CHARS // max(1, len(wanted))
        for source, content in self._read_all(wanted).items():
            try:
                self._by_source[source] = self._fitted(content, wanted[source], min(share, most[source]))
            except Invalid as error:
                faults += error.faults
        if faults:
            raise Invalid(faults)

    def png(self, image: ImageRef) -> str:
        """Base64 of the PNG made of `image`. One that was not gathered is got ready now."""
        source = _source(image, "")
        if source not in self._by_source:
            self.gather(image)
        return self._by_source[source].base64

    def _read_all(self, wanted: Mapping[_Source, str]) -> dict[_Source, bytes | Invalid]:
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            return dict(zip(wanted, pool.map(self._read, wanted.items()), strict=True))

    def _read(self, entry: tuple[_Source, str]) -> bytes | Invalid:
        (member, value), path = entry
        try:
            if member == "data":
                return decode(value, path)
            if member == "url":
                left = self._deadline - time.monotonic()
                return self._fetch.get(value, types=TYPES, max_bytes=MAX_INPUT_BYTES + 1, seconds=left).content
            return self._kept(member, value, path)
        except Invalid as error:
            return error
        except (Rejected, Retryable) as error:
            return Invalid([Fault(path, error.code, f"the picture cannot be had: {error}")])

    def _kept(self, member: str, value: str, path: str) -> bytes | Invalid:
        """A picture that is here already, as a file or in the library."""
        if member == "asset_id" and self._assets is not None:
            return self._assets.read(value)
        if member == "attachment_id" and self._attachments is not None:
            return self._attachments.read(value, max_bytes=MAX_INPUT_BYTES)
        message = "pictures kept here are not available; send the picture as data or url"
        return Invalid([Fault(path, f"{member.removesuffix('_id')}s_unavailable", message)])

    def _fitted(self, content: bytes | Invalid, path: str, most: int) -> Png:
        if isinstance(content, Invalid):
            raise content
        if time.monotonic() > self._deadline:
            raise Invalid([Fault(path, "pictures_too_slow", "send fewer or smaller pictures in one message")])
        key = hashlib.sha256(content).digest(), most
        if key not in self._by_content:
            made = self._by_content[key] = fit(content, path, most_chars=most)
            if made.note is not None:
                self.notes.append({"path": path, "note": made.note})
        return self._by_content[key]


def fit(content: bytes, path: str, *, most_chars: int = limits.MAX_IMAGE_BASE64_CHARS) -> Png:
    """`content` as PNG: upright, without metadata, no wider than WIDEST, at most `most_chars` of base64.

    Of an animation the first picture; a PNG that is like that already as it is. Raises Invalid at `path`
    when it is no picture that can be read.
    """
    if len(content) > MAX_INPUT_BYTES:
        raise _too_large(path)
    most_bytes = most_chars // 4 * 3
    if len(content) <= most_bytes and png.is_clean(content, widest=WIDEST):
        return Png(base64.b64encode(content).decode("ascii"))

    from parley.business import imaging

    try:
        made = imaging.convert(content, widest=WIDEST, most_bytes=most_bytes)
    except imaging.UnreadableError:
        message = "send a whole PNG, JPEG, GIF, WebP or HEIC picture; this cannot be read"
        raise Invalid([Fault(path, "picture_unreadable", message)]) from None
    except imaging.TooManyPixelsError as error:
        message = f"scale it down: at most {error.most // 1_000_000} million pixels"
        raise Invalid([Fault(path, "picture_too_large", message)]) from None
    return Png(base64.b64encode(made.content).decode("ascii"), note=_note(made))


def decode(data: str, path: str) -> bytes:
    """The bytes of a base64 picture; a `data:` prefix and line breaks are tolerated. Raises Invalid."""
    text = "".join((data.partition(",")[2] if data.startswith("data:") else data).split())
    if len(text) > MAX_INPUT_BYTES * 4 // 3 + 4:
        raise _too_large(path)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid([Fault(path, "picture_not_base64", "encode the picture as base64")]) from None


def _note(made: imaging.Converted) -> str:
    done = [] if made.kind == "PNG" else [f"{made.kind} made a PNG"]
    if made.after not in {made.before, made.before[::-1]}:
        done.append(f"scaled from {made.before[0]}x{made.before[1]} to {made.after[0]}x{made.after[1]}")
    if made.fewer_colours:
        done.append("reduced to 256 colours")
    return ", ".join(done) or "written anew without metadata"


def _too_large(path: str) -> Invalid:
    return Invalid([Fault(path, "picture_too_large", f"use at most {MAX_INPUT_BYTES // 1024 // 1024} MB")])


def _most(path: str) -> int:
    """Base64 characters a picture may have in this place (protocol/14)."""
    return limits.MAX_APP_ICON_BASE64_CHARS if path.endswith("/app_icon") else limits.MAX_IMAGE_BASE64_CHARS


def _source(image: ImageRef, path: str) -> _Source:
    given = [(name, value) for name in _MEMBERS if (value := getattr(image, name)) is not None]
    if len(given) != 1:
        code = "exclusive" if given else "required"
        raise Invalid([Fault(path, code, "give the picture as exactly one of data, url, attachment_id and asset_id")])
    return given[0]


def _places(value: object, path: str) -> Iterator[tuple[str, ImageRef]]:
    """Every picture in a friendly message, with its JSON pointer."""
    if isinstance(value, ImageRef):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            yield from _places(getattr(value, name), f"{path}/{info.alias or name}")
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _places(entry, f"{path}/{number}")
