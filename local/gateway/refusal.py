"""How the gateway says no: one text line, `<code> <reason> : <message>` (protocol/01 §3.2)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Mapping


class RefusalError(Exception):
    """A request the gateway does not accept. `status` is the HTTP status, `message` says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def malformed(message: str) -> RefusalError:
    """Make the refusal of a request that breaks a rule: 400."""
    return RefusalError(400, message)


def refusal(
    status: int, message: str, *, reason: str | None = None, headers: Mapping[str, str] | None = None
) -> PlainTextResponse:
    """Answer with the error line. `reason` defaults to the status's usual phrase."""
    return PlainTextResponse(f"{status} {reason or phrase(status)} : {message}", status, headers)


def phrase(status: int) -> str:
    """Name a status as HTTP does; unregistered ones have no name."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unnamed"
