"""Take what a business marked out of what is kept, and out of what is shown before that."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from parley.apple import inbound
from parley.business import redaction
from parley.business.model import REDACTED
from parley.conversation.attachments import REFERENCE_PLACE, attachment_id, object_key
from parley.conversation.records import Direction, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.apple.inbound import InboundMessage
    from parley.business.model import Mark
    from parley.business.redaction import Redacted
    from parley.conversation.records import Message
    from parley.services import ports
    from parley.services.parts import Arrived


MOST_CHARS: Final = 300_000
"""An item holds 400 KB. Only what consists of thousands of short words grows to that by what is put in their place."""


class Redact:
    """Rewrite what is kept of one message that nobody waits for any more; the caller stores the message itself.

    What lies in the bucket goes first: whoever dies in between does it again, and finds it done.
    """

    def __init__(self, *, payloads: ports.Payloads, objects: ports.Objects, attachments: ports.Attachments) -> None:
        self._payloads = payloads
        self._objects = objects
        self._attachments = attachments

    def __call__(self, stored: Message, redacted: Redacted) -> None:
        """Raises Retryable, and then nothing is lost and nothing is over."""
        if "interactiveDataRef" in redacted.raw:
            part = attachment_id(stored.business_id, stored.id, REFERENCE_PLACE)
            if redacted.content is not None:
                body = json.dumps(redacted.content, separators=(",", ":")).encode()
                self._objects.put(object_key(stored.business_id, part), body, content_type="application/json")
            self._attachments.rename(stored.business_id, part, REDACTED)
        _keep(stored, redacted, self._payloads)


def redacted_of(
    marks: Sequence[Mark],
    message: InboundMessage,
    facts: dict[str, Any] | None,
    arrived: Arrived | None = None,
) -> Redacted | None:
    """What is to be kept of a message that is settled; None when it is to stay as it is.

    Content that is still on its way has been shown to nobody: it stays until a replay has brought it.
    """
    if arrived is not None and arrived.reference is not None and arrived.reference["id"] in arrived.pending:
        result = (facts or {}).get("result", {})
        if result.get("unavailable"):
            return None
    content = arrived.content if arrived is not None else None
    return redaction.redact(marks, message.raw, facts or {}, content=content)


def as_shown(stored: Message, marks: Sequence[Mark]) -> Message:
    """A message as it is shown to whoever reads it: its content as it is to be kept, whether it is kept so by now.

    Of content that was not read only the facts are left.
    """
    if not marks or stored.direction is not Direction.INBOUND:
        return stored
    facts: dict[str, Any] | None = None
    if stored.facts is not None or stored.state is State.DELIVERED:
        facts = json.loads(stored.facts or "{}")
    # An answer to a form may have come as a text, and is one by its facts alone.
    raw = json.loads(stored.payload) if stored.payload is not None else {"type": stored.type, "body": ""}
    redacted = redaction.redact(marks, raw, facts)
    if redacted is None:
        return stored
    return replace(
        stored,
        payload=inbound.dump(redacted.raw) if stored.payload is not None else None,
        facts=json.dumps(redacted.facts) if redacted.facts else stored.facts,
        redacted=_names(stored, redacted),
    )


def suppress(marks: Sequence[Mark], stored: Message, payloads: ports.Payloads, text: str) -> None:
    """A message that nobody will get, before it is stored."""
    redacted = redaction.redact(marks, json.loads(text), None)
    if redacted is None:
        return
    _keep(stored, redacted, payloads)


def _keep(stored: Message, redacted: Redacted, payloads: ports.Payloads) -> None:
    text = inbound.dump(redacted.raw)
    if stored.payload_key is not None:
        payloads.replace(stored.payload_key, text)
    elif len(text) <= MOST_CHARS:
        stored.payload = text
    else:
        stored.payload = inbound.dump(redacted.raw | {"interactiveData": REDACTED})
    stored.redacted = _names(stored, redacted)


def _names(stored: Message, redacted: Redacted) -> list[str]:
    """What was taken out before stays out."""
    return list(dict.fromkeys([*(stored.redacted or ()), *redacted.names]))
