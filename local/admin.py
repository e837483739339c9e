"""`parley admin`: what an operator does on a deployed stack, with their own AWS credentials."""

import uuid
from dataclasses import dataclass

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.stack.errors import StackError
from parley.business.tiers import STANDARD, Tier
from parley.errors import ParleyError
from parley.runtime.registration import registration


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
    try:
        business_id = str(uuid.UUID(business_id))
    except ValueError:
        raise StackError(
            f"{business_id} is not a business id.", hint="It is a UUID; Apple's messages carry it."
        ) from None
    try:
        session = boto3.session.Session()
        outputs = _outputs(session, stack)
        registrar = registration(
            session,
            table_name=outputs["TableName"],
            business_secret_prefix=outputs["BusinessSecretPrefix"],
            usage_plans={"standard": outputs["UsagePlanId"], "plus": outputs["PlusUsagePlanId"]},
            allow_loopback=allow_loopback,
        )
        webhook_secret = registrar.business(business_id, name=name, url=url, tier=tier)
        api_key = registrar.new_key(business_id, name="made by the operator")
    except (BotoCoreError, ClientError, ParleyError) as error:
        raise StackError(
            f"The business could not be registered: {error}",
            hint="Check the stack's name, your AWS credentials and region, and the URL.",
        ) from error
    return Registered(business_id, webhook_secret, api_key)


def _outputs(session: boto3.session.Session, stack: str) -> dict[str, str]:
    described = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    missing = {"TableName", "BusinessSecretPrefix", "UsagePlanId", "PlusUsagePlanId"} - outputs.keys()
    if missing:
        raise StackError(f"The stack {stack} is not a Parley: it has no output {', '.join(sorted(missing))}.")
    return outputs
