"""Answers for API Gateway."""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from parley.errors import (
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    ParleyError,
    Rejected,
    Retryable,
    Unauthorized,
)

_TITLES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    406: "Not Acceptable",
    409: "Conflict",
    412: "Precondition Failed",
    410: "Gone",
    413: "Content Too Large",
    422: "Unprocessable Content",
    500: "Internal Server Error",
    503: "Service Unavailable",
}

_BY_CODE: Final = {
    "body_not_base64": 400,
    "body_not_json": 400,
    "body_too_large": 413,
    "content_gone": 410,
    "idempotency_key_malformed": 400,
    "if_match_malformed": 400,
    "not_acceptable": 406,
    "precondition_failed": 412,
}


def status_of(fault: ParleyError) -> int:
    """The HTTP status an error stands for; 500 for our own faults."""
    match fault:
        case Unauthorized():
            return 401
        case Forbidden():
            return 403
        case NotFound():
            return 404
        case Conflict():
            return 409
        case Rejected():
            return 400
        case _:
            return 500


def plain(status: int, text: str) -> dict[str, Any]:
    """A short text answer, as Apple's side expects it: the status is all that is read (protocol/01 §2.2)."""
    return {"statusCode": status, "headers": {"Content-Type": "text/plain; charset=utf-8"}, "body": text}


def answer(status: int, content: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    """A JSON answer of the business API."""
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store", **(headers or {})},
        "body": json.dumps(content, ensure_ascii=False),
    }


def raw(status: int, content: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """An answer of the business API that is no JSON: text as it is, the rest in base64, which API Gateway takes off."""
    as_it_is = is_text(headers["Content-Type"])
    return {
        "statusCode": status,
        "headers": {"Cache-Control": "no-store", **headers},
        "body": content.decode() if as_it_is else base64.b64encode(content).decode("ascii"),
        "isBase64Encoded": not as_it_is,
    }


def is_text(media: str) -> bool:
    """Whether it can be handed to API Gateway as it is."""
    return media.endswith("+xml")


def problem(fault: ParleyError, *, request_id: str | None) -> dict[str, Any]:
    """application/problem+json for an error of the business API (RFC 9457)."""
    status, code, detail, headers = _described(fault)
    faults = list(fault.faults) if isinstance(fault, Invalid) else []
    if isinstance(fault, Rejected) and not faults and fault.path is not None:
        faults = [Fault(fault.path, fault.code, fault.message)]
    content = {
        "type": "about:blank",
        "title": _TITLES[status],
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id,
        "errors": [{"path": path, "code": code, "message": message} for path, code, message, _ in faults],
    }
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/problem+json", "Cache-Control": "no-store", **headers},
        "body": json.dumps(content, ensure_ascii=False),
    }


def _described(fault: ParleyError) -> tuple[int, str, str, dict[str, str]]:
    match fault:
        case Rejected(code=code) if code in _BY_CODE:
            return _BY_CODE[code], code, fault.message, {}
        case Invalid(faults=faults) if len(faults) > 1:
            return 422, "invalid", f"{len(faults)} things to mend; see errors", {}
        case Unauthorized() | Forbidden() | NotFound() | Conflict():
            wait = {"Retry-After": "1"} if fault.code == "in_progress" else {}
            return status_of(fault), fault.code, fault.message, wait
        case Rejected():
            return 422, fault.code, fault.message, {}
        case Retryable():
            wait = {"Retry-After": str(max(1, round(fault.after or 1)))}
            return 503, "try_again", "something Parley needs is not answering; call again", wait
        case _:
            return 500, "misconfigured", "this installation needs its operator; see the logs", {}
