"""`parley secret`: what an operator presses, with Secrets Manager in this process and the function behind it."""

from __future__ import annotations

import io
import json
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from local import cli
from local import secret as secrets
from local.secret import Deployment
from parley.apple.key_probe import Finding, Probed
from parley.apple.tokens import Credential
from parley.errors import ParleyError
from parley.services.key_material import PLACEHOLDER_MSP_ID, AppleKey, WebhookKeys
from parley.services.rotation import Material, Rotation, Step
from parley.storage.secret_versions import SecretVersions
from parley.storage.secrets import AppleCredentials, WebhookSecrets
from tests.support import apple_requests as apple
from tests.support.cloud import APPLE_SECRET, BUSINESS_PREFIX
from tests.support.fixtures import cloud

if TYPE_CHECKING:
    from typer.testing import Result

    from tests.support.cloud import Cloud

__all__ = ["cloud"]

NEW = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
OTHER = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
FIRST_WEBHOOK = "whsec_MTIzNA=="
STACK = ["--stack", "parley-prod"]


class Functions:
    """The Lambda client: one rotation function, and others whose configuration can be changed."""

    def __init__(self, cloud: Cloud) -> None:
        self.finding = Finding.TAKEN
        self.steps: list[str] = []
        self.variables = {
            "Inbound": {"STAGE": "prod", "APPLE_SECRET_ID": "x"},
            "Sender": {"APPLE_SECRET_ID": "x"},
            "Sweeper": {"STAGE": "prod"},
        }
        apple_key = AppleKey(probe=lambda _: Probed(self.finding, 400), clock=time.time, overlap_seconds=86_400)
        webhook_keys = WebhookKeys(
            clock=time.time,
            new_secret=lambda: "whsec_bmV3",
            new_version=lambda: "0" * 36,
            overlap_seconds=86_400,
        )

        def material_of(secret: Any) -> Material:
            return apple_key if secret.name == APPLE_SECRET else webhook_keys

        self.rotation = Rotation(
            versions_of=lambda secret_id: SecretVersions(cloud.secrets, secret_id), material_of=material_of
        )

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803  (AWS's names)
        assert FunctionName == "arn:rotation"
        event = json.loads(Payload)
        self.steps.append(event["Step"])
        try:
            self.rotation(Step(event["Step"]), event["SecretId"], event["ClientRequestToken"])
        except ParleyError as fault:
            told = json.dumps({"errorMessage": f"{getattr(fault, 'code', '')}: {fault}"}).encode()
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(told)}
        return {"Payload": io.BytesIO(b"{}")}

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        return {"RevisionId": f"of {FunctionName}", "Environment": {"Variables": self.variables[FunctionName]}}

    def update_function_configuration(
        self,
        *,
        FunctionName: str,  # noqa: N803
        RevisionId: str,  # noqa: N803
        Environment: dict[str, dict[str, str]],  # noqa: N803
    ) -> None:
        assert RevisionId == f"of {FunctionName}"
        self.variables[FunctionName] = Environment["Variables"]


class Stacks:
    """The CloudFormation client."""

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_stack_resources"
        resources = [
            {"ResourceType": "AWS::Lambda::Function", "PhysicalResourceId": name}
            for name in ("Inbound", "Sender", "Sweeper")
        ]
        resources.append({"ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": "queue"})
        return SimpleNamespace(paginate=lambda **_: [{"StackResourceSummaries": resources}])


class Desk:
    """An operator with a shell."""

    def __init__(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cloud = cloud
        self.functions = Functions(cloud)
        self.asked: list[str] = []
        outputs = {
            "AppleSecretId": APPLE_SECRET,
            "BusinessSecretPrefix": BUSINESS_PREFIX,
            "RotationFunctionArn": "arn:rotation",
            "SecretOverlapHours": "24",
        }
        stacks: Any = Stacks()
        functions: Any = self.functions
        deployment = Deployment(stacks, cloud.secrets, functions, outputs)

        def deployed(stack: str) -> Deployment:
            self.asked.append(stack)
            return deployment

        monkeypatch.setattr(secrets, "deployed", deployed)
        self.said = ""

    def press(self, *words: str, given: str | None = None, code: int = 0) -> Result:
        result = CliRunner().invoke(cli.app, ["secret", *words, *STACK], input=given)
        self.said += result.output
        assert result.exit_code == code, result.output
        return result

    def credentials(self) -> list[Credential]:
        return AppleCredentials(self.cloud.secrets, secret_id=APPLE_SECRET, clock=time.time).refetch()

    def keys(self, endpoint_id: str | None = None) -> list[str]:
        reader = WebhookSecrets(self.cloud.secrets, prefix=BUSINESS_PREFIX, clock=time.time)
        return reader.keys(apple.BUSINESS, endpoint_id)


def _key(secret: str) -> Credential:
    return Credential.of(apple.MSP_ID, secret)


@pytest.fixture
def desk(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Desk:
    WebhookSecrets(cloud.secrets, prefix=BUSINESS_PREFIX, clock=time.time).put(apple.BUSINESS, FIRST_WEBHOOK)
    return Desk(cloud, monkeypatch)


def test_stage_and_rotate_put_a_new_key_in_force_with_the_old_one_beside_it(desk: Desk) -> None:
    desk.press("stage", given=f"{NEW}\n")
    assert desk.credentials() == [apple.CREDENTIAL, _key(NEW)]

    desk.press("rotate")

    assert desk.credentials() == [_key(NEW), apple.CREDENTIAL]
    assert desk.functions.steps == list(Step)


@pytest.mark.parametrize("given", [NEW, f"  {NEW}\r\n", json.dumps({"msp_id": apple.MSP_ID, "secret": NEW})])
def test_the_key_is_taken_as_apple_shows_it_or_as_json(desk: Desk, given: str) -> None:
    desk.press("stage", given=given)

    assert desk.credentials() == [apple.CREDENTIAL, _key(NEW)]


def test_the_key_may_come_from_a_file(desk: Desk, tmp_path: Any) -> None:
    file = tmp_path / "key"
    file.write_text(NEW)

    desk.press("stage", "--file", str(file))

    assert desk.credentials() == [apple.CREDENTIAL, _key(NEW)]


def test_a_file_that_cannot_be_read_is_said(desk: Desk, tmp_path: Any) -> None:
    desk.press("stage", "--file", str(tmp_path / "nothing"), code=2)
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    desk.press("stage", "--file", str(binary), code=2)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("not base64!", "no key of Apple's"),
        ("", "no key of Apple's"),
        ("AAAA", "no key of Apple's"),
        ("00112233445566778899aabbccddeeff", "hex"),
        ('{"secret": ', "no JSON"),
        (json.dumps({"msp_id": "another", "secret": NEW}), "another MSP id"),
        (json.dumps({"msp_id": apple.MSP_ID, "secret": apple.SECRET}), "current one already"),
    ],
)
def test_what_is_no_new_key_is_not_staged(desk: Desk, given: str, words: str) -> None:
    result = desk.press("stage", given=given, code=1)

    assert words in result.output
    assert desk.credentials() == [apple.CREDENTIAL]


def test_a_second_key_is_staged_only_in_place_of_the_first(desk: Desk) -> None:
    desk.press("stage", given=NEW)

    refused = desk.press("stage", given=OTHER, code=1)
    assert "--replace" in refused.output
    assert desk.credentials() == [apple.CREDENTIAL, _key(NEW)]

    desk.press("stage", "--replace", given=OTHER)
    assert desk.credentials() == [apple.CREDENTIAL, _key(OTHER)]


def test_staging_the_same_key_again_changes_nothing(desk: Desk) -> None:
    desk.press("stage", given=NEW)
    desk.press("stage", given=NEW)

    assert desk.credentials() == [apple.CREDENTIAL, _key(NEW)]


def test_the_first_key_of_a_new_stack_needs_its_msp_id(desk: Desk) -> None:
    placeholder = json.dumps({"msp_id": PLACEHOLDER_MSP_ID, "secret": OTHER})
    desk.cloud.secrets.put_secret_value(SecretId=APPLE_SECRET, SecretString=placeholder)

    refused = desk.press("stage", given=NEW, code=1)
    assert "--msp-id" in refused.output

    desk.press("stage", "--msp-id", apple.MSP_ID, given=NEW)
    desk.press("rotate")
    assert desk.credentials()[0] == _key(NEW)


def test_a_current_value_that_is_damaged_does_not_stop_a_new_key(desk: Desk) -> None:
    desk.cloud.secrets.put_secret_value(SecretId=APPLE_SECRET, SecretString="damaged")

    desk.press("stage", "--msp-id", apple.MSP_ID, given=NEW)
    desk.press("rotate")

    assert desk.credentials()[0] == _key(NEW)


def test_without_anything_staged_there_is_nothing_to_rotate(desk: Desk) -> None:
    assert "parley secret stage" in desk.press("rotate", code=1).output.replace("\n", " ")
    desk.press("promote", code=1)


def test_a_key_apple_refuses_is_not_put_in_force_and_the_words_say_what_to_do(desk: Desk) -> None:
    desk.press("stage", given=NEW)
    desk.functions.finding = Finding.REFUSED

    refused = desk.press("rotate", code=1)

    assert "testSecret: apple_refuses_key" in refused.output
    assert desk.credentials() == [apple.CREDENTIAL, _key(NEW)]


def test_rotate_goes_on_where_it_stopped(desk: Desk) -> None:
    desk.press("stage", given=NEW)
    desk.functions.finding = Finding.AWAY
    desk.press("rotate", code=1)

    desk.functions.finding = Finding.TAKEN
    desk.press("rotate")

    assert desk.credentials()[0] == _key(NEW)


def test_promote_does_not_ask_apple(desk: Desk) -> None:
    desk.press("stage", given=NEW)
    desk.functions.finding = Finding.UNCLEAR

    desk.press("promote")

    assert desk.credentials() == [_key(NEW), apple.CREDENTIAL]
    assert desk.functions.steps == ["createSecret", "finishSecret"]


def test_status_shows_stages_and_ages(desk: Desk) -> None:
    desk.press("stage", given=NEW)
    desk.press("rotate")
    desk.press("stage", given=OTHER)

    shown = desk.press("status").output
    rows = json.loads(desk.press("status", "--json").stdout)

    assert "current" in shown
    assert "pending" in shown
    assert "previous" in shown
    assert "good for 23 hours more" in shown
    assert [row["stages"] for row in rows if row["good_until"]] == [["AWSPREVIOUS"]]


def test_status_reads_no_value(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> Any:
        raise AssertionError("status must not read a value")

    monkeypatch.setattr(desk.cloud.secrets, "get_secret_value", refuse)

    desk.press("status")
    desk.press("status", "--business", apple.BUSINESS)


@pytest.mark.parametrize("stage", ["pending", "previous"])
def test_a_key_beside_the_current_one_is_taken_out_at_once(desk: Desk, stage: str) -> None:
    desk.press("stage", given=NEW)
    if stage == "previous":
        desk.press("rotate")
    current = desk.credentials()[0]

    desk.press("revoke", stage)

    assert desk.credentials() == [current]
    desk.press("revoke", stage, code=1)


def test_a_leaked_current_key_gives_way_to_the_staged_one_without_an_overlap(desk: Desk) -> None:
    desk.press("stage", given=NEW)

    desk.press("revoke", "current")

    assert desk.credentials() == [_key(NEW)]
    assert [row["stages"] for row in json.loads(desk.press("status", "--json").stdout)] == [["AWSCURRENT"]]


def test_a_leaked_current_key_without_a_successor_locks_everybody_out_only_when_asked_to(desk: Desk) -> None:
    refused = desk.press("revoke", "current", code=1)
    assert "--lock-out" in refused.output
    assert desk.credentials() == [apple.CREDENTIAL]

    desk.press("revoke", "current", "--lock-out")

    (locked,) = desk.credentials()
    assert locked.msp_id == apple.MSP_ID
    assert locked.key != apple.CREDENTIAL.key


def test_after_a_lock_out_the_next_real_key_opens_again(desk: Desk) -> None:
    desk.press("revoke", "current", "--lock-out")
    desk.press("stage", given=NEW)
    desk.press("revoke", "current")

    assert desk.credentials() == [_key(NEW)]


def test_functions_that_cached_a_revoked_key_start_anew(desk: Desk) -> None:
    desk.press("stage", given=NEW)

    desk.press("revoke", "pending")

    changed = {name for name, variables in desk.functions.variables.items() if "SECRETS_TAKEN_BACK_AT" in variables}
    assert changed == {"Inbound", "Sender"}
    assert desk.functions.variables["Inbound"]["STAGE"] == "prod"


def test_a_key_is_out_of_use_even_if_no_function_can_be_restarted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "UpdateFunctionConfiguration")

    desk.press("stage", given=NEW)
    monkeypatch.setattr(desk.functions, "update_function_configuration", denied)

    told = desk.press("revoke", "pending", code=1).output.replace("\n", " ")

    assert "The pending key is out of use." in told
    assert "five minutes more" in told
    assert desk.credentials() == [apple.CREDENTIAL]


def test_a_business_gets_new_webhook_keys_and_they_are_shown_once(desk: Desk) -> None:
    shown = desk.press("rotate", "--business", apple.BUSINESS)

    assert desk.keys() == ["whsec_bmV3", FIRST_WEBHOOK]
    assert "default  whsec_bmV3" in shown.stdout


def test_one_endpoint_gets_a_new_webhook_key(desk: Desk) -> None:
    shown = desk.press("rotate", "--business", apple.BUSINESS, "--endpoint", "e1")

    new, former = desk.keys("e1")
    assert former == FIRST_WEBHOOK
    assert f"e1  {new}" in shown.stdout
    assert desk.keys() == [FIRST_WEBHOOK]


def test_a_leaked_webhook_key_stops_at_once(desk: Desk) -> None:
    shown = desk.press("revoke", "--business", apple.BUSINESS)

    (new,) = desk.keys()
    assert new != FIRST_WEBHOOK
    assert f"default  {new}" in shown.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["rotate", "--endpoint", "e1"],
        ["revoke", "--endpoint", "e1"],
        ["revoke"],
        ["revoke", "everything"],
    ],
)
def test_what_is_said_by_halves_is_asked_about(desk: Desk, words: list[str]) -> None:
    desk.press(*words, code=2)


@pytest.mark.parametrize("command", [["rotate"], ["revoke"], ["status"], ["rotate", "--endpoint", "e1"]])
def test_a_business_id_that_is_none_is_refused(desk: Desk, command: list[str]) -> None:
    assert "not a business id" in desk.press(*command, "--business", "../apple", code=1).output


def test_no_output_of_any_command_shows_a_key_of_apples(desk: Desk) -> None:
    desk.press("stage", given=f"{NEW}!", code=1)
    desk.press("stage", given=f'{{"secret": "{NEW}"', code=1)
    desk.press("stage", given=NEW)
    desk.press("stage", given=OTHER, code=1)
    desk.press("status")
    desk.press("status", "--json")
    desk.press("rotate")
    desk.press("revoke", "previous")
    desk.press("revoke", "current", "--lock-out")

    locked = json.loads(
        desk.cloud.secrets.get_secret_value(SecretId=APPLE_SECRET, VersionStage="AWSCURRENT")["SecretString"]
    )
    for secret in (NEW, OTHER, apple.SECRET, locked["secret"]):
        assert secret not in desk.said


def test_without_a_stack_the_local_one_is_meant(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    claimed: list[object] = []
    monkeypatch.setattr("local.stack.cloud.claim", lambda _environ, here: claimed.append(here))

    assert CliRunner().invoke(cli.app, ["secret", "status"]).exit_code == 0

    assert len(claimed) == 1
    assert desk.asked == ["parley-local"]


def test_what_aws_refuses_is_said_in_a_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "ListSecretVersionIds")

    monkeypatch.setattr(desk.cloud.secrets, "list_secret_version_ids", denied)

    assert "Could not look at the secret" in desk.press("status", code=1).output.replace("\n", " ")
