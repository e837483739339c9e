"""The part of picture fitting that needs Pillow: loaded with the first picture that has to be changed."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from PIL import ExifTags, Image, ImageCms

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

MAX_PIXELS: Final = 25_000_000
"""own: a 24-megapixel photo; unpacking and scaling one takes up to 250 MB."""

MAX_WEBP_PIXELS: Final = 15_000_000
"""own: WebP's decoder needs 16 bytes for each pixel, more than the others."""

_ALMOST: Final = 0.75
"""own: down to three quarters of its size a photo is better smaller than with fewer colours."""

_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "HEIF")
_NAMES: Final = {"HEIF": "HEIC", "MPO": "JPEG", "WEBP": "WebP"}
"""What people call it; MPO is a phone's JPEG with a second picture in it."""

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture upright, by EXIF's orientation."""

type Size = tuple[int, int]


class UnreadableError(Exception):
    """Not a whole picture of a format that is taken."""


class TooManyPixelsError(Exception):
    """Would take more memory than there is; `most` pixels are taken."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


@dataclass(frozen=True, slots=True)
class Converted:
    """A PNG file, and what was done: `kind` is what it was made from, `before` its size there."""

    content: bytes = field(repr=False)
    kind: str
    before: Size
    after: Size
    fewer_colours: bool


def convert(content: bytes, *, widest: int, most_bytes: int) -> Converted:
    """The first picture in `content` as PNG: upright, in sRGB, without metadata, as large as the bounds allow.

    Raises UnreadableError or TooManyPixelsError.
    """
    if content[4:8] == b"ftyp":
        import pillow_heif

        pillow_heif.register_heif_opener()
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as file:
            before = file.size
            _check_size(file)
            kind = _NAMES.get(file.format or "", file.format or "")
            image = _ready(file, widest)
    except TooManyPixelsError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixelsError(MAX_PIXELS) from None
    except Exception:  # noqa: BLE001  (whatever a decoder raises over a broken file, the file is at fault)
        raise UnreadableError from None
    written, after, fewer_colours = _shrink(image, most_bytes)
    return Converted(written, kind, before, after, fewer_colours)


def _check_size(file: ImageFile) -> None:
    most = MAX_WEBP_PIXELS if file.format == "WEBP" else MAX_PIXELS
    if file.width * file.height > most:
        raise TooManyPixelsError(most)


def _ready(file: ImageFile, widest: int) -> Image.Image:
    """Small enough, upright, of a mode PNG has, in sRGB, with nothing attached."""
    image: Image.Image = file
    profile = image.info.get("icc_profile")
    small_palette = image.mode == "P" and max(image.size) <= widest
    if not small_palette and (image.mode in {"P", "PA"} or "transparency" in image.info):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode == "I;16":
        image = image.point(_high_byte).convert("L")
    # Reads a large JPEG at a half or less: its memory is bounded by what is needed of it.
    image.thumbnail((widest, widest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image.load()
    image = _upright(image)
    if profile is not None and image.mode in {"RGB", "RGBA", "CMYK"}:
        image = _in_srgb(image, profile)
    if image.mode not in {"L", "LA", "P", "RGB", "RGBA"}:
        image = image.convert("RGB")
    if image.mode in {"LA", "RGBA"} and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert(image.mode[:-1])
    image.info = {name: value for name, value in image.info.items() if name == "transparency" and image.mode == "P"}
    return image


def _high_byte(deep: float) -> float:
    """For 16 bits of grey; Pillow's own conversion would cut off everything above 255."""
    return deep * (1 / 256)


def _upright(image: Image.Image) -> Image.Image:
    """Turned as EXIF says. Pillow's `exif_transpose` also writes EXIF anew, and fails when the rest of it is broken."""
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    return image.copy() if turn is None else image.transpose(turn)


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours as every device shows them: a phone's photos are in a wider space."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError):
        return image


def _shrink(image: Image.Image, most_bytes: int) -> tuple[bytes, Size, bool]:
    """`image` written as PNG, as large as fits; its size; whether it has fewer colours now."""
    written = _written(image)
    if len(written) <= most_bytes:
        return written, image.size, False
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        written = _written(image)
    scale = math.sqrt(most_bytes / len(written))
    fewer_colours = image.mode == "RGB" and scale < _ALMOST
    if fewer_colours:
        scale = min(1.0, scale * 1.6)  # one byte for a pixel instead of three, less well packed
    while True:
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        smaller = image.resize(size, Image.Resampling.LANCZOS)
        written = _written(_with_256_colours(smaller) if fewer_colours else smaller)
        if len(written) <= most_bytes:
            return written, size, fewer_colours
        # A small picture has more detail to the pixel, so the estimate alone would come down in many steps.
        scale *= min(0.95, 0.98 * math.sqrt(most_bytes / len(written)))


def _with_256_colours(image: Image.Image) -> Image.Image:
    return image.quantize(palette=image.quantize(), dither=Image.Dither.FLOYDSTEINBERG)


def _written(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, format="PNG", optimize=True)
    return out.getvalue()
