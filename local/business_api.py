"""The business API of a stack, for commands: the local one, or any whose URL and key are given."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import urllib3
from urllib3.exceptions import HTTPError

from local.stack import cloud
from local.stack.errors import StackError
from local.stack.layout import CLOUD, TITLES
from local.stack.state import read_state

if TYPE_CHECKING:
    from local.stack.layout import Layout
    from local.stack.processes import Processes

_SECONDS: Final = 30.0
_NO_CONTENT: Final = 204


class RefusedError(StackError):
    """The API said no; `code` is its word for why, empty when it gave none."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class BusinessApi:
    """One business's API. `call` raises StackError, of a refusal RefusedError, with the API's own words."""

    url: str
    key: str = field(repr=False)
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False), repr=False)

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The JSON object of a good answer; an empty one where there is nothing to say (204)."""
        headers = {"Authorization": f"Bearer {self.key}"}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        try:
            answer = self.pool.request(
                method,
                f"{self.url.rstrip('/')}{path}",
                body=content,
                headers=headers,
                timeout=_SECONDS,
                redirect=False,
            )
        except HTTPError as error:
            raise StackError(f"The business API was not reached: {type(error).__name__}.") from error
        found = _read(answer.data)
        if not 200 <= answer.status < 300:
            code = found.get("code") if isinstance(found, dict) else None
            raise RefusedError(f"{method} {path} was refused: {answer.status} {_words(found)}", code=str(code or ""))
        if answer.status == _NO_CONTENT:
            return {}
        if not isinstance(found, dict):
            raise StackError(f"{method} {path} was answered by something else than the business API.")
        return found


def find(layout: Layout, processes: Processes, *, url: str | None, key: str | None) -> BusinessApi:
    """The API at `url`, or without one the local stack's own with its own key. Raises StackError."""
    if url is not None:
        if not key:
            raise StackError("There is no API key.", hint="Put <key id>.<secret> into PARLEY_API_KEY.")
        return BusinessApi(url, key)
    state = read_state(layout.state_file)
    deployed = None if state is None or processes.running(CLOUD) is None else cloud.deployed(layout)
    if state is None or deployed is None:
        raise StackError(f"The {TITLES[CLOUD]} does not run, or nothing is deployed into it.", hint="Run: parley up")
    return BusinessApi(deployed.output("BusinessApiUrl"), state.business.api_key)


def _read(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return None


def _words(problem: Any) -> str:
    """What the API says is wrong, in one line."""
    if not isinstance(problem, dict):
        return ""
    faults = [f"{fault.get('path')} {fault.get('message')}" for fault in problem.get("errors") or []]
    return "; ".join(faults) or str(problem.get("detail") or problem.get("message") or "")
