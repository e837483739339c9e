"""The pictures of one message: those inside it are looked at, the others are stood in for."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from parley.business.pictures import Pictures
from parley.business.unfetched import Unfetched, stand_in
from parley.errors import Fault, Invalid

if TYPE_CHECKING:
    from parley.business.kinds.base import Send
    from parley.business.kinds.bubbles import ImageRef

_HOUR: Final = 3600.0


class LookedAt:
    """The server's own pictures, but nothing is fetched. `faults` have the paths of the message."""

    def __init__(self, send: Send) -> None:
        self.faults: list[Fault] = []
        self._pictures = Pictures(fetch=Unfetched(), attachments=_Uploads(), assets=_Library(), seconds=_HOUR)
        try:
            self._pictures.gather(send)
        except Invalid as error:
            self.faults += error.faults
        except ImportError:  # Pillow comes with the function that needs it, not with every installation
            pass

    def png(self, image: ImageRef) -> str:
        """Base64 of the picture as it would be sent, or of another one where that is not known."""
        try:
            return self._pictures.png(image)
        except (Invalid, ImportError):
            return base64.b64encode(stand_in(repr(image))).decode("ascii")


class _Uploads:
    """Every attachment there might be."""

    def read(self, attachment_id: str, *, max_bytes: int) -> bytes:  # noqa: ARG002
        """A picture, whatever was uploaded."""
        return stand_in(attachment_id)


class _Library:
    """Every picture a library might have."""

    def read(self, asset_id: str) -> bytes:
        """A picture, whatever was kept."""
        return stand_in(asset_id)
