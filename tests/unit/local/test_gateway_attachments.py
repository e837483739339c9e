from __future__ import annotations

import base64
import hashlib
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from local.gateway import attachment_cipher
from local.gateway.app import create_app
from local.gateway.config import Config
from local.gateway.gateway import Gateway
from local.gateway.mmcs import Mmcs
from tests.unit.local.running import Answer, call, serving
from tests.unit.local.wire import BUSINESS_ID, CONFIG, Msp, envelope

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEY = "0000112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PLAIN = bytes.fromhex("42696379636c652072656365697074206e6f2e20343220e2809420706169640a")
ENCRYPTED = bytes.fromhex("46d6d87a8f7464bedd4c4b2d216cb33202ab46c8ce7b98f0b6e96d4dcdf20e8a")
SIGNATURE = "gdZK+Sho0tPSDcOiWm+oxwDgwX2c"


def pre_upload(msp: Msp, size: object = len(ENCRYPTED), **headers: str) -> Answer:
    usual = {**msp.authorization(), "MMCS-Size": str(size)}
    return call("GET", f"{msp.url}/v1/preUpload", headers={**usual, **headers})


def pre_download(msp: Msp, part: dict[str, str], **headers: str) -> Answer:
    usual = {
        **msp.authorization(),
        "MMCS-Url": part["url"],
        "MMCS-Owner": part["owner"],
        "MMCS-Signature": part["signature-base64"],
    }
    usual |= {name.replace("_", "-"): value for name, value in headers.items()}
    return call("GET", f"{msp.url}/v1/preDownload", headers={key: value for key, value in usual.items() if value})


def uploaded(msp: Msp, encrypted: bytes = ENCRYPTED) -> dict[str, str]:
    """Upload bytes; returns the dictionary of an outbound attachment (protocol/08 §2)."""
    slot = pre_upload(msp, len(encrypted)).json
    receipt = call("POST", slot["upload-url"], encrypted).json["singleFile"]
    return {
        "name": "receipt.txt",
        "mimeType": "text/plain",
        "size": str(len(encrypted)),
        "url": slot["mmcs-url"],
        "owner": slot["mmcs-owner"],
        "key": KEY,
        "signature-base64": receipt["fileChecksum"],
    }


@pytest.mark.parametrize("key", [KEY, KEY.upper()])
def test_the_cipher_agrees_with_the_vector(key: str) -> None:
    assert attachment_cipher.apply(key, PLAIN) == ENCRYPTED
    assert attachment_cipher.apply(key, ENCRYPTED) == PLAIN


def test_the_cipher_carries_its_counter_over_all_16_bytes() -> None:
    encrypted = attachment_cipher.apply(KEY, bytes(7 * i % 256 for i in range(5000)))

    digest = "0373c67cdf91507ebb07e1fc8102d34906aed1f43fa6d9e704177075bd5384f3"
    assert hashlib.sha256(encrypted).hexdigest() == digest


@pytest.mark.parametrize("key", [KEY[2:], "01" + KEY[2:], KEY + "00", "", "00" + "g" * 64])
def test_a_key_without_its_type_byte_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="00 followed by 64 hex digits"):
        attachment_cipher.apply(key, PLAIN)


def test_an_upload_is_answered_with_the_signature_of_the_vector(msp: Msp) -> None:
    slot = pre_upload(msp)
    assert set(slot.json) == {"upload-url", "mmcs-url", "mmcs-owner"}

    answer = call("POST", slot.json["upload-url"], ENCRYPTED)

    assert answer.status == 200
    stored = answer.json["singleFile"]
    assert (stored["fileChecksum"], stored["size"]) == (SIGNATURE, 32)
    assert isinstance(stored["receipt"], str)


def test_what_was_uploaded_is_downloaded_again(msp: Msp) -> None:
    part = uploaded(msp)

    answer = pre_download(msp, part)

    assert set(answer.json) == {"download-url"}
    assert call("GET", answer.json["download-url"]).data == ENCRYPTED


def test_the_header_names_of_2018_still_work(msp: Msp) -> None:
    slot = call("GET", f"{msp.url}/v1/preUpload", headers={**msp.authorization(), "size": "32"})
    assert call("POST", slot.json["upload-url"], ENCRYPTED).status == 200

    old = {"url": slot.json["mmcs-url"], "owner": slot.json["mmcs-owner"], "signature": SIGNATURE}
    answer = call("GET", f"{msp.url}/v1/preDownload", headers={**msp.authorization(), **old})

    assert call("GET", answer.json["download-url"]).data == ENCRYPTED


def test_a_large_file_passes_unchanged(msp: Msp) -> None:
    content = bytes(range(256)) * 20_000
    part = uploaded(msp, content)

    answer = call("GET", pre_download(msp, part).json["download-url"])

    assert answer.headers["content-length"] == "5120000"
    assert answer.data == content


@pytest.mark.parametrize(
    ("size", "problem"),
    [
        ("", "header mmcs-size is missing"),
        ("0", "decimal"),
        ("-1", "decimal"),
        ("12.5", "decimal"),
        ("104857601", "more"),
    ],
)
def test_pre_upload_refuses_a_wrong_size(msp: Msp, size: str, problem: str) -> None:
    answer = pre_upload(msp, size)

    assert answer.status == 400
    assert problem in answer.text


def test_pre_upload_takes_100_mb(msp: Msp) -> None:
    assert pre_upload(msp, 104_857_600).status == 200


def test_pre_upload_needs_a_business_of_the_msp(msp: Msp) -> None:
    assert pre_upload(msp, **{"Source-Id": ""}).text == "400 Bad Request : header source-id is missing"
    assert pre_upload(msp, **{"Source-Id": BUSINESS_ID.replace("2", "3")}).status == 403


def test_an_upload_url_works_once(msp: Msp) -> None:
    url = pre_upload(msp).json["upload-url"]

    assert [call("POST", url, ENCRYPTED).status for _ in range(2)] == [200, 404]


@pytest.mark.parametrize("content", [ENCRYPTED[:-1], ENCRYPTED + b"x"])
def test_an_upload_of_another_length_is_refused_and_uses_the_url_up(msp: Msp, content: bytes) -> None:
    url = pre_upload(msp).json["upload-url"]

    answer = call("POST", url, content)

    assert (answer.status, answer.text) == (
        400,
        f"400 Bad Request : Content-Length is {len(content)}, but MMCS-Size was 32",
    )
    assert call("POST", url, ENCRYPTED).status == 404


def test_a_chunked_upload_is_refused(msp: Msp) -> None:
    url = pre_upload(msp).json["upload-url"]

    answer = call("POST", url, iter([ENCRYPTED]), chunked=True)

    assert answer.status == 411


def test_half_an_upload_leaves_nothing_behind(tmp_path: Path) -> None:
    with serving(create_app(Gateway(Config.model_validate(CONFIG), tmp_path))) as url:
        target = urlsplit(pre_upload(Msp(url)).json["upload-url"])
        with socket.create_connection(("127.0.0.1", target.port or 0)) as connection:
            request = f"POST {target.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 32\r\n\r\n"
            connection.sendall(request.encode() + ENCRYPTED[:10])
        posts = Msp(url).control("GET", "/posts?wait=10&after=1").json["posts"]

    assert posts[0]["path"] == "/mmcs/upload"
    assert list((tmp_path / "mmcs").iterdir()) == []


def test_a_token_sent_to_the_store_is_noted(msp: Msp) -> None:
    url = pre_upload(msp).json["upload-url"]

    call("POST", url, ENCRYPTED, msp.authorization())

    upload = msp.posts()[-1]
    assert upload["violations"] == ["the token was sent to the store; its URLs take none"]
    assert upload["path"] == "/mmcs/upload"


@pytest.mark.parametrize(
    ("headers", "status", "problem"),
    [
        ({"MMCS_Signature": "81D64AF92868D2D3D20DC3A25A6FA8C700E0C17D9C"}, 400, "MMCS-Signature is hex"),
        ({"MMCS_Signature": base64.b64encode(b"81D64AF9").decode()}, 400, "base64 text of 21 bytes"),
        ({"MMCS_Signature": ""}, 400, "header mmcs-signature is missing"),
        ({"MMCS_Url": ""}, 400, "header mmcs-url is missing"),
        ({"MMCS_Owner": ""}, 400, "header mmcs-owner is missing"),
        ({"MMCS_Signature": base64.b64encode(bytes(21)).decode()}, 404, "nothing is stored"),
        ({"MMCS_Owner": "M00.C01USN00"}, 404, "nothing is stored"),
        ({"MMCS_Url": "https://p42-content.icloud.com/other"}, 404, "nothing is stored"),
        ({"Source_Id": BUSINESS_ID.replace("2", "3")}, 403, "not a business"),
        ({"Source_Id": ""}, 400, "header source-id is missing"),
    ],
)
def test_pre_download_refuses_what_names_no_object(
    msp: Msp, headers: dict[str, str], status: int, problem: str
) -> None:
    answer = pre_download(msp, uploaded(msp), **headers)

    assert answer.status == status
    assert problem in answer.text


def test_a_download_url_expires(msp: Msp) -> None:
    part = uploaded(msp)
    msp.control("PUT", "/config", {"download_seconds": 0})

    url = pre_download(msp, part).json["download-url"]

    assert call("GET", url).status == 403
    msp.control("PUT", "/config", {"download_seconds": 60})
    assert call("GET", pre_download(msp, part).json["download-url"]).status == 200


def test_the_url_of_a_dictionary_downloads_nothing(msp: Msp) -> None:
    answer = call("GET", uploaded(msp)["url"])

    assert answer.status == 403
    assert "preDownload" in answer.text


def test_stored_objects_survive_a_restart(tmp_path: Path) -> None:
    with serving(create_app(Gateway(Config.model_validate(CONFIG), tmp_path))) as url:
        part = uploaded(Msp(url))

    with serving(create_app(Gateway(Config.model_validate(CONFIG), tmp_path))) as url:
        answer = pre_download(Msp(url), part)
        assert call("GET", answer.json["download-url"]).data == ENCRYPTED


def test_clearing_the_store_deletes_its_files(tmp_path: Path) -> None:
    store = Mmcs(tmp_path, clock=lambda: 0)
    store.put(ENCRYPTED, base_url="http://127.0.0.1")
    assert len(list(tmp_path.iterdir())) == 2

    store.clear()

    assert list(tmp_path.iterdir()) == []


def test_a_message_with_an_attachment_shows_the_file_in_clear(msp: Msp) -> None:
    part = uploaded(msp)

    answer = msp.post(envelope(body="Your receipt: \ufffc", attachments=[part]))

    assert answer.status == 200, answer.text
    (bubble,) = msp.bubbles()
    assert bubble["violations"] == []
    (shown,) = bubble["attachments"]
    assert (shown["name"], shown["mime_type"], shown["size"]) == ("receipt.txt", "text/plain", "32")
    file = call("GET", msp.url + shown["href"])
    assert file.data == PLAIN
    assert file.headers["content-disposition"] == "attachment"


def test_a_picture_is_shown_inline_and_a_page_never(msp: Msp) -> None:
    parts = [{**uploaded(msp), "mimeType": kind} for kind in ("image/png", "text/html", "image/svg+xml")]
    msp.post(envelope(body="\ufffc\ufffc\ufffc", attachments=parts))

    files = [call("GET", msp.url + shown["href"]) for shown in msp.bubbles()[0]["attachments"]]

    assert [file.headers["content-disposition"] for file in files] == ["inline", "attachment", "attachment"]
    assert [file.headers["content-type"] for file in files][1:] == ["application/octet-stream"] * 2


@pytest.mark.parametrize("body", ["no place for it", "\ufffc\ufffc"])
def test_each_attachment_needs_its_place_in_the_body(msp: Msp, body: str) -> None:
    answer = msp.post(envelope(body=body, attachments=[uploaded(msp)]))

    assert answer.status == 400
    assert f"body has {body.count(chr(0xFFFC))} U+FFFC for 1 attachments" in answer.text


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"size": 32}, "attachments[0].size must be a string"),
        ({"size": "32 bytes"}, "attachments[0].size must be a string of decimal digits"),
        ({"size": "104857601"}, "attachments[0].size is more than 104857600 bytes"),
        ({"key": KEY[2:]}, "attachments[0].key must be 00 followed by 64 hex digits"),
        ({"signature-base64": "81D64AF92868D2D3D20DC3A25A6FA8C700E0C17D9C"}, "must be the base64 text of 21 bytes"),
        ({"name": None}, "attachments[0].name is missing"),
        ({"mimeType": None}, "attachments[0].mimeType is missing"),
        ({"url": None}, "attachments[0].url is missing"),
        ({"owner": ""}, "attachments[0].owner is empty"),
        ({"signature-base64": None}, "attachments[0].signature-base64 is missing"),
    ],
)
def test_an_attachment_dictionary_of_a_wrong_form_is_refused(msp: Msp, change: dict[str, Any], problem: str) -> None:
    part = {key: value for key, value in {**uploaded(msp), **change}.items() if value is not None}

    answer = msp.post(envelope(body="\ufffc", attachments=[part]))

    assert answer.status == 400
    assert problem in answer.text


@pytest.mark.parametrize("parts", ["receipt", {}, ["receipt"]])
def test_attachments_are_an_array_of_dictionaries(msp: Msp, parts: Any) -> None:
    assert msp.post(envelope(body="\ufffc", attachments=parts)).status == 400


@pytest.mark.parametrize(
    ("change", "violation"),
    [
        ({"owner": "M0.C01USN00"}, "attachments[0] names nothing that was uploaded here"),
        ({"size": "31"}, "does not match the upload's size and fileChecksum"),
        (
            {"signature-base64": base64.b64encode(bytes(21)).decode()},
            "does not match the upload's size and fileChecksum",
        ),
        ({"signature": "81D6"}, "attachments[0].signature is only for messages from Apple"),
        ({"mime-type": "text/plain"}, "attachments[0].mime-type is not a known field"),
    ],
)
def test_an_attachment_the_phone_could_not_open_is_noted(msp: Msp, change: dict[str, str], violation: str) -> None:
    answer = msp.post(envelope(body="\ufffc", attachments=[{**uploaded(msp), **change}]))

    assert answer.status == 200
    (noted,) = msp.bubbles()[0]["violations"]
    assert violation in noted


def test_an_attachment_that_is_not_there_is_a_404(msp: Msp) -> None:
    msp.post(envelope(body="\ufffc", attachments=[{**uploaded(msp), "owner": "M0.C01USN00"}]))

    assert call("GET", msp.url + msp.bubbles()[0]["attachments"][0]["href"]).status == 404
    assert msp.control("GET", "/media/nothing/0").status == 404
