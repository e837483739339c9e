from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.local.samples import jpeg, png
from tests.unit.local.wire import Msp, envelope

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PICTURE = png()
REFERENCE = {
    "url": "https://content.example/x",
    "owner": "M0.C01USN00",
    "size": 20412,
    "key": "00" + "ab" * 32,
    "signature-base64": base64.b64encode(bytes(21)).decode(),
    "title": "Rent bike 77",
}


def link(**fields: Any) -> dict[str, Any]:
    content = {
        "url": "https://shop.example/bikes/cargo-9",
        "title": "Cargo 9",
        "assets": {"image": {"data": PICTURE, "mimeType": "image/png"}},
        **fields,
    }
    return {key: value for key, value in content.items() if value is not None}


def image(data: Any, mime_type: Any = "image/png") -> dict[str, Any]:
    return {"image": {"data": data, "mimeType": mime_type}}


def video(**fields: Any) -> dict[str, Any]:
    return {"video": {"url": "https://media.example/a.mp4", "mimeType": "video/mp4", **fields}}


@pytest.mark.parametrize("title", ["Cargo 9", "x" * 200])
def test_a_rich_link_is_shown_with_title_and_url(msp: Msp, title: str) -> None:
    answer = msp.post(envelope("richLink", richLinkData=link(title=title)))

    assert (answer.status, answer.data) == (200, b"")
    (bubble,) = msp.bubbles()
    assert (bubble["shown"], bubble["violations"]) == (f"{title}, https://shop.example/bikes/cargo-9", [])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (link(url=None), "richLinkData.url is missing"),
        (link(url="https://"), "richLinkData.url names no host"),
        (link(url="https:///bikes"), "richLinkData.url names no host"),
        (link(url="https://[::1"), "richLinkData.url names no host"),
        (link(url="https://shop.example/" + "x" * 8_192), "richLinkData.url is longer than 8192 bytes"),
        (link(url="https://shop.example/b\u00fccher"), "richLinkData.url must be printable ASCII"),
        (link(title=" "), "richLinkData.title is blank"),
        (link(title="a\tb"), "richLinkData.title has a character that cannot be printed"),
        (link(assets=image(jpeg())), "richLinkData.assets.image.data is not a PNG"),
        (link(assets=video(mimeType="image/gif")), "richLinkData.assets.video.mimeType must be that of a video"),
        (link(url="trailmap://route/77"), "richLinkData.url must be an http or https URL"),
        (link(title=None), "richLinkData.title is missing"),
        (link(title=""), "richLinkData.title is empty"),
        (link(title="x" * 201), "richLinkData.title is longer than 200 characters"),
        (link(assets=None), "richLinkData.assets is missing"),
        (link(assets={}), "richLinkData.assets.image or video is needed"),
        (link(assets=image(f"data:image/png;base64,{PICTURE}")), "richLinkData.assets.image.data must be raw base64"),
        (link(assets=image("not base64!")), "richLinkData.assets.image.data is not base64"),
        (link(assets=image(PICTURE, "image/jpeg")), "richLinkData.assets.image.mimeType must be image/png"),
        (link(assets=image(PICTURE, None)), "richLinkData.assets.image.mimeType must be a string"),
        (link(assets=image(png(204_801))), "richLinkData.assets.image.data holds 204801"),
        (link(assets=video(url="http://media.example/a.mp4")), "richLinkData.assets.video.url must be an https URL"),
        (link(assets=video(mimeType="")), "richLinkData.assets.video.mimeType is empty"),
    ],
)
def test_a_rich_link_of_a_wrong_form_is_refused(msp: Msp, data: dict[str, Any], problem: str) -> None:
    answer = msp.post(envelope("richLink", richLinkData=data))

    assert answer.status == 400
    assert answer.text.removeprefix("400 Bad Request : ").startswith(problem)
    assert msp.bubbles() == []


def test_a_rich_link_is_either_data_or_a_reference(msp: Msp) -> None:
    both = envelope("richLink", richLinkData=link(), richLinkDataRef=REFERENCE)

    assert msp.post(both).status == 400
    assert msp.post(envelope("richLink")).status == 400


@pytest.mark.parametrize(
    ("data", "violation"),
    [
        (link(assets=video()), "a link with a video should also have an image"),
        (link(assets=image(png(150_003))), "is longer than 200000 base64 characters"),
        (link(url="http://shop.example/"), "richLinkData.url should be https"),
        (link(assets={**image(PICTURE), "sound": {}}), "richLinkData.assets.sound is not a known field"),
        (link(price=5), "richLinkData.price is not a known field"),
    ],
)
def test_a_doubtful_rich_link_is_accepted_and_noted(msp: Msp, data: dict[str, Any], violation: str) -> None:
    assert msp.post(envelope("richLink", richLinkData=data)).status == 200
    (noted,) = msp.bubbles()[0]["violations"]
    assert violation in noted
