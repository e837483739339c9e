from __future__ import annotations

import pytest
from PIL import Image

from parley.business import renditions
from parley.business.imaging import TooManyPixelsError, UnreadableError
from parley.conversation.attachments import object_key, rendition_key, wanted_key
from parley.services.render import MAX_BYTES, Outcome, Render, ask_for
from tests.support import pictures
from tests.support.memory_attachments import MemoryObjects

KEY = object_key("b1", "a1")
MADE = rendition_key("b1", "a1")
WANTED = wanted_key("b1", "a1")


def heic(image: Image.Image | None = None, **options: object) -> bytes:
    return pictures.written(image or pictures.halves(64, 48), "HEIF", quality=90, **options)


@pytest.fixture
def objects() -> MemoryObjects:
    return MemoryObjects()


def rendered(objects: MemoryObjects, content: bytes) -> Outcome:
    """What becomes of a picture that was stored, and is wanted as a JPEG."""
    objects.put(KEY, content, content_type="application/octet-stream")
    ask_for(objects, "b1", "a1", content_type="image/heic", size=len(content))
    return Render(objects=objects)(WANTED)


def test_a_heic_picture_becomes_a_jpeg_beside_it(objects: MemoryObjects) -> None:
    outcome = rendered(objects, heic())

    made, content_type = objects.objects[MADE]
    assert (outcome.result, outcome.attachment_id, content_type) == ("made", "a1", "image/jpeg")
    picture = pictures.opened(made)
    assert (picture.format, picture.size) == ("JPEG", (64, 48))
    left, right = picture.getpixel((8, 24)), picture.getpixel((56, 24))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[0] > 150 > left[2]
    assert right[2] > 150 > right[0]


def test_doing_it_again_gives_the_same(objects: MemoryObjects) -> None:
    rendered(objects, heic())
    before = objects.objects[MADE]

    rendered(objects, heic())

    assert objects.objects[MADE] == before


@pytest.mark.parametrize(
    ("content_type", "size", "asked"),
    [
        ("image/heic", 1, True),
        ("image/heif", MAX_BYTES, True),
        ("image/heic", MAX_BYTES + 1, False),
        ("image/png", 1, False),
        ("application/octet-stream", 1, False),
    ],
)
def test_only_for_pictures_that_are_heic_is_it_asked(
    objects: MemoryObjects, content_type: str, size: int, asked: bool
) -> None:
    ask_for(objects, "b1", "a1", content_type=content_type, size=size)

    assert list(objects.objects) == ([WANTED] if asked else [])


@pytest.mark.parametrize("key", ["attachments/b1/a1", "uploads/b1/a1", "wanted/b1", "wanted/b1/a1/x"])
def test_only_what_is_wanted_is_looked_at(objects: MemoryObjects, key: str) -> None:
    objects.put(KEY, heic(), content_type="image/heic")
    before = dict(objects.objects)

    assert Render(objects=objects)(key) == Outcome("skipped")
    assert objects.objects == before


def test_nothing_is_left_of_the_wish(objects: MemoryObjects) -> None:
    rendered(objects, heic())

    assert set(objects.objects) == {KEY, MADE}


def test_a_picture_that_is_gone_is_passed_over(objects: MemoryObjects) -> None:
    ask_for(objects, "b1", "a1", content_type="image/heic", size=1)

    assert Render(objects=objects)(WANTED) == Outcome("skipped")
    assert not objects.objects


def test_nothing_is_left_of_a_picture_that_is_forgotten_meanwhile(
    objects: MemoryObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = renditions.jpeg

    def forgotten(content: bytes) -> bytes:
        objects.delete(KEY)
        return draw(content)

    monkeypatch.setattr(renditions, "jpeg", forgotten)

    assert rendered(objects, heic()) == Outcome("skipped")
    assert not objects.objects


@pytest.mark.parametrize("content", [heic()[:200], heic()[:40] + bytes(100)])
def test_a_broken_picture_is_marked_as_such_for_good(objects: MemoryObjects, content: bytes) -> None:
    assert rendered(objects, content) == Outcome("unreadable", "a1", 0)
    assert objects.objects[MADE][0] == b""


def test_a_file_that_is_too_large_for_a_picture_is_not_held(objects: MemoryObjects) -> None:
    asked: list[int] = []
    real = objects.get

    def get(key: str, *, max_bytes: int) -> bytes:
        asked.append(max_bytes)
        return real(key, max_bytes=10)

    objects.get = get  # type: ignore[method-assign]

    assert rendered(objects, heic()).result == "unreadable"
    assert asked == [MAX_BYTES]


def test_a_large_picture_is_scaled_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renditions, "WIDEST", 32)

    assert pictures.opened(renditions.jpeg(heic())).size == (32, 24)


def test_too_many_pixels_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renditions, "MAX_PIXELS", 64 * 48 - 1)

    with pytest.raises(TooManyPixelsError):
        renditions.jpeg(heic())


def test_what_the_camera_wrote_beside_the_picture_is_left_out() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ada"

    assert b"Camera of Ada" in heic(exif=exif.tobytes())
    assert b"Camera of Ada" not in renditions.jpeg(heic(exif=exif.tobytes()))


def test_another_format_is_not_read_even_if_pillow_could() -> None:
    with pytest.raises(UnreadableError):
        renditions.jpeg(pictures.written(pictures.plain(4, 4)))


def test_what_pillow_itself_takes_for_a_bomb_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)

    with pytest.raises(TooManyPixelsError):
        renditions.jpeg(heic())
