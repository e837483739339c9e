"""The deployed functions in this process: moto for AWS, real servers for the business and for Apple."""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest

import functions.authorizer.app
import functions.inbound.app
import functions.outbound.api
import functions.outbound.automatic
import functions.outbound.sender
import functions.routing.app
import functions.routing.wakeups
import functions.sweeper.app
from parley.runtime.registration import registration
from tests.support import apple_requests as apple
from tests.support.callers import caller
from tests.support.cloud import BUSINESS_PREFIX, QUEUES, TABLE, client
from tests.support.fixtures import cloud, fresh_composition, logged
from tests.support.http_server import LocalServer, reply, serving
from tests.support.least_privilege import NOTED
from tests.support.rights import USED, noted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parley.services.register import Register
    from tests.support.cloud import Cloud

__all__ = ["cloud", "fresh_composition", "logged"]

KEY_ID = "pk_test"
KEY_SECRET = "s3cret-key-of-the-business-0001"
METHOD_ARN = "arn:aws:execute-api:us-east-1:123456789012:api1/local/POST/v1/messages"


@pytest.fixture(scope="session", autouse=True)
def rights(pytestconfig: pytest.Config) -> Iterator[None]:
    """Every right a function uses is noted, and judged in the end (`tests.support.least_privilege`)."""
    pytestconfig.stash[NOTED] = USED
    with noted():
        yield


type Key = dict[str, Any]
"""What is special about the key that is shown: `scopes`, `mode`."""


@dataclass
class Context:
    """What Lambda tells a function about its call."""

    aws_request_id: str = "request-1"
    milliseconds: int = 120_000

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


def a_context(milliseconds: int = 120_000) -> Any:
    """The context of one call; typed as anything, for Lambda's own has much that nobody asks for."""
    return Context(milliseconds=milliseconds)


@dataclass
class Stack:
    """All functions, called as AWS calls them."""

    cloud: Cloud
    endpoint: LocalServer
    gateway: LocalServer
    register: Register
    context: Any = field(default_factory=Context)

    def post(self, content: dict[str, Any] | None = None, *, authorization: str | None = "", **fields: Any) -> Any:
        """Apple posts one event; `authorization` None leaves the token out."""
        content = apple.envelope(**fields) if content is None else content
        return self.post_bytes(gzip.compress(json.dumps(content).encode()), content, authorization=authorization)

    def post_bytes(self, body: bytes, content: dict[str, Any], *, authorization: str | None = "") -> Any:
        """Apple's headers for `content` around any bytes."""
        shown = f"Bearer {apple.token(now=time.time())}" if authorization == "" else authorization
        sent = {name.title(): value for name, value in apple.headers(content, authorization=shown).items()}
        return self.deliver_post(apple.api_gateway_event(body, sent))

    def deliver_post(self, event: dict[str, Any]) -> Any:
        return functions.inbound.app.handler(event, self.context)

    def route(self) -> Any:
        return self.cloud.pump("EVENTS_QUEUE_URL", functions.routing.app.handler, self.context)

    def wake(self) -> Any:
        return self.cloud.pump("WAKEUPS_QUEUE_URL", functions.routing.wakeups.handler, self.context)

    def send(self) -> Any:
        return self.cloud.pump("OUTBOX_QUEUE_URL", functions.outbound.sender.handler, self.context)

    def automate(self) -> Any:
        return self.cloud.pump("AUTOMATIONS_QUEUE_URL", functions.outbound.automatic.handler, self.context)

    def sweep(self) -> None:
        functions.sweeper.app.handler({"detail-type": "Scheduled Event"}, self.context)

    def authorize(self, header: str | None = f"Bearer {KEY_ID}.{KEY_SECRET}") -> Any:
        headers = {} if header is None else {"authorization": header}
        event = {"type": "REQUEST", "methodArn": METHOD_ARN, "headers": headers, "path": "/v1/messages"}
        return functions.authorizer.app.handler(event, self.context)

    def api(
        self, body: str | dict[str, Any], *, business: str = apple.BUSINESS, key: Key | None = None, **headers: str
    ) -> Any:
        """POST /v1/messages, past the authorizer."""
        event = {
            "httpMethod": "POST",
            "headers": {name.replace("_", "-"): value for name, value in headers.items()},
            "body": body if isinstance(body, str) else json.dumps(body),
            "isBase64Encoded": False,
            "requestContext": {"authorizer": caller(business, key_id=KEY_ID, **(key or {}))},
        }
        return functions.outbound.api.handler(event, self.context)

    def ask(self, message_id: str, *, business: str = apple.BUSINESS, key: Key | None = None) -> Any:
        """GET /v1/messages/{id}, past the authorizer."""
        event = {
            "httpMethod": "GET",
            "headers": {},
            "pathParameters": {"id": message_id},
            "requestContext": {"authorizer": caller(business, key_id=KEY_ID, **(key or {}))},
        }
        return functions.outbound.api.handler(event, self.context)

    def webhooks(self) -> list[dict[str, Any]]:
        """The events the endpoint got."""
        return [json.loads(request.body) for request in self.endpoint.requests]

    def stored(self) -> tuple[list[str], list[str], dict[str, int]]:
        """What customers and the business left behind: items, objects, notes in queues."""
        items = [key for key in self.cloud.item_keys() if not key.startswith(("BIZ#", "KEY#"))]
        return items, self.cloud.objects(), {name: self.cloud.waiting(name) for name in self.cloud.queue_urls}


EMPTY: tuple[list[str], list[str], dict[str, int]] = (
    [],
    [],
    dict.fromkeys(QUEUES, 0),
)


class SharedSession(boto3.Session):
    """Hands out the clients all tests share."""

    def client(self, service_name: str, *_args: Any, **_kwargs: Any) -> Any:
        return client(service_name)


@pytest.fixture
def stack(cloud: Cloud, fresh_composition: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A running installation with one registered business."""
    with serving(reply("200 OK", b"ok")) as endpoint, serving(reply("200 OK")) as gateway:
        for name, value in {**cloud.environment, "APPLE_GATEWAY_URL": gateway.url + "/v1"}.items():
            monkeypatch.setenv(name, value)
        register = registration(
            SharedSession(),
            table_name=TABLE,
            business_secret_prefix=BUSINESS_PREFIX,
            usage_plans={"standard": cloud.usage_plan_id, "plus": cloud.plus_plan_id},
            allow_loopback=True,
        )
        register.business(apple.BUSINESS, name="Bikes", url=endpoint.url + "/hook")
        register.key(apple.BUSINESS, key_id=KEY_ID, secret=KEY_SECRET)
        yield Stack(cloud, endpoint, gateway, register)


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Webhooks are tried again at once: the waits are tested elsewhere, by a clock that jumps."""
    monkeypatch.setattr("parley.conversation.schedule.DELIVERY_WAITS", (0.0,) * 10)
