"""The messages of `events/messages/` on their way through Parley: what is sent of one, what a business gets of one.

An inbound message has its expected result beside it: `{"type", "message", "result" or "reaction", "asked"}`.
`asked` names the outbound fixture it answers, and the `capabilities` of the device that fixture was sent to, where
the device could not show all; `in_reply_to` is the fixture's name.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from local.trigger import catalogue
from local.trigger.fixtures import FOLDER, RESULT, Direction, Fixture
from parley.apple import inbound
from parley.business import sends, webhooks
from parley.business.unfetched import stand_in
from parley.conversation import fallback
from parley.conversation.attachments import PartKind, PartState
from parley.conversation.records import Conversation, Message, State
from parley.conversation.records import Direction as Way
from parley.services.describe import Describe
from parley.services.parts import Arrived, Parts, expected_parts
from parley.services.prepare import Prepare, Prepared
from parley.services.understand import Understand
from tests.support.apple_requests import BUSINESS
from tests.support.clock import Clock
from tests.support.memory_attachments import MemoryAttachments, MemoryObjects
from tests.support.memory_settings import Payloads

if TYPE_CHECKING:
    from pydantic import BaseModel

    from parley.apple.inbound import InboundMessage
    from parley.business.kinds.bubbles import ImageRef
    from parley.conversation.invitations import Outcome

NOW: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC).timestamp()
CONVERSATION: Final = "mfzgqylcmnsgkzlqojxw42djnr"
REQUEST: Final = "7c0e3f3a-1111-4222-8333-0123456789ab"
CAPABLE: Final = ("AUTH", "AUTH2", "FORM", "LIST", "QUICK", "TIME")
INBOUND: Final = [fixture for fixture in catalogue() if fixture.direction is Direction.INBOUND]
OUTBOUND: Final = [fixture for fixture in catalogue() if fixture.direction is Direction.OUTBOUND]
RECENT: Final = ["outbound/text-emoji", "outbound/text-minimal"]
"""What the business has written last, for reactions."""


def name_of(fixture: Fixture) -> str:
    """What a test run calls it."""
    return fixture.name


def expected(fixture: Fixture) -> dict[str, Any]:
    """What is stored beside an inbound message."""
    result: dict[str, Any] = json.loads(fixture.file.with_name(f"{fixture.file.stem}{RESULT}").read_text("utf-8"))
    return result


def read(fixture: Fixture) -> InboundMessage:
    """An inbound message as the inbound function reads it, headers and all."""
    raw = fixture.message()
    headers = {"id": raw["id"], "source-id": raw["sourceId"], "destination-id": raw["destinationId"]}
    return inbound.read(fixture.file.read_bytes(), headers)


def webhook(fixture: Fixture, asked: dict[str, Any] | None) -> dict[str, Any]:
    """The whole event a business gets of an inbound message, to which `asked` was the question, if any was."""
    message = read(fixture)
    question = _question(message, asked) if asked else None
    conversation = Conversation(
        id=CONVERSATION,
        business_id=message.destination_id,
        opaque_id=message.source_id,
        capabilities=list(CAPABLE),
        question_id=question.id if question and message.type == inbound.TEXT else None,
    )
    stored = Message(
        id=message.id,
        business_id=message.destination_id,
        conversation_id=CONVERSATION,
        direction=Way.INBOUND,
        type=message.type,
        state=State.RECEIVED,
        received_at=NOW,
        ulid="",
        sequence=1,
    )
    describe = Describe(understand=Understand(questions=_Questions(question), payloads=Payloads()))
    described = describe(stored, message, conversation, _arrived(stored, message), at=NOW)
    event: dict[str, Any] = json.loads(webhooks.event(described.type, at=NOW, data=described.data))
    return event


def _arrived(stored: Message, message: InboundMessage) -> Arrived | None:
    """Every file is there; what lies with Apple by reference is not, for no Apple is asked."""
    expected = [part for part, _ in expected_parts(stored, message.raw)]
    if not expected:
        return None
    attachments = MemoryAttachments(Clock(NOW))
    for part in expected:
        gone = {"state": PartState.FAILED, "reason": "apple_unavailable"}
        here = {
            "state": PartState.READY,
            "content_type": part.mime_type,
            "sha256": sha256(part.id.encode()).hexdigest(),
        }
        outcome: dict[str, Any] = here if part.kind is PartKind.FILE else gone
        attachments.put(replace(part, settled_at=NOW, **outcome))
    return Parts(attachments=attachments, objects=MemoryObjects())(stored, message)


def flat(event: dict[str, Any]) -> dict[str, Any]:
    """What of a webhook the results beside the fixtures hold: all that depends on the message, but its raw JSON."""
    data = event["data"]
    message = {key: value for key, value in data["message"].items() if key not in {"id", "raw"}}
    return {"type": event["type"], "message": message} | {
        key: data[key] for key in ("result", "reaction") if key in data
    }


def prepared(name: str, capabilities: list[str] | None = None, *, request_identifier: str) -> Prepared:
    """What Apple is sent for an outbound fixture that is a body for the API."""
    body = (FOLDER / f"{name}.json").read_bytes()
    prepare = Prepare(
        pictures=lambda _: _Pictures(), previews=_NoPreviews, clock=lambda: NOW, new_id=lambda: request_identifier
    )
    return prepare(sends.read(body), capabilities, business_id=BUSINESS)


def _question(message: InboundMessage, asked: dict[str, Any]) -> Message:
    named = str(((message.raw.get("interactiveData") or {}).get("data") or {}).get("requestIdentifier"))
    request_identifier = REQUEST if named.startswith("tel:") else named  # of an invitation, as was seen
    whole = prepared(asked["fixture"], asked.get("capabilities"), request_identifier=request_identifier)
    return Message(
        id=asked["fixture"],
        business_id=message.destination_id,
        conversation_id=CONVERSATION,
        direction=Way.OUTBOUND,
        type=whole.parts[0].type,
        state=State.SENT,
        received_at=NOW,
        ulid="",
        payload=json.dumps(whole.parts[0].content),
        request_identifier=whole.parts[0].request_identifier,
        session_identifier=whole.parts[0].session_identifier,
        reference_id=whole.parts[0].reference_id,
        offered=fallback.stored(whole.offered) if whole.offered else None,
    )


@dataclass
class _Questions:
    """`services.ports.Questions`, with one question and a few texts."""

    question: Message | None

    def message(self, business_id: str, message_id: str) -> Message | None:
        return self.question

    def asked(self, business_id: str, conversation_id: str, request_identifier: str) -> Message | None:
        known = self.question is not None and self.question.request_identifier == request_identifier
        return self.question if known else None

    def in_session(self, business_id: str, conversation_id: str, session_identifier: str) -> Message | None:
        known = self.question is not None and self.question.session_identifier == session_identifier
        return self.question if known else None

    def invited(
        self, business_id: str, reference_id: str, *, request_identifier: str | None, conversation_id: str | None
    ) -> Message | None:
        known = self.question is not None and self.question.reference_id == reference_id
        return self.question if known else None

    def recent_bodies(self, business_id: str, conversation_id: str) -> list[tuple[str, str]]:
        return [(name, json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["body"]) for name in RECENT]

    def answered(self, conversation_id: str, question_id: str, *, by: str) -> None:
        """Nobody asks again here."""

    def concluded(self, invitation: Message, outcome: Outcome, *, conversation_id: str, at: float) -> None:
        """Nobody lists invitations here."""


class _Pictures:
    """`services.ports.Pictures`: no picture is fetched or made smaller."""

    def __init__(self) -> None:
        self.notes: list[dict[str, str]] = []

    def gather(self, message: BaseModel, at: str = "") -> None:
        """All are there."""

    def png(self, image: ImageRef) -> str:
        return base64.b64encode(stand_in(repr(image))).decode()


class _NoPreviews:
    """`services.ports.Previews`."""

    def preview(self, url: str, *, seconds: float) -> None:
        return None
