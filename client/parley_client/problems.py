"""What goes wrong, as one exception."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Fault(NamedTuple):
    """One thing to mend. `path` is a JSON pointer into what was sent, `code` stable, `message` says how."""

    path: str
    code: str
    message: str


class ProblemError(Exception):
    """The answer to a call that was not done. `code` is stable; `status` is 0 when nobody answered."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: tuple[Fault, ...] = (),
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}" if status else f"{code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.request_id = request_id
        """Tell it to whoever runs the installation."""
        self.retry_after = retry_after
        """Seconds to wait, if the answer says so."""


def read(status: int, headers: Mapping[str, str], content: bytes) -> ProblemError:
    """The problem of an answer; what is no problem+json, as a proxy's page, is told by its status alone."""
    try:
        said = json.loads(content)
    except ValueError:
        said = None
    told: dict[str, Any] = said if isinstance(said, dict) else {}
    found = told.get("errors")
    faults = tuple(
        Fault(*(str(each.get(name, "")) for name in Fault._fields))
        for each in (found if isinstance(found, list) else ())
        if isinstance(each, dict)
    )
    wait = headers.get("retry-after", "")
    return ProblemError(
        status,
        str(told.get("code") or f"http_{status}"),
        str(told.get("detail") or told.get("message") or "no problem was described"),
        errors=faults,
        request_id=str(told["request_id"]) if told.get("request_id") else None,
        retry_after=float(wait) if wait.isascii() and wait.isdecimal() and len(wait) < 10 else None,
    )
