"""How a call of the business API ends, whatever happens in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.errors import Fatal, ParleyError
from parley.runtime import http
from parley.runtime.log import blame, log

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from parley.runtime.caller import Caller


def known_of(caller: Caller, context: LambdaContext) -> dict[str, Any]:
    """What every line of the log says about a call."""
    return {"business_id": caller.business_id, "key_id": caller.key_id, "request_id": context.aws_request_id}


def or_refused(
    answer: Callable[[dict[str, Any], Caller], dict[str, Any]],
    event: dict[str, Any],
    caller: Caller,
    context: LambdaContext,
) -> dict[str, Any]:
    """What `answer` makes of the event, or the problem that kept it from that (RFC 9457)."""
    try:
        return answer(event, caller)
    except ParleyError as fault:
        refusal = http.problem(fault, request_id=context.aws_request_id)
        reason = getattr(fault, "code", str(fault))
        log.warning("refused", extra={**known_of(caller, context), "status": refusal["statusCode"], "reason": reason})
        return refusal
    except Exception as fault:  # noqa: BLE001  (Lambda would log its words, and they may hold a body)
        log.error("failed", extra={**known_of(caller, context), **blame(fault)})
        return http.problem(Fatal("unexpected"), request_id=context.aws_request_id)
