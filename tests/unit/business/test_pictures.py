"""Whatever picture comes, Apple gets a PNG inside its limits."""

from __future__ import annotations

import base64
import subprocess
import sys
import zlib

import pytest
from PIL import Image, ImageCms

from parley.business import pictures
from parley.errors import Fault, Invalid
from tests.support.pictures import (
    BLUE,
    RED,
    chunk,
    halves,
    header,
    noise,
    opened,
    photo,
    plain,
    with_chunk,
    written,
)

MOST = 200_000


def fitted(content: bytes, *, most_chars: int = MOST) -> tuple[Image.Image, str | None]:
    """What comes out, checked against what holds for all."""
    made = pictures.fit(content, "/image", most_chars=most_chars)
    assert len(made.base64) <= most_chars
    image = opened(base64.b64decode(made.base64, validate=True))
    assert image.format == "PNG"
    assert max(image.size) <= pictures.WIDEST
    return image, made.note


def refusal(content: bytes) -> Fault:
    with pytest.raises(Invalid) as caught:
        pictures.fit(content, "/sections/0/image")
    (fault,) = caught.value.faults
    assert fault.path == "/sections/0/image"
    return fault


def near(pixel: object, colour: tuple[int, ...]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) <= 12 for one, other in zip(pixel, colour, strict=False))


# --- what fits already ---------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_that_fits_stays_byte_for_byte(mode: str) -> None:
    content = written(noise(31, 17).convert("L").convert(mode) if mode != "P" else noise(31, 17).quantize(16))

    made = pictures.fit(content, "/image")

    assert base64.b64decode(made.base64) == content
    assert made.note is None


def test_a_png_of_exactly_the_limit_stays() -> None:
    small = written(noise(200, 200))
    filler = chunk(b"IDAT", b"")
    short = 150_000 - len(small)
    assert short > 12
    padded = small[:-12] + filler * (short // 12) + small[-12:]
    exact = len(padded) // 3 * 3

    assert pictures.fit(padded, "/image", most_chars=exact // 3 * 4 + 4).note is None
    assert pictures.fit(padded, "/image", most_chars=exact // 3 * 4 - 4).note is not None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (b"tEXt", b"Author\0Jane Canary"),
        (b"iTXt", b"Comment\0\0\0\0\0Jane Canary"),
        (b"eXIf", b"MM\0*\0\0\0\x08\0\0\0\0\0\0Jane Canary"),
        (b"tIME", b"\x07\xea\x01\x01\0\0\0"),
        (b"prVt", b"Jane Canary"),
    ],
)
def test_a_png_that_tells_more_than_the_picture_is_written_anew(name: bytes, data: bytes) -> None:
    content = with_chunk(written(halves(20, 10)), name, data)

    made = pictures.fit(content, "/image")

    clean = base64.b64decode(made.base64)
    assert name not in clean
    assert b"Canary" not in clean
    assert opened(clean).tobytes() == halves(20, 10).tobytes()
    assert made.note == "written anew without metadata"


def test_what_stands_behind_a_png_does_not_come_along() -> None:
    made = pictures.fit(written(halves(20, 10)) + b"Jane Canary", "/image")

    assert b"Canary" not in base64.b64decode(made.base64)


def test_of_an_animated_png_the_first_picture_is_left() -> None:
    content = written(plain(20, 10), save_all=True, append_images=[plain(20, 10, BLUE)])
    assert b"acTL" in content

    image, _ = fitted(content)

    assert getattr(image, "n_frames", 1) == 1
    assert image.getpixel((5, 5)) == RED


# --- what has to be changed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "JPEG"), ("GIF", "GIF"), ("WEBP", "WebP"), ("HEIF", "HEIC"), ("MPO", "JPEG")]
)
def test_every_common_format_becomes_a_png(kind: str, name: str) -> None:
    image, note = fitted(written(halves(64, 32), kind))

    assert image.size == (64, 32)
    assert near(image.convert("RGB").getpixel((8, 16)), RED)
    assert near(image.convert("RGB").getpixel((56, 16)), BLUE)
    assert note == f"{name} made a PNG"


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM"])
def test_other_formats_are_refused_though_they_could_be_read(kind: str) -> None:
    fault = refusal(written(halves(32, 32), kind))

    assert fault.code == "picture_unreadable"
    assert "PNG, JPEG, GIF, WebP or HEIC" in fault.message


def test_a_wide_picture_is_scaled_to_the_widest_bubble() -> None:
    image, note = fitted(written(halves(1680, 420)))

    assert image.size == (840, 210)
    assert note == "scaled from 1680x420 to 840x210"


def test_a_thin_line_stays_a_line() -> None:
    image, _ = fitted(written(plain(6000, 1)))

    assert image.size == (840, 1)


def test_a_photo_keeps_most_of_its_size_by_giving_up_colours() -> None:
    image, note = fitted(written(photo(1600, 1200), "JPEG", quality=90))

    assert image.mode == "P"
    assert image.width > 400
    assert abs(image.width / image.height - 4 / 3) < 0.02
    assert note == f"JPEG made a PNG, scaled from 1600x1200 to {image.width}x{image.height}, reduced to 256 colours"


def test_a_picture_a_little_too_large_keeps_its_colours() -> None:
    content = written(noise(230, 230))
    assert 150_000 < len(content) < 180_000

    image, note = fitted(content)

    assert image.mode == "RGB"
    assert image.width > 190
    assert note == f"scaled from 230x230 to {image.width}x{image.height}"


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_nothing_is_too_noisy_to_fit(mode: str) -> None:
    image, _ = fitted(written(noise(900, 700, mode)))

    assert image.width > 150


def test_a_palette_with_too_many_pixels_is_scaled_too() -> None:
    image, note = fitted(written(noise(800, 800).quantize(256)))

    assert image.width > 300
    assert note is not None


def test_a_small_icon_is_made_for_a_small_place() -> None:
    image, _ = fitted(written(photo(512, 512)), most_chars=15_359)

    assert image.width > 80


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright(orientation: int) -> None:
    upright = halves(64, 32)
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    lying = upright if orientation == 1 else upright.transpose(turns[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation

    image, note = fitted(written(lying, "JPEG", quality=95, exif=exif))

    assert image.size == (64, 32)
    assert near(image.getpixel((8, 16)), RED)
    assert near(image.getpixel((56, 16)), BLUE)
    assert note == "JPEG made a PNG"


def test_where_a_photo_was_taken_is_not_told() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Jane Canary"
    content = written(halves(64, 32), "JPEG", exif=exif, comment=b"Jane Canary")
    assert b"Canary" in content

    made = pictures.fit(content, "/image")

    image = opened(base64.b64decode(made.base64))
    assert image.info == {}
    assert not image.getexif()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_does_not_spoil_a_good_photo() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    exif[0x011A] = 72.0
    good = written(halves(64, 32), "JPEG", exif=exif, quality=95)
    denominator = good.index(b"Exif") + 6 + good[good.index(b"Exif") + 6 :].index(b"\x01\x1a") + 2
    broken = good[:denominator] + b"\0\x02" + good[denominator + 2 :]

    for content in (broken, written(halves(64, 32), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff\xff")):
        image, _ = fitted(content)
        assert image.size == (64, 32)

    assert near(fitted(broken)[0].getpixel((8, 16)), BLUE)


def test_of_an_animation_the_first_picture_is_shown() -> None:
    frames = [plain(30, 20, BLUE), plain(30, 20)]

    for kind in ("GIF", "WEBP"):
        image, _ = fitted(written(plain(30, 20), kind, save_all=True, append_images=frames, lossless=True))
        assert near(image.convert("RGB").getpixel((5, 5)), RED)


def test_a_transparent_palette_stays_transparent() -> None:
    image = plain(30, 20).quantize(4)
    image.putpixel((0, 0), 1)
    content = written(image, "GIF", transparency=1)

    shown = fitted(content)[0].convert("RGBA")

    assert shown.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert shown.getpixel((5, 5)) == (*RED, 255)


def test_a_scaled_picture_keeps_its_transparency_and_its_edges_their_colour() -> None:
    clear = plain(1680, 840, (0, 0, 0, 0))
    clear.paste((*RED, 255), (840, 0, 1680, 840))

    image, _ = fitted(written(clear, "WEBP", lossless=True))

    assert image.mode == "RGBA"
    assert image.getpixel((100, 100))[3] == 0  # type: ignore[index]
    assert near(image.getpixel((425, 100)), RED)


def test_a_colour_meant_as_transparent_is_still_that() -> None:
    content = with_chunk(written(halves(40, 20)), b"tRNS", b"".join(part.to_bytes(2) for part in BLUE))
    wide = with_chunk(written(halves(1680, 20)), b"tRNS", b"".join(part.to_bytes(2) for part in BLUE))

    assert pictures.fit(content, "/image").note is None
    assert fitted(wide)[0].getpixel((800, 5))[3] == 0  # type: ignore[index]


def test_an_alpha_channel_that_hides_nothing_is_left_out() -> None:
    assert fitted(written(photo(1000, 800).convert("RGBA")))[0].mode == "P"


def test_deep_grey_is_not_burnt_out() -> None:
    deep = Image.frombytes("I;16", (900, 2), (20_000).to_bytes(2, "little") * 1800)

    image, _ = fitted(written(deep))

    assert image.mode == "L"
    assert image.getpixel((3, 0)) == pytest.approx(20_000 // 256, abs=1)


def test_a_drawing_in_black_and_white_gets_soft_edges_when_scaled() -> None:
    stripes = Image.new("L", (2000, 2))
    stripes.paste(255, (0, 0, 1001, 2))

    image, note = fitted(written(stripes.convert("1")))

    assert image.mode == "L"
    assert (image.getpixel((10, 0)), image.getpixel((800, 0))) == (255, 0)
    assert note == "scaled from 2000x2 to 840x1"


def test_print_colours_become_screen_colours() -> None:
    image, _ = fitted(written(halves(64, 32).convert("CMYK"), "JPEG"))

    assert image.mode == "RGB"
    assert near(image.getpixel((8, 16)), RED)


def test_colours_of_another_space_are_shown_as_they_were_meant() -> None:
    usual = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = usual.replace(b"rXYZ", b"tmp.").replace(b"bXYZ", b"rXYZ").replace(b"tmp.", b"bXYZ")
    assert exchanged != usual

    image, _ = fitted(written(halves(64, 32), "JPEG", icc_profile=exchanged, quality=95))

    assert near(image.getpixel((8, 16)), RED[::-1])
    assert "icc_profile" not in image.info


def test_a_profile_that_cannot_be_read_changes_nothing() -> None:
    image, _ = fitted(written(halves(64, 32), "JPEG", icc_profile=b"no profile at all", quality=95))

    assert near(image.getpixel((8, 16)), RED)
    assert "icc_profile" not in image.info


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"hello",
        b"GIF89a",
        b"\0\0\0\x18ftypheic",
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    assert refusal(content).code == "picture_unreadable"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "HEIF"])
def test_half_a_picture_is_refused(kind: str) -> None:
    content = written(photo(300, 200), kind)

    assert refusal(content[: len(content) // 2]).code == "picture_unreadable"


@pytest.mark.parametrize("place", ["IHDR", "IDAT", "IEND"])
def test_a_damaged_png_is_refused_or_mended_but_never_passed_on(place: str) -> None:
    content = bytearray(written(noise(20, 20)))
    content[content.index(place.encode()) + (8 if place != "IEND" else 4)] ^= 0x55

    try:
        made = pictures.fit(bytes(content), "/image")
    except Invalid as error:
        assert error.faults[0].code == "picture_unreadable"  # noqa: PT017
    else:
        assert made.note is not None


def png_of(pixels: bytes, **options: int) -> bytes:
    return header(4, 4, **options) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        png_of(bytes(13 * 4 - 1)),
        header(4, 4) + chunk(b"IDAT", zlib.compress(bytes(13 * 4))[:-1]) + chunk(b"IEND", b""),
        header(4, 4) + chunk(b"IDAT", b"no zlib") + chunk(b"IEND", b""),
        header(4, 4) + chunk(b"IEND", b""),
        header(4, 4, colours=3) + chunk(b"IDAT", zlib.compress(bytes(5 * 4))) + chunk(b"IEND", b""),
        header(0, 4) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""),
        png_of(bytes(13 * 4), colours=5),
        png_of(bytes(13 * 4))[:-12],
        header(4, 4)[:8] + png_of(bytes(13 * 4))[33:],
    ],
    ids=[
        "a byte short",
        "cut stream",
        "no stream",
        "no pixels",
        "no palette",
        "no width",
        "no mode",
        "no end",
        "no head",
    ],
)
def test_a_png_that_only_looks_whole_is_not_passed_on(content: bytes) -> None:
    try:
        made = pictures.fit(content, "/image")
    except Invalid as error:
        assert error.faults[0].code == "picture_unreadable"  # noqa: PT017
    else:
        assert base64.b64decode(made.base64) != content
        assert made.note is not None


@pytest.mark.parametrize(
    ("content", "millions"),
    [
        (written(Image.new("1", (6000, 6000))), 25),
        (header(20_000, 20_000) + chunk(b"IDAT", b""), 25),
        (header(9_500, 9_500) + chunk(b"IDAT", b""), 25),
        (b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x08", 25),
        (written(Image.new("L", (4000, 4000)), "WEBP"), 15),
        (written(Image.new("L", (5200, 5200)), "HEIF", quality=10), 25),
    ],
    ids=["PNG", "huge PNG", "large PNG", "GIF", "WebP", "HEIC"],
)
def test_a_picture_that_would_fill_the_memory_is_not_unpacked(content: bytes, millions: int) -> None:
    fault = refusal(content)

    assert fault.code == "picture_too_large"
    assert f"at most {millions} million pixels" in fault.message


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    fault = refusal(bytes(pictures.MAX_INPUT_BYTES + 1))

    assert (fault.code, fault.message) == ("picture_too_large", "use at most 10 MB")


# --- base64 --------------------------------------------------------------------------------------


def test_base64_may_have_a_data_prefix_and_line_breaks() -> None:
    text = base64.encodebytes(b"some picture" * 20).decode()

    assert pictures.decode(text, "/image") == b"some picture" * 20
    assert pictures.decode(f"data:image/png;base64,{text}", "/image") == b"some picture" * 20


@pytest.mark.parametrize("text", ["a", "####", "YQ", "YQ==YQ==", "\u00e4\u00e4\u00e4\u00e4", "_-_-"])
def test_what_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        pictures.decode(text, "/image/data")

    assert caught.value.faults == [Fault("/image/data", "picture_not_base64", "encode the picture as base64")]


def test_base64_of_too_much_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        pictures.decode("A" * (pictures.MAX_INPUT_BYTES // 3 * 4 + 12), "/image/data")

    assert caught.value.code == "picture_too_large"


# --- what is loaded ------------------------------------------------------------------------------


def loaded_after(code: str) -> str:
    show = "import sys; print([name for name in sys.modules if name.split('.')[0] in {'PIL', 'pillow_heif'}])"
    command = [sys.executable, "-c", f"{code}\n{show}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_pillow_is_not_loaded_before_a_picture_has_to_be_changed() -> None:
    content = written(halves(20, 10))
    code = f"from parley.business import pictures, previews\npictures.fit({content!r}, '')"

    assert loaded_after(code) == "[]"
    assert "PIL.Image" in loaded_after(code.replace(repr(content), repr(written(halves(20, 10), "JPEG"))))


def test_pillow_is_no_part_of_a_cold_start() -> None:
    assert loaded_after("import functions.outbound.api, functions.outbound.sender") == "[]"
