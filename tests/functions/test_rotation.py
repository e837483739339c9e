"""The rotation function as Secrets Manager calls it, on secrets as Secrets Manager keeps them."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import functions.rotation.app
from functions.rotation.app import RotationFailed
from parley.apple.tokens import Credential
from parley.storage.secrets import AppleCredentials, WebhookSecrets
from tests.functions.conftest import a_context
from tests.support import apple_requests as apple
from tests.support.cloud import APPLE_SECRET, BUSINESS_PREFIX
from tests.support.http_server import reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.cloud import Cloud
    from tests.support.fixtures import Logged
    from tests.support.http_server import LocalServer

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
NEW_SECRET = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
BUSINESS = f"{BUSINESS_PREFIX}{apple.BUSINESS}"
TAKES = [reply("400 Bad Request", b"MMCS-Url is missing"), reply("403 Forbidden", b"bad token")]


@dataclass
class Office:
    """The function with its secrets, and Apple's gateway."""

    cloud: Cloud
    gateway: LocalServer

    def stage(self, secret: str = NEW_SECRET) -> str:
        return str(
            self.cloud.secrets.put_secret_value(
                SecretId=APPLE_SECRET,
                SecretString=json.dumps({"msp_id": apple.MSP_ID, "secret": secret}),
                VersionStages=["AWSPENDING"],
            )["VersionId"]
        )

    def step(self, step: str, token: str, secret: str = APPLE_SECRET) -> Any:
        arn = self.cloud.secrets.describe_secret(SecretId=secret)["ARN"]
        event = {"Step": step, "SecretId": arn, "ClientRequestToken": token}
        return functions.rotation.app.handler(event, a_context())

    def run(self, token: str, secret: str = APPLE_SECRET) -> list[str]:
        return [self.step(step, token, secret)["did"] for step in STEPS]

    def credentials(self) -> list[Credential]:
        return AppleCredentials(self.cloud.secrets, secret_id=APPLE_SECRET, clock=time.time).refetch()

    def signing(self, endpoint_id: str | None = None) -> list[str]:
        secrets = WebhookSecrets(self.cloud.secrets, prefix=BUSINESS_PREFIX, clock=time.time)
        return secrets.keys(apple.BUSINESS, endpoint_id)


@pytest.fixture
def office(cloud: Cloud, fresh_composition: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with serving(*TAKES) as gateway:
        told = {"APPLE_GATEWAY_URL": f"{gateway.url}/v1", "SECRET_OVERLAP_HOURS": "24"}
        for name, value in (cloud.environment | told).items():
            monkeypatch.setenv(name, value)
        first = json.dumps({"webhook_secret": "whsec_MTIzNA==", "endpoints": {"e1": {"secret": "whsec_NTY3OA=="}}})
        cloud.secrets.create_secret(Name=BUSINESS, SecretString=first)
        yield Office(cloud, gateway)


def test_apples_key_goes_through_all_four_steps(office: Office, logged: Logged) -> None:
    assert office.credentials() == [apple.CREDENTIAL]

    assert office.run(office.stage()) == ["done"] * 4

    assert office.credentials() == [Credential.of(apple.MSP_ID, NEW_SECRET), apple.CREDENTIAL]
    assert [line["step"] for line in logged.lines()] == list(STEPS)


def test_between_the_steps_both_keys_are_accepted_and_the_old_one_signs(office: Office) -> None:
    token = office.stage()

    for step in STEPS[:3]:
        office.step(step, token)
        assert office.credentials() == [apple.CREDENTIAL, Credential.of(apple.MSP_ID, NEW_SECRET)]


def test_a_key_apple_refuses_leaves_everything_as_it_was(office: Office, logged: Logged) -> None:
    office.gateway.answers[:] = [reply("403 Forbidden")]
    token = office.stage()

    with pytest.raises(RotationFailed, match="apple_refuses_key"):
        office.run(token)

    assert office.credentials()[0] == apple.CREDENTIAL
    (refused,) = [line for line in logged.lines() if line["level"] == "ERROR"]
    assert (refused["step"], refused["reason"]) == ("testSecret", "apple_refuses_key")


def test_a_rotation_goes_on_where_it_stopped_once_apple_is_back(office: Office) -> None:
    office.gateway.answers[:] = [reply("503 Service Unavailable")]
    token = office.stage()
    with pytest.raises(RotationFailed, match="apple_not_now"):
        office.run(token)

    office.gateway.answers[:] = [*TAKES]

    assert office.run(token) == ["done"] * 4


def test_the_function_cannot_be_made_to_invent_a_key_for_apple(office: Office) -> None:
    for step in STEPS:
        with pytest.raises(RotationFailed, match="version_unknown"):
            office.step(step, str(uuid.uuid4()))

    assert office.credentials() == [apple.CREDENTIAL]


def test_webhook_keys_go_through_all_four_steps_without_asking_apple(office: Office) -> None:
    token = str(uuid.uuid4())

    assert office.run(token, BUSINESS) == ["done"] * 4

    for endpoint, old in (("e1", "whsec_NTY3OA=="), (None, "whsec_MTIzNA==")):
        new, former = office.signing(endpoint)
        assert former == old
        assert new.startswith("whsec_")
    assert office.gateway.requests == []


def test_a_rotation_of_webhook_keys_may_be_repeated_from_the_start(office: Office) -> None:
    token = str(uuid.uuid4())
    office.step("createSecret", token, BUSINESS)
    office.step("createSecret", token, BUSINESS)
    office.step("testSecret", token, BUSINESS)

    assert office.run(token, BUSINESS) == ["done"] * 4
    assert office.run(token, BUSINESS) == ["already"] * 4
    assert len(office.signing("e1")) == 2


def test_another_secret_of_the_account_is_refused(office: Office) -> None:
    office.cloud.secrets.create_secret(Name="payroll", SecretString="{}")

    with pytest.raises(RotationFailed, match="secret_not_ours"):
        office.step("createSecret", str(uuid.uuid4()), "payroll")


def test_a_step_nobody_knows_is_refused(office: Office) -> None:
    with pytest.raises(RotationFailed, match="see the log"):
        office.step("deleteSecret", office.stage())


def test_neither_the_log_nor_the_error_shows_a_key(office: Office, logged: Logged) -> None:
    told: list[str] = []
    office.stage("!!!CANARY")
    pending = office.cloud.secrets.describe_secret(SecretId=APPLE_SECRET)["VersionIdsToStages"]
    (token,) = [version for version, labels in pending.items() if "AWSPENDING" in labels]
    for step in STEPS[:3:2]:
        with pytest.raises(RotationFailed) as failed:
            office.step(step, token)
        told.append(str(failed.value))
    office.gateway.answers[:] = [reply("403 Forbidden", b"CANARY")]
    with pytest.raises(RotationFailed) as failed:
        office.run(office.stage())
    told.append(str(failed.value))
    office.run(str(uuid.uuid4()), BUSINESS)

    said = logged.everything() + "".join(told)
    for secret in ("CANARY", NEW_SECRET, apple.SECRET, "eyJ", "whsec_", *(key[6:] for key in office.signing())):
        assert secret not in said
