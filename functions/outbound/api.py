"""The business API: send a message, and ask what became of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from parley.apple import limits
from parley.business import sends
from parley.business.idempotency import read_idempotency_key
from parley.conversation.identity import is_conversation_id
from parley.conversation.invitations import Invited
from parley.errors import NotFound, Rejected
from parley.runtime import compose, http
from parley.runtime.body import headers_of, raw_body
from parley.runtime.caller import Caller
from parley.runtime.log import log
from parley.runtime.refusals import or_refused
from parley.runtime.views import invitation_view, message_view, said_view

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from parley.business.kinds.base import Send
    from parley.services.accept import Accepted

compose.early(compose.accept)
compose.early(compose.businesses)
compose.early(lambda: compose.prepare().rehearse())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway has checked the key and says whose it is."""
    return or_refused(_asked, event, Caller.of(event), context)


def _asked(event: dict[str, Any], caller: Caller) -> dict[str, Any]:
    if event["httpMethod"] == "POST":
        caller.require("send")
        if event.get("resource") == "/v1/invitations":
            return _invite(event, caller)
        return _send(event, caller, (event.get("pathParameters") or {}).get("conversation_id"))
    caller.require("read")
    return _get(event, caller.business_id)


def _send(event: dict[str, Any], caller: Caller, conversation_id: str | None) -> dict[str, Any]:
    """POST /v1/messages, and the same below a conversation: /messages without `to`, /typing without `type` too."""
    key = read_idempotency_key(headers_of(event).get("idempotency-key"))
    content = raw_body(event, max_bytes=sends.MAX_BODY_BYTES)
    if conversation_id is None:
        return _answered(caller, sends.read(content), key)
    unknown = NotFound("no such conversation", code="conversation_unknown")
    if not is_conversation_id(conversation_id):
        raise unknown
    said = {"to": conversation_id}
    if event["resource"].endswith("/typing"):
        said |= {"type": "typing", "fallback": "auto"}
    send = sends.read_below(content, said)
    known = compose.conversations().get(conversation_id)
    if known is None or known.business_id != caller.business_id or not known.is_with_customer:
        raise unknown
    try:
        return _answered(caller, send, key)
    except Rejected as fault:
        # It is in the path, and nothing of the body can be mended.
        raise (Rejected(fault.message, code=fault.code) if fault.path == "/to" else fault) from None


def _answered(caller: Caller, send: Send, key: str | None) -> dict[str, Any]:
    if getattr(send, "type", "") == "typing":
        return _signal(caller, send)
    accepted = _accepted(caller, send, key)
    first = accepted.messages[0]
    headers = {"Location": f"/v1/messages/{first.id}", **_replayed(accepted)}
    return http.answer(HTTPStatus.ACCEPTED, message_view(first, notes=accepted.notes), headers)


def _invite(event: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """POST /v1/invitations: a message of one kind, shown as what came of it so far."""
    key = read_idempotency_key(headers_of(event).get("idempotency-key"))
    send = sends.read_one(raw_body(event, max_bytes=sends.MAX_BODY_BYTES), "invitation")
    accepted = _accepted(caller, send, key)
    invited = Invited(accepted.messages[0])
    location = f"/v1/invitations/{quote(invited.message.reference_id or '', safe='')}"
    return http.answer(HTTPStatus.ACCEPTED, invitation_view(invited), {"Location": location, **_replayed(accepted)})


def _replayed(accepted: Accepted) -> dict[str, str]:
    return {"Idempotent-Replayed": "true"} if accepted.replayed else {}


def _accepted(caller: Caller, send: Send, key: str | None) -> Accepted:
    accepted = compose.accept()(caller.business_id, send, idempotency_key=key, is_test=caller.is_test)
    first = accepted.messages[0]
    log.info(
        "accepted",
        extra={
            "business_id": caller.business_id,
            "message_id": first.id,
            "conversation_id": first.conversation_id,
            "kind": first.kind,
            "form": first.form,
            "parts": len(accepted.messages),
            "replayed": accepted.replayed,
            "queued": accepted.queued,
            "test": first.is_test,
        },
    )
    return accepted


def _signal(caller: Caller, typing: Any) -> dict[str, Any]:
    """Typing is not stored: it has no id to ask for, and 204 says that there is nothing more to come."""
    shown = compose.signal()(caller.business_id, typing, is_test=caller.is_test)
    log.info("signalled", extra={"business_id": caller.business_id, "shown": shown})
    return {"statusCode": HTTPStatus.NO_CONTENT, "headers": {"Cache-Control": "no-store"}, "body": ""}


def _get(event: dict[str, Any], business_id: str) -> dict[str, Any]:
    """GET /v1/messages/{id}."""
    message_id = event["pathParameters"]["id"].lower()
    if len(message_id) > limits.MAX_ID_CHARS:  # it could not be a key of the table, which would answer with an error
        raise NotFound("no such message", code="message_unknown")
    return http.answer(HTTPStatus.OK, said_view(compose.read_message()(business_id, message_id)))
