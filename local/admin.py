"""`parley admin`: what an operator does on a deployed stack, with their own AWS credentials."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.stack.errors import StackError
from parley.business.tiers import STANDARD, Tier
from parley.errors import NotFound, ParleyError
from parley.runtime.registration import registration
from parley.services.register import Register


@dataclass(frozen=True)
class Registered:
    """What is shown once: afterwards only hashes and Secrets Manager know it."""

    business_id: str
    webhook_secret: str
    api_key: str


def register(
    stack: str, *, business_id: str, name: str, url: str, allow_loopback: bool, tier: Tier = STANDARD
) -> Registered:
    """Register a business with one endpoint that gets everything, and make it an API key. Raises StackError.

    Credentials, region and endpoint are the AWS SDK's own: environment, profile, or role.
    """
    business_id = _uuid(business_id)
    with _told(
        "The business could not be registered", "Check the stack's name, your AWS credentials and region, and the URL."
    ):
        registrar = _registrar(stack, allow_loopback=allow_loopback)
        webhook_secret = registrar.business(business_id, name=name, url=url, tier=tier)
        api_key = registrar.new_key(business_id, name="made by the operator")
    return Registered(business_id, webhook_secret, api_key)


def change_tier(stack: str, *, business_id: str, tier: Tier) -> str:
    """Give a registered business another tier; again changes nothing. Returns its id. Raises StackError.

    Credentials, region and endpoint are the AWS SDK's own, as for `register`.
    """
    business_id = _uuid(business_id)
    with _told(
        "The tier could not be changed", "Check the stack's name, your AWS credentials and region, and press again."
    ):
        try:
            _registrar(stack, allow_loopback=False).tier(business_id, tier)
        except NotFound:
            raise StackError(
                f"The stack {stack} does not know the business {business_id}.",
                hint="Check the id, or make it known first: parley admin register",
            ) from None
    return business_id


def _uuid(business_id: str) -> str:
    try:
        return str(uuid.UUID(business_id))
    except ValueError:
        raise StackError(
            f"{business_id} is not a business id.", hint="It is a UUID; Apple's messages carry it."
        ) from None


@contextmanager
def _told(what: str, hint: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, ParleyError) as error:
        raise StackError(f"{what}: {error}", hint=hint) from error


def _registrar(stack: str, *, allow_loopback: bool) -> Register:
    session = boto3.session.Session()
    outputs = _outputs(session, stack)
    return registration(
        session,
        table_name=outputs["TableName"],
        business_secret_prefix=outputs["BusinessSecretPrefix"],
        usage_plans={"standard": outputs["UsagePlanId"], "plus": outputs["PlusUsagePlanId"]},
        allow_loopback=allow_loopback,
    )


def _outputs(session: boto3.session.Session, stack: str) -> dict[str, str]:
    described = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    missing = {"TableName", "BusinessSecretPrefix", "UsagePlanId", "PlusUsagePlanId"} - outputs.keys()
    if missing:
        raise StackError(f"The stack {stack} is not a Parley: it has no output {', '.join(sorted(missing))}.")
    return outputs
