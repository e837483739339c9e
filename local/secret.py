"""`parley secret`: what an operator does with the secrets of a deployed stack. Values go in, and never come out again.

What takes a secret out of use works without the rotation function, so that it works when nothing else does.
"""

import base64
import json
import secrets
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.stack.errors import StackError
from local.staging import current_msp_id
from local.staging import stage as put_beside
from parley.business.key_ring import KeyRing
from parley.business.signing import new_secret
from parley.errors import ParleyError
from parley.services.key_material import PLACEHOLDER_MSP_ID
from parley.services.rotate import RotateSecrets
from parley.services.rotation import Step
from parley.storage.secret_versions import PREVIOUS, SecretVersions, good_until
from parley.storage.secrets import WebhookSecrets

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

type Say = Callable[[str], None]

_RESTARTED = "SECRETS_TAKEN_BACK_AT"
_NEEDED = ("AppleSecretId", "BusinessSecretPrefix", "RotationFunctionArn", "SecretOverlapHours")


@dataclass(frozen=True)
class Deployment:
    """A deployed Parley: its secrets, and the function that rotates them."""

    stacks: "CloudFormationClient"
    secrets: "SecretsManagerClient"
    functions: "LambdaClient"
    outputs: Mapping[str, str]

    def secret_id(self, business_id: str | None) -> str:
        """Apple's secret, or a business's."""
        return self.outputs["AppleSecretId"] if business_id is None else self._business(business_id)

    def versions(self, business_id: str | None) -> SecretVersions:
        """The versions of one of them."""
        return SecretVersions(self.secrets, self.secret_id(business_id))

    def webhook_secrets(self) -> RotateSecrets:
        """For the keys of single endpoints, with the operator's own rights."""
        return RotateSecrets(
            secrets=WebhookSecrets(self.secrets, prefix=self.outputs["BusinessSecretPrefix"], clock=time.time),
            clock=time.time,
            new_secret=new_secret,
            overlap_seconds=int(self.outputs["SecretOverlapHours"]) * 3600,
        )

    def _business(self, business_id: str) -> str:
        try:
            return self.outputs["BusinessSecretPrefix"] + str(uuid.UUID(business_id))
        except ValueError:
            raise StackError(f"{business_id} is not a business id.", hint="It is a UUID.") from None


@dataclass(frozen=True)
class Row:
    """One version as `status` shows it. Times are Unix seconds."""

    stages: list[str]
    version: str
    created: float
    good_until: float | None


def deployed(stack: str) -> Deployment:
    """The stack's secrets, with the AWS SDK's own credentials, region and endpoint. Raises StackError."""
    with refusals("look at the stack"):
        session = boto3.session.Session()
        stacks = session.client("cloudformation")
        described = stacks.describe_stacks(StackName=stack)["Stacks"][0]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
        if set(_NEEDED) - outputs.keys():
            raise StackError(f"The stack {stack} is not a Parley of this version; deploy it again.")
        return Deployment(stacks, session.client("secretsmanager"), session.client("lambda"), outputs)


def stage(deployment: Deployment, text: str, *, msp_id: str | None, replace: bool) -> str:
    """Put what Apple issued beside the current key; returns the version id. Raises StackError."""
    with refusals("stage the key"):
        return put_beside(deployment.versions(None), text, msp_id=msp_id, replace=replace)


def status(deployment: Deployment, business_id: str | None) -> list[Row]:
    """Every version with a stage, newest first. Reads no value. Raises StackError."""
    with refusals("look at the secret"):
        found = deployment.secrets.list_secret_version_ids(SecretId=deployment.secret_id(business_id), MaxResults=100)
    rows = [
        Row(
            stages=sorted(label for label in version["VersionStages"] if label.startswith("AWS")),
            version=version["VersionId"],
            created=version["CreatedDate"].timestamp(),
            good_until=good_until(version["VersionStages"]),
        )
        for version in found["Versions"]
    ]
    return sorted((row for row in rows if row.stages), key=lambda row: row.created, reverse=True)


def rotate(deployment: Deployment, business_id: str | None, say: Say) -> None:
    """The four steps, one after the other, as Secrets Manager would call them. Again, it goes on. Raises StackError."""
    with refusals("rotate the secret"):
        token = _token(deployment, business_id)
        for step in Step:
            _run(deployment, business_id, step, token)
            say(f"{step}: done")


def promote(deployment: Deployment, say: Say) -> None:
    """Put Apple's staged key in force without asking Apple about it. Raises StackError."""
    with refusals("promote the key"):
        token = _token(deployment, None)
        for step in (Step.CREATE, Step.FINISH):
            _run(deployment, None, step, token)
            say(f"{step}: done")


def rotate_endpoint(deployment: Deployment, business_id: str, endpoint_id: str) -> str:
    """A new webhook secret for one endpoint, the old one signing beside it; returns it. Raises StackError."""
    with refusals("rotate the webhook secret"):
        deployment.secret_id(business_id)
        return deployment.webhook_secrets().rotate_endpoint_secret(business_id.lower(), endpoint_id).secret


def revoke_endpoint(deployment: Deployment, business_id: str, endpoint_id: str | None) -> str:
    """A new webhook secret, and no other signs: of one endpoint, or the default. Returns it. Raises StackError."""
    with refusals("revoke the webhook secret"):
        deployment.secret_id(business_id)
        return deployment.webhook_secrets().revoke_endpoint_secret(business_id.lower(), endpoint_id).secret


def webhook_secrets(deployment: Deployment, business_id: str) -> dict[str, str]:
    """What signs a business's webhooks now, by endpoint, to be handed to it after a rotation. Raises StackError."""
    with refusals("read the webhook secrets"):
        version = deployment.versions(business_id).read_current()
        ring = KeyRing({} if version is None else version.document())
        return {name or "default": ring.key(name).secret for name in ring.names}


def revoke_stage(deployment: Deployment, stage: str) -> None:
    """Take Apple's key in a stage out of use now, `AWSPENDING` or `AWSPREVIOUS`. Raises StackError."""
    with refusals("revoke the key"):
        versions = deployment.versions(None)
        found = versions.describe().carrying(stage)
        if found is None:
            raise StackError(f"There is no key in the stage {stage}.")
        versions.take_label(stage, off=found)


def revoke_current(deployment: Deployment, *, lock_out: bool) -> None:
    """Put what is staged in the place of Apple's current key now, with no overlap. Raises StackError.

    Nothing staged and `lock_out`: a random key takes the place, so that nobody gets in at all.
    """
    with refusals("revoke the key"):
        versions = deployment.versions(None)
        secret = versions.describe()
        successor = secret.pending
        if successor is None:
            if not lock_out:
                raise StackError(
                    "No key is staged to take its place.",
                    hint="Have Apple issue one, then: parley secret stage, and this again. Or --lock-out.",
                )
            successor = _nobodys_key(versions)
        versions.promote(successor, until=time.time())
        if secret.current is not None and secret.current != successor:
            versions.take_label(PREVIOUS, off=secret.current)


def restart(deployment: Deployment, stack: str) -> int:
    """Have the functions that read Apple's key start anew, so that none goes on with what it cached; how many.

    Lambda gives a function whose variables changed fresh environments. Raises StackError.
    """
    with refusals("restart the functions; those that run may use the key for five minutes more"):
        count = 0
        for name in _functions(deployment, stack):
            facts = deployment.functions.get_function_configuration(FunctionName=name)
            variables = facts.get("Environment", {}).get("Variables", {})
            if "APPLE_SECRET_ID" in variables:
                deployment.functions.update_function_configuration(
                    FunctionName=name,
                    RevisionId=facts["RevisionId"],  # nothing that was deployed meanwhile is put back
                    Environment={"Variables": {**variables, _RESTARTED: str(int(time.time()))}},
                )
                count += 1
        return count


@contextmanager
def refusals(what: str) -> Iterator[None]:
    """What AWS and Parley refuse, in an operator's words."""
    try:
        yield
    except (BotoCoreError, ClientError, ParleyError) as error:
        raise StackError(
            f"Could not {what}: {error}", hint="Check the stack's name, your AWS credentials and region."
        ) from None


def _functions(deployment: Deployment, stack: str) -> list[str]:
    pages = deployment.stacks.get_paginator("list_stack_resources").paginate(StackName=stack)
    return [
        resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::Lambda::Function"
    ]


def _token(deployment: Deployment, business_id: str | None) -> str:
    """The version to put in force: what is staged; for webhook keys a new one, which the function makes."""
    pending = deployment.versions(business_id).describe().pending
    if pending is None and business_id is None:
        raise StackError("No key is staged.", hint="parley secret stage takes what Apple Business Register shows.")
    return pending or str(uuid.uuid4())


def _run(deployment: Deployment, business_id: str | None, step: Step, token: str) -> None:
    event = {"Step": step, "SecretId": deployment.secret_id(business_id), "ClientRequestToken": token}
    answer = deployment.functions.invoke(
        FunctionName=deployment.outputs["RotationFunctionArn"], Payload=json.dumps(event).encode()
    )
    if answer.get("FunctionError"):
        told = json.loads(answer["Payload"].read())
        raise StackError(
            f"{step}: {told.get('errorMessage', 'the function failed')}",
            hint="What was in force still is. parley secret rotate begins again where it stopped.",
        )


def _nobodys_key(versions: SecretVersions) -> str:
    version_id, key = str(uuid.uuid4()), base64.b64encode(secrets.token_bytes(32)).decode()
    locked = {"msp_id": current_msp_id(versions) or PLACEHOLDER_MSP_ID, "secret": key}
    versions.write_pending(json.dumps(locked), version_id=version_id)
    return version_id
