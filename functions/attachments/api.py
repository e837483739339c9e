"""The business API for files: announce one, ask about it, download it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from parley.apple import limits
from parley.business import bodies
from parley.business.idempotency import read_idempotency_key
from parley.business.operations import attachments as operations
from parley.business.operations.attachments import ContentQuery, NewAttachment
from parley.errors import NotFound
from parley.runtime import compose, http
from parley.runtime.attachment_views import attachment_view, upload_view
from parley.runtime.body import headers_of, raw_body
from parley.runtime.caller import Caller
from parley.runtime.log import log
from parley.runtime.refusals import or_refused

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_LOOK_AGAIN_SECONDS = 2
"""Most files are there within seconds."""

compose.early(compose.open_upload)
compose.early(compose.read_attachment)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway has checked the key and says whose it is."""
    return or_refused(_answered, event, Caller.of(event), context)


def _answered(event: dict[str, Any], caller: Caller) -> dict[str, Any]:
    if event["httpMethod"] == "POST":
        caller.require(operations.CREATE.scope)
        return _create(event, caller.business_id)
    if event["resource"].endswith("/content"):
        caller.require(operations.CONTENT.scope)
        return _content(event, caller.business_id)
    caller.require(operations.GET.scope)
    return _get(event, caller.business_id)


def _create(event: dict[str, Any], business_id: str) -> dict[str, Any]:
    """POST /v1/attachments."""
    key = read_idempotency_key(headers_of(event).get("idempotency-key"))
    wanted = bodies.read(raw_body(event, max_bytes=bodies.MAX_BODY_BYTES), NewAttachment)
    opened = compose.open_upload()(business_id, wanted, idempotency_key=key)
    attachment = opened.attachment
    log.info(
        "announced",
        extra={
            "business_id": business_id,
            "attachment_id": attachment.id,
            "size": attachment.size,
            "replayed": opened.replayed,
        },
    )
    view = attachment_view(attachment, state=attachment.state.value)
    if opened.upload is not None:
        view["upload"] = upload_view(opened.upload)
    headers = {"Location": f"/v1/attachments/{attachment.id}"}
    if opened.replayed:
        headers["Idempotent-Replayed"] = "true"
    return http.answer(HTTPStatus.CREATED, view, headers)


def _get(event: dict[str, Any], business_id: str) -> dict[str, Any]:
    """GET /v1/attachments/{id}."""
    found = compose.read_attachment()(business_id, _identity(event))
    view = attachment_view(found.attachment, state=found.state, download=found.download)
    return http.answer(HTTPStatus.OK, view)


def _content(event: dict[str, Any], business_id: str) -> dict[str, Any]:
    """GET /v1/attachments/{id}/content."""
    query = bodies.read_query(event.get("multiValueQueryStringParameters") or {}, ContentQuery)
    found = compose.read_attachment().content(business_id, _identity(event), rendition=query.rendition)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if found is None:
        headers["Retry-After"] = str(_LOOK_AGAIN_SECONDS)
        return {"statusCode": HTTPStatus.ACCEPTED, "headers": headers, "body": ""}
    return {"statusCode": HTTPStatus.FOUND, "headers": {**headers, "Location": found.url}, "body": ""}


def _identity(event: dict[str, Any]) -> str:
    """Raises NotFound for what could not be a key of the table, which would answer with an error of ours."""
    identity: str = event["pathParameters"]["id"].lower()
    if len(identity) > limits.MAX_ID_CHARS:
        raise NotFound("no such attachment", code="attachment_unknown")
    return identity
