"""All pictures of one message, by whichever way they come."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from parley.apple import limits
from parley.business.egress import EgressGuard
from parley.business.fetch import GuardedFetch
from parley.business.kinds.base import Build
from parley.business.kinds.bubbles import ImageRef
from parley.business.kinds.form import Form
from parley.business.kinds.imessage_app import ImessageApp
from parley.business.kinds.list_picker import ListPicker
from parley.business.pictures import Attachments, Pictures
from parley.errors import Invalid, NotFound, Retryable
from tests.support.http_server import Exchange, reply, serving
from tests.support.pictures import BLUE, RED, opened, photo, plain, written

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

RED_PNG = written(plain(20, 20, RED))
BLUE_JPEG = written(plain(20, 20, BLUE), "JPEG")


class Files:
    """A business's uploads."""

    def __init__(self, **files: bytes) -> None:
        self.files = files
        self.read_ids: list[str] = []

    def read(self, attachment_id: str, *, max_bytes: int) -> bytes:
        self.read_ids.append(attachment_id)
        if attachment_id == "slow":
            raise Retryable("the store does not answer", code="store_busy")
        if attachment_id not in self.files:
            raise NotFound("no such attachment", code="attachment_unknown")
        return self.files[attachment_id][: max_bytes + 1]


def gathering(attachments: Attachments | None = None, *, seconds: float = 30.0) -> Pictures:
    guard = EgressGuard(allow_loopback=True, resolve=lambda _host, _port: ["127.0.0.1"])
    return Pictures(fetch=GuardedFetch(guard), attachments=attachments, seconds=seconds)


def text_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def picker(*images: dict[str, Any] | None, **more: Any) -> ListPicker:
    items = [{"identifier": str(number), "title": "Item", "image": image} for number, image in enumerate(images)]
    raw = {"to": "c", "type": "list_picker", "title": "Pick", "sections": [{"title": "All", "items": items}], **more}
    return ListPicker.model_validate(raw)


def faults(pictures: Pictures, message: ListPicker, at: str = "") -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        pictures.gather(message, at)
    return {fault.path: fault.code for fault in caught.value.faults}


def colour(png: str) -> object:
    return opened(base64.b64decode(png)).convert("RGB").getpixel((5, 5))


def test_a_picture_comes_as_data_by_url_or_as_attachment() -> None:
    files = Files(logo=BLUE_JPEG)
    with serving(reply("200 OK", RED_PNG, "Content-Type: binary/octet-stream")) as server:
        images = [{"data": text_of(RED_PNG)}, {"url": f"{server.url}/x"}, {"attachment_id": "logo"}]
        message = picker(*images, None)
        pictures = gathering(files)
        pictures.gather(message)

    refs = [item.image for item in message.sections[0].items if item.image]
    red, fetched, blue = (pictures.png(ref) for ref in refs)
    assert red == fetched == text_of(RED_PNG)
    assert colour(blue) == pytest.approx(BLUE, abs=12)
    assert pictures.notes == [{"path": "/sections/0/items/2/image/attachment_id", "note": "JPEG made a PNG"}]


def test_each_distinct_picture_is_fetched_and_converted_once() -> None:
    with serving(reply("200 OK", BLUE_JPEG, "Content-Type: image/jpeg")) as server:
        url = {"url": f"{server.url}/x"}
        message = picker(url, url, {"url": f"{server.url}/y"}, {**url, "description": "A dog"}, image=url)
        pictures = gathering()
        pictures.gather(message)
        shown = {pictures.png(item.image) for item in message.sections[0].items if item.image}

    assert len(shown) == 1
    assert sorted(request.line.split()[1] for request in server.requests) == ["/x", "/y"]
    assert pictures.notes == [{"path": "/image/url", "note": "JPEG made a PNG"}]


def test_every_fault_is_told_at_its_place() -> None:
    with serving(reply("404 Where", b"")) as server:
        message = picker(
            {},
            {"data": text_of(RED_PNG), "url": "https://cdn.example/x"},
            {"data": "####"},
            {"data": text_of(b"no picture")},
            {"url": f"{server.url}/gone"},
            {"url": "ftp://cdn.example/x"},
            {"attachment_id": "lost"},
            {"attachment_id": "slow"},
            {"data": text_of(RED_PNG)},
        )
        found = faults(gathering(Files()), message, "/fallback")

    at = "/fallback/sections/0/items"
    assert found == {
        f"{at}/0/image": "required",
        f"{at}/1/image": "exclusive",
        f"{at}/2/image/data": "picture_not_base64",
        f"{at}/3/image/data": "picture_unreadable",
        f"{at}/4/image/url": "fetch_status",
        f"{at}/5/image/url": "url_malformed",
        f"{at}/6/image/attachment_id": "attachment_unknown",
        f"{at}/7/image/attachment_id": "store_busy",
    }


def test_pictures_in_every_corner_of_a_message_are_found() -> None:
    broken = {"data": "####"}
    form = Form.model_validate(
        {
            "to": "c",
            "type": "form",
            "title": "Form",
            "image": broken,
            "reply": {"title": "Done", "image": {"data": "???"}},
            "splash": {"header": "Hi", "text": "There", "button": "Go", "image": {"data": "!!!"}},
            "pages": [
                {
                    "type": "select",
                    "identifier": "one",
                    "title": "One",
                    "question": "Which?",
                    "items": [{"identifier": "a", "title": "A", "image": {"data": "---"}}],
                }
            ],
        }
    )
    with pytest.raises(Invalid) as caught:
        gathering().gather(form)

    assert {fault.path for fault in caught.value.faults} == {
        "/image/data",
        "/reply/image/data",
        "/splash/image/data",
        "/pages/0/items/0/image/data",
    }


def test_without_a_store_an_attachment_says_what_to_do_instead() -> None:
    with pytest.raises(Invalid) as caught:
        gathering().gather(picker({"attachment_id": "logo"}))

    (fault,) = caught.value.faults
    assert fault.code == "attachments_unavailable"
    assert "send the picture as data or url" in fault.message


def test_why_a_url_was_refused_is_told() -> None:
    with serving(reply("200 OK", b"<html>", "Content-Type: text/html")) as server, pytest.raises(Invalid) as caught:
        gathering().gather(picker({"url": server.url}))

    assert caught.value.message == "the picture cannot be had: the URL leads to text/html instead of image/*"


def test_a_picture_by_url_that_is_too_large_is_refused() -> None:
    def endless(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
        exchange.drip(b"x" * 65536)

    with serving(endless) as server:
        found = faults(gathering(), picker({"url": server.url}))

    assert found == {"/sections/0/items/0/image/url": "picture_too_large"}


def test_all_pictures_together_get_one_budget() -> None:
    with serving(Exchange.stall) as server:
        found = faults(
            gathering(seconds=0.2), picker({"url": f"{server.url}/1"}, {"url": f"{server.url}/2"}, {"data": "####"})
        )

    at = "/sections/0/items"
    assert found == {
        f"{at}/0/image/url": "fetch_timeout",
        f"{at}/1/image/url": "fetch_timeout",
        f"{at}/2/image/data": "picture_not_base64",
    }


def test_what_comes_too_late_to_be_converted_is_refused() -> None:
    found = faults(gathering(seconds=-1), picker({"data": text_of(BLUE_JPEG)}))

    assert found == {"/sections/0/items/0/image/data": "pictures_too_slow"}


def test_many_pictures_share_what_one_message_may_carry() -> None:
    images = [{"data": text_of(written(photo(300 + number, 300)))} for number in range(27)]
    message = picker(*images)
    pictures = gathering()
    pictures.gather(message)

    total = sum(len(pictures.png(item.image)) for item in message.sections[0].items if item.image)
    assert limits.MAX_IMAGES_BASE64_CHARS * 0.8 < total <= limits.MAX_IMAGES_BASE64_CHARS
    assert pictures.notes


def test_an_app_icon_is_made_as_small_as_apple_wants_it() -> None:
    icon = {"data": text_of(written(photo(512, 512)))}
    message = ImessageApp.model_validate(
        {
            "to": "c",
            "type": "imessage_app",
            "title": "App",
            "bid": "b",
            "app_id": 1,
            "app_name": "App",
            "app_icon": icon,
            "url": "?x",
            "image": icon,
        }
    )
    pictures = gathering()
    pictures.gather(message)

    assert message.app_icon is not None
    assert len(pictures.png(message.app_icon)) <= limits.MAX_APP_ICON_BASE64_CHARS


def test_a_picture_that_was_not_gathered_is_got_when_it_is_asked_for() -> None:
    pictures = gathering()

    assert pictures.png(ImageRef(data=text_of(RED_PNG))) == text_of(RED_PNG)
    with pytest.raises(Invalid) as caught:
        pictures.png(ImageRef(data="####"))
    assert caught.value.path == "/data"
    with pytest.raises(Invalid) as caught:
        pictures.png(ImageRef())
    assert (caught.value.path, caught.value.code) == ("", "required")


def test_a_mapped_message_carries_each_png_once() -> None:
    message = picker({"data": text_of(BLUE_JPEG)}, {"data": text_of(RED_PNG)}, {"data": text_of(BLUE_JPEG)})
    pictures = gathering()
    pictures.gather(message)

    mapped = message.to_apple(Build(request_identifier="r", now=0.0, png=pictures.png))

    images = mapped.content["interactiveData"]["data"]["images"]
    assert [colour(image["data"]) == pytest.approx(BLUE, abs=12) for image in images] == [True, False]


def test_a_message_without_pictures_needs_nothing() -> None:
    pictures = gathering(seconds=-1)
    pictures.gather(picker(None))

    assert pictures.notes == []
