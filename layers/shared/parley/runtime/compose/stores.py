"""What is kept: the table, the bucket, the secrets."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from parley.runtime import compose

if TYPE_CHECKING:
    from parley.storage.api_keys import DynamoApiKeys
    from parley.storage.attachments import DynamoAttachments
    from parley.storage.breakers import DynamoBreakers
    from parley.storage.businesses import DynamoBusinesses
    from parley.storage.conversations import DynamoConversations
    from parley.storage.deliveries import DynamoDeliveries
    from parley.storage.endpoints import DynamoEndpoints
    from parley.storage.mailbox import DynamoMailbox
    from parley.storage.messages import DynamoMessages
    from parley.storage.objects import S3Objects
    from parley.storage.payloads import S3Payloads
    from parley.storage.questions import DynamoQuestions
    from parley.storage.replays import DynamoReplays
    from parley.storage.seals import KmsSeals
    from parley.storage.secrets import AppleCredentials, WebhookSecrets
    from parley.storage.uploads import S3Uploads
    from parley.storage.waiting import DynamoWaiting


def retention_days(business_id: str) -> int:
    """As the business says, never longer than the installation does, which may have said less since."""
    most = compose.settings().number("RETENTION_DAYS")
    return min(compose.businesses().retention_days(business_id) or most, most)


@cache
def messages() -> DynamoMessages:
    """Stored messages."""
    from parley.storage.messages import DynamoMessages

    return DynamoMessages(
        compose.client("dynamodb"),
        table=compose.settings().text("TABLE_NAME"),
        retention_days=compose.retention_days,
        clock=time.time,
    )


@cache
def conversations() -> DynamoConversations:
    """Conversation state."""
    from parley.storage.conversations import DynamoConversations

    return DynamoConversations(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"))


@cache
def businesses() -> DynamoBusinesses:
    """Registered businesses."""
    from parley.storage.businesses import DynamoBusinesses

    return DynamoBusinesses(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"), clock=time.time)


@cache
def api_key_store() -> DynamoApiKeys:
    """API keys."""
    from parley.storage.api_keys import DynamoApiKeys

    return DynamoApiKeys(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"))


@cache
def payloads() -> S3Payloads:
    """Bodies too large for the table; S3 is loaded when the first one comes."""
    from parley.storage.payloads import S3Payloads

    return S3Payloads(lambda: compose.client("s3"), bucket=compose.settings().text("BUCKET_NAME"))


@cache
def mailbox() -> DynamoMailbox:
    """Undelivered messages."""
    from parley.storage.mailbox import DynamoMailbox

    return DynamoMailbox(
        compose.client("dynamodb"),
        table=compose.settings().text("TABLE_NAME"),
        retention_days=compose.retention_days,
    )


@cache
def breakers() -> DynamoBreakers:
    """The health of endpoints, as all functions know it."""
    from parley.storage.breakers import DynamoBreakers

    return DynamoBreakers(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"))


@cache
def waiting() -> DynamoWaiting:
    """Which conversations wait for an endpoint."""
    from parley.storage.waiting import DynamoWaiting

    return DynamoWaiting(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"))


@cache
def questions() -> DynamoQuestions:
    """What was asked of customers."""
    from parley.storage.questions import DynamoQuestions

    return DynamoQuestions(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"), messages=messages())


@cache
def attachments() -> DynamoAttachments:
    """Files and large content, as the table knows them."""
    from parley.storage.attachments import DynamoAttachments

    return DynamoAttachments(
        compose.client("dynamodb"),
        table=compose.settings().text("TABLE_NAME"),
        retention_days=compose.retention_days,
        clock=time.time,
    )


@cache
def objects() -> S3Objects:
    """Their bytes; S3 is loaded when the first of them is touched."""
    from parley.storage.objects import S3Objects

    return S3Objects(lambda: compose.client("s3"), bucket=compose.settings().text("BUCKET_NAME"))


@cache
def seals() -> KmsSeals:
    """Encrypts the keys of what is uploaded to Apple."""
    from parley.storage.seals import KmsSeals

    return KmsSeals(lambda: compose.client("kms"), key_id=compose.settings().text("ATTACHMENTS_KEY_ARN"))


@cache
def uploads() -> S3Uploads:
    """Where businesses put their files."""
    from parley.storage.uploads import S3Uploads

    return S3Uploads(lambda: compose.client("s3"), bucket=compose.settings().text("BUCKET_NAME"))


def webhook_secrets() -> WebhookSecrets:
    """Businesses' webhook keys. Each user has its own, which remembers what it read."""
    from parley.storage.secrets import WebhookSecrets

    return WebhookSecrets(
        compose.client("secretsmanager"), prefix=compose.settings().text("BUSINESS_SECRET_PREFIX"), clock=time.time
    )


@cache
def apple_credentials() -> AppleCredentials:
    """Apple's secret, in all its active versions."""
    from parley.storage.secrets import AppleCredentials

    return AppleCredentials(
        compose.client("secretsmanager"), secret_id=compose.settings().text("APPLE_SECRET_ID"), clock=time.time
    )


@cache
def endpoint_store() -> DynamoEndpoints:
    """Endpoints and routes, as the business changes them."""
    from parley.storage.endpoints import DynamoEndpoints

    return DynamoEndpoints(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"))


@cache
def delivery_store() -> DynamoDeliveries:
    """Messages, found by state, conversation or time."""
    from parley.storage.deliveries import DynamoDeliveries

    return DynamoDeliveries(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"), clock=time.time)


@cache
def runs() -> DynamoReplays:
    """Replays of many messages."""
    from parley.storage.replays import DynamoReplays

    return DynamoReplays(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"), clock=time.time)
