"""The few calls of the business API that listening needs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

import urllib3
from urllib3.exceptions import HTTPError

from local.stack.errors import StackError

_SECONDS: Final = 30.0

type Rules = list[dict[str, Any]]


@dataclass(frozen=True)
class NewEndpoint:
    """An endpoint that was just made; its secret is shown this once."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Routes:
    """The whole list, and the version that guards its replacement."""

    rules: Rules
    etag: str


class ChangedMeanwhileError(StackError):
    """Somebody else changed the routes since they were read."""


class Api:
    """One business's API. Every method raises StackError, with the API's own words."""

    def __init__(self, base_url: str, key: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._pool = urllib3.PoolManager(retries=False)

    def create_endpoint(self, url: str, description: str) -> NewEndpoint:
        """Register an address."""
        made, _ = self._call("POST", "/v1/endpoints", {"url": url, "description": description})
        return NewEndpoint(made["id"], made["secret"])

    def remove_endpoint(self, endpoint_id: str) -> None:
        """Remove an address, if it is still there."""
        self._call("DELETE", f"/v1/endpoints/{endpoint_id}", gone_is_good=True)

    def routes(self) -> Routes:
        """The rules, in order."""
        found, etag = self._call("GET", "/v1/routes")
        return Routes(found["rules"], etag)

    def replace_routes(self, rules: Rules, *, etag: str) -> None:
        """Put these rules in place of the ones with that version. Raises ChangedMeanwhileError."""
        self._call("PUT", "/v1/routes", {"rules": rules}, headers={"If-Match": etag} if etag else {})

    def _call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: dict[str, str] | None = None,
        gone_is_good: bool = False,
    ) -> tuple[Any, str]:
        content = {} if body is None else {"Content-Type": "application/json"}
        try:
            answer = self._pool.request(
                method,
                f"{self._base_url}{path}",
                body=None if body is None else json.dumps(body).encode(),
                headers={"Authorization": f"Bearer {self._key}", **content, **(headers or {})},
                timeout=_SECONDS,
                redirect=False,
            )
        except HTTPError as error:
            raise StackError(f"The business API was not reached: {error.__class__.__name__}.") from error
        if answer.status == 412:
            raise ChangedMeanwhileError("Somebody else is changing the routes.", hint="Try again in a moment.")
        if not 200 <= answer.status < 300 and not (gone_is_good and answer.status == 404):
            raise StackError(
                f"{method} {path} was refused: {answer.status} {_words(answer.data)}",
                hint=_HINTS.get(answer.status, ""),
            )
        return _read(answer.data), answer.headers.get("ETag", "")


_HINTS: Final = {
    401: "The API key has to be of this stack: <key id>.<secret>.",
    403: "The API key has to be allowed to manage endpoints and routes.",
    404: "Is this the URL of a business API, with its stage? The output BusinessApiUrl of the stack has it.",
}


def _read(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return None


def _words(data: bytes) -> str:
    """What the API says is wrong, in one line."""
    problem = _read(data)
    if not isinstance(problem, dict):
        return data[:200].decode("utf-8", "replace")
    faults = [f"{fault.get('path')} {fault.get('message')}" for fault in problem.get("errors") or []]
    return "; ".join(faults) or str(problem.get("detail") or problem.get("code") or problem.get("message") or "")
