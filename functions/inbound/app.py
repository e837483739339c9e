"""POST /message: Apple hands over one customer event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.apple import limits
from parley.errors import Rejected
from parley.runtime import compose, http
from parley.runtime.body import headers_of, inflated, raw_body
from parley.runtime.log import blame, facts, log
from parley.services.receive import AppleRequest

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_LIMIT = limits.MAX_REQUEST_BYTES

compose.early(compose.receive)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answers 200 only when the event is stored; the reason of a refusal is in the log (protocol/01 §2.2)."""
    request = AppleRequest(
        headers=headers_of(event),
        body=lambda: inflated(raw_body(event, max_bytes=_LIMIT), max_bytes=_LIMIT),
    )
    try:
        receipt = compose.receive()(request)
    except Rejected as refusal:
        status = http.status_of(refusal)
        log.warning("refused", extra={"reason": refusal.code, "status": status, "request_id": context.aws_request_id})
        return http.plain(status, refusal.message)
    except Exception as fault:  # noqa: BLE001  (Lambda would log its words, and they may hold a body)
        log.error("not_stored", extra={**blame(fault), "request_id": context.aws_request_id})
        return http.plain(500, "not stored; send it again")
    log.info("received", extra=facts(receipt))
    return http.plain(200, "ok")
