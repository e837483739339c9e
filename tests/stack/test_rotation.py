"""Keys change while messages go on, through the deployed functions and the commands an operator presses."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

import pytest

from tests.stack.conftest import PARLEY, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.conftest import Stack

RATE = 6.0
"""Messages a second, both ways together; `make bench only=rotation` looks for what the machine can take."""


@pytest.fixture(autouse=True)
def as_it_was(stack: Stack) -> Iterator[None]:
    """The other tests sign with the key that is in force, whatever happened here."""
    yield
    again = stack.parley("up", "--json")
    assert again.returncode == 0, again.stderr
    stack.facts.update(json.loads(again.stdout))


class Traffic:
    """Customers write and the business answers, at a steady rate, until it is told to stop."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.customers = [stack.new_customer() for _ in range(6)]
        self.statuses: list[int | None] = []
        self.inbound: list[str] = []
        self.outbound: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        with ThreadPoolExecutor(16) as pool:
            while not self._over.wait(1 / RATE):
                pool.submit(self._inbound if number % 3 else self._outbound, self.customers[number % 6], number)
                number += 1

    def _inbound(self, customer: str, number: int) -> None:
        sent = self.stack.writes(customer, f"in {number}")
        self.statuses += [attempt["status"] for attempt in sent["attempts"]]
        self.inbound.append(sent["id"])

    def _outbound(self, customer: str, number: int) -> None:
        status, message = self.stack.api("POST", "/v1/messages", {"to": customer, "body": f"out {number}"})
        self.statuses.append(status)
        self.outbound.append(message["id"])

    def missing(self) -> set[str]:
        """What has not arrived."""
        taken = {hook["webhook_id"] for customer in self.customers for hook in self.stack.webhooks(customer)}
        shown = {message["id"] for customer in self.customers for message in self.stack.phone(customer)}
        return ({*self.inbound} - taken) | ({*self.outbound} - shown)


def _secret(stack: Stack, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PARLEY, "secret", *words], env=stack.env, input=given, capture_output=True, text=True, timeout=120, check=False
    )


def _stages(stack: Stack) -> list[list[str]]:
    rows: list[dict[str, Any]] = json.loads(_secret(stack, "status", "--json").stdout)
    return [row["stages"] for row in rows]


def _post(stack: Stack, key: bytes) -> int:
    post = stack.signed_post()
    post["headers"]["Authorization"] = f"Bearer {stack.token(key=key)}"
    return stack.http.request("POST", stack.facts["apple_message_url"], **post, timeout=60, retries=False).status


def test_apples_key_changes_under_traffic_and_no_token_is_refused_and_no_message_lost(stack: Stack) -> None:
    stack.behave(echo=False)
    try:
        with Traffic(stack) as traffic:
            time.sleep(2)
            rotated = stack.parley("rotate", "--pause", "2")
            time.sleep(2)
        assert rotated.returncode == 0, rotated.stderr
        eventually(lambda: not traffic.missing(), seconds=120)
    finally:
        stack.behave(echo=True)

    assert set(traffic.statuses) == {200, 202}
    assert len(traffic.inbound) > 20
    assert len(traffic.outbound) > 10


def test_the_old_key_is_taken_after_a_rotation_until_it_is_revoked(stack: Stack) -> None:
    old = base64.b64decode(stack.facts["msp"]["secret"])
    assert stack.parley("rotate", "--pause", "0").returncode == 0
    assert _post(stack, old) == 200

    revoked = _secret(stack, "revoke", "previous")

    assert revoked.returncode == 0, revoked.stderr
    eventually(lambda: _post(stack, old) == 403)
    assert _stages(stack) == [["AWSCURRENT"]]


def test_a_key_apple_did_not_issue_is_not_put_in_force(stack: Stack) -> None:
    current = _stages(stack)
    forged = base64.b64encode(secrets.token_bytes(32)).decode()
    assert _secret(stack, "stage", given=forged).returncode == 0
    try:
        refused = _secret(stack, "rotate")

        assert refused.returncode == 1
        assert "apple_refuses_key" in refused.stderr
        assert ["AWSPENDING"] in _stages(stack)
        customer = stack.new_customer()
        stack.writes(customer, "Still here?")
        eventually(lambda: stack.phone(customer))
    finally:
        assert _secret(stack, "revoke", "pending").returncode == 0
    assert _stages(stack) == current


def test_a_webhook_secret_changes_and_webhooks_stay_verified(stack: Stack) -> None:
    business, customer = stack.facts["business"]["id"], stack.new_customer()

    rotated = _secret(stack, "rotate", "--business", business)
    stack.writes(customer, f"Signed {uuid.uuid4()}")

    assert rotated.returncode == 0, rotated.stderr
    assert rotated.stdout.startswith("default  whsec_")
    (hook,) = eventually(lambda: stack.webhooks(customer))
    assert hook["verified"], hook["problem"]
