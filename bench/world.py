"""The one business, customer and message of every measurement, and what Lambda tells a function about the rest."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from parley.conversation.identity import conversation_id
from parley.conversation.records import Conversation, Direction, Message, State
from parley.storage import keys
from parley.storage.attributes import encode_item

if TYPE_CHECKING:
    from collections.abc import Mapping

MSP: Final = "3f2b8c1e-6a0d-4f57-9d43-0c5e8a7b1d20"
MSP_KEY: Final = bytes(range(32))
BUSINESS: Final = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
CUSTOMER: Final = f"urn:mbid:AQAAY{'k3Jq9' * 32}=="
CONVERSATION: Final = conversation_id(BUSINESS, CUSTOMER)
MESSAGE: Final = "0b7fb2a4-4b8a-4a4c-9f62-5d4d0c2f9e11"
TEXT: Final = "Good morning! My parcel was to come yesterday. Can you see where it is? The number is 4711-0815."
CAPABILITIES: Final = ("LIST", "TIME", "FORM", "QUICK", "AUTH2")
QUEUES: Final = "https://sqs.us-east-1.amazonaws.com/123456789012/parley-"
APPLE_SECRET_ID: Final = "parley/apple"  # noqa: S105  (a name)
APPLE_SECRET: Final = json.dumps({"msp_id": MSP, "secret": base64.b64encode(MSP_KEY).decode()})


def environment(stub_url: str, specific: Mapping[str, str]) -> dict[str, str]:
    """What Lambda and template.yaml set; `{stub}` in a value of `specific` stands for the stub's URL."""
    return {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_SESSION_TOKEN": "example" * 100,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": stub_url,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": "120",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "RETENTION_DAYS": "90",
        "STAGE": "prod",
        "TABLE_NAME": "parley-table",
        **{name: value.format(stub=stub_url) for name, value in specific.items()},
    }


def stored_items() -> dict[str, dict[str, Any]]:
    """What the table holds, by what a key starts with: a message to send, its conversation, its business."""
    now = time.time()
    message = Message(
        id=MESSAGE,
        business_id=BUSINESS,
        conversation_id=CONVERSATION,
        direction=Direction.OUTBOUND,
        type="text",
        state=State.QUEUED,
        received_at=now,
        ulid="01JDBENCH00000000000000000",
        payload=json.dumps({"body": TEXT}),
        opaque_id=CUSTOMER,
        request_hash="0" * 64,
    )
    conversation = Conversation(
        id=CONVERSATION,
        business_id=BUSINESS,
        opaque_id=CUSTOMER,
        capabilities=list(CAPABILITIES),
        locale="en_US",
        intent="delivery",
        group="support",
        sequence=7,
        last_event=MESSAGE,
    )
    return {
        "MSG": keys.message(BUSINESS, MESSAGE) | encode_item(asdict(message) | {"expires_at": int(now) + 86_400}),
        "CONV": keys.conversation(CONVERSATION)
        | encode_item({k: v for k, v in asdict(conversation).items() if v != set()}),
        "BIZ": dict(keys.business(BUSINESS, "PROFILE")),
    }


def stored_lists(*, webhook_url: str | None = None) -> dict[str, list[dict[str, Any]]]:
    """What a Query finds: the business, with one endpoint that gets everything or with none."""
    profile = keys.business(BUSINESS, "PROFILE") | encode_item({"name": "Bikes"})
    if webhook_url is None:
        return {"BIZ": [profile]}
    endpoint = keys.business(BUSINESS, "ENDPOINT#default") | encode_item({"url": webhook_url, "state": "active"})
    routes = keys.business(BUSINESS, "ROUTES") | encode_item({"rules": [{"endpoint_id": "default"}]})
    return {"BIZ": [profile, endpoint, routes]}
