"""Announcing files, reading them, and using them as pictures."""

from __future__ import annotations

from typing import Any

import pytest

from parley.business.operations.attachments import NewAttachment
from parley.conversation.attachments import Attachment, PartKind, PartState, object_key, rendition_key
from parley.conversation.records import Direction
from parley.errors import Conflict, NotFound, Rejected, Retryable
from parley.services.open_upload import UPLOAD_SECONDS, OpenUpload
from parley.services.picture_files import PictureFiles
from parley.services.read_attachment import DOWNLOAD_SECONDS, RENDITION_SECONDS, ReadAttachment
from tests.support import apple_requests as apple
from tests.support.clock import NEW_YEAR, Clock
from tests.support.memory_attachments import MemoryAttachments, MemoryObjects


class Uploads:
    """Signs by writing down what was asked."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}
        self.verdicts: dict[str, str] = {}

    def put_url(self, key: str, *, size: int, content_type: str, seconds: int) -> tuple[str, dict[str, str]]:
        return f"https://s3/{key}?{seconds}", {"Content-Length": str(size), "Content-Type": content_type}

    def form(self, key: str, *, size: int, content_type: str, seconds: int) -> tuple[str, dict[str, str]]:
        return "https://s3/", {"key": key, "size": str(size), "Content-Type": content_type, "seconds": str(seconds)}

    def presigned_get(self, key: str, *, seconds: int, content_type: str, disposition: str) -> str:
        return f"https://s3/{key}?{seconds}&{content_type}&{disposition}"

    def find(self, key: str) -> int | None:
        return self.found.get(key)

    def verdict(self, key: str) -> str | None:
        return self.verdicts.get(key)


class Bench:
    def __init__(self, *, scanned: bool = False) -> None:
        self.clock = Clock()
        self.attachments = MemoryAttachments(self.clock)
        self.uploads = Uploads()
        numbers = iter(range(1, 100))
        self.open = OpenUpload(
            attachments=self.attachments,
            uploads=self.uploads,  # type: ignore[arg-type]
            clock=self.clock,
            new_id=lambda: f"id-{next(numbers)}",
        )
        self.read = ReadAttachment(
            attachments=self.attachments,
            downloads=self.uploads,
            uploads=self.uploads,  # type: ignore[arg-type]
            scanned=scanned,
            clock=self.clock,
        )

    def add(self, **facts: Any) -> Attachment:
        usual: dict[str, Any] = {
            "direction": Direction.INBOUND,
            "state": PartState.READY,
            "name": "bike.pdf",
            "content_type": "application/pdf",
            "s3_key": object_key(apple.BUSINESS, "one"),
            "settled_at": NEW_YEAR,
        }
        made = Attachment(id="one", business_id=apple.BUSINESS, created_at=NEW_YEAR, **usual | facts)
        self.attachments.put(made)
        return made

    def content(self, rendition: str | None = None) -> str | None:
        found = self.read.content(apple.BUSINESS, "one", rendition=rendition)
        return None if found is None else found.url


def wanted(**fields: Any) -> NewAttachment:
    return NewAttachment.model_validate({"name": "receipt.pdf", "size": 10, **fields})


def test_an_announced_file_waits_for_its_upload() -> None:
    bench = Bench()

    opened = bench.open(apple.BUSINESS, wanted(sha256="AB" * 32), idempotency_key=None)

    assert not opened.replayed
    stored = bench.attachments.get(apple.BUSINESS, "id-1")
    assert stored == opened.attachment
    assert (stored.state, stored.direction, stored.size) == (PartState.AWAITING_UPLOAD, Direction.OUTBOUND, 10)
    assert stored.sha256 == "ab" * 32
    assert opened.upload is not None
    assert (opened.upload.method, opened.upload.fields) == ("PUT", None)
    assert opened.upload.url == f"https://s3/uploads/{apple.BUSINESS}/id-1?{UPLOAD_SECONDS}"
    assert opened.upload.headers == {"Content-Length": "10", "Content-Type": "application/octet-stream"}
    assert opened.upload.expires_at == bench.clock() + UPLOAD_SECONDS


def test_a_browser_gets_a_form() -> None:
    upload = Bench().open(apple.BUSINESS, wanted(upload="form", content_type="image/png"), idempotency_key=None).upload

    assert upload is not None
    assert (upload.method, upload.headers) == ("POST", None)
    assert upload.fields is not None
    assert (upload.fields["size"], upload.fields["Content-Type"]) == ("10", "image/png")


def test_a_name_is_made_harmless_before_it_is_stored() -> None:
    opened = Bench().open(apple.BUSINESS, wanted(name="../../a\u202eb.pdf"), idempotency_key=None)

    assert opened.attachment.name == "ab.pdf"


def test_the_same_call_again_gets_the_same_file_and_a_fresh_url() -> None:
    bench = Bench()
    first = bench.open(apple.BUSINESS, wanted(), idempotency_key="k")
    bench.clock.advance(600)

    again = bench.open(apple.BUSINESS, wanted(upload="form"), idempotency_key="k")

    assert again.replayed
    assert again.attachment == first.attachment
    assert again.upload is not None
    assert again.upload.expires_at == bench.clock() + UPLOAD_SECONDS


def test_once_the_file_is_there_the_same_call_gets_no_url() -> None:
    bench = Bench()
    first = bench.open(apple.BUSINESS, wanted(), idempotency_key="k").attachment
    bench.attachments.claim(first, by="w", until=bench.clock() + 9, into=PartState.PROCESSING)

    again = bench.open(apple.BUSINESS, wanted(), idempotency_key="k")

    assert (again.attachment.state, again.upload) == (PartState.PROCESSING, None)


@pytest.mark.parametrize("other", [{"size": 11}, {"name": "x"}, {"content_type": "a/b"}, {"sha256": "0" * 64}])
def test_a_key_is_good_for_one_file(other: dict[str, Any]) -> None:
    bench = Bench()
    bench.open(apple.BUSINESS, wanted(), idempotency_key="k")

    with pytest.raises(Conflict):
        bench.open(apple.BUSINESS, wanted(**other), idempotency_key="k")


def test_the_same_key_of_two_businesses_makes_two_files() -> None:
    bench = Bench()
    ids = {
        bench.open(business, wanted(), idempotency_key="k").attachment.id
        for business in (apple.BUSINESS, apple.OTHER_BUSINESS)
    }

    assert len(ids) == 2


def test_a_file_that_is_there_and_cannot_be_read_yet_makes_the_caller_wait() -> None:
    bench = Bench()
    bench.attachments.put = lambda attachment: False  # type: ignore[method-assign]  # noqa: ARG005

    with pytest.raises(Retryable):
        bench.open(apple.BUSINESS, wanted(), idempotency_key="k")


def test_a_ready_file_has_a_url_for_five_minutes() -> None:
    bench = Bench()
    bench.add()

    found = bench.read(apple.BUSINESS, "one")

    assert found.state == "ready"
    assert found.download is not None
    assert found.download.expires_at == bench.clock() + DOWNLOAD_SECONDS
    assert found.download.url == (
        f'https://s3/attachments/{apple.BUSINESS}/one?300&application/pdf&attachment; filename="bike.pdf"'
    )


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", None])
def test_what_a_browser_would_run_is_handed_out_as_bytes(content_type: str | None) -> None:
    bench = Bench()
    bench.add(content_type=content_type, name="page.html")

    assert "?300&application/octet-stream&attachment;" in (bench.content() or "")


@pytest.mark.parametrize("state", [PartState.PENDING, PartState.AWAITING_UPLOAD, PartState.PROCESSING])
def test_a_file_on_its_way_has_no_url_yet(state: PartState) -> None:
    bench = Bench()
    bench.add(state=state, s3_key=None)

    assert bench.read(apple.BUSINESS, "one").download is None
    assert bench.content() is None


def test_a_failed_file_is_gone_and_says_why() -> None:
    bench = Bench()
    bench.add(state=PartState.FAILED, reason="signature_mismatch")

    with pytest.raises(Rejected, match="signature_mismatch") as gone:
        bench.content()

    assert gone.value.code == "content_gone"


def test_a_file_that_is_not_the_callers_is_unknown() -> None:
    bench = Bench()
    bench.add()

    for business, name in ((apple.OTHER_BUSINESS, "one"), (apple.BUSINESS, "two")):
        with pytest.raises(NotFound):
            bench.read(business, name)


def test_large_interactive_data_is_no_file() -> None:
    bench = Bench()
    bench.add(kind=PartKind.REFERENCE)

    with pytest.raises(NotFound):
        bench.read(apple.BUSINESS, "one")


def test_with_a_scanner_nothing_is_handed_out_before_its_verdict() -> None:
    bench = Bench(scanned=True)
    made = bench.add()

    before = bench.read(apple.BUSINESS, "one")
    assert (before.state, before.download, bench.content()) == ("scanning", None, None)

    bench.uploads.verdicts[made.s3_key or ""] = "NO_THREATS_FOUND"
    assert bench.read(apple.BUSINESS, "one").state == "ready"
    assert bench.content()


@pytest.mark.parametrize("verdict", ["THREATS_FOUND", "UNSUPPORTED", "ACCESS_DENIED", "FAILED", "anything"])
def test_what_the_scanner_does_not_call_clean_is_kept_back(verdict: str) -> None:
    bench = Bench(scanned=True)
    bench.uploads.verdicts[bench.add().s3_key or ""] = verdict

    assert bench.read(apple.BUSINESS, "one").state == "quarantined"
    with pytest.raises(Rejected) as kept:
        bench.content()
    assert kept.value.code == "content_gone"


def test_the_scanner_is_not_asked_about_what_is_not_there() -> None:
    bench = Bench(scanned=True)
    bench.add(state=PartState.PENDING, s3_key=None)

    assert bench.read(apple.BUSINESS, "one").state == "pending"


def test_a_heic_picture_can_be_had_as_jpeg_once_it_is_made() -> None:
    bench = Bench()
    bench.add(name="IMG_1.HEIC", content_type="image/heic")
    assert bench.content("jpeg") is None

    bench.uploads.found[rendition_key(apple.BUSINESS, "one")] = 900

    assert bench.content("jpeg") == (
        f'https://s3/renditions/{apple.BUSINESS}/one.jpg?300&image/jpeg&attachment; filename="IMG_1.jpg"'
    )


@pytest.mark.parametrize(("size", "waited"), [(0, 0.0), (None, RENDITION_SECONDS + 1)])
def test_a_picture_that_cannot_be_made_is_told_so(size: int | None, waited: float) -> None:
    bench = Bench()
    bench.add(content_type="image/heif")
    if size is not None:
        bench.uploads.found[rendition_key(apple.BUSINESS, "one")] = size
    bench.clock.advance(waited)

    with pytest.raises(Rejected) as refused:
        bench.content("jpeg")

    assert (refused.value.code, refused.value.path) == ("rendition_unavailable", "?rendition")


def test_only_heic_pictures_have_a_rendition() -> None:
    bench = Bench()
    bench.add()

    with pytest.raises(Rejected):
        bench.content("jpeg")


@pytest.mark.parametrize("direction", list(Direction)[:2])
def test_a_picture_may_be_a_file_of_either_direction(direction: Direction) -> None:
    bench, objects = Bench(), MemoryObjects()
    made = bench.add(direction=direction)
    objects.put(made.s3_key or "", b"p" * 1000, content_type="image/png")
    files = PictureFiles(apple.BUSINESS, attachments=bench.attachments, objects=objects)

    assert files.read("one", max_bytes=5000) == b"p" * 1000
    assert len(files.read("one", max_bytes=300)) == 301


@pytest.mark.parametrize(
    ("facts", "error", "code"),
    [
        ({"state": PartState.FAILED, "reason": "x"}, Rejected, "attachment_failed"),
        ({"state": PartState.PROCESSING}, Retryable, "attachment_not_ready"),
        ({"kind": PartKind.REFERENCE}, Rejected, "attachment_unknown"),
        ({"business_id": apple.OTHER_BUSINESS}, Rejected, "attachment_unknown"),
    ],
)
def test_what_is_no_picture_of_this_business_is_told(facts: dict[str, Any], error: type[Exception], code: str) -> None:
    bench = Bench()
    owner = facts.pop("business_id", apple.BUSINESS)
    bench.add(**facts)
    files = PictureFiles(
        apple.BUSINESS if owner == apple.BUSINESS else owner,
        attachments=bench.attachments,
        objects=MemoryObjects(),
    )

    with pytest.raises(error) as refused:
        files.read("one", max_bytes=10)

    assert refused.value.code == code  # type: ignore[attr-defined]
