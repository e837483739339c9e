"""What a business is shown of an event, and what stays here."""

from __future__ import annotations

from typing import Any

import pytest

from parley.apple.inbound import InboundMessage
from parley.business.model import Endpoint
from parley.conversation.records import Conversation
from parley.services.notify import Notify
from tests.support import apple_requests as apple
from tests.support import counterparts
from tests.support.clock import NEW_YEAR, Clock
from tests.support.memory_settings import SigningKeys
from tests.support.world import CONVERSATION, URL, WEBHOOK_SECRET


def shown(kind: str = "text", *, known: Conversation | None = None, **fields: Any) -> counterparts.Posted:
    """The webhook of one event."""
    content = apple.envelope(kind, **fields)
    message = InboundMessage(content["id"], kind, apple.CUSTOMER, apple.BUSINESS, content, "")
    endpoint = counterparts.Endpoint()
    notify = Notify(
        signing_keys=SigningKeys({apple.BUSINESS: [WEBHOOK_SECRET]}), webhooks=endpoint, clock=Clock(NEW_YEAR + 60)
    )
    notify(
        Endpoint("default", URL),
        message,
        known or Conversation(CONVERSATION, apple.BUSINESS, apple.CUSTOMER),
        sequence=7,
        received_at=NEW_YEAR,
    )
    return endpoint.posts[0]


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("text", "message.received"),
        ("interactive", "message.received"),
        ("hologram", "message.received"),
        ("close", "conversation.closed"),
        ("typing_start", "typing.started"),
        ("typing_end", "typing.ended"),
    ],
)
def test_every_type_has_its_event(kind: str, event: str) -> None:
    assert shown(kind).event["type"] == event


def test_a_text_is_shown_by_its_fields() -> None:
    data = shown(body="Hello \U0001f6b2", subject="S", secret_field="x").data

    assert {key: data["message"][key] for key in ("type", "body", "subject")} == {
        "type": "text",
        "body": "Hello \U0001f6b2",
        "subject": "S",
    }
    assert set(data["message"]) == {"id", "type", "body", "subject"}


@pytest.mark.parametrize("kind", ["interactive", "close", "hologram"])
def test_everything_else_is_shown_raw_but_without_the_envelopes_addresses(kind: str) -> None:
    raw = shown(kind, depth={"z": [1, None]}).data["message"]["raw"]

    assert raw["depth"] == {"z": [1, None]}
    assert raw["type"] == kind
    assert not {"sourceId", "destinationId"} & set(raw)


@pytest.mark.parametrize("kind", ["text", "interactive"])
def test_of_an_attachment_only_name_type_and_size_leave(kind: str) -> None:
    secret = {"url": "https://CANARY", "key": "CANARY", "owner": "CANARY", "signature": "CANARY"}
    attachments = [
        {"name": "a.heic", "mimeType": "image/heic", "size": 184_320, **secret},
        {"name": "b.jpg", "mime-type": "image/jpeg", "file-size": 5, **secret},
        {},
        "not an attachment",
    ]

    posted = shown(kind, attachments=attachments)

    assert posted.data["message"]["attachments"] == [
        {"name": "a.heic", "mime_type": "image/heic", "size": 184_320},
        {"name": "b.jpg", "mime_type": "image/jpeg", "size": 5},
        {"name": None, "mime_type": None, "size": None},
    ]
    assert b"CANARY" not in posted.body


@pytest.mark.parametrize("attachments", [[], "none", 5, {"a": 1}])
def test_attachments_that_are_none_are_not_shown(attachments: object) -> None:
    assert "attachments" not in shown(attachments=attachments).data["message"]


def test_the_customer_is_shown_as_the_conversation_knows_them() -> None:
    known = Conversation(
        CONVERSATION,
        apple.BUSINESS,
        apple.CUSTOMER,
        capabilities=["AUTH2"],
        locale="fr_FR",
        intent="sales",
        group="vip",
    )

    assert shown(known=known).data["customer"] == {
        "opaque_id": apple.CUSTOMER,
        "locale": "fr_FR",
        "capabilities": ["AUTH2"],
        "intent": "sales",
        "group": "vip",
    }
    assert shown(known=known, locale="de_DE").data["customer"]["locale"] == "de_DE"


def test_the_event_is_dated_when_it_came_and_signed_when_it_goes() -> None:
    posted = shown()

    assert posted.event["timestamp"] == posted.data["received_at"] == "2026-01-01T00:00:00.000Z"
    assert posted.headers["webhook-timestamp"] == str(int(NEW_YEAR + 60))
    assert posted.webhook_id == posted.data["message"]["id"]
    assert posted.data["sequence"] == 7
