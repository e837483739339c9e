"""The one place that wires everything. Each function calls its own line, once per cold start.

Imports are inside: a function loads what it uses and nothing else.
"""

from __future__ import annotations

import gc
import os
import random
import threading
import time
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any

from parley.runtime.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.session import Session

    from parley.apple.gateway import AppleGateway
    from parley.business.egress import EgressGuard
    from parley.business.fetch import GuardedFetch
    from parley.business.pictures import Pictures
    from parley.business.previews import Previews
    from parley.services.accept import Accept
    from parley.services.authorize import Authorize
    from parley.services.deliver import Deliver
    from parley.services.receive import Receive
    from parley.services.send import Send
    from parley.services.signal import Signal
    from parley.services.sweep import Sweep
    from parley.services.wake import Wake
    from parley.storage.businesses import DynamoBusinesses
    from parley.storage.conversations import DynamoConversations
    from parley.storage.messages import DynamoMessages
    from parley.storage.payloads import S3Payloads
    from parley.storage.queues import SqsVisibility
    from parley.storage.secrets import AppleCredentials


@cache
def settings() -> Settings:
    """The environment of this process."""
    return Settings.from_env()


def early(wire: Callable[[], object]) -> None:
    """Wire while Lambda starts the function.

    Only then it has a whole processor, whatever its memory size, and no threads that would wire side by side.
    Outside of Lambda the first call wires, so that a test may import a function without its environment.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        wire()
        gc.freeze()  # what is loaded stays: looking through all of it once would cost the first invocation 20 ms


_one_at_a_time = threading.Lock()
"""A session is not made for two threads, and groups of a batch may both be the first to need a client."""


@cache
def session() -> Session:
    """Where clients come from. botocore's own: `import boto3` would load its S3 transfers too, 8 % of a cold start."""
    import botocore.session

    return botocore.session.get_session()


@cache
def client(service: str) -> Any:
    """The client boto3 would make: quick to give up and try again, for Apple waits on the other side."""
    from botocore.config import Config

    config = Config(
        connect_timeout=2,
        read_timeout=5,
        max_pool_connections=25,
        retries={"mode": "standard", "total_max_attempts": 4},
    )
    with _one_at_a_time:
        return session().create_client(service, config=config)


def new_id() -> str:
    """A random UUID, as text."""
    return str(uuid.uuid4())


@cache
def messages() -> DynamoMessages:
    """Stored messages."""
    from parley.storage.messages import DynamoMessages

    return DynamoMessages(
        client("dynamodb"),
        table=settings().text("TABLE_NAME"),
        retention_days=settings().number("RETENTION_DAYS"),
        clock=time.time,
    )


@cache
def conversations() -> DynamoConversations:
    """Conversation state."""
    from parley.storage.conversations import DynamoConversations

    return DynamoConversations(client("dynamodb"), table=settings().text("TABLE_NAME"))


@cache
def businesses() -> DynamoBusinesses:
    """Registered businesses."""
    from parley.storage.businesses import DynamoBusinesses

    return DynamoBusinesses(client("dynamodb"), table=settings().text("TABLE_NAME"), clock=time.time)


@cache
def payloads() -> S3Payloads:
    """Bodies too large for the table; S3 is loaded when the first one comes."""
    from parley.storage.payloads import S3Payloads

    return S3Payloads(lambda: client("s3"), bucket=settings().text("BUCKET_NAME"))


def guard() -> EgressGuard:
    """The egress guard of this stage."""
    from parley.business.egress import EgressGuard

    return EgressGuard(allow_loopback=settings().allow_loopback)


@cache
def visibility(queue_url_variable: str) -> SqsVisibility:
    """Puts notes of one queue back."""
    from parley.storage.queues import SqsVisibility

    return SqsVisibility(client("sqs"), settings().text(queue_url_variable))


@cache
def receive() -> Receive:
    """For `functions/inbound`."""
    from parley.services.receive import Receive
    from parley.storage.queues import SqsEvents, SqsTransfers

    return Receive(
        credentials=apple_credentials(),
        businesses=businesses(),
        messages=messages(),
        payloads=payloads(),
        events=SqsEvents(client("sqs"), settings().text("EVENTS_QUEUE_URL")),
        transfers=SqsTransfers(client("sqs"), settings().text("TRANSFERS_QUEUE_URL")),
        clock=time.time,
    )


@cache
def deliver() -> Deliver:
    """For `functions/routing/app.py`."""
    from parley.business.webhook_client import WebhookClient
    from parley.services.deliver import Deliver
    from parley.services.notify import Notify
    from parley.services.understand import Understand
    from parley.storage.mailbox import DynamoMailbox
    from parley.storage.questions import DynamoQuestions
    from parley.storage.queues import SqsTimers
    from parley.storage.secrets import WebhookSecrets

    signing_keys = WebhookSecrets(
        client("secretsmanager"), prefix=settings().text("BUSINESS_SECRET_PREFIX"), clock=time.time
    )
    return Deliver(
        messages=messages(),
        conversations=conversations(),
        mailbox=DynamoMailbox(
            client("dynamodb"),
            table=settings().text("TABLE_NAME"),
            retention_days=settings().number("RETENTION_DAYS"),
        ),
        businesses=businesses(),
        payloads=payloads(),
        timers=SqsTimers(client("sqs"), settings().text("WAKEUPS_QUEUE_URL")),
        understand=Understand(
            questions=DynamoQuestions(client("dynamodb"), table=settings().text("TABLE_NAME"), messages=messages()),
            payloads=payloads(),
        ),
        notify=Notify(signing_keys=signing_keys, webhooks=WebhookClient(guard()), clock=time.time),
        clock=time.time,
        chance=random.random,
    )


@cache
def wake() -> Wake:
    """For `functions/routing/wakeups.py`."""
    from parley.services.wake import Wake
    from parley.storage.queues import SqsEvents, SqsTimers

    return Wake(
        events=SqsEvents(client("sqs"), settings().text("EVENTS_QUEUE_URL")),
        timers=SqsTimers(client("sqs"), settings().text("WAKEUPS_QUEUE_URL")),
        clock=time.time,
        new_id=new_id,
    )


@cache
def fetch() -> GuardedFetch:
    """Pictures and pages of the web, through the egress guard."""
    from parley.business.fetch import GuardedFetch

    return GuardedFetch(guard())


def pictures() -> Pictures:
    """The pictures of one call; loaded when the first message with one comes."""
    from parley.business.pictures import Pictures

    return Pictures(fetch=fetch())


@cache
def previews() -> Previews:
    """What links show; loaded when the first text with a link comes."""
    from parley.business.previews import Previews

    return Previews(fetch())


@cache
def accept() -> Accept:
    """For `functions/outbound/api.py`."""
    from parley.services.accept import Accept
    from parley.services.prepare import Prepare
    from parley.storage.queues import SqsOutbox

    return Accept(
        messages=messages(),
        conversations=conversations(),
        payloads=payloads(),
        outbox=SqsOutbox(client("sqs"), settings().text("OUTBOX_QUEUE_URL")),
        prepare=Prepare(pictures=pictures, previews=previews, clock=time.time, new_id=new_id),
        clock=time.time,
        new_id=new_id,
    )


@cache
def apple_credentials() -> AppleCredentials:
    """Apple's secret, in all its active versions."""
    from parley.storage.secrets import AppleCredentials

    return AppleCredentials(client("secretsmanager"), secret_id=settings().text("APPLE_SECRET_ID"), clock=time.time)


@cache
def gateway() -> AppleGateway:
    """Apple's gateway."""
    from parley.apple.gateway import AppleGateway

    return AppleGateway(settings().text("APPLE_GATEWAY_URL"))


@cache
def signal() -> Signal:
    """For typing indicators, in `functions/outbound/api.py`."""
    from parley.apple.tokens import Signer
    from parley.services.signal import Signal

    return Signal(
        conversations=conversations(),
        credentials=apple_credentials(),
        gateway=gateway(),
        signer=Signer(clock=time.time),
        new_id=new_id,
    )


@cache
def send() -> Send:
    """For `functions/outbound/sender.py`."""
    from parley.apple.tokens import Signer
    from parley.services.send import Send

    return Send(
        messages=messages(),
        conversations=conversations(),
        credentials=apple_credentials(),
        gateway=gateway(),
        payloads=payloads(),
        signer=Signer(clock=time.time),
        clock=time.time,
        chance=random.random,
    )


@cache
def sweep() -> Sweep:
    """For `functions/sweeper`."""
    from parley.services.sweep import Sweep
    from parley.storage.due import DynamoDue
    from parley.storage.queues import SqsEvents, SqsOutbox

    return Sweep(
        due=DynamoDue(client("dynamodb"), table=settings().text("TABLE_NAME")),
        messages=messages(),
        conversations=conversations(),
        events=SqsEvents(client("sqs"), settings().text("EVENTS_QUEUE_URL")),
        outbox=SqsOutbox(client("sqs"), settings().text("OUTBOX_QUEUE_URL")),
        clock=time.time,
        new_id=new_id,
    )


@cache
def authorize() -> Authorize:
    """For `functions/authorizer`."""
    from parley.services.authorize import Authorize

    return Authorize(businesses=businesses(), clock=time.time)
