"""Bring what Apple stores to the bucket: downloaded, checked, decrypted and stored, all at the same time.

Nothing is held whole and nothing touches a disk: bytes pass in pieces of 256 KiB from the connection with Apple's
store through the cipher into parts of an S3 object, each stage a few pieces ahead of the next.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parley.ahead import Ahead
from parley.apple import limits, mmcs
from parley.apple.gateway import Verdict
from parley.business.content_types import UNKNOWN, sniff
from parley.conversation.attachments import Unfinished, object_key
from parley.errors import Rejected, Retryable
from parley.services.render import ask_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from parley.apple.parts import Description
    from parley.apple.store import Download
    from parley.conversation.attachments import Attachment
    from parley.services import ports
    from parley.services.apple_access import AppleAccess

type GoOn = Callable[[], bool]
"""Asked between pieces: False when the time is up. Raises when somebody else has taken over."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What to fetch, what opens it, where to put it."""

    description: Description
    key: bytes = field(repr=False)
    target: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What lies in the bucket now, decrypted and found to be what was signed."""

    s3_key: str
    size: int
    sha256: str
    content_type: str


class Fetch:
    """One file. Every call begins with a new download URL, for the last one lives for seconds (protocol/08 §3)."""

    def __init__(
        self,
        *,
        access: AppleAccess,
        gateway: ports.ContentGateway,
        store: ports.ContentStore,
        objects: ports.Objects,
    ) -> None:
        self._access = access
        self._gateway = gateway
        self._store = store
        self._objects = objects

    def __call__(self, attachment: Attachment, description: Description, *, go_on: GoOn) -> Fetched | Unfinished:
        """`Unfinished` when the time was up: another call goes on there.

        Raises Rejected when it can never be had, Retryable when it may be had later.
        """
        fetched = self._fetched(attachment, description, go_on)
        if isinstance(fetched, Fetched):
            of = (attachment.business_id, attachment.id)
            ask_for(self._objects, *of, content_type=fetched.content_type, size=fetched.size)
        return fetched

    def _fetched(self, attachment: Attachment, description: Description, go_on: GoOn) -> Fetched | Unfinished:
        key = usable_key(description)
        wanted = _Wanted(description, key, object_key(attachment.business_id, attachment.id))
        before = Unfinished(**attachment.unfinished) if attachment.unfinished else None
        with closing(self._download(attachment.business_id, description, before)) as download:
            if before is not None and download.start == before.done:
                return self._rest(download, wanted, before, go_on)
            if before is not None:
                self._objects.abort(wanted.target, before.upload_id)  # the store begins anew, so do we
            return self._whole(download, wanted, go_on)

    def whole(self, business_id: str, description: Description, *, max_bytes: int) -> bytes:
        """A small one in memory, checked and decrypted. Raises as a call does; `too_large` above `max_bytes`."""
        key = usable_key(description, max_bytes=max_bytes)
        check = _Check(key)
        with closing(self._download(business_id, description, None)) as download:
            plain = bytearray()
            for piece in check.decrypted(download):
                plain += piece
                if len(plain) > max_bytes:
                    raise Rejected(f"more than {max_bytes} bytes", code="too_large")
        check.require(description)
        return bytes(plain)

    def _download(self, business_id: str, description: Description, before: Unfinished | None) -> Download:
        found = self._access(
            lambda token: self._gateway.pre_download(description, business_id=business_id, token=token)
        )
        if found.url is None:
            raise refusal(found.answer.verdict, found.answer.status, found.answer.retry_after)
        return self._store.download(found.url, size=description.size, start=before.done if before else 0)

    def _whole(self, download: Download, wanted: _Wanted, go_on: GoOn) -> Fetched | Unfinished:
        check = _Check(wanted.key)
        with Ahead(download) as encrypted, Ahead(check.decrypted(encrypted)) as plain:
            pieces = iter(plain)
            first = next(pieces, b"")
            content_type = sniff(first)
            with self._objects.write(wanted.target, content_type=content_type) as writer:
                writer.write(first)
                unfinished = _written(pieces, writer, go_on)
                if unfinished is not None:
                    return unfinished
                check.require(wanted.description)
                go_on()
                writer.finish()
        return Fetched(wanted.target, check.size, check.sha256, content_type)

    def _rest(self, download: Download, wanted: _Wanted, before: Unfinished, go_on: GoOn) -> Fetched | Unfinished:
        """From where another call stopped. What that one saw is checked when all is there, by reading it back."""
        cipher = mmcs.Cipher(wanted.key, at=before.done)
        with (
            Ahead(download) as encrypted,
            Ahead(map(cipher.update, encrypted)) as plain,
            self._objects.write(wanted.target, content_type=UNKNOWN, unfinished=before) as writer,
        ):
            unfinished = _written(iter(plain), writer, go_on)
            if unfinished is not None:
                return unfinished
            go_on()
            writer.finish()
        return self._read_back(wanted)

    def _read_back(self, wanted: _Wanted) -> Fetched:
        check = _Check(wanted.key)
        first = b""
        with Ahead(self._objects.read(wanted.target)) as plain:
            for piece in plain:
                first = first or piece
                check.take_plain(piece)
        try:
            check.require(wanted.description)
        except Retryable:
            self._objects.delete(wanted.target)
            raise
        return Fetched(wanted.target, check.size, check.sha256, sniff(first))


class _Check:
    """Decrypts, and computes what the sender signed and what the business may compare."""

    def __init__(self, key: bytes) -> None:
        self._cipher = mmcs.Cipher(key)
        self._signature = mmcs.Signature()
        self._digest = hashlib.sha256()

    def decrypted(self, encrypted: Iterable[bytes]) -> Iterator[bytes]:
        for piece in encrypted:
            self._signature.update(piece)
            plain = self._cipher.update(piece)
            self._digest.update(plain)
            yield plain

    def take_plain(self, plain: bytes) -> None:
        """The same for bytes that were decrypted before."""
        self._digest.update(plain)
        self._signature.update(self._cipher.update(plain))

    def require(self, description: Description) -> None:
        if description.size is not None and self._signature.size != description.size:
            raise Retryable(f"{self._signature.size} bytes instead of {description.size}", code="length_mismatch")
        if description.signature is not None and not self._signature.agrees_with(description.signature):
            raise Retryable("the bytes are not those the sender signed", code="signature_mismatch")

    @property
    def size(self) -> int:
        return self._signature.size

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def usable_key(description: Description, *, max_bytes: int = limits.MAX_ATTACHMENT_BYTES) -> bytes:
    """The key of a description that can be fetched at all. Raises Rejected."""
    if description.missing is not None:
        raise Rejected(f"the description has no usable {description.missing}", code="description_incomplete")
    if description.size is not None and description.size > max_bytes:
        raise Rejected(f"more than {max_bytes} bytes", code="too_large")
    return mmcs.key_bytes(description.key)


def refusal(verdict: Verdict, status: int, retry_after: float | None) -> Rejected | Retryable:
    """What the gateway's answer means for a transfer: 4xx says that asking again changes nothing (protocol/08 §8)."""
    if verdict is Verdict.NOT_NOW:
        return Retryable(f"Apple answers {status}", code="apple_unavailable", after=retry_after)
    return Rejected(f"Apple answers {status}", code="apple_refused")


def _written(pieces: Iterator[bytes], writer: ports.ObjectWriter, go_on: GoOn) -> Unfinished | None:
    """Write all of `pieces`, or as many as there is time for."""
    for piece in pieces:
        writer.write(piece)
        if not go_on():
            unfinished = writer.pause()
            if unfinished is None:
                raise Retryable("there was no time", code="out_of_time")
            return unfinished
    return None
