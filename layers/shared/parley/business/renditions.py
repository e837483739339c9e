"""HEIC as JPEG, for people whose browser or help desk shows no HEIC. Needs Pillow and pillow-heif."""

from __future__ import annotations

import io
from typing import Final

import pillow_heif
from PIL import Image

from parley.business.imaging import TooManyPixelsError, UnreadableError

MAX_PIXELS: Final = 50_000_000
"""own: a phone's 48 million; unpacked they take 150 MB, twice."""

WIDEST: Final = 4096
"""own: more than any screen shows, and half of what a phone takes."""

QUALITY: Final = 85


def jpeg(content: bytes) -> bytes:
    """The main picture in `content`, upright, without what the camera wrote beside it: a place is personal.

    Raises UnreadableError or TooManyPixelsError.
    """
    pillow_heif.register_heif_opener()
    try:
        with Image.open(io.BytesIO(content), formats=("HEIF",)) as file:
            _check_size(file)
            colours = file.info.get("icc_profile")
            image = file.convert("RGB")
    except TooManyPixelsError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixelsError(MAX_PIXELS) from None
    except Exception:  # noqa: BLE001  (whatever a decoder raises over a broken file, the file is at fault)
        raise UnreadableError from None
    image.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    image.info.clear()
    image.save(written, "JPEG", quality=QUALITY, optimize=True, icc_profile=colours)
    return written.getvalue()


def _check_size(file: Image.Image) -> None:
    if file.width * file.height > MAX_PIXELS:
        raise TooManyPixelsError(MAX_PIXELS)
