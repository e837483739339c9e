from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple import mmcs
from parley.apple.content import UploadSlot, UploadUrl
from parley.apple.gateway import GatewayAnswer, Verdict
from parley.apple.tokens import Signer
from parley.conversation import schedule
from parley.conversation.arrivals import Arrival, upload_key
from parley.conversation.attachments import Attachment, PartState, object_key
from parley.conversation.records import Direction
from parley.errors import Fatal, Rejected, Retryable
from parley.services.apple_access import AppleAccess
from parley.services.upload import CLAIM_SECONDS, KEEP_SECONDS, MAX_ATTEMPTS, SLOTS, Outcome, Upload
from tests.support import apple_requests as apple
from tests.support import memory_settings
from tests.support.clock import Clock
from tests.support.memory_attachments import MemoryAttachments, MemoryObjects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FILE = "5f0f8a52-6c39-4c57-8d5e-7b1f4a0c2d33"
CONTENT = b"%PDF-1.7\n" + secrets.token_bytes(3000)
ACCEPTED = GatewayAnswer(Verdict.ACCEPTED, 200, "")


@dataclass
class Apple:
    """preUpload and the store behind it. Each upload is met by the next of `faults`, if there is one."""

    faults: list[Exception | Callable[[bytes], bytes] | None] = field(default_factory=list)
    answers: list[GatewayAnswer] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    stored: dict[str, bytes] = field(default_factory=dict)

    def pre_upload(self, size: int, *, business_id: str, token: str) -> UploadUrl:
        assert business_id == apple.BUSINESS
        assert token
        self.slots.append(size)
        if self.answers:
            return UploadUrl(None, self.answers.pop(0))
        number = len(self.slots)
        return UploadUrl(UploadSlot(f"https://up/{number}", f"https://mmcs/{number}", f"M{number}"), ACCEPTED)

    def upload(self, url: str, pieces: Iterable[bytes], *, size: int) -> str:
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        body = b"".join(pieces)
        assert len(body) == size
        self.stored[url] = fault(body) if fault is not None else body
        signature = mmcs.Signature()
        signature.update(self.stored[url])
        return signature.base64()


@dataclass
class Seals:
    sealed: dict[str, tuple[bytes, str, str]] = field(default_factory=dict)
    fault: Exception | None = None

    def seal(self, key: bytes, *, business_id: str, attachment_id: str) -> str:
        if self.fault is not None:
            raise self.fault
        name = f"sealed-{len(self.sealed)}"
        self.sealed[name] = (key, business_id, attachment_id)
        return name


class Bucket:
    """Copies within the bucket."""

    def __init__(self, objects: MemoryObjects) -> None:
        self._objects = objects
        self.copies = 0

    def copy(self, source: str, target: str) -> None:
        self.copies += 1
        self._objects.objects[target] = self._objects.objects[source]


class Bench:
    """An upload worker with everything around it."""

    def __init__(self, **facts: Any) -> None:
        self.clock = Clock()
        self.attachments = MemoryAttachments(self.clock)
        self.objects = MemoryObjects()
        self.bucket = Bucket(self.objects)
        self.apple = Apple()
        self.seals = Seals()
        self.slept: list[float] = []
        self._numbers = iter(range(1, 1000))
        self.upload = Upload(
            attachments=self.attachments,
            objects=self.objects,
            uploads=self.bucket,  # type: ignore[arg-type]
            access=AppleAccess(
                credentials=memory_settings.Credentials([apple.CREDENTIAL]), signer=Signer(clock=self.clock)
            ),
            gateway=self.apple,  # type: ignore[arg-type]
            store=self.apple,  # type: ignore[arg-type]
            seals=self.seals,  # type: ignore[arg-type]
            clock=self.clock,
            sleep=self.slept.append,
            new_id=lambda: f"worker-{next(self._numbers)}",
        )
        self.attachments.put(announced(self.clock(), **facts))

    def arrives(self, content: bytes = CONTENT) -> None:
        self.objects.objects[upload_key(apple.BUSINESS, FILE)] = (content, "anything")

    def run(self, *, deadline: float = 900.0, **arrival: Any) -> Outcome:
        return self.upload(Arrival(apple.BUSINESS, FILE, **arrival), deadline=self.clock() + deadline)

    def run_to_the_end(self) -> Outcome:
        """As the queue does it: again whenever it asks to come back."""
        while True:
            try:
                return self.run()
            except Retryable as problem:
                self.clock.advance(problem.after or 0.0)

    @property
    def stored(self) -> Attachment:
        found = self.attachments.get(apple.BUSINESS, FILE)
        assert found is not None
        return found


def announced(at: float, **facts: Any) -> Attachment:
    usual: dict[str, Any] = {
        "state": PartState.AWAITING_UPLOAD,
        "direction": Direction.OUTBOUND,
        "name": "receipt.pdf",
        "size": len(CONTENT),
    }
    return Attachment(id=FILE, business_id=apple.BUSINESS, created_at=at, **usual | facts)


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.arrives()
    return made


def damaged(body: bytes) -> bytes:
    return bytes([body[0] ^ 1]) + body[1:]


def test_a_file_becomes_an_upload_that_only_its_key_opens(bench: Bench) -> None:
    outcome = bench.run()

    assert outcome == Outcome("ready", FILE, attempts=1, size=len(CONTENT), slots=1)
    assert bench.apple.slots == [len(CONTENT)]
    ready = bench.stored
    key, business_id, attachment_id = bench.seals.sealed[ready.sealed_key or ""]
    assert (business_id, attachment_id) == (apple.BUSINESS, FILE)
    (encrypted,) = bench.apple.stored.values()
    assert encrypted != CONTENT
    assert mmcs.Cipher(key).update(encrypted) == CONTENT
    assert ready.state is PartState.READY
    assert ready.settled_at == bench.clock()
    assert ready.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert ready.content_type == "application/pdf"
    signature = mmcs.Signature()
    signature.update(encrypted)
    assert ready.mmcs == {
        "url": "https://mmcs/1",
        "owner": "M1",
        "signature-base64": signature.base64(),
        "size": len(CONTENT),
    }


def test_what_was_uploaded_is_kept_where_nobody_can_change_it(bench: Bench) -> None:
    bench.run()

    assert bench.stored.s3_key == object_key(apple.BUSINESS, FILE)
    assert {key: body for key, (body, _) in bench.objects.objects.items()} == {
        object_key(apple.BUSINESS, FILE): CONTENT
    }


def test_every_attachment_has_a_key_of_its_own() -> None:
    benches = [Bench() for _ in range(3)]
    for each in benches:
        each.arrives()
        each.run()

    assert len({key for each in benches for key, *_ in each.seals.sealed.values()}) == 3


@pytest.mark.parametrize("state", [PartState.READY, PartState.FAILED])
def test_a_second_note_about_a_settled_file_changes_nothing(state: PartState) -> None:
    bench = Bench(state=state, reason="x")
    bench.arrives()
    before = bench.stored

    assert bench.run().result == "skipped"
    assert (bench.stored, bench.apple.slots) == (before, [])


def test_a_note_about_nothing_is_passed_over() -> None:
    bench = Bench()

    assert bench.upload(Arrival(apple.BUSINESS, "unknown"), deadline=bench.clock() + 900).result == "skipped"
    assert bench.upload(Arrival(apple.OTHER_BUSINESS, FILE), deadline=bench.clock() + 900).result == "skipped"


def test_a_customers_file_is_nothing_to_upload() -> None:
    bench = Bench(direction=Direction.INBOUND, state=PartState.PENDING)
    bench.arrives()

    assert bench.run().result == "skipped"
    assert bench.stored.state is PartState.PENDING


@pytest.mark.parametrize(
    "fault",
    [
        Retryable("cut", code="store_cut"),
        Retryable("expired", code="store_expired"),
        Retryable("length", code="length_mismatch"),
        damaged,
    ],
    ids=["cut", "expired", "length", "damaged"],
)
def test_a_slot_that_went_wrong_is_replaced_by_a_new_one(bench: Bench, fault: Any) -> None:
    bench.apple.faults = [fault, fault]

    assert bench.run().slots == 3
    assert len(bench.apple.slots) == SLOTS
    assert (bench.stored.mmcs or {})["owner"] == "M3"
    assert bench.slept == [1.0, 2.0]


def test_after_three_slots_the_file_waits_and_its_claim_is_given_back(bench: Bench) -> None:
    bench.apple.faults = [Retryable("cut", code="store_cut")] * 3

    with pytest.raises(Retryable) as waiting:
        bench.run()

    assert waiting.value.after == schedule.SEND_WAITS[0]
    assert bench.stored.state is PartState.PROCESSING
    assert bench.attachments.claims == {}
    assert bench.run().result == "ready"


def test_apples_wish_to_be_left_alone_is_honoured(bench: Bench) -> None:
    bench.apple.answers = [GatewayAnswer(Verdict.NOT_NOW, 429, "", retry_after=40.0)] * 3

    with pytest.raises(Retryable) as waiting:
        bench.run()

    assert waiting.value.after == 40.0
    assert bench.slept == [KEEP_SECONDS, KEEP_SECONDS]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Retryable("cut", code="store_cut"), "store_cut"),
        (damaged, "checksum_mismatch"),
        (RuntimeError("a bug"), "unexpected"),
        (Fatal("no right to do that"), "set_up"),
    ],
    ids=["cut", "damaged", "bug", "set-up"],
)
def test_what_never_works_ends_as_failed_with_a_reason(bench: Bench, fault: Any, reason: str) -> None:
    bench.apple.faults = [fault] * 100

    assert bench.run_to_the_end() == Outcome("failed", FILE, reason, MAX_ATTEMPTS)
    assert (bench.stored.state, bench.stored.reason) == (PartState.FAILED, reason)
    assert bench.stored.settled_at is not None
    assert object_key(apple.BUSINESS, FILE) not in bench.objects.objects


def test_what_apple_refuses_fails_at_once(bench: Bench) -> None:
    bench.apple.answers = [GatewayAnswer(Verdict.REFUSED, 400, "")]

    assert bench.run() == Outcome("failed", FILE, "apple_refused", 1)


def test_a_file_of_another_size_than_announced_is_not_sent(bench: Bench) -> None:
    bench.arrives(CONTENT + b"x")

    assert bench.run() == Outcome("failed", FILE, "size_mismatch", 1)
    assert bench.apple.slots == []


def test_a_file_that_is_not_there_fails() -> None:
    assert Bench().run() == Outcome("failed", FILE, "upload_missing", 1)


def test_a_file_of_another_digest_than_announced_fails() -> None:
    bench = Bench(sha256="0" * 64)
    bench.arrives()

    assert bench.run() == Outcome("failed", FILE, "sha256_mismatch", 1)


def test_the_digest_that_was_announced_passes() -> None:
    bench = Bench(sha256=hashlib.sha256(CONTENT).hexdigest())
    bench.arrives()

    assert bench.run().result == "ready"


@pytest.mark.parametrize(
    ("verdict", "result"),
    [(None, "ready"), ("NO_THREATS_FOUND", "ready"), ("THREATS_FOUND", "failed"), ("UNSUPPORTED", "failed")],
)
def test_the_scanner_has_to_call_it_clean(bench: Bench, verdict: str | None, result: str) -> None:
    outcome = bench.run(verdict=verdict)

    assert outcome.result == result
    if result == "failed":
        assert outcome.reason == f"scan_{verdict}".lower()
        assert bench.apple.slots == []


def test_while_another_worker_has_it_a_note_waits_for_the_end_of_the_claim(bench: Bench) -> None:
    bench.attachments.claim(bench.stored, by="another", until=bench.clock() + 60, into=PartState.PROCESSING)

    with pytest.raises(Retryable) as busy:
        bench.run()

    assert (busy.value.code, busy.value.after) == ("attachment_busy", CLAIM_SECONDS)
    assert bench.apple.slots == []


def test_a_worker_that_died_is_followed_by_another_when_its_claim_is_over(bench: Bench) -> None:
    bench.attachments.claim(bench.stored, by="dead", until=bench.clock() + 60, into=PartState.PROCESSING)
    bench.clock.advance(61)

    assert bench.run() == Outcome("ready", FILE, attempts=2, size=len(CONTENT), slots=1)


def test_a_file_that_kills_every_worker_is_given_up(bench: Bench) -> None:
    for number in range(MAX_ATTEMPTS):
        bench.attachments.claim(bench.stored, by=f"dead-{number}", until=bench.clock() + 60, into=PartState.PROCESSING)
        bench.clock.advance(61)

    assert bench.run().reason == "gave_up"
    assert bench.apple.slots == []


def test_our_copy_is_made_once_and_a_later_upload_does_not_change_it(bench: Bench) -> None:
    bench.apple.faults = [Retryable("cut", code="store_cut")] * 3
    with pytest.raises(Retryable):
        bench.run()
    bench.arrives(bytes(len(CONTENT)))

    assert bench.run().result == "ready"
    assert bench.bucket.copies == 1
    assert bench.stored.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_a_long_transfer_keeps_its_claim_alive(bench: Bench) -> None:
    def slow(body: bytes) -> bytes:
        return body

    bench.apple.faults = [slow]
    kept: list[float] = []
    real = bench.attachments.keep

    def keep(attachment: Attachment, *, by: str, until: float) -> bool:
        kept.append(until - bench.clock())
        return real(attachment, by=by, until=until)

    bench.attachments.keep = keep  # type: ignore[method-assign]
    read = bench.objects.read

    def drips(key: str, *, start: int = 0) -> Any:
        for piece in read(key, start=start):
            bench.clock.advance(KEEP_SECONDS)
            yield piece

    bench.objects.read = drips  # type: ignore[method-assign]

    assert bench.run().result == "ready"
    assert kept
    assert set(kept) == {CLAIM_SECONDS}


def test_who_has_lost_the_claim_stops_and_leaves_everything_to_the_other(bench: Bench) -> None:
    bench.attachments.keep = lambda *_, **__: False  # type: ignore[method-assign]
    read = bench.objects.read

    def drips(key: str, *, start: int = 0) -> Any:
        for piece in read(key, start=start):
            bench.clock.advance(KEEP_SECONDS)
            yield piece

    bench.objects.read = drips  # type: ignore[method-assign]

    with pytest.raises(Retryable) as busy:
        bench.run()

    assert busy.value.code == "attachment_busy"
    assert bench.stored.state is PartState.PROCESSING
    assert bench.attachments.claims[FILE][0] == "worker-1"
    assert len(bench.apple.slots) == 1


def test_a_worker_stops_when_its_time_is_up(bench: Bench) -> None:
    with pytest.raises(Retryable) as late:
        bench.run(deadline=0)

    assert late.value.code == "out_of_time"
    assert bench.stored.state is PartState.PROCESSING


def test_a_result_that_comes_after_anothers_counts_for_nothing(bench: Bench) -> None:
    settle = bench.attachments.settle

    def too_late(attachment: Attachment, *, from_state: PartState) -> bool:
        settle(announced(0.0, state=PartState.READY, sha256="theirs"), from_state=from_state)
        return settle(attachment, from_state=from_state)

    bench.attachments.settle = too_late  # type: ignore[method-assign]

    assert bench.run().result == "skipped"
    assert bench.stored.sha256 == "theirs"
    assert upload_key(apple.BUSINESS, FILE) in bench.objects.objects


def test_a_failure_that_comes_after_anothers_success_removes_nothing(bench: Bench) -> None:
    bench.apple.answers = [GatewayAnswer(Verdict.REFUSED, 400, "")]
    settle = bench.attachments.settle

    def too_late(attachment: Attachment, *, from_state: PartState) -> bool:
        settle(announced(0.0, state=PartState.READY), from_state=from_state)
        return settle(attachment, from_state=from_state)

    bench.attachments.settle = too_late  # type: ignore[method-assign]

    assert bench.run().result == "skipped"
    assert object_key(apple.BUSINESS, FILE) in bench.objects.objects


def test_what_cannot_be_removed_is_left_to_the_buckets_own_rule(bench: Bench) -> None:
    def away(key: str) -> None:
        raise Retryable("S3 is away", code="aws_unavailable")

    bench.objects.delete = away  # type: ignore[method-assign]

    assert bench.run().result == "ready"


def test_a_key_that_cannot_be_sealed_makes_it_wait(bench: Bench) -> None:
    bench.seals.fault = Retryable("KMS is away", code="aws_unavailable")

    with pytest.raises(Retryable):
        bench.run()

    bench.seals.fault = None
    assert bench.run().result == "ready"


def test_a_copy_that_finds_nothing_fails(bench: Bench) -> None:
    def gone(source: str, target: str) -> None:
        raise Rejected("gone", code="upload_missing")

    bench.bucket.copy = gone  # type: ignore[method-assign]

    assert bench.run().reason == "upload_missing"
