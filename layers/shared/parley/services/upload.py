"""Bring a business's file to Apple's store before its message needs it (protocol/08 §4).

The bucket's copy is read, encrypted and posted at the same time, in pieces of 256 KiB; nothing is held whole.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from parley.ahead import Ahead
from parley.apple import limits, mmcs
from parley.business.content_types import sniff
from parley.conversation import schedule
from parley.conversation.arrivals import CLEAN, upload_key
from parley.conversation.attachments import PartState, object_key
from parley.conversation.records import Direction
from parley.errors import Fatal, Rejected, Retryable
from parley.services.fetch import refusal
from parley.services.render import ask_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from parley.apple.content import UploadSlot
    from parley.conversation.arrivals import Arrival
    from parley.conversation.attachments import Attachment
    from parley.services import ports
    from parley.services.apple_access import AppleAccess

CLAIM_SECONDS: Final = 120.0
"""How long a worker that says nothing more counts as alive; it says so every `KEEP_SECONDS`."""

KEEP_SECONDS: Final = 30.0
SLOTS: Final = 3
"""A slot is good for one upload; a new one is asked for this often before the file waits (protocol/08 §8)."""

MAX_ATTEMPTS: Final = len(schedule.SEND_WAITS) + 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one note led to; safe to log."""

    result: str
    """ready, failed or skipped."""
    attachment_id: str
    reason: str | None = None
    attempts: int | None = None
    size: int | None = None
    slots: int | None = None


class _TakenOver(Retryable):
    """Another worker has it; whoever finds this out looks again when that one's claim is over."""

    def __init__(self) -> None:
        super().__init__("another worker has the attachment", code="attachment_busy", after=CLAIM_SECONDS)


class Upload:
    """Handle one note of `uploads`. The same note again, or two at once, change nothing."""

    def __init__(
        self,
        *,
        attachments: ports.Attachments,
        objects: ports.Objects,
        uploads: ports.Uploads,
        access: AppleAccess,
        gateway: ports.ContentGateway,
        store: ports.ContentStore,
        seals: ports.Seals,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        new_id: Callable[[], str],
    ) -> None:
        self._attachments = attachments
        self._objects = objects
        self._uploads = uploads
        self._access = access
        self._gateway = gateway
        self._store = store
        self._seals = seals
        self._clock = clock
        self._sleep = sleep
        self._new_id = new_id

    def __call__(self, arrival: Arrival, *, deadline: float) -> Outcome:
        """Stops at `deadline` (Unix seconds). Raises Retryable with `after` when the note has to come back."""
        attachment = self._attachments.get(arrival.business_id, arrival.attachment_id)
        if attachment is None or attachment.direction is not Direction.OUTBOUND or attachment.settled:
            return Outcome("skipped", arrival.attachment_id)
        worker = self._new_id()
        claimed = self._attachments.claim(
            attachment, by=worker, until=self._clock() + CLAIM_SECONDS, into=PartState.PROCESSING
        )
        if claimed is None:
            raise _TakenOver
        try:
            claim = _Claim(self._attachments, claimed, worker, self._clock, deadline)
            ready, slots = self._brought(claimed, arrival, claim)
        except Rejected as refused:
            return self._failed(claimed, refused.code)
        except Exception as problem:
            if claimed.attempts >= MAX_ATTEMPTS and not isinstance(problem, _TakenOver):
                return self._failed(claimed, reason_of(problem))
            raise self._later(claimed, worker, problem) from problem
        if not self._attachments.settle(ready, from_state=PartState.PROCESSING):
            return Outcome("skipped", ready.id)
        self._forget(upload_key(ready.business_id, ready.id))
        return Outcome("ready", ready.id, attempts=ready.attempts, size=ready.size, slots=slots)

    def _failed(self, attachment: Attachment, reason: str) -> Outcome:
        failed = replace(attachment, state=PartState.FAILED, reason=reason, settled_at=self._clock())
        if not self._attachments.settle(failed, from_state=PartState.PROCESSING):
            return Outcome("skipped", attachment.id)
        self._forget(object_key(attachment.business_id, attachment.id))
        return Outcome("failed", attachment.id, reason, attachment.attempts)

    def _later(self, attachment: Attachment, worker: str, problem: Exception) -> Retryable:
        """The claim is given back at once, unless it is somebody else's by now."""
        after = problem.after if isinstance(problem, Retryable) else None
        last = schedule.SEND_WAITS[-1]
        wait = max(schedule.SEND_WAITS[min(attachment.attempts, MAX_ATTEMPTS - 1) - 1], min(after or 0.0, last))
        if not isinstance(problem, _TakenOver):
            self._attachments.give_back(attachment, by=worker, next_at=self._clock() + wait)
        return Retryable(f"the upload waits: {reason_of(problem)}", code=reason_of(problem), after=wait)

    def _forget(self, key: str) -> None:
        """What is left lying is removed by the bucket's own rule."""
        with suppress(Retryable):
            self._objects.delete(key)

    def _brought(self, attachment: Attachment, arrival: Arrival, claim: _Claim) -> tuple[Attachment, int]:
        """The attachment as it is with Apple, and how many slots that took."""
        if attachment.attempts > MAX_ATTEMPTS:
            raise Rejected("every try ended without a word", code="gave_up")
        if arrival.verdict not in {None, CLEAN}:
            raise Rejected("the malware scanner did not call it clean", code=f"scan_{arrival.verdict}".lower())
        source = self._kept(attachment)
        for slots in range(1, SLOTS + 1):
            try:
                return self._posted(attachment, source, claim), slots
            except _TakenOver:
                raise
            except Retryable as problem:
                if slots == SLOTS:
                    raise
                claim()
                self._sleep(min(problem.after or float(slots), KEEP_SECONDS))
        raise AssertionError  # pragma: no cover  (the last slot returns or raises)

    def _kept(self, attachment: Attachment) -> str:
        """Our own copy, which nobody can change any more: what Apple gets is what is shown later. Raises Rejected."""
        source = upload_key(attachment.business_id, attachment.id)
        target = object_key(attachment.business_id, attachment.id)
        if self._objects.size(target) is None:
            found = self._objects.size(source)
            if found is None:
                raise Rejected("nothing lies where it was uploaded", code="upload_missing")
            if found != attachment.size or not 1 <= found <= limits.MAX_ATTACHMENT_BYTES:
                raise Rejected(f"{found} bytes instead of {attachment.size}", code="size_mismatch")
            self._uploads.copy(source, target)
        return target

    def _posted(self, attachment: Attachment, source: str, claim: _Claim) -> Attachment:
        key = mmcs.key_bytes(mmcs.new_key())
        passed = _Passed(key, claim)
        slot = self._slot(attachment)
        with Ahead(self._objects.read(source)) as plain, Ahead(passed.encrypted(plain)) as encrypted:
            checksum = self._store.upload(slot.upload_url, encrypted, size=attachment.size or 0)
        if attachment.sha256 not in {None, passed.sha256}:
            raise Rejected("the bytes are not those that were announced", code="sha256_mismatch")
        if not passed.signature.agrees_with(mmcs.read_signature(None, checksum) or b""):
            raise Retryable("Apple's checksum is not that of the bytes", code="checksum_mismatch")
        of = (attachment.business_id, attachment.id)
        ask_for(self._objects, *of, content_type=passed.content_type, size=passed.signature.size)
        return replace(
            attachment,
            state=PartState.READY,
            sha256=passed.sha256,
            content_type=passed.content_type,
            s3_key=source,
            mmcs={
                "url": slot.url,
                "owner": slot.owner,
                "signature-base64": checksum,
                "size": passed.signature.size,
            },
            sealed_key=self._seals.seal(key, business_id=attachment.business_id, attachment_id=attachment.id),
            settled_at=self._clock(),
        )

    def _slot(self, attachment: Attachment) -> UploadSlot:
        found = self._access(
            lambda token: self._gateway.pre_upload(
                attachment.size or 0, business_id=attachment.business_id, token=token
            )
        )
        if found.slot is None:
            raise refusal(found.answer.verdict, found.answer.status, found.answer.retry_after)
        return found.slot


def reason_of(problem: Exception) -> str:
    """What a business is told when a file is given up over this."""
    if isinstance(problem, Retryable):
        return problem.code
    return "set_up" if isinstance(problem, Fatal) else "unexpected"


class _Claim:
    """Keeps a claim alive while its worker is."""

    def __init__(
        self,
        attachments: ports.Attachments,
        attachment: Attachment,
        worker: str,
        clock: Callable[[], float],
        deadline: float,
    ) -> None:
        self._attachments = attachments
        self._attachment = attachment
        self._worker = worker
        self._clock = clock
        self._deadline = deadline
        self._keep_at = clock() + KEEP_SECONDS

    def __call__(self) -> None:
        """Say that the worker lives. Raises Retryable when its time is up, _TakenOver when another has the file."""
        now = self._clock()
        if now >= self._deadline:
            raise Retryable("there was no time", code="out_of_time")
        if now >= self._keep_at:
            self._keep_at = now + KEEP_SECONDS
            if not self._attachments.keep(self._attachment, by=self._worker, until=now + CLAIM_SECONDS):
                raise _TakenOver


class _Passed:
    """What is learned of the bytes on their way through."""

    def __init__(self, key: bytes, claim: _Claim) -> None:
        self._cipher = mmcs.Cipher(key)
        self._claim = claim
        self._digest = hashlib.sha256()
        self._head = b""
        self.signature = mmcs.Signature()

    def encrypted(self, plain: Iterable[bytes]) -> Iterator[bytes]:
        for piece in plain:
            self._claim()
            self._head = self._head or piece
            self._digest.update(piece)
            encrypted = self._cipher.update(piece)
            self.signature.update(encrypted)
            yield encrypted

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @property
    def content_type(self) -> str:
        return sniff(self._head)
