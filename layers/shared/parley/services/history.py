"""What customers and the business said to each other, message by message."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from parley.apple.enclosures import ids_of
from parley.business.model import REDACTED
from parley.conversation.attachments import PartKind
from parley.conversation.records import Direction
from parley.errors import NotFound
from parley.services.parts import expected_parts, shown, shown_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from parley.business.model import Mark
    from parley.conversation.attachments import Attachment
    from parley.conversation.records import Message, State
    from parley.conversation.ulids import Span
    from parley.services import ports

type Marks = Callable[[str], Sequence[Mark]]
"""What a business wants not to be kept, by its id."""

LOOKED_AT_ONCE: Final = 25
MOST_LOOKED_AT: Final = 500
"""Messages looked at for one page, however few of them are wanted."""

PAGE_CHARS: Final = 1_500_000
"""Of content in one page, so that an answer stays far below the 6 MB Lambda lets through."""

MOST_CHARS: Final = 4_000_000
"""Of content of one message that is shown at all."""

_FILES_AT_ONCE: Final = 100
_SAID: Final = frozenset({Direction.INBOUND, Direction.OUTBOUND})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages; all conditions together. What Parley itself told the business is never one."""

    direction: Direction | None = None
    state: State | None = None
    conversation_id: str | None = None

    def takes(self, message: Message) -> bool:
        """Whether this is one of them."""
        return (
            message.direction in _SAID
            and self.direction in (None, message.direction)
            and self.state in (None, message.state)
            and self.conversation_id in (None, message.conversation_id)
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A message with what it says: Apple's JSON, or None when it is too large to be read here."""

    message: Message
    content: dict[str, Any] | None = field(default=None, repr=False)
    attachments: list[dict[str, Any]] = field(default_factory=list, repr=False)
    reference: dict[str, Any] | None = field(default=None, repr=False)
    """Of an answer that was too large to travel in its message: id, status and title."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page. `reached` is the ULID of the last message looked at; None at the end."""

    messages: list[Said]
    reached: str | None


class History:
    """Reads only; what is another business's is never found."""

    def __init__(self, *, store: ports.History, attachments: ports.Attachments, marks: Marks) -> None:
        self._store = store
        self._attachments = attachments
        self._marks = marks

    def find(
        self, business_id: str, wanted: Wanted, span: Span | None, *, limit: int, newest_first: bool = True
    ) -> Listed:
        """The first `limit` of a span, or those that fit into one answer, or among the first 500 looked at."""
        found: list[Message] = []
        examined = chars = 0
        reached: str | None = None
        while span is not None and examined < MOST_LOOKED_AT:
            page = self._store.places(
                business_id,
                span=span,
                limit=LOOKED_AT_ONCE,
                newest_first=newest_first,
                state=wanted.state,
                conversation_id=wanted.conversation_id,
            )
            messages = self._store.read_whole(business_id, (place.id for place in page.places))
            for number, place in enumerate(page.places, start=1):
                message = messages.get(place.id)
                if message is not None and wanted.takes(message):
                    chars += len(message.payload or "") + len(message.facts or "")
                    if found and chars > PAGE_CHARS:
                        return Listed(self._said(business_id, found), reached)
                    found.append(message)
                reached = place.ulid
                if len(found) == limit:
                    follows = page.more or number < len(page.places)
                    return Listed(self._said(business_id, found), reached if follows else None)
            if not page.more or reached is None:
                return Listed(self._said(business_id, found), None)
            examined += len(page.places)
            span = span.up_to(reached) if newest_first else span.behind(reached)
        return Listed(self._said(business_id, found), reached)

    def _said(self, business_id: str, found: list[Message]) -> list[Said]:
        marks = self._marks(business_id)
        messages = [_as_shown(message, marks) for message in found]
        contents = {message.id: content_of(message) for message in messages}
        ids = [each for message in messages for each in _ids(message, contents[message.id])]
        files = read_files(self._attachments, business_id, ids)
        return [said(message, contents[message.id], files) for message in messages]


class ReadMessage:
    """One message, from wherever its content lies."""

    def __init__(
        self, *, messages: ports.Messages, payloads: ports.Payloads, attachments: ports.Attachments, marks: Marks
    ) -> None:
        self._messages = messages
        self._payloads = payloads
        self._attachments = attachments
        self._marks = marks

    def __call__(self, business_id: str, message_id: str) -> Said:
        """Raises NotFound (`message_unknown`)."""
        message = self._messages.get(business_id, message_id)
        if message is None:
            raise NotFound("no such message", code="message_unknown")
        if message.payload is None and message.payload_key is not None:
            message.payload = self._payloads.get(message.payload_key)
        message = _as_shown(message, self._marks(business_id))
        content = content_of(message)
        return said(message, content, read_files(self._attachments, business_id, _ids(message, content)))


def _as_shown(message: Message, marks: Sequence[Mark]) -> Message:
    if not marks:
        return message
    from parley.services.redact import as_shown  # only who marks anything loads it

    return as_shown(message, marks)


def content_of(message: Message) -> dict[str, Any] | None:
    """What it says; None when that lies elsewhere, or is more than can be shown."""
    if message.payload is None or len(message.payload) > MOST_CHARS:
        return None
    content: dict[str, Any] = json.loads(message.payload)
    return content


def read_files(attachments: ports.Attachments, business_id: str, ids: Iterable[str]) -> dict[str, Attachment]:
    """What is known of these files; nothing is asked when there are none."""
    found: dict[str, Attachment] = {}
    for some in batched(dict.fromkeys(ids), _FILES_AT_ONCE, strict=False):
        found |= attachments.of_message(business_id, some)
    return found


def said(message: Message, content: dict[str, Any] | None, files: Mapping[str, Attachment]) -> Said:
    """The message with its files as they are now."""
    if content is None:
        return Said(message)
    if message.direction is Direction.OUTBOUND:
        return Said(message, content, [shown(files[each]) for each in ids_of(content) if each in files])
    parts = [files.get(part.id, part) for part, _ in expected_parts(message, content)]
    reference = next((part for part in parts if part.kind is PartKind.REFERENCE), None)
    return Said(
        message,
        content,
        [shown(part) for part in parts if part.kind is PartKind.FILE],
        _reference(shown_reference(reference), message),
    )


def _reference(shown: dict[str, Any] | None, message: Message) -> dict[str, Any] | None:
    """The title of an answer's bubble may repeat what is not to be shown."""
    if shown is None or message.redacted is None or "title" not in shown:
        return shown
    return shown | {"title": REDACTED}


def _ids(message: Message, content: dict[str, Any] | None) -> list[str]:
    """Of the files that may be known."""
    if content is None:
        return []
    if message.direction is Direction.OUTBOUND:
        return ids_of(content)
    return [part.id for part, _ in expected_parts(message, content) if not part.settled]
