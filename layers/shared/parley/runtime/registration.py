"""Wires the registration of businesses for whoever holds an operator's AWS credentials: the command line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from parley.business.egress import EgressGuard
from parley.services.register import Register
from parley.storage.api_keys import DynamoApiKeys
from parley.storage.businesses import DynamoBusinesses
from parley.storage.secrets import WebhookSecrets
from parley.storage.usage import UsagePlans

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boto3.session import Session


def registration(
    session: Session,
    *,
    table_name: str,
    business_secret_prefix: str,
    usage_plans: Mapping[str, str],
    allow_loopback: bool,
) -> Register:
    """`session` decides account, region and endpoint; `usage_plans` names the plan of each tier.

    `allow_loopback` is for the local cloud only.
    """
    table = session.client("dynamodb")
    return Register(
        businesses=DynamoBusinesses(table, table=table_name, clock=time.time),
        api_keys=DynamoApiKeys(table, table=table_name),
        clock=time.time,
        signing_keys=WebhookSecrets(session.client("secretsmanager"), prefix=business_secret_prefix, clock=time.time),
        usage=UsagePlans(session.client("apigateway"), plans=usage_plans),
        guard=EgressGuard(allow_loopback=allow_loopback),
    )
