"""What a deployed Parley needs before its first message: Apple's secret, and a business."""

import json

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.stack import cloud
from local.stack.cloud import Deployed
from local.stack.errors import StackError
from local.stack.layout import BUSINESS, CLOUD, Layout
from local.stack.state import State
from parley.errors import ParleyError
from parley.runtime.registration import registration

_CURRENT = "AWSCURRENT"


def seed(layout: Layout, state: State, deployed: Deployed) -> None:
    """Put Apple's secret and register the demo business; done again it changes nothing. Raises StackError."""
    try:
        _put_apple_secret(layout, state, deployed)
        _register_business(layout, state, deployed)
    except (BotoCoreError, ClientError, ParleyError) as error:
        raise StackError(
            f"The local cloud refused the first data: {error}",
            hint="parley down --purge, then parley up, starts with an empty cloud.",
        ) from error


def _put_apple_secret(layout: Layout, state: State, deployed: Deployed) -> None:
    secrets = cloud.client("secretsmanager", layout.url(CLOUD))
    secret_id = deployed.output("AppleSecretId")
    wanted = json.dumps({"msp_id": state.msp.id, "secret": state.msp.secret})
    # Every put makes a version, and the functions go on accepting the one before.
    if secrets.get_secret_value(SecretId=secret_id, VersionStage=_CURRENT)["SecretString"] != wanted:
        secrets.put_secret_value(SecretId=secret_id, SecretString=wanted)


def _register_business(layout: Layout, state: State, deployed: Deployed) -> None:
    business = state.business
    register = registration(
        boto3.session.Session(),
        table_name=deployed.output("TableName"),
        business_secret_prefix=deployed.output("BusinessSecretPrefix"),
        usage_plans={"standard": deployed.output("UsagePlanId"), "plus": deployed.output("PlusUsagePlanId")},
        allow_loopback=True,
    )
    register.business(
        business.id,
        name=business.name,
        url=layout.url(BUSINESS, "/webhook"),
        webhook_secret=business.webhook_secret,
    )
    register.key(business.id, key_id=business.key_id, secret=business.key_secret)
