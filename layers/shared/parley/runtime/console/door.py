"""The one way in: whose call it is, what it asks, and how it is answered, whatever happens."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from parley.business import bodies
from parley.business.idempotency import read_idempotency_key
from parley.errors import NotFound, Rejected
from parley.runtime import compose, http
from parley.runtime.body import headers_of, raw_body
from parley.runtime.caller import Caller
from parley.runtime.console import (
    channel,
    conversations,
    deliveries,
    endpoints,
    entry_points,
    erasures,
    exports,
    history,
    invitations,
    keys,
    library,
    library_assets,
    notes,
    preferences,
    privacy,
    replays,
    routes,
    usage,
)
from parley.runtime.console.call import Call, Route
from parley.runtime.log import log
from parley.runtime.refusals import known_of, or_refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from parley.business.calls import Answer

ROUTES: Final[Mapping[tuple[str, str], Route]] = {
    (route.operation.method, route.operation.path): route
    for module in (
        channel,
        conversations,
        deliveries,
        endpoints,
        entry_points,
        erasures,
        exports,
        history,
        keys,
        invitations,
        library,
        library_assets,
        notes,
        preferences,
        privacy,
        replays,
        routes,
        usage,
    )
    for route in module.ROUTES
}

_ETAG: Final = re.compile(r'(W/)?"[\x21\x23-\x7e]{0,64}"')
_VERSION: Final = re.compile(r'"(\d{1,15})"', re.ASCII)
_NEVER: Final = -1
"""A version nothing ever has."""


def answer(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway has checked the key, says whose it is, and which of its routes was asked."""

    def shown(event: dict[str, Any], caller: Caller) -> dict[str, Any]:
        found, operation_id = _answered(event, caller)
        log.info("answered", extra={**known_of(caller, context), "operation": operation_id, "status": found.status})
        if found.raw is not None:
            return http.raw(found.status, found.raw, found.headers)
        if found.content is None:
            return {"statusCode": found.status, "headers": {"Cache-Control": "no-store", **found.headers}, "body": ""}
        return http.answer(found.status, found.content, found.headers)

    return or_refused(shown, event, Caller.of(event), context)


def _answered(event: dict[str, Any], caller: Caller) -> tuple[Answer, str]:
    route = ROUTES.get((event["httpMethod"], event["resource"]))
    if route is None:
        raise NotFound("there is no such path, or not with this method", code="route_unknown")
    operation, headers = route.operation, headers_of(event)
    caller.require(operation.scope)
    content = raw_body(event, max_bytes=operation.max_bytes or bodies.MAX_BODY_BYTES)
    if operation.media is not None and not http.is_text(operation.media):
        _require_accepted(operation.media, headers.get("accept", ""))
    once_key = read_idempotency_key(headers.get("idempotency-key")) if operation.once else None
    path = {name: _text(value) for name, value in (event.get("pathParameters") or {}).items()}
    call = Call(
        business_id=caller.business_id,
        key_id=caller.key_id,
        path=path,
        body=_body(route, content),
        query=bodies.read_query(event.get("multiValueQueryStringParameters") or {}, operation.query)
        if operation.query is not None
        else None,
        version=_version(headers.get("if-match")) if operation.guarded else None,
    )
    if once_key is None or operation.repeatable:
        return route.handler(call), operation.id
    request = f"{operation.route}\n{json.dumps(path, sort_keys=True)}\n".encode() + content
    done = compose.once()(
        caller.business_id,
        once_key,
        request_hash=hashlib.sha256(request).hexdigest(),
        work=lambda: route.handler(call),
        secrets=route.secrets,
    )
    return done, operation.id


def _require_accepted(media: str, accept: str) -> None:
    """API Gateway turns base64 into bytes only for the type that is accepted first, and `*/*` is not enough."""
    first = accept.partition(",")[0].partition(";")[0].strip().lower()
    if first != media:
        raise Rejected(f"send Accept: {media}", code="not_acceptable")


def _body(route: Route, content: bytes) -> Any:
    operation = route.operation
    if not operation.body:
        return None
    (model,) = operation.body
    return bodies.read(content or b"{}" if operation.optional_body else content, model)


def _version(if_match: str | None) -> int | None:
    """None when any version will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    wanted = if_match.strip()
    if not _ETAG.fullmatch(wanted):
        raise Rejected('send one ETag as it came, "3", or *', code="if_match_malformed")
    found = _VERSION.fullmatch(wanted)
    return int(found[1]) if found else _NEVER


def _text(value: str) -> str:
    """Half a surrogate pair is no text, and the table would refuse it with an error of ours."""
    return value.encode("utf-8", "replace").decode()
