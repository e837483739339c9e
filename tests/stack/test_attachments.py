"""Files both ways through the deployed stack, bit by bit, and what becomes of them when Apple's store misbehaves."""

from __future__ import annotations

import hashlib
import os
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.stack.conftest import eventually
from tests.support import pictures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.conftest import Stack

SIZES = [1, 15, 17, 10 * 1024 * 1024]
LARGEST = 100 * 1024 * 1024


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- the business's side -----------------------------------------------------------------------


def announced(stack: Stack, size: int, **fields: Any) -> dict[str, Any]:
    status, answer = stack.api("POST", "/v1/attachments", {"name": "receipt.pdf", "size": size, **fields})
    assert status == 201, answer
    found: dict[str, Any] = answer
    return found


def put(stack: Stack, upload: dict[str, Any], content: bytes) -> int:
    """What the business does with the URL it was given."""
    answer = stack.http.request(
        "PUT", upload["url"], body=content, headers=upload["headers"], timeout=120, retries=False
    )
    return answer.status


def uploaded(stack: Stack, content: bytes, **fields: Any) -> str:
    made = announced(stack, len(content), **fields)
    assert put(stack, made["upload"], content) == 200
    return str(made["id"])


def settled(stack: Stack, attachment_id: str, *, seconds: float = 90.0) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        status, shown = stack.api("GET", f"/v1/attachments/{attachment_id}")
        assert status == 200, shown
        return shown if shown["state"] in {"ready", "failed"} else None

    return eventually(look, seconds=seconds)


def downloaded(stack: Stack, attachment_id: str, **query: str) -> tuple[bytes, Any]:
    """The content and its headers, by way of the redirect."""
    url = f"{stack.facts['business_api_url']}/v1/attachments/{attachment_id}/content?{urlencode(query)}"
    headers = {"Authorization": f"Bearer {stack.facts['business']['api_key']}"}
    answer = stack.http.request("GET", url, headers=headers, redirect=False, retries=False, timeout=30)
    assert answer.status == 302, answer.data
    file = stack.http.request("GET", answer.headers["Location"], retries=False, timeout=120)
    assert file.status == 200
    return file.data, file.headers


def sends(stack: Stack, to: str, ids: list[str], **fields: Any) -> str:
    message = {"to": to, "attachments": [{"id": each} for each in ids], **fields}
    status, answer = stack.api("POST", "/v1/messages", message)
    assert status == 202, answer
    return str(answer["id"])


def asks(stack: Stack, to: str, message: dict[str, Any]) -> None:
    status, answer = stack.api("POST", "/v1/messages", {"to": to, **message})
    assert status == 202, answer


# --- the customer's side -----------------------------------------------------------------------


def file_of(stack: Stack, content: bytes, name: str = "IMG_0042.bin") -> str:
    query = urlencode({"name": name, "mime_type": "application/x-anything"})
    url = f"{stack.facts['control_url']}/files?{query}"
    answer = stack.http.request("POST", url, body=content, timeout=120, retries=False)
    assert answer.status == 201, answer.data
    return str(answer.json()["file"])


def on_the_phone(stack: Stack, customer: str, *, seconds: float = 90.0) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        return next((bubble for bubble in stack.phone(customer) if bubble["attachments"]), None)

    return eventually(look, seconds=seconds)


def first_bubble(stack: Stack, customer: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        return next(iter(stack.phone(customer)), None)

    return eventually(look)


def result(stack: Stack, customer: str) -> dict[str, Any]:
    """What the business was told of the customer's answer."""

    def look() -> dict[str, Any] | None:
        hooks = (hook["body"]["data"] for hook in stack.webhooks(customer))
        return next((data["result"] for data in hooks if "result" in data), None)

    return eventually(look)


def digests(stack: Stack, bubble: dict[str, Any]) -> list[tuple[int, str]]:
    root = stack.facts["control_url"].removesuffix("/control")
    shown = [stack.call("GET", f"{root}{part['href']}/digest")[1] for part in bubble["attachments"]]
    return [(each["size"], each["sha256"]) for each in shown]


def received(stack: Stack, customer: str, *, seconds: float = 90.0) -> dict[str, Any]:
    """The first webhook about a customer's files."""

    def look() -> dict[str, Any] | None:
        hooks = [hook["body"]["data"] for hook in stack.webhooks(customer)]
        return next((data for data in hooks if data["message"].get("attachments")), None)

    return eventually(look, seconds=seconds)


@pytest.fixture(autouse=True)
def no_faults(stack: Stack) -> Iterator[None]:
    yield
    stack.control("DELETE", "/faults")


def fault(stack: Stack, **order: Any) -> None:
    stack.control("POST", "/faults", order)


# --- round trips -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_a_file_of_the_business_reaches_the_phone_bit_by_bit(stack: Stack, size: int) -> None:
    content, customer = os.urandom(size), stack.new_customer()
    attachment_id = uploaded(stack, content, sha256=sha256(content))

    sends(stack, customer, [attachment_id], body="Your receipt:")

    bubble = on_the_phone(stack, customer)
    assert digests(stack, bubble) == [(size, sha256(content))]
    assert bubble["violations"] == []
    assert bubble["body"] == "Your receipt:\ufffc"
    shown = settled(stack, attachment_id)
    assert (shown["state"], shown["size"], shown["sha256"]) == ("ready", size, sha256(content))
    assert downloaded(stack, attachment_id)[0] == content


@pytest.mark.parametrize("size", SIZES)
def test_a_file_of_a_customer_reaches_the_business_bit_by_bit(stack: Stack, size: int) -> None:
    content, customer = os.urandom(size), stack.new_customer()

    stack.writes(customer, "Look: ", attachments=[{"file": file_of(stack, content)}])

    (part,) = received(stack, customer)["message"]["attachments"]
    assert (part["status"], part["size"], part["sha256"]) == ("ready", size, sha256(content))
    body, headers = downloaded(stack, part["id"])
    assert body == content
    assert headers["Content-Disposition"] == 'attachment; filename="IMG_0042.bin"'


def test_100_mb_make_the_way_both_ways(stack: Stack) -> None:
    content, customer = os.urandom(LARGEST), stack.new_customer()
    attachment_id = uploaded(stack, content)
    sends(stack, customer, [attachment_id])
    stack.writes(customer, "", attachments=[{"file": file_of(stack, content)}])

    there = digests(stack, on_the_phone(stack, customer, seconds=240))
    (part,) = received(stack, customer, seconds=240)["message"]["attachments"]
    back = settled(stack, part["id"], seconds=240)

    assert there == [(LARGEST, sha256(content))]
    assert (back["state"], back["size"], back["sha256"]) == ("ready", LARGEST, sha256(content))


def test_ten_files_keep_their_order_both_ways(stack: Stack) -> None:
    contents, customer = [bytes([n]) * (n + 1) for n in range(10)], stack.new_customer()
    ids = [uploaded(stack, content, name=f"{n}.txt") for n, content in enumerate(contents)]

    sends(stack, customer, ids, body=f"First {chr(0xFFFC)}, then the rest: ")
    stack.writes(
        customer, "", attachments=[{"file": file_of(stack, each, f"{n}.bin")} for n, each in enumerate(contents)]
    )

    bubble = on_the_phone(stack, customer)
    assert [part["name"] for part in bubble["attachments"]] == [f"{n}.txt" for n in range(10)]
    assert [digest for _, digest in digests(stack, bubble)] == [sha256(content) for content in contents]
    assert bubble["body"] == f"First {chr(0xFFFC)}, then the rest: {chr(0xFFFC) * 9}"
    parts = received(stack, customer)["message"]["attachments"]
    assert [(part["name"], part["sha256"]) for part in parts] == [
        (f"{n}.bin", sha256(content)) for n, content in enumerate(contents)
    ]


def test_messages_behind_a_file_wait_for_it(stack: Stack) -> None:
    customer = stack.new_customer()
    made = announced(stack, 5)
    sends(stack, customer, [made["id"]], body="first")
    assert stack.api("POST", "/v1/messages", {"to": customer, "body": "second"})[0] == 202

    assert put(stack, made["upload"], b"hello") == 200

    shown = eventually(lambda: found if len(found := stack.phone(customer)) == 2 else None, seconds=90)
    assert [bubble["body"] for bubble in shown] == ["first\ufffc", "second"]


def test_a_browsers_form_is_held_to_its_length(stack: Stack) -> None:
    def posted(upload: dict[str, Any], content: bytes) -> int:
        fields = {**upload["fields"], "file": ("x", content)}
        return stack.http.request("POST", upload["url"], fields=fields, retries=False).status

    other = announced(stack, 5, upload="form")

    too_long = posted(announced(stack, 5, upload="form")["upload"], b"123456")
    fitting = posted(other["upload"], b"12345")

    assert 400 <= too_long < 500
    assert 200 <= fitting < 300
    assert settled(stack, other["id"])["sha256"] == sha256(b"12345")


def test_a_file_that_is_not_the_one_announced_fails_and_its_message_with_it(stack: Stack) -> None:
    customer = stack.new_customer()
    attachment_id = uploaded(stack, b"hello", sha256=sha256(b"other"))
    message_id = sends(stack, customer, [attachment_id])

    assert settled(stack, attachment_id)["reason"] == "sha256_mismatch"

    def failed() -> Any:
        _, message = stack.api("GET", f"/v1/messages/{message_id}")
        return message if message["state"] == "failed" else None

    assert eventually(failed)["error"]["code"] == "attachment_failed"
    status, gone = stack.api("GET", f"/v1/attachments/{attachment_id}/content")
    assert (status, gone["code"]) == (410, "content_gone")


def test_a_page_is_downloaded_and_never_shown(stack: Stack) -> None:
    page = b"<!doctype html><script>alert(1)</script>"
    attachment_id = uploaded(stack, page, name="../\u202eharmless.html", content_type="text/html")
    assert settled(stack, attachment_id)["name"] == "harmless.html"

    content, headers = downloaded(stack, attachment_id)

    assert content == page
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"] == 'attachment; filename="harmless.html"'


def test_a_heic_picture_of_a_customer_can_be_had_as_jpeg(stack: Stack) -> None:
    customer = stack.new_customer()
    heic = pictures.written(pictures.halves(64, 48), "HEIF")
    stack.writes(customer, "", attachments=[{"file": file_of(stack, heic, "IMG_1.HEIC")}])
    (part,) = received(stack, customer)["message"]["attachments"]
    assert part["content_type"] == "image/heic"

    def made() -> bool | None:
        status, _ = stack.api("GET", f"/v1/attachments/{part['id']}/content?rendition=jpeg")
        return status != 202 or None

    eventually(made)
    content, headers = downloaded(stack, part["id"], rendition="jpeg")

    assert pictures.opened(content).format == "JPEG"
    assert headers["Content-Disposition"] == 'attachment; filename="IMG_1.jpg"'


def test_a_picture_of_a_message_may_be_an_attachment(stack: Stack) -> None:
    customer = stack.new_customer()
    picture = pictures.written(pictures.halves(60, 60))
    attachment_id = uploaded(stack, picture, name="bike.png")
    settled(stack, attachment_id)
    link = {
        "type": "rich_link",
        "url": "https://shop.example/9",
        "title": "Bike",
        "image": {"attachment_id": attachment_id},
    }

    assert stack.api("POST", "/v1/messages", {"to": customer, **link})[0] == 202

    (bubble,) = eventually(lambda: stack.phone(customer) or None)
    assert bubble["rich_link"]["assets"]["image"]["mimeType"] == "image/png"


# --- faults ------------------------------------------------------------------------------------

OUTBOUND_FAULTS = [
    {"path": "/v1/preUpload", "status": 503},
    {"path": "/v1/preUpload", "url_seconds": 0},
    {"path": "/mmcs/upload", "status": 500},
    {"path": "/mmcs/upload", "cut_after": 20_000},
    {"path": "/mmcs/upload", "corrupt_at": 17},
    {"path": "/mmcs/upload", "bytes_per_second": 200_000},
    {"path": "/mmcs/upload", "drop": "after"},
]
INBOUND_FAULTS = [
    {"path": "/v1/preDownload", "status": 503},
    {"path": "/v1/preDownload", "url_seconds": 0},
    {"path": "/mmcs/download", "status": 500},
    {"path": "/mmcs/download", "cut_after": 20_000},
    {"path": "/mmcs/download", "corrupt_at": 17},
    {"path": "/mmcs/download", "bytes_per_second": 200_000},
    {"path": "/mmcs/download", "drop": "after"},
]


@pytest.mark.parametrize("order", OUTBOUND_FAULTS, ids=str)
def test_a_fault_on_the_way_to_apple_is_overcome(stack: Stack, order: dict[str, Any]) -> None:
    content, customer = os.urandom(100_000), stack.new_customer()
    fault(stack, **order, times=2)

    sends(stack, customer, [uploaded(stack, content)])

    assert digests(stack, on_the_phone(stack, customer)) == [(100_000, sha256(content))]


@pytest.mark.parametrize("order", INBOUND_FAULTS, ids=str)
def test_a_fault_on_the_way_from_apple_is_overcome(stack: Stack, order: dict[str, Any]) -> None:
    content, customer = os.urandom(100_000), stack.new_customer()
    file = file_of(stack, content)
    fault(stack, **order, times=1)

    stack.writes(customer, "", attachments=[{"file": file}])

    (part,) = received(stack, customer)["message"]["attachments"]
    assert (settled(stack, part["id"])["state"], settled(stack, part["id"])["sha256"]) == ("ready", sha256(content))


def test_what_apple_refuses_ends_as_failed_with_a_reason(stack: Stack) -> None:
    fault(stack, path="/v1/preUpload", status=400)

    shown = settled(stack, uploaded(stack, b"hello"))

    assert (shown["state"], shown["reason"]) == ("failed", "apple_refused")


def test_a_file_that_is_damaged_every_time_ends_as_failed_and_its_message_goes_on(stack: Stack) -> None:
    customer = stack.new_customer()
    file = file_of(stack, b"hello")
    fault(stack, path="/mmcs/download", corrupt_at=0, times=0)

    stack.writes(customer, "Look", attachments=[{"file": file}])

    data = received(stack, customer, seconds=150)
    (part,) = data["message"]["attachments"]
    assert data["message"]["body"] == "Look\ufffc"
    shown = settled(stack, part["id"], seconds=150)
    assert (shown["state"], shown["reason"]) == ("failed", "signature_mismatch")


# --- large interactive messages ----------------------------------------------------------------


def large_picker() -> dict[str, Any]:
    items = [{"identifier": f"i{n}", "title": f"{n} {'x' * 190}"} for n in range(60)]
    return {"type": "list_picker", "title": f"Pick {uuid.uuid4()}", "sections": [{"title": "Bikes", "items": items}]}


def test_a_list_for_many_customers_goes_by_reference_and_every_answer_finds_its_question(stack: Stack) -> None:
    picker, customers = large_picker(), [stack.new_customer() for _ in range(3)]
    shown = []
    for customer in customers:
        asks(stack, customer, picker)
        shown.append(first_bubble(stack, customer))

    for customer in customers:
        stack.control("POST", "/phones/reply", {"opaque_id": customer, "identifier": "i7"})

    assert [(bubble["shown_as"], bubble["violations"]) for bubble in shown] == [("list_picker", [])] * 3
    assert ["interactiveDataRef" in bubble["raw"] for bubble in shown] == [False, True, True]
    for customer, bubble in zip(customers, shown, strict=True):
        answer = result(stack, customer)
        assert answer["in_reply_to"] == bubble["id"]
        assert [each["identifier"] for each in answer["selection"]] == ["i7"]


def test_a_reference_that_has_expired_is_replaced_by_the_whole_list(stack: Stack) -> None:
    picker, customer = large_picker(), stack.new_customer()
    for earlier in (stack.new_customer(), stack.new_customer()):
        asks(stack, earlier, picker)
        first_bubble(stack, earlier)
    stack.control("PUT", "/config", {"reference_seconds": 0})

    asks(stack, customer, picker)
    bubble = first_bubble(stack, customer)
    stack.control("PUT", "/config", {"reference_seconds": None})

    assert "interactiveData" in bubble["raw"]
    assert (bubble["posts"], bubble["violations"]) == (1, [])


@pytest.mark.parametrize("config", [{}, {"decode_shape": "wrapped"}, {"decode_takes": "inflated"}], ids=str)
def test_an_answer_by_reference_is_read_like_any_other(stack: Stack, config: dict[str, str]) -> None:
    customer = stack.new_customer()
    items = [{"identifier": name, "title": name} for name in ("a", "b")]
    asks(stack, customer, {"type": "quick_reply", "text": "Which?", "items": items})
    first_bubble(stack, customer)
    stack.control("PUT", "/config", config)

    stack.control("POST", "/phones/reply", {"opaque_id": customer, "identifier": "b", "by_reference": True})

    answer = result(stack, customer)
    stack.control("PUT", "/config", {"decode_shape": "bare", "decode_takes": "any"})
    assert [each["identifier"] for each in answer["selection"]] == ["b"]


def test_an_answer_apple_does_not_decode_is_told_with_its_title(stack: Stack) -> None:
    customer = stack.new_customer()
    items = [{"identifier": name, "title": name.upper()} for name in ("a", "b")]
    asks(stack, customer, {"type": "quick_reply", "text": "Which?", "items": items})
    first_bubble(stack, customer)
    fault(stack, path="/v1/decodePayload", status=403, times=0)

    stack.control("POST", "/phones/reply", {"opaque_id": customer, "identifier": "b", "by_reference": True})

    def look() -> dict[str, Any] | None:
        return next((hook["body"]["data"] for hook in stack.webhooks(customer)), None)

    assert "B" in str(eventually(look, seconds=120))
