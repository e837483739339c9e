"""The same rotation in one process, where no machine is too slow for the rate.

The real services, the rotation function's own steps, Secrets Manager as moto has it, and the simulated gateway over
HTTP; table and queues are the ones in memory of the tests. Several inbound environments take turns, each with a cache
of its own, as on Lambda.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
import threading
import time
import uuid
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
import jwt
import urllib3
from moto import mock_aws

from bench.traffic import OUTBOUND_EVERY, Count
from local.gateway.app import create_app
from local.gateway.config import Config
from local.gateway.gateway import Gateway
from local.web.serving import bind, server
from parley.apple.gateway import AppleGateway
from parley.apple.key_probe import KeyProbe
from parley.apple.tokens import ALGORITHM
from parley.errors import Forbidden
from parley.services.key_material import AppleKey
from parley.services.receive import AppleRequest, Receive
from parley.services.rotation import Rotation, Step
from parley.storage.secret_versions import SecretVersions
from parley.storage.secrets import AppleCredentials
from tests.support import apple_requests as apple
from tests.support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_secretsmanager import SecretsManagerClient
    from starlette.applications import Starlette

_SECRET: Final = "parley/apple"  # noqa: S105  (a name)
_OVERLAP_SECONDS: Final = 86_400.0
_ENVIRONMENTS: Final = 6
_PHASE_SECONDS: Final = 4.0
_OLD: Final = apple.SECRET
_NEW: Final = base64.b64encode(bytes(range(200, 232))).decode()
_CUSTOMERS: Final = [f"urn:mbid:{base64.b64encode(bytes([number] * 60)).decode()}" for number in range(24)]


def rotated(rate: float) -> Count:
    """One rotation under `rate` messages a second."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        os.environ.update(AWS_ACCESS_KEY_ID="bench", AWS_SECRET_ACCESS_KEY="bench")  # noqa: S106
        opened.enter_context(mock_aws())
        secrets = boto3.client("secretsmanager", region_name="us-east-1")
        secrets.create_secret(Name=_SECRET, SecretString=_pair(_OLD))
        gateway = Gateway(_config(), Path(folder))
        url = opened.enter_context(_running(create_app(gateway)))
        return _run(_Office(secrets, gateway, url), rate)


def _run(office: _Office, rate: float) -> Count:
    """A phase of traffic before and after each move of the rotation."""
    count, number, began = Count(), 0, time.monotonic()
    moves = (office.issue_and_stage, office.run_steps, office.switch, office.drop_old_key, office.pump)
    for phase, move in enumerate(moves, 1):
        while number < rate * _PHASE_SECONDS * phase:
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            office.send(number, count)
            number += 1
        move()
    count.dropped = office.missing()
    return count


class _Environments(World):
    """The services in real time, with Apple's key from Secrets Manager."""

    def __init__(self, secrets: SecretsManagerClient, gateway_url: str) -> None:
        self.real_gateway = AppleGateway(f"{gateway_url}/v1")
        self.secrets = secrets
        self.inbound: list[Receive] = []
        super().__init__()
        for _ in range(_ENVIRONMENTS):
            self.restart()
            self.inbound.append(self.receive)

    def restart(self) -> None:
        self.clock.now = time.time()
        self.gateway = self.real_gateway  # type: ignore[assignment]  # the same port, with the network behind it
        self.credentials = AppleCredentials(  # type: ignore[assignment]
            self.secrets, secret_id=_SECRET, clock=self.clock
        )
        super().restart()


class _Office:
    """Apple, the operator and Parley."""

    def __init__(self, secrets: SecretsManagerClient, gateway: Gateway, url: str) -> None:
        self._secrets = secrets
        self._gateway = gateway
        self._url = url
        self._world = _Environments(secrets, url)
        self._signing = _OLD
        self._staged = str(uuid.uuid4())
        self._inbound: set[str] = set()
        self._outbound: set[str] = set()

    def send(self, number: int, count: Count) -> None:
        """One message of the customer, or of the business."""
        world, customer = self._world, _CUSTOMERS[number % len(_CUSTOMERS)]
        world.clock.now = began = time.time()
        count.sent += 1
        if number % OUTBOUND_EVERY == 0:
            accepted = world.business_sends(str(number), to=customer)
            self._outbound.update(message.id for message in accepted.messages)
            count.answers["api 202"] += 1
        else:
            status = self._post(world.inbound[number % _ENVIRONMENTS], customer, str(number))
            count.answers[f"apple {status}"] += 1
            count.refused += status == 403
        self.pump()
        count.slow += time.time() - began > 2

    def pump(self) -> None:
        """What queues and Lambda do."""
        self._world.clock.now = time.time()
        self._world.pump_events()
        self._world.pump_outbox()

    def missing(self) -> int:
        """How many messages did not arrive."""
        shown = {bubble.id for phone in self._gateway.phones.all() for bubble in phone.bubbles}
        taken = {posted.webhook_id for posted in self._world.endpoint.taken}
        return len(self._inbound - taken) + len(self._outbound - shown)

    def issue_and_stage(self) -> None:
        """Apple takes both keys; the operator stages the new one."""
        self._tell_gateway(_OLD, _NEW)
        SecretVersions(self._secrets, _SECRET).write_pending(_pair(_NEW), version_id=self._staged)

    def run_steps(self) -> None:
        """What `parley secret rotate` does."""
        material = AppleKey(
            probe=KeyProbe(f"{self._url}/v1", clock=time.time), clock=time.time, overlap_seconds=_OVERLAP_SECONDS
        )
        rotation = Rotation(
            versions_of=lambda secret_id: SecretVersions(self._secrets, secret_id), material_of=lambda _: material
        )
        for step in Step:
            rotation(step, _SECRET, self._staged)

    def switch(self) -> None:
        """Apple signs with the new key."""
        self._signing = _NEW

    def drop_old_key(self) -> None:
        """Apple takes the new key only, while senders still have the old one cached."""
        self._tell_gateway(_NEW)

    def _post(self, receive: Receive, customer: str, body: str) -> int:
        message = apple.envelope(sourceId=customer, body=body)
        claims = {"aud": apple.MSP_ID, "iat": int(time.time())}
        token = jwt.encode(claims, base64.b64decode(self._signing), algorithm=ALGORITHM)
        headers = apple.headers(message, authorization=f"Bearer {token}")
        self._inbound.add(message["id"])
        try:
            receive(AppleRequest(headers=headers, body=lambda: json.dumps(message).encode()))
        except Forbidden:
            return 403
        return 200

    def _tell_gateway(self, *keys: str) -> None:
        with urllib3.PoolManager(retries=False) as pool:
            pool.request("PUT", f"{self._url}/control/config", json={"secrets": keys})


def _config() -> Config:
    return Config.model_validate(
        {
            "msp_id": apple.MSP_ID,
            "secrets": [_OLD],
            "businesses": [apple.BUSINESS],
            "customers": [{"opaque_id": each} for each in _CUSTOMERS],
        }
    )


def _pair(secret: str) -> str:
    return json.dumps({"msp_id": apple.MSP_ID, "secret": secret})


@contextmanager
def _running(app: Starlette) -> Iterator[str]:
    with bind(0) as listener:
        running = server(app)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join()
