from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from local.gateway import attachment_cipher
from local.gateway.constructed_links import title_of
from tests.unit.local.running import Answer, call
from tests.unit.local.wire import BUSINESS_ID, Msp, envelope, quick_reply

if TYPE_CHECKING:
    from tests.unit.local.wire import StubMsp

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

URL = "https://appclip.example.com/rent?bike=77"


def construct(msp: Msp, body: object = None, headers: dict[str, str] | None = None) -> Answer:
    body = {"version": 1.0, "type": "link", "link": {"url": URL, "storeRegion": "DE"}} if body is None else body
    return call("POST", f"{msp.url}/v1/constructPayload", body, msp.authorization() if headers is None else headers)


def reference_of(msp: Msp) -> dict[str, Any]:
    reference: dict[str, Any] = construct(msp).json["richLinkDataRef"]
    return reference


def test_an_app_clip_becomes_a_reference_that_the_phone_shows(msp: Msp) -> None:
    answer = construct(msp)

    assert (answer.status, answer.json["version"]) == (200, "1.0")
    reference = answer.json["richLinkDataRef"]
    assert set(reference) == {"title", "url", "owner", "key", "size", "signature-base64"}
    assert msp.post(envelope("richLink", richLinkDataRef=reference)).status == 200
    (bubble,) = msp.bubbles()
    assert (bubble["kind"], bubble["shown"]) == ("rich_link", f"Rent bike 77, {URL}")
    assert bubble["rich_link"] == {"title": "Rent bike 77", "url": URL}


def test_one_reference_serves_several_messages(msp: Msp) -> None:
    reference = reference_of(msp)

    assert [msp.post(envelope("richLink", richLinkDataRef=reference)).status for _ in range(2)] == [200, 200]


def test_a_url_without_an_app_clip_is_refused(msp: Msp) -> None:
    body = {"version": 1.0, "type": "link", "link": {"url": "https://shop.example/bikes"}}

    answer = construct(msp, body)

    assert answer.status == 400
    assert answer.text.startswith("400 Bad Request : link.url has no App Clip")


def test_which_urls_are_app_clips_is_configured(msp: Msp) -> None:
    msp.control("PUT", "/config", {"app_clips": ["https://shop.example/clip/"]})
    body = {"version": 1.0, "type": "link", "link": {"url": "https://shop.example/clip/"}}
    taken, refused = construct(msp, body), construct(msp)
    wrong = msp.control("PUT", "/config", {"app_clips": ["https://shop.example"]})
    msp.control("PUT", "/config", {"app_clips": ["https://appclip.example.com/"]})

    assert (taken.status, refused.status, wrong.status) == (200, 400, 400)
    assert "the slash after the host included" in wrong.text


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{", "the body is not JSON"),
        ({}, "version is missing"),
        ({"version": "1.0"}, "version must be a number"),
        ({"version": 2}, "version must be the number 1.0"),
        ({"version": 1}, "type is missing"),
        ({"version": 1, "type": "music"}, "type must be one of link"),
        ({"version": 1, "type": "link"}, "link is missing"),
        ({"version": 1, "type": "link", "link": {}}, "link.url is missing"),
        (
            {"version": 1, "type": "link", "link": {"url": "http://appclip.example.com/"}},
            "link.url must be an https URL",
        ),
        (
            {"version": 1, "type": "link", "link": {"url": URL, "storeRegion": "de"}},
            "link.storeRegion must be a country",
        ),
    ],
)
def test_a_wrong_construct_request_is_refused(msp: Msp, body: object, problem: str) -> None:
    answer = construct(msp, body)

    assert answer.status == 400
    assert problem in answer.text


def test_construct_payload_checks_the_token_and_the_business_if_it_is_named(msp: Msp) -> None:
    nameless = {"Authorization": msp.authorization()["Authorization"]}

    assert construct(msp, headers={}).status == 401
    assert construct(msp, headers=nameless).status == 200
    assert construct(msp, headers={**nameless, "Source-Id": BUSINESS_ID.replace("2", "3")}).status == 403


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"owner": "M0.C01USN00"}, "richLinkDataRef names nothing that is stored here"),
        ({"url": "https://content.example/x"}, "richLinkDataRef names nothing that is stored here"),
        ({"size": 1}, "richLinkDataRef.size is not the size"),
        ({"size": "1"}, "richLinkDataRef.size must be an integer"),
        ({"signature-base64": base64.b64encode(bytes(21)).decode()}, "signature-base64 is not the signature"),
        ({"key": "00" + "ab" * 32}, "richLinkDataRef.key was changed"),
        ({"key": "ab"}, "richLinkDataRef.key must be 00 followed by 64 hex digits"),
        ({"title": "Free bikes"}, "richLinkDataRef.title was changed"),
    ],
)
def test_a_changed_link_reference_is_refused(msp: Msp, change: dict[str, Any], problem: str) -> None:
    answer = msp.post(envelope("richLink", richLinkDataRef={**reference_of(msp), **change}))

    assert answer.status == 400
    assert problem in answer.text
    assert msp.bubbles() == []


def test_the_reference_of_a_customers_reply_is_no_link(msp: Msp, stub_msp: StubMsp) -> None:
    msp.post(envelope("interactive", interactiveData=quick_reply()))
    msp.control("POST", "/phones/reply", {"identifier": "yes", "by_reference": True})

    answer = msp.post(envelope("richLink", richLinkDataRef=stub_msp.received[0].json["interactiveDataRef"]))

    assert answer.status == 400
    assert "richLinkDataRef names no link" in answer.text


def test_an_object_the_msp_uploaded_itself_may_be_a_link(msp: Msp) -> None:
    key = "00" + "ab" * 32
    encrypted = attachment_cipher.apply(key, b"whatever a link is made of")
    slot = call(
        "GET", f"{msp.url}/v1/preUpload", headers={**msp.authorization(), "MMCS-Size": str(len(encrypted))}
    ).json
    receipt = call("POST", slot["upload-url"], encrypted).json["singleFile"]
    reference = {
        "title": "Own link",
        "url": slot["mmcs-url"],
        "owner": slot["mmcs-owner"],
        "key": key,
        "size": len(encrypted),
        "signature-base64": receipt["fileChecksum"],
    }

    assert msp.post(envelope("richLink", richLinkDataRef=reference)).status == 200
    assert msp.bubbles()[0]["shown"].startswith("Own link")


@pytest.mark.parametrize(
    ("url", "title"),
    [
        (URL, "Rent bike 77"),
        ("https://appclip.example.com/", "appclip.example.com"),
        ("https://appclip.example.com/caf%C3%A9+tour", "Café tour"),
    ],
)
def test_the_title_of_an_app_clip_is_made_up_from_its_url(url: str, title: str) -> None:
    assert title_of(url) == title
