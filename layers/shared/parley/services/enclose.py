"""Files in a message to a customer: may this business send them, and what Apple is told of them (protocol/08 §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from parley.apple import enclosures, mmcs
from parley.business.content_types import UNKNOWN
from parley.business.filenames import safe_name
from parley.conversation.attachments import PartState
from parley.conversation.records import Direction
from parley.errors import Fault, Invalid, Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parley.conversation.attachments import Attachment
    from parley.services import ports

REUSE_SECONDS: Final = 24 * 3600.0
"""own: how long after its upload a file may be put into a message. How long Apple keeps it is not published."""

WAIT_SECONDS: Final = 600.0
"""own: how long a message waits for its files; those behind it wait as long."""

FIRST_LOOK_SECONDS: Final = 1.0
LAST_LOOK_SECONDS: Final = 15.0


class Enclosable:
    """Asked before a message is accepted: every file is this business's own, and has not failed."""

    def __init__(self, *, attachments: ports.Attachments, clock: Callable[[], float]) -> None:
        self._attachments = attachments
        self._clock = clock

    def __call__(self, business_id: str, ids: Sequence[str], *, conversation_id: str, at: str = "") -> None:
        """`at` is where the message stands in the caller's JSON. Raises Invalid with all faults.

        It is noted for whom each file is, because what went to one customer alone is forgotten with them.
        """
        if not ids:
            return
        found = self._attachments.of_message(business_id, list(dict.fromkeys(ids)))
        faults = [
            Fault(f"{at}/attachments/{place}/id", *problem)
            for place, each in enumerate(ids)
            if (problem := self._problem(found.get(each))) is not None
        ]
        if faults:
            raise Invalid(faults)
        for attachment in found.values():
            self._attachments.enclosed(attachment, conversation_id)

    def _problem(self, attachment: Attachment | None) -> tuple[str, str] | None:
        if attachment is None or attachment.direction is not Direction.OUTBOUND:
            return "attachment_unknown", "use the id of a file you created by POST /v1/attachments"
        if attachment.state is PartState.FAILED:
            return "attachment_failed", f"it could not be prepared ({attachment.reason}); upload the file anew"
        if attachment.settled_at is not None and self._clock() - attachment.settled_at > REUSE_SECONDS:
            return "attachment_expired", "it was uploaded more than 24 hours ago; upload the file anew"
        return None


class Enclose:
    """Puts Apple's dictionaries in the place of our ids when a message goes.

    A file is uploaded to Apple once and settled once, so the same message always gets the same dictionaries.
    """

    def __init__(self, *, attachments: ports.Attachments, seals: ports.Seals, clock: Callable[[], float]) -> None:
        self._attachments = attachments
        self._seals = seals
        self._clock = clock

    def __call__(self, business_id: str, content: dict[str, Any], *, since: float) -> dict[str, Any]:
        """`content` as Apple takes it; unchanged when it encloses nothing. `since` is when it was accepted.

        Raises Retryable with `after` while a file is being prepared, Rejected (`attachment_failed`,
        `attachment_not_ready` after ten minutes) when it will not be.
        """
        ids = enclosures.ids_of(content)
        if not ids:
            return content
        found = self._attachments.of_message(business_id, list(dict.fromkeys(ids)))
        files = [self._ready(found.get(each), since) for each in ids]
        opened = {file.id: self._dictionary(file) for file in {file.id: file for file in files}.values()}
        return enclosures.enclosed(content, [opened[file.id] for file in files])

    def _ready(self, attachment: Attachment | None, since: float) -> Attachment:
        if attachment is None or attachment.direction is not Direction.OUTBOUND:
            raise Rejected("an attachment is not there any more", code="attachment_failed")
        if attachment.state is PartState.FAILED:
            raise Rejected(f"an attachment could not be prepared: {attachment.reason}", code="attachment_failed")
        if attachment.state is PartState.READY:
            return attachment
        waited = self._clock() - since
        if waited >= WAIT_SECONDS:
            raise Rejected(f"an attachment is still {attachment.state.value}", code="attachment_not_ready")
        after = min(LAST_LOOK_SECONDS, max(FIRST_LOOK_SECONDS, waited / 4))
        raise Retryable("an attachment is being prepared", code="attachment_not_ready", after=after)

    def _dictionary(self, attachment: Attachment) -> dict[str, str]:
        key = self._seals.open(
            attachment.sealed_key or "", business_id=attachment.business_id, attachment_id=attachment.id
        )
        return enclosures.dictionary(
            name=safe_name(attachment.name),
            mime_type=attachment.mime_type or attachment.content_type or UNKNOWN,
            key_field=mmcs.key_field(key),
            mmcs=attachment.mmcs or {},
        )
