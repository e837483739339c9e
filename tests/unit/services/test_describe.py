"""What a business is shown of an event, and what stays here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple.inbound import InboundMessage
from parley.conversation.records import Conversation, Direction, Message, State
from parley.services.describe import Describe
from parley.services.parts import Arrived
from parley.services.understand import Understand
from tests.support import apple_requests as apple
from tests.support.clock import NEW_YEAR, Clock
from tests.support.memory_settings import Payloads
from tests.support.memory_table import MemoryMessages, MemoryQuestions, Table
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from parley.services.describe import Described

NOTICE: dict[str, Any] = {"message": {"id": "m1", "state": "sent"}}


def describe() -> Describe:
    table = Table()
    questions = MemoryQuestions(table, messages=MemoryMessages(table, clock=Clock(NEW_YEAR)))
    return Describe(understand=Understand(questions=questions, payloads=Payloads()))


def stored(**fields: Any) -> Message:
    facts: dict[str, Any] = {
        "id": "m1",
        "business_id": apple.BUSINESS,
        "conversation_id": CONVERSATION,
        "direction": Direction.INBOUND,
        "type": "text",
        "state": State.RECEIVED,
        "received_at": NEW_YEAR,
        "ulid": "",
        "sequence": 7,
    }
    return Message(**facts | fields)


def shown(
    kind: str = "text",
    *,
    known: Conversation | None = None,
    arrived: Arrived | None = None,
    sequence: int | None = 7,
    **fields: Any,
) -> Described:
    """The webhook of one event of Apple's."""
    content = apple.envelope(kind, **fields)
    message = InboundMessage(content["id"], kind, apple.CUSTOMER, apple.BUSINESS, content, "")
    conversation = known or Conversation(CONVERSATION, apple.BUSINESS, apple.CUSTOMER)
    return describe()(stored(id=message.id, type=kind, sequence=sequence), message, conversation, arrived, at=NEW_YEAR)


def everything(described: Described) -> str:
    return json.dumps(described.data)


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
    assert shown(kind).type == event


def test_a_text_is_shown_by_its_fields() -> None:
    message = shown(body="Hello \U0001f6b2", subject="S", secret_field="x").data["message"]

    assert {key: message[key] for key in ("type", "body", "subject")} == {
        "type": "text",
        "body": "Hello \U0001f6b2",
        "subject": "S",
    }
    assert set(message) == {"id", "type", "body", "subject"}


def test_what_a_webhook_says_beside_the_message() -> None:
    described = shown(body="Hello")

    assert {name: described.data[name] for name in set(described.data) - {"message", "customer"}} == {
        "business_id": apple.BUSINESS,
        "conversation_id": CONVERSATION,
        "received_at": "2026-01-01T00:00:00.000Z",
        "sequence": 7,
    }


def test_an_event_without_a_place_in_line_has_no_sequence() -> None:
    assert "sequence" not in shown("typing_start", sequence=None).data


@pytest.mark.parametrize("kind", ["interactive", "close", "hologram"])
def test_everything_else_is_shown_raw_but_without_the_envelopes_addresses(kind: str) -> None:
    raw = shown(kind, depth={"z": [1, None]}).data["message"]["raw"]

    assert raw["depth"] == {"z": [1, None]}
    assert raw["type"] == kind
    assert not {"sourceId", "destinationId"} & set(raw)


# --- files and large content ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text", "interactive"])
def test_files_are_shown_as_they_arrived_and_never_as_apple_describes_them(kind: str) -> None:
    secret = {"name": "a.heic", "url": "https://CANARY", "key": "CANARY", "owner": "CANARY", "signature": "CANARY"}
    files: list[dict[str, Any]] = [
        {"id": "a1", "name": "a.heic", "mime_type": "image/heic", "size": 5, "status": "ready", "sha256": "00"},
        {"id": "a2", "name": "b.jpg", "mime_type": None, "size": None, "status": "failed", "reason": "gone"},
    ]

    described = shown(kind, attachments=[secret, secret], arrived=Arrived(settled=True, attachments=files))

    assert described.data["message"]["attachments"] == files
    assert "CANARY" not in everything(described)


@pytest.mark.parametrize("attachments", [[], "none", 5, {"a": 1}])
@pytest.mark.parametrize("kind", ["text", "hologram"])
def test_attachments_that_are_none_are_not_shown(kind: str, attachments: object) -> None:
    for arrived in (None, Arrived(settled=True)):
        message = shown(kind, attachments=attachments, arrived=arrived).data["message"]

        assert "attachments" not in message
        assert "attachments" not in message.get("raw", {})


def test_a_large_reply_that_was_fetched_is_told_like_any_other() -> None:
    reply = {"bid": "b", "data": {"listPicker": {"sections": [{"items": [{"identifier": "a", "title": "Red"}]}]}}}
    reference = {"bid": "b", "title": "Medium", "url": "https://CANARY", "key": "CANARY"}
    arrived = Arrived(settled=True, content=reply, reference={"id": "r1", "status": "ready"})

    described = shown("interactive", interactiveData=None, interactiveDataRef=reference, arrived=arrived)

    direct = shown("interactive", interactiveData=reply)
    assert described.data["result"] == direct.data["result"]
    assert described.data["result"]["selection"][0]["identifier"] == "a"
    assert described.data["message"]["raw"]["interactiveData"] == reply
    assert described.data["message"]["content"] == {"id": "r1", "status": "ready"}
    assert "CANARY" not in everything(described)


def test_one_that_was_not_fetched_is_told_with_what_is_known() -> None:
    reference = {"bid": "b", "title": "Medium", "url": "https://CANARY", "key": "CANARY"}
    waiting = {"id": "r1", "status": "pending", "title": "Medium"}

    described = shown(
        "interactive",
        interactiveData=None,
        interactiveDataRef=reference,
        arrived=Arrived(settled=False, pending=["r1"], reference=waiting),
    )

    assert described.data["message"]["content"] == waiting
    assert described.data["message"]["raw"]["interactiveDataRef"] == {"bid": "b", "title": "Medium"}
    assert "CANARY" not in everything(described)


def test_a_message_with_nothing_to_fetch_says_nothing_of_content() -> None:
    assert "content" not in shown("interactive", arrived=Arrived(settled=True)).data["message"]


# --- what stays here ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [{"token": "CANARY"}, {"code": "CANARY"}, {"status": "success", "code": "CANARY"}])
def test_what_a_customer_signed_in_with_stays_here(status: dict[str, str]) -> None:
    interactive = {"bid": "b", "data": {"version": 2, "authenticate": status, "replyMessage": {"title": "You are in"}}}

    described = shown("interactive", interactiveData=interactive)

    assert "CANARY" not in everything(described)
    raw = described.data["message"]["raw"]["interactiveData"]
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

    described = shown("interactive", interactiveDataRef=reference)

    assert "CANARY" not in everything(described)
    shown_reference = described.data["message"]["raw"]["interactiveDataRef"]
    assert shown_reference == {"bid": "b", "title": "Medium", "size": 15_880}


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


# --- notices ---------------------------------------------------------------------------------------


def test_a_notice_says_what_was_written_when_it_happened() -> None:
    notice = stored(
        direction=Direction.NOTICE, type="message.sent", payload=json.dumps(NOTICE), opaque_id=apple.CUSTOMER
    )

    described = describe().notice(notice)

    assert described.type == "message.sent"
    assert described.data == NOTICE | {
        "business_id": apple.BUSINESS,
        "conversation_id": CONVERSATION,
        "customer": {"opaque_id": apple.CUSTOMER},
        "sequence": 7,
    }


def test_news_about_no_customer_name_no_conversation() -> None:
    payload = {"endpoint": {"id": "default", "reason": "gone"}}
    notice = stored(direction=Direction.NOTICE, type="endpoint.disabled", payload=json.dumps(payload))

    assert describe().notice(notice).data == payload | {"business_id": apple.BUSINESS}
