"""One fixture through the stack, and what became of it."""

from __future__ import annotations

import json
import sys
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import urllib3
from urllib3.exceptions import HTTPError

from local.stack.errors import StackError
from local.trigger import orders
from local.trigger.fixtures import Direction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local.trigger.fixtures import Fixture
    from local.trigger.running import Stack

_SECONDS: Final = 30.0
_pool = urllib3.PoolManager(retries=False)


@dataclass(frozen=True)
class Outcome:
    """`status` is Parley's answer, None when there was none. `id` is the message's; a typing indicator sent has none.

    `note` is what else is worth knowing: the form that was chosen, or what is wrong.
    """

    name: str
    status: int | None
    id: str | None = None
    note: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether Parley took it."""
        return self.status is not None and 200 <= self.status < 300

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {**asdict(self), "ok": self.is_good}

    def __str__(self) -> str:
        status = "no answer" if self.status is None else str(self.status)
        return "  ".join([self.name.ljust(44), status, *(part for part in (self.id, self.note) if part)])


def run(fixtures: Iterable[Fixture], stack: Stack, *, as_json: bool) -> int:
    """Send them one after another and print what became of each. Returns 0 when Parley took all of them, else 1."""
    outcomes: list[Outcome] = []
    for fixture in fixtures:
        outcomes.append(send(fixture, stack))
        if not as_json:
            sys.stdout.write(f"{outcomes[-1]}\n")
            sys.stdout.flush()
    if as_json:
        sys.stdout.write(json.dumps([outcome.as_json() for outcome in outcomes], indent=2) + "\n")
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


def send(fixture: Fixture, stack: Stack) -> Outcome:
    """Send it once. Never raises: what does not work is the outcome."""
    try:
        if fixture.direction is Direction.INBOUND:
            return _as_customer(fixture, stack)
        return _as_business(fixture, stack)
    except StackError as error:
        return Outcome(fixture.name, None, note=error.message)


def _as_customer(fixture: Fixture, stack: Stack) -> Outcome:
    order = orders.of_customer(fixture.message(), stack, str(uuid.uuid4()))
    status, answer = _post(stack.control_url, order, {})
    if status != 200 or not answer.get("attempts"):
        return Outcome(fixture.name, status, note=f"the gateway says: {json.dumps(answer)}")
    attempt = answer["attempts"][-1]
    note = None if attempt["status"] == 200 else str(attempt["body"])
    return Outcome(fixture.name, attempt["status"], answer["id"], note)


def _as_business(fixture: Fixture, stack: Stack) -> Outcome:
    headers = {"Authorization": f"Bearer {stack.api_key}", "Idempotency-Key": f"trigger-{uuid.uuid4()}"}
    status, answer = _post(stack.api_url, orders.of_business(fixture.message(), stack), headers)
    return Outcome(fixture.name, status, answer.get("id"), _noted(answer))


def _noted(answer: dict[str, Any]) -> str | None:
    """In few words, what an answer of the API says beyond its status."""
    if "errors" in answer or "detail" in answer:
        faults = [f"{fault['path']} {fault['code']}: {fault['message']}" for fault in answer.get("errors") or []]
        return "; ".join(faults) or f"{answer.get('code')}: {answer.get('detail')}"
    if "form" in answer:
        return f"{answer['state']}, sent as {answer['form']}: {answer.get('form_reason')}"
    state = answer.get("state")
    return None if state is None else str(state)


def _post(url: str, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    try:
        answer = _pool.request(
            "POST",
            url,
            body=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **headers},
            timeout=_SECONDS,
        )
    except HTTPError as error:
        raise StackError(f"{url} was not answered: {error.__class__.__name__}. See: parley status") from error
    try:
        content = json.loads(answer.data) if answer.data else {}
    except ValueError:
        content = {"detail": answer.data[:300].decode(errors="replace")}
    return answer.status, content if isinstance(content, dict) else {"detail": str(content)}
