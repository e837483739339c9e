"""Transfers as a bad network leaves them, and files that stream."""

from __future__ import annotations

import hashlib
import json
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import urllib3

from local.gateway import attachment_cipher, payload_codec
from local.gateway.mmcs import MAX_BYTES
from tests.unit.local.running import Answer, call
from tests.unit.local.test_gateway_attachments import ENCRYPTED, PLAIN, pre_download, pre_upload, uploaded
from tests.unit.local.wire import APPLE_BID, Msp, StubMsp, envelope, quick_reply

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def fault(msp: Msp, path: str, **order: Any) -> None:
    answer = msp.control("POST", "/faults", {"path": path, **order})
    assert answer.status == 201, answer.text


def download_url(msp: Msp, part: dict[str, str]) -> str:
    url: str = pre_download(msp, part).json["download-url"]
    return url


def received(url: str) -> tuple[bytes, bool]:
    """What of a download arrived, and whether it was all that was announced."""
    target = urlsplit(url)
    with socket.create_connection(("127.0.0.1", target.port or 0)) as connection:
        connection.sendall(f"GET {target.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, content = answer.partition(b"\r\n\r\n")
    announced = int(head.lower().partition(b"content-length:")[2].split()[0])
    return content, len(content) == announced


@pytest.mark.parametrize("most", [0, 1, 31])
def test_a_download_is_cut_after_as_many_bytes_as_ordered_once(msp: Msp, most: int) -> None:
    part = uploaded(msp)
    fault(msp, "/mmcs/download", cut_after=most)

    first, second = received(download_url(msp, part)), received(download_url(msp, part))

    assert first == (ENCRYPTED[:most], False)
    assert second == (ENCRYPTED, True)
    assert msp.posts()[-3]["fault"] == "cut"


def test_a_cut_behind_the_end_cuts_nothing(msp: Msp) -> None:
    part = uploaded(msp)
    fault(msp, "/mmcs/download", cut_after=len(ENCRYPTED))

    assert received(download_url(msp, part)) == (ENCRYPTED, True)


def test_an_upload_is_cut_and_keeps_nothing(msp: Msp) -> None:
    slot = pre_upload(msp).json
    fault(msp, "/mmcs/upload", cut_after=10)

    with pytest.raises(urllib3.exceptions.ProtocolError):
        call("POST", slot["upload-url"], ENCRYPTED)

    assert pre_download(msp, {**uploaded(msp), "url": slot["mmcs-url"], "owner": slot["mmcs-owner"]}).status == 404
    assert call("POST", slot["upload-url"], ENCRYPTED).status == 404


@pytest.mark.parametrize("at", [0, 17, 31])
def test_one_byte_of_a_download_is_damaged(msp: Msp, at: int) -> None:
    part = uploaded(msp)
    fault(msp, "/mmcs/download", corrupt_at=at)

    content, whole = received(download_url(msp, part))

    assert whole
    assert [place for place in range(len(ENCRYPTED)) if content[place] != ENCRYPTED[place]] == [at]
    assert received(download_url(msp, part)) == (ENCRYPTED, True)


def test_an_upload_that_is_damaged_has_another_checksum(msp: Msp) -> None:
    good = uploaded(msp)
    fault(msp, "/mmcs/upload", corrupt_at=5)

    bad = uploaded(msp)

    assert bad["signature-base64"] != good["signature-base64"]
    assert msp.posts()[-1]["fault"] == "corrupted"


def test_a_large_transfer_is_damaged_at_a_place_far_behind_its_first_chunk(msp: Msp) -> None:
    content = bytes(200_000)
    part = uploaded(msp, content)
    fault(msp, "/mmcs/download", corrupt_at=150_000)

    arrived, _ = received(download_url(msp, part))

    assert arrived.index(b"\xff") == 150_000
    assert len(arrived) == 200_000


@pytest.mark.parametrize("direction", ["download", "upload"])
def test_a_slow_line_lets_all_bytes_through(msp: Msp, direction: str) -> None:
    fault(msp, f"/mmcs/{direction}", bytes_per_second=200)

    part = uploaded(msp)

    assert received(download_url(msp, part)) == (ENCRYPTED, True)
    slow = next(post for post in msp.posts() if post["path"] == f"/mmcs/{direction}")
    assert slow["fault"] == "slowed down"


def test_faults_of_one_transfer_can_be_joined(msp: Msp) -> None:
    part = uploaded(msp)
    fault(msp, "/mmcs/download", corrupt_at=3, cut_after=20)

    content, whole = received(download_url(msp, part))

    assert (len(content), whole, content[3] ^ ENCRYPTED[3]) == (20, False, 0xFF)


def test_a_single_url_expires_early(msp: Msp) -> None:
    part = uploaded(msp)
    fault(msp, "/v1/preDownload", url_seconds=0)
    fault(msp, "/v1/preUpload", url_seconds=0)

    downloads = [call("GET", download_url(msp, part)).status for _ in range(2)]
    uploads = [call("POST", pre_upload(msp).json["upload-url"], ENCRYPTED).status for _ in range(2)]

    assert downloads == [403, 200]
    assert uploads == [404, 200]


def test_upload_urls_live_as_long_as_configured(msp: Msp) -> None:
    msp.control("PUT", "/config", {"upload_seconds": 0})
    late = pre_upload(msp).json["upload-url"]
    msp.control("PUT", "/config", {"upload_seconds": 600})

    assert call("POST", late, ENCRYPTED).status == 404


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ({"path": "/mmcs/", "url_seconds": 1}, "url_seconds needs a path that hands out URLs"),
        ({"path": "/mmcs/", "cut_after": 1, "status": 500}, "go with neither status nor drop"),
        ({"path": "/mmcs/", "corrupt_at": 1, "drop": "after"}, "go with neither status nor drop"),
        ({"path": "/mmcs/", "cut_after": -1}, "greater than or equal to 0"),
        ({"path": "/mmcs/", "bytes_per_second": 0}, "greater than or equal to 1"),
    ],
)
def test_a_tampering_that_makes_no_sense_is_refused(msp: Msp, order: dict[str, Any], problem: str) -> None:
    answer = msp.control("POST", "/faults", order)

    assert answer.status == 400
    assert problem in answer.text


def post_file(msp: Msp, content: bytes, **query: str) -> Answer:
    fields = "&".join(f"{name}={value}" for name, value in query.items())
    return call("POST", f"{msp.url}/control/files?{fields}", content)


def test_a_file_is_posted_as_it_is_and_sent_by_its_name(msp: Msp, stub_msp: StubMsp) -> None:
    files = [post_file(msp, bytes([n]) * 1000, name=f"{n}.bin", mime_type="image/heic").json for n in range(10)]

    msp.control("POST", "/messages", {"attachments": [{"file": file["file"]} for file in files]})

    message = stub_msp.received[0].json
    assert message["body"] == "\ufffc" * 10
    assert [part["name"] for part in message["attachments"]] == [f"{n}.bin" for n in range(10)]
    assert {part["mimeType"] for part in message["attachments"]} == {"image/heic"}
    for n, (part, file) in enumerate(zip(message["attachments"], files, strict=True)):
        assert (part["size"], file["size"]) == (1000, 1000)
        assert file["sha256"] == hashlib.sha256(bytes([n]) * 1000).hexdigest()
        import base64

        dictionary = {**part, "signature-base64": base64.b64encode(bytes.fromhex(part["signature"])).decode()}
        encrypted = call("GET", download_url(msp, dictionary)).data
        assert attachment_cipher.apply(part["key"], encrypted) == bytes([n]) * 1000


def test_a_message_may_call_a_file_otherwise(msp: Msp, stub_msp: StubMsp) -> None:
    file = post_file(msp, PLAIN).json
    assert (file["name"], file["mime_type"]) == ("file", "application/octet-stream")

    part = {"file": file["file"], "name": "bike.jpg", "mime_type": "image/jpeg"}
    msp.control("POST", "/messages", {"attachments": [part]})

    (sent,) = stub_msp.received[0].json["attachments"]
    assert (sent["name"], sent["mimeType"]) == ("bike.jpg", "image/jpeg")


def test_a_file_larger_than_an_attachment_is_refused_and_not_kept(msp: Msp) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(MAX_BYTES // 1_048_576):
            yield bytes(1_048_576)
        yield b"x"

    with urllib3.PoolManager(retries=False, timeout=60) as pool:
        answer = pool.request("POST", f"{msp.url}/control/files", body=chunks(), chunked=True)

    assert answer.status == 413
    assert "at most 104857600 bytes" in json.loads(answer.data)["error"]


@pytest.mark.parametrize(
    ("part", "status", "problem"),
    [
        ({"file": "nothing"}, 404, "There is no such file"),
        ({"name": "a", "mime_type": "b"}, 400, "give either data_base64 or file"),
        ({"name": "a", "mime_type": "b", "data_base64": "", "file": "x"}, 400, "give either data_base64 or file"),
        ({"name": "a", "data_base64": ""}, 400, "give name and mime_type"),
    ],
)
def test_an_attachment_is_a_file_or_its_bytes(
    msp: Msp, stub_msp: StubMsp, part: dict[str, str], status: int, problem: str
) -> None:
    answer = msp.control("POST", "/messages", {"attachments": [part]})

    assert answer.status == status
    assert problem in answer.text
    assert stub_msp.received == []


def test_a_reset_forgets_files(msp: Msp, stub_msp: StubMsp) -> None:
    file = post_file(msp, PLAIN).json["file"]

    msp.control("POST", "/reset")

    assert msp.control("POST", "/messages", {"attachments": [{"file": file}]}).status == 404
    assert stub_msp.received == []


def test_the_digest_of_what_the_business_sent_is_that_of_the_clear_bytes(msp: Msp) -> None:
    msp.post(envelope(body="\ufffc", attachments=[uploaded(msp)]))
    href = msp.bubbles()[0]["attachments"][0]["href"]

    answer = call("GET", f"{msp.url}{href}/digest")

    assert answer.json == {"name": "receipt.txt", "size": 32, "sha256": hashlib.sha256(PLAIN).hexdigest()}
    assert call("GET", f"{msp.url}/control/media/nothing/0/digest").status == 404


@pytest.mark.parametrize(("takes", "statuses"), [("any", [200, 200]), ("gzip", [200, 400]), ("inflated", [400, 200])])
def test_decode_payload_can_insist_on_one_form(msp: Msp, takes: str, statuses: list[int]) -> None:
    import gzip

    msp.control("PUT", "/config", {"decode_takes": takes})
    payload = payload_codec.encode(quick_reply())
    headers = {**msp.authorization(), "bid": APPLE_BID}

    answers = [
        call("POST", f"{msp.url}/v1/decodePayload", body, headers) for body in (payload, gzip.decompress(payload))
    ]
    msp.control("PUT", "/config", {"decode_takes": "any"})

    assert [answer.status for answer in answers] == statuses


def test_a_payload_is_a_keyed_archive_whose_url_carries_each_part() -> None:
    import base64
    import gzip
    import plistlib
    from urllib.parse import parse_qs

    archive = plistlib.loads(gzip.decompress(payload_codec.encode({"bid": APPLE_BID, "data": {"é": 1}})))

    assert archive["$archiver"] == "NSKeyedArchiver"
    (query,) = [entry for entry in archive["$objects"] if isinstance(entry, str) and entry.startswith("?")]
    (data,) = parse_qs(query[1:])["data"]
    assert json.loads(base64.b64decode(data)) == {"é": 1}


def test_a_data_ref_can_expire(msp: Msp) -> None:
    first = msp.post(envelope("interactive", interactiveData=quick_reply()), include_data_ref="true")
    again = envelope("interactive", interactiveDataRef=first.json["dataRef"])
    assert msp.post(again).status == 200

    msp.control("PUT", "/config", {"reference_seconds": 0})
    late = msp.post(envelope("interactive", interactiveDataRef=first.json["dataRef"]))
    msp.control("PUT", "/config", {"reference_seconds": None})

    assert (late.status, late.text) == (400, "400 Bad Request : interactiveDataRef has expired; send interactiveData")
