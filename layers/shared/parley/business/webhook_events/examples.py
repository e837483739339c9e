"""A whole body of every type of event. Tests hold them to the schemas, and the documents to them."""

from __future__ import annotations

from typing import Any, Final

_BUSINESS: Final = "2f0a6f0e-52b8-4c0c-9a44-6f1f3b1a7c11"
_CONVERSATION: Final = "mfzgqylcmnsgkzlqojxw42djnr"
_SENT: Final = "0d6bb1d7-7a35-5a2e-93a4-0c1c2e1a5f10"
_RECEIVED: Final = "75e73f7a-5119-58e3-9832-1fca6762fbb2"
_FILE: Final = "9b0c7a52-6f0b-5f0e-8a3c-2d7f1c5e4b90"
_AT: Final = "2026-11-23T12:00:00.000Z"
_PERSON: Final = {"opaque_id": "urn:mbid:AQAAYexample0customer0A=="}
_CUSTOMER: Final = {
    **_PERSON,
    "locale": "en_US",
    "capabilities": ["AUTH", "AUTH2", "FORM", "LIST", "QUICK", "TIME"],
    "intent": None,
    "group": None,
}


def _event(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "timestamp": _AT, "data": {"business_id": _BUSINESS, **data}}


def _from_customer(kind: str, message: dict[str, Any], sequence: int | None = 1, **data: Any) -> dict[str, Any]:
    place = {} if sequence is None else {"sequence": sequence}
    return _event(
        kind,
        conversation_id=_CONVERSATION,
        message=message,
        customer=_CUSTOMER,
        received_at=_AT,
        **place,
        **data,
    )


def _news(kind: str, sequence: int, **data: Any) -> dict[str, Any]:
    return _event(kind, **data, conversation_id=_CONVERSATION, customer=_PERSON, sequence=sequence)


def _of_yours(kind: str, **message: Any) -> dict[str, Any]:
    state = kind.partition(".")[2]
    told = {"id": _SENT, "kind": "text", "state": state, "attempts": 1, **message}
    return _news(kind, 2, message=told)


def _of_file(kind: str, **file: Any) -> dict[str, Any]:
    told = {"id": _FILE, "name": "IMG_0007.HEIC", "mime_type": "image/heic", "size": 184_320, **file}
    return _news(kind, 4, message={"id": _RECEIVED}, attachment=told)


EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "message.received": _from_customer(
        "message.received",
        {"id": _RECEIVED, "type": "text", "body": "It has not arrived yet.", "subject": "Order 9001"},
    ),
    "reaction.received": _from_customer(
        "reaction.received",
        {"id": _RECEIVED, "type": "text", "body": "Loved \u201cYes, three are left. Shall I reserve one?\u201d"},
        reaction={"kind": "love", "emoji": None, "removed": False, "target": "text", "in_reply_to": _SENT},
    ),
    "typing.started": _from_customer("typing.started", {"id": _RECEIVED, "type": "typing_start"}, None),
    "typing.ended": _from_customer("typing.ended", {"id": _RECEIVED, "type": "typing_end"}, None),
    "conversation.closed": _from_customer(
        "conversation.closed",
        {"id": _RECEIVED, "type": "close", "raw": {"v": 1, "id": _RECEIVED, "type": "close", "locale": "en_US"}},
        5,
    ),
    "conversation.reopened": _news("conversation.reopened", 7, message={"id": _RECEIVED}),
    "conversation.handed_over": _event(
        "conversation.handed_over",
        **{"from": "bot", "to": "ep_4f1c2a9b7d3e5f60a1b2", "handler": "ep_4f1c2a9b7d3e5f60a1b2"},
        handover=1,
        note="Wants to change the size of order 9001.",
        conversation_id=_CONVERSATION,
        customer=_PERSON,
        sequence=6,
    ),
    "invitation.closed": _from_customer(
        "invitation.closed",
        {
            "id": _RECEIVED,
            "type": "close",
            "raw": {"v": 1, "id": _RECEIVED, "type": "close", "referenceIds": ["order-9001"]},
        },
    ),
    "trigger.matched": _news(
        "trigger.matched", 8, message={"id": _RECEIVED}, trigger={"purpose": "person", "word": "agent"}
    ),
    "preferences.changed": _news(
        "preferences.changed",
        9,
        preferences={
            "by": "customer",
            "topics": [
                {"id": "offers", "subscribed": False, "by": "customer", "changed_at": _AT},
                {"id": "orders", "subscribed": True, "by": "customer", "changed_at": _AT},
            ],
        },
        message={"id": _RECEIVED},
    ),
    "message.sent": _of_yours("message.sent", sent_at=_AT),
    "message.failed": _of_yours("message.failed", error={"code": "apple_refused", "message": "400 Bad Request"}),
    "message.unknown": _of_yours(
        "message.unknown", attempts=7, error={"code": "apple_uncertain", "message": "ReadTimeoutError"}
    ),
    "message.cancelled": _of_yours(
        "message.cancelled",
        attempts=0,
        error={"code": "opted_out", "message": "the customer closed the conversation"},
    ),
    "attachment.ready": _of_file(
        "attachment.ready",
        status="ready",
        content_type="image/heic",
        sha256="2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    ),
    "attachment.failed": _of_file("attachment.failed", status="failed", reason="signature_mismatch"),
    "endpoint.disabled": _event(
        "endpoint.disabled", endpoint={"id": "ep_4f1c2a9b7d3e5f60a1b2", "url_host": "hooks.example", "reason": "gone"}
    ),
    "endpoint.test": _event("endpoint.test", endpoint={"id": "ep_4f1c2a9b7d3e5f60a1b2"}),
}
