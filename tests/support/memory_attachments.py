"""Attachments and large objects in memory, doing what the table and the bucket do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from parley.conversation.attachments import Attachment, PartState, Unfinished
from parley.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.support.clock import Clock

HEAL_AFTER_SECONDS = 60.0


@dataclass
class MemoryAttachments:
    """See `storage.attachments`. `due` says when the sweeper looks at one."""

    clock: Clock
    items: dict[tuple[str, str], Attachment] = field(default_factory=dict)
    claims: dict[str, tuple[str, float]] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)

    def put(self, attachment: Attachment) -> bool:
        key = (attachment.business_id, attachment.id)
        if key in self.items:
            return False
        self.items[key] = attachment
        if attachment.state is PartState.PENDING:
            self.due[attachment.id] = attachment.created_at + HEAL_AFTER_SECONDS
        return True

    def get(self, business_id: str, attachment_id: str) -> Attachment | None:
        return self.items.get((business_id, attachment_id))

    def of_message(self, business_id: str, ids: Sequence[str]) -> dict[str, Attachment]:
        found = {each: self.items.get((business_id, each)) for each in ids}
        return {each: item for each, item in found.items() if item is not None}

    def rename(self, business_id: str, attachment_id: str, name: str) -> None:
        found = self.items.get((business_id, attachment_id))
        if found is not None and found.name is not None:
            self.items[business_id, attachment_id] = replace(found, name=name)

    def claim(
        self, attachment: Attachment, *, by: str, until: float, into: PartState | None = None
    ) -> Attachment | None:
        holder, claimed_until = self.claims.get(attachment.id, (by, 0.0))
        stored = self._in_state(attachment)
        if stored is None or stored.settled or (claimed_until >= self.clock() and holder != by):
            return None
        self.claims[attachment.id] = (by, until)
        self.due[attachment.id] = until + HEAL_AFTER_SECONDS
        return self._store(replace(stored, state=into or stored.state, attempts=stored.attempts + 1))

    def keep(self, attachment: Attachment, *, by: str, until: float) -> bool:
        if self._in_state(attachment) is None or self.claims.get(attachment.id, ("", 0.0))[0] != by:
            return False
        self.claims[attachment.id] = (by, until)
        self.due[attachment.id] = until + HEAL_AFTER_SECONDS
        return True

    def give_back(self, attachment: Attachment, *, by: str, next_at: float) -> bool:
        stored = self._in_state(attachment)
        if stored is None or self.claims.get(attachment.id, ("", 0.0))[0] != by:
            return False
        del self.claims[attachment.id]
        self.due[attachment.id] = next_at + HEAL_AFTER_SECONDS
        self._store(replace(stored, next_at=next_at, unfinished=attachment.unfinished or {}))
        return True

    def enclosed(self, attachment: Attachment, conversation_id: str) -> None:
        stored = self.items[attachment.business_id, attachment.id]
        if stored.sent_to in (None, conversation_id):
            self._store(replace(stored, sent_to=conversation_id))
        else:
            self._store(replace(stored, sent_to_others=True))

    def settle(self, attachment: Attachment, *, from_state: PartState) -> bool:
        stored = self.items.get((attachment.business_id, attachment.id))
        if stored is None or stored.state is not from_state:
            return False
        self.claims.pop(attachment.id, None)
        if attachment.settled:
            self.due.pop(attachment.id, None)
        self._store(replace(attachment, attempts=stored.attempts, next_at=None, unfinished=None))
        return True

    def _in_state(self, attachment: Attachment) -> Attachment | None:
        stored = self.items.get((attachment.business_id, attachment.id))
        return stored if stored is not None and stored.state is attachment.state else None

    def _store(self, attachment: Attachment) -> Attachment:
        self.items[attachment.business_id, attachment.id] = attachment
        return attachment


@dataclass
class MemoryObjects:
    """See `storage.objects`, with parts of 1000 bytes. `broken` is asked before each part is stored."""

    PART = 1000

    objects: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    aborted: list[str] = field(default_factory=list)
    broken: Callable[[], None] = lambda: None
    watch: Callable[[str, int], None] = lambda *_: None
    """Told, by whoever writes, before every piece under which key it goes and how many bytes are there."""

    def write(self, key: str, *, content_type: str, unfinished: Unfinished | None = None) -> MemoryWriter:
        writer = MemoryWriter(self, key, content_type)
        if unfinished is not None:
            writer.upload_id = unfinished.upload_id
            writer.body = bytearray(self.uploads[unfinished.upload_id][: unfinished.done])
        return writer

    def put(self, key: str, body: bytes, *, content_type: str) -> None:
        self.broken()
        self.objects[key] = (body, content_type)

    def get(self, key: str, *, max_bytes: int) -> bytes:
        body = b"".join(self.read(key))
        if len(body) > max_bytes:
            raise NotFound("too large", code="object_too_large")
        return body

    def read(self, key: str, *, start: int = 0) -> Iterator[bytes]:
        if key not in self.objects:
            raise NotFound("none", code="object_unknown")
        body = self.objects[key][0][start:]
        yield from (body[at : at + 256] for at in range(0, len(body), 256))

    def size(self, key: str) -> int | None:
        return len(self.objects[key][0]) if key in self.objects else None

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)

    def abort(self, key: str, upload_id: str) -> None:
        self.uploads.pop(upload_id, None)
        self.aborted.append(key)


class MemoryWriter:
    """One object being written."""

    def __init__(self, objects: MemoryObjects, key: str, content_type: str) -> None:
        self._objects = objects
        self._key = key
        self._content_type = content_type
        self.upload_id = f"upload-of-{key}"
        self.body = bytearray()
        self.is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_open:
            self._objects.abort(self._key, self.upload_id)

    def write(self, piece: bytes) -> None:
        self._objects.watch(self._key, len(self.body))
        self._objects.broken()
        self.body += piece

    def finish(self) -> None:
        self._objects.put(self._key, bytes(self.body), content_type=self._content_type)
        self._objects.uploads.pop(self.upload_id, None)
        self.is_open = False

    def pause(self) -> Unfinished | None:
        done = len(self.body) // MemoryObjects.PART * MemoryObjects.PART
        if done == 0:
            return None
        self._objects.uploads[self.upload_id] = bytes(self.body[:done])
        self.is_open = False
        return Unfinished(self.upload_id, ["etag"] * (done // MemoryObjects.PART), done)
