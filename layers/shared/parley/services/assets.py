"""Pictures of the library: made to fit once, kept once, and sent as often as templates name them."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parley.business.library.model import Asset
from parley.errors import Conflict, Fault, Invalid, NotFound, Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.services import ports
    from parley.services.picture_files import PictureFiles

MAX_ASSETS: Final = 1_000
URL_SECONDS: Final = 300
MAX_BYTES: Final = 200_000
"""A PNG of 200,000 characters of base64 has fewer (protocol/14)."""

_SHOWN_NAMES: Final = 5
_ID: Final = re.compile(r"[0-9a-f]{64}")


def object_key(business_id: str, asset_id: str) -> str:
    """Where its bytes lie."""
    return f"library/{business_id}/{asset_id}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture, and what was done to make it fit; `new` when it was not there before."""

    asset: Asset
    new: bool
    note: str | None = None


class Assets:
    """The pictures of businesses; another one's are as unknown as none."""

    def __init__(
        self,
        *,
        assets: ports.Assets,
        templates: ports.Templates,
        channels: ports.Channels,
        objects: ports.Objects,
        downloads: ports.Downloads,
        files: Callable[[str], PictureFiles],
        clock: Callable[[], float],
    ) -> None:
        self._assets = assets
        self._templates = templates
        self._channels = channels
        self._objects = objects
        self._downloads = downloads
        self._files = files
        self._clock = clock

    def add(self, business_id: str, *, data: str | None, attachment_id: str | None, description: str | None) -> Kept:
        """Keep a picture of any common format. Raises Invalid or Rejected (`too_many_assets`)."""
        if (data is None) == (attachment_id is None):
            raise Invalid([Fault("", "exclusive", "give the picture as exactly one of data and attachment_id")])
        from parley.business import pictures

        if data is not None:
            fitted = pictures.fit(pictures.decode(data, "/data"), "/data")
        else:
            fitted = pictures.fit(self._attached(business_id, attachment_id or ""), "/attachment_id")
        kept = self.keep(business_id, base64.b64decode(fitted.base64), description=description)
        return Kept(kept.asset, kept.new, fitted.note)

    def keep(self, business_id: str, content: bytes, *, description: str | None) -> Kept:
        """Keep a PNG that fits already; one whose bytes are gone gets them back."""
        identity = hashlib.sha256(content).hexdigest()
        known = self._assets.get(business_id, identity)
        if known is not None:
            if self._objects.size(object_key(business_id, identity)) is None:
                self._objects.put(object_key(business_id, identity), content, content_type="image/png")
            return Kept(known, new=False)
        if self._assets.count(business_id) >= MAX_ASSETS:
            raise Rejected(f"a library has at most {MAX_ASSETS} pictures", code="too_many_assets")
        # The bytes first: what the table knows is there.
        self._objects.put(object_key(business_id, identity), content, content_type="image/png")
        width, height = struct.unpack(">II", content[16:24])
        asset = Asset(identity, len(content), width, height, self._clock(), description)
        self._assets.add(business_id, asset)
        return Kept(asset, new=True)

    def page(self, business_id: str, *, after: str | None, limit: int) -> tuple[list[Asset], bool]:
        """Pictures by id, and whether others follow."""
        return self._assets.page(business_id, after=after, limit=limit)

    def get(self, business_id: str, asset_id: str) -> tuple[Asset, str]:
        """A picture, and a URL that downloads it for a while. Raises NotFound."""
        asset = find(self._assets, business_id, asset_id)
        if asset is None:
            raise _unknown()
        url = self._downloads.presigned_get(
            object_key(business_id, asset_id),
            seconds=URL_SECONDS,
            content_type="image/png",
            disposition=f'attachment; filename="{asset_id[:12]}.png"',
        )
        return asset, url

    def remove(self, business_id: str, asset_id: str) -> None:
        """Forget a picture that nothing names. Raises NotFound, or Conflict (`asset_in_use`).

        A template that is published in the same moment is not seen. Whoever sends it is told `asset_unknown`, until
        the picture is kept again.
        """
        if find(self._assets, business_id, asset_id) is None:
            raise _unknown()
        if names := self._templates.naming(business_id, asset_id):
            some = ", ".join(names[:_SHOWN_NAMES]) + (" and others" if len(names) > _SHOWN_NAMES else "")
            raise Conflict(f"a working copy or a version names it: {some}", code="asset_in_use")
        from parley.business.library.content import assets_of

        channel = self._channels.get(business_id)
        if channel is not None and asset_id in assets_of(dict(channel.settings)):
            raise Conflict("an automatic message of the channel settings names it", code="asset_in_use")
        # The bytes first: as long as the table knows it, the same call can be made again.
        self._objects.delete(object_key(business_id, asset_id))
        self._assets.remove(business_id, asset_id)

    def _attached(self, business_id: str, attachment_id: str) -> bytes:
        from parley.business.pictures import MAX_INPUT_BYTES

        try:
            return self._files(business_id).read(attachment_id, max_bytes=MAX_INPUT_BYTES)
        except (Rejected, Retryable) as error:
            raise Invalid([Fault("/attachment_id", error.code, f"the picture cannot be had: {error}")]) from None


class AssetFiles:
    """The pictures of one business, for messages; see `business.pictures.Assets`."""

    def __init__(self, business_id: str, *, assets: ports.Assets, objects: ports.Objects) -> None:
        self._business_id = business_id
        self._assets = assets
        self._objects = objects

    def read(self, asset_id: str) -> bytes:
        """The whole PNG. Raises Rejected (`asset_unknown`)."""
        if find(self._assets, self._business_id, asset_id) is None:
            raise Rejected("there is no such picture in the library", code="asset_unknown")
        return self._objects.get(object_key(self._business_id, asset_id), max_bytes=MAX_BYTES)


def _unknown() -> NotFound:
    """Not there, or another business's."""
    return NotFound("no such picture", code="asset_unknown")


def find(assets: ports.Assets, business_id: str, asset_id: str) -> Asset | None:
    """A picture by what may be an id: anything else is asked of nobody."""
    return assets.get(business_id, asset_id) if _ID.fullmatch(asset_id) else None
