"""The deployed stack's data plane in moto: table, queues, bucket, secrets, usage plan."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import boto3
from moto.dynamodb.responses import DynamoHandler

from tests.support import apple_requests as apple
from tests.support import template_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

TABLE: Final = "parley-table"
BUCKET: Final = "parley-bucket"
APPLE_SECRET: Final = "parley/apple"
BUSINESS_PREFIX: Final = "parley/business/"
ATTACHMENTS_KEY: Final = "alias/parley-attachments"
"""The template names its key by ARN; an alias is the same to KMS, and known before the key is made."""

AWS_ENVIRONMENT: Final = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_ENDPOINT_URL": "",
}

QUEUES: Final = {
    "EVENTS_QUEUE_URL": ("EventsQueue", "parley-events.fifo"),
    "OUTBOX_QUEUE_URL": ("OutboxQueue", "parley-outbox.fifo"),
    "WAKEUPS_QUEUE_URL": ("WakeupsQueue", "parley-wakeups"),
    "AUTOMATIONS_QUEUE_URL": ("AutomationsQueue", "parley-automations"),
    "TRANSFERS_QUEUE_URL": ("TransfersQueue", "parley-transfers"),
    "UPLOADS_QUEUE_URL": ("UploadsQueue", "parley-uploads"),
    "ERASURES_QUEUE_URL": ("ErasuresQueue", "parley-erasures"),
    "AUTOMATIONS_DLQ_URL": ("AutomationsDlq", "parley-automations-dlq"),
    "EVENTS_DLQ_URL": ("EventsDlq", "parley-events-dlq.fifo"),
    "OUTBOX_DLQ_URL": ("OutboxDlq", "parley-outbox-dlq.fifo"),
    "WAKEUPS_DLQ_URL": ("WakeupsDlq", "parley-wakeups-dlq"),
    "TRANSFERS_DLQ_URL": ("TransfersDlq", "parley-transfers-dlq"),
    "UPLOADS_DLQ_URL": ("UploadsDlq", "parley-uploads-dlq"),
}


_answer: Final = DynamoHandler.call_action
_one_at_a_time: Final = threading.RLock()


def _answer_alone(handler: DynamoHandler) -> Any:
    """A transaction of moto's copies whole tables, and fails when another thread writes to one meanwhile."""
    with _one_at_a_time:
        return _answer(handler)


DynamoHandler.call_action = _answer_alone  # type: ignore[method-assign]


@dataclass(frozen=True)
class Cloud:
    """Clients of the running mock, and where everything lies."""

    dynamodb: DynamoDBClient
    sqs: SQSClient
    s3: S3Client
    secrets: SecretsManagerClient
    apigateway: APIGatewayClient
    queue_urls: dict[str, str]
    usage_plan_id: str
    plus_plan_id: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What the functions are told by the template, all of them together."""
        return {
            **AWS_ENVIRONMENT,
            **self.queue_urls,
            "STAGE": "local",
            "TABLE_NAME": TABLE,
            "BUCKET_NAME": BUCKET,
            "APPLE_SECRET_ID": APPLE_SECRET,
            "BUSINESS_SECRET_PREFIX": BUSINESS_PREFIX,
            "ALLOW_LOOPBACK": "true",
            "RETENTION_DAYS": "90",
            "SECRET_OVERLAP_HOURS": "24",
            "ATTACHMENTS_KEY_ARN": ATTACHMENTS_KEY,
            "MALWARE_SCAN": "off",
            "ERASURE_SETTLE_SECONDS": "960",
            "TIERS": '{"standard":[20,40],"plus":[100,200]}',
        }

    def items(self) -> list[dict[str, Any]]:
        """Every item of the table, as DynamoDB writes it."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=TABLE)
        return [item for page in pages for item in page["Items"]]

    def item_keys(self, prefix: str = "") -> list[str]:
        """The primary keys of the items whose partition key starts with `prefix`, as `pk|sk`, sorted."""
        found = (f"{item['pk']['S']}|{item['sk']['S']}" for item in self.items())
        return sorted(key for key in found if key.startswith(prefix))

    def objects(self) -> list[str]:
        """The keys of everything in the bucket."""
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def waiting(self, variable: str) -> int:
        """How many notes are in a queue: visible, delayed or in flight."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.queue_urls[variable], AttributeNames=["All"])["Attributes"]
        return sum(int(value) for name, value in found.items() if name.startswith("ApproximateNumberOfMessages"))

    def receive(self, variable: str) -> list[dict[str, Any]]:
        """Up to ten notes of a queue as Lambda hands them over."""
        found = self.sqs.receive_message(
            QueueUrl=self.queue_urls[variable], MaxNumberOfMessages=10, AttributeNames=["All"]
        )
        return [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "awsRegion": "us-east-1",
            }
            for message in found.get("Messages", [])
        ]

    def pump(self, variable: str, handler: Callable[[dict[str, Any], Any], Any], context: object) -> Any:
        """Do what Lambda does: hand a batch over, delete what did not fail. None when the queue is empty."""
        records = self.receive(variable)
        if not records:
            return None
        answer = handler({"Records": records}, context)
        failed = {entry["itemIdentifier"] for entry in answer["batchItemFailures"]}
        for record in records:
            if record["messageId"] not in failed:
                self.sqs.delete_message(QueueUrl=self.queue_urls[variable], ReceiptHandle=record["receiptHandle"])
        return answer


@cache
def client(service: str) -> Any:
    """One client for all tests: making one takes longer than most tests, and the mock answers it as well."""
    return boto3.client(service)  # type: ignore[call-overload]


def build() -> Cloud:
    """Create everything in the mock that is active now."""
    cloud = Cloud(
        dynamodb=client("dynamodb"),
        sqs=client("sqs"),
        s3=client("s3"),
        secrets=client("secretsmanager"),
        apigateway=client("apigateway"),
        queue_urls={},
        usage_plan_id=client("apigateway").create_usage_plan(name="businesses")["id"],
        plus_plan_id=client("apigateway").create_usage_plan(name="plus")["id"],
    )
    create_table(cloud.dynamodb)
    for variable, (logical_id, name) in QUEUES.items():
        created = cloud.sqs.create_queue(QueueName=name, Attributes=_attributes(logical_id))
        cloud.queue_urls[variable] = created["QueueUrl"]
    cloud.s3.create_bucket(Bucket=BUCKET)
    client("kms").create_alias(AliasName=ATTACHMENTS_KEY, TargetKeyId=_create_key())
    cloud.secrets.create_secret(
        Name=APPLE_SECRET, SecretString=json.dumps({"msp_id": apple.MSP_ID, "secret": apple.SECRET})
    )
    return cloud


def _create_key() -> str:
    """The mock makes a pair of RSA keys for every key, which takes longer than all the rest; ours signs nothing."""
    with patch("moto.kms.models.generate_private_key", return_value=None):
        return str(client("kms").create_key()["KeyMetadata"]["KeyId"])


def create_table(client: DynamoDBClient) -> None:
    """The table exactly as template.yaml declares it."""
    client.create_table(TableName=TABLE, **template_yaml.table())


def _attributes(logical_id: str) -> Any:
    return template_yaml.queue(logical_id)
