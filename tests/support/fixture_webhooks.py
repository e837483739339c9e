"""The messages of `events/messages/` on their way through Parley: what is sent of one, what a business gets of one.

An inbound message has its expected result beside it: `{"type", "message", "result" or "reaction", "asked"}`.
`asked` names the outbound fixture it answers, and the `capabilities` of the device that fixture was sent to, where
the device could not show all; `in_reply_to` is the fixture's name.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from local.lint.pictures import stand_in
from local.trigger import catalogue
from local.trigger.fixtures import FOLDER, RESULT, Direction, Fixture
from parley.apple import inbound
from parley.business import sends, signing
from parley.business.model import Endpoint
from parley.conversation import fallback
from parley.conversation.records import Conversation, Message, State
from parley.conversation.records import Direction as Way
from parley.services.notify import Notify
from parley.services.prepare import Prepare, Prepared
from parley.services.understand import Understand
from tests.support.counterparts import Endpoint as Inbox
from tests.support.memory_settings import Payloads

if TYPE_CHECKING:
    from pydantic import BaseModel

    from parley.apple.inbound import InboundMessage
    from parley.business.kinds.base import ImageRef

NOW: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC).timestamp()
CONVERSATION: Final = "mfzgqylcmnsgkzlqojxw42djnr"
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
    understood = Understand(questions=_Questions(question), payloads=Payloads())(message, conversation)
    inbox = Inbox()
    Notify(signing_keys=_Keys(), webhooks=inbox, clock=lambda: NOW)(
        Endpoint("e", "https://business.example/hook"),
        message,
        conversation,
        understood=understood,
        sequence=1,
        received_at=NOW,
    )
    return inbox.posts[0].event


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
    prepare = Prepare(pictures=_Pictures, previews=_NoPreviews, clock=lambda: NOW, new_id=lambda: request_identifier)
    return prepare(sends.read(body), capabilities)


def _question(message: InboundMessage, asked: dict[str, Any]) -> Message:
    data = (message.raw.get("interactiveData") or {}).get("data") or {}
    whole = prepared(asked["fixture"], asked.get("capabilities"), request_identifier=str(data.get("requestIdentifier")))
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

    def recent_bodies(self, business_id: str, conversation_id: str) -> list[tuple[str, str]]:
        return [(name, json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["body"]) for name in RECENT]

    def answered(self, conversation_id: str, question_id: str, *, by: str) -> None:
        """Nobody asks again here."""


class _Keys:
    """`services.ports.SigningKeys`."""

    def keys(self, business_id: str) -> list[str]:
        return [signing.new_secret()]

    def put(self, business_id: str, secret: str) -> None:
        raise AssertionError("a fixture registers nobody")


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
