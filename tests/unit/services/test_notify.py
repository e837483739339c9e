"""What a business is shown of an event, and what stays here."""

from __future__ import annotations

from typing import Any

import pytest

from parley.apple.inbound import InboundMessage
from parley.business.model import Endpoint
from parley.conversation.records import Conversation
from parley.services.notify import Notify
from parley.services.understand import Understand
from tests.support import apple_requests as apple
from tests.support import counterparts
from tests.support.clock import NEW_YEAR, Clock
from tests.support.memory_settings import Payloads, SigningKeys
from tests.support.memory_table import MemoryMessages, MemoryQuestions, Table
from tests.support.world import CONVERSATION, URL, WEBHOOK_SECRET


def shown(kind: str = "text", *, known: Conversation | None = None, **fields: Any) -> counterparts.Posted:
    """The webhook of one event."""
    content = apple.envelope(kind, **fields)
    message = InboundMessage(content["id"], kind, apple.CUSTOMER, apple.BUSINESS, content, "")
    endpoint = counterparts.Endpoint()
    notify = Notify(
        signing_keys=SigningKeys({apple.BUSINESS: [WEBHOOK_SECRET]}), webhooks=endpoint, clock=Clock(NEW_YEAR + 60)
    )
    conversation = known or Conversation(CONVERSATION, apple.BUSINESS, apple.CUSTOMER)
    table = Table()
    questions = MemoryQuestions(table, messages=MemoryMessages(table, clock=Clock(NEW_YEAR)))
    notify(
        Endpoint("default", URL),
        message,
        conversation,
        understood=Understand(questions=questions, payloads=Payloads())(message, conversation),
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


@pytest.mark.parametrize("status", [{"token": "CANARY"}, {"code": "CANARY"}, {"status": "success", "code": "CANARY"}])
def test_what_a_customer_signed_in_with_stays_here(status: dict[str, str]) -> None:
    interactive = {"bid": "b", "data": {"version": 2, "authenticate": status, "replyMessage": {"title": "You are in"}}}

    posted = shown("interactive", interactiveData=interactive)

    assert b"CANARY" not in posted.body
    raw = posted.data["message"]["raw"]["interactiveData"]
    assert raw["data"]["replyMessage"] == {"title": "You are in"}
    assert raw["data"]["authenticate"] == {k: v for k, v in status.items() if v != "CANARY"}
    assert raw["bid"] == "b"


def test_what_opens_a_large_reply_stays_here() -> None:
    reference = {
        "bid": "b",
        "title": "Medium",
        "size": 15_880,
        **dict.fromkeys(("key", "url", "owner", "signature", "signature-base64", "dataRefSig"), "CANARY"),
    }

    posted = shown("interactive", interactiveDataRef=reference)

    assert b"CANARY" not in posted.body
    assert posted.data["message"]["raw"]["interactiveDataRef"] == {"bid": "b", "title": "Medium", "size": 15_880}


@pytest.mark.parametrize(
    "odd",
    [
        {"interactiveData": {"data": []}},
        {"interactiveData": {"data": {"authenticate": "x"}}},
        {"interactiveDataRef": ["x"]},
    ],
)
def test_a_reply_of_another_shape_is_shown_as_it_is(odd: dict[str, Any]) -> None:
    raw = shown("interactive", **odd).data["message"]["raw"]

    assert {name: raw[name] for name in odd} == odd


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
