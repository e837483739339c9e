"""Who may do what: the whole table, and that the code asks for exactly that."""

import json
import re

from tests.template.access_checks import OPEN_ENDED, UNBOUNDED, grants, role_of
from tests.template.function_checks import VARIABLES
from tests.template.translation import ROOT, Template, of_type, referred, written

PAYLOADS, BUSINESS_SECRETS, ATTACHMENTS, UPLOADS, RENDITIONS, WANTED, LIBRARY, *_ = OPEN_ENDED
LOGS = "logs:CreateLogStream logs:PutLogEvents"
TRACES = {"*": " ".join(sorted(UNBOUNDED))}
TAKE = "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage"
EMPTY = "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:ReceiveMessage"

ALLOWED = {
    "InboundRole": {
        "Table.Arn": "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem",
        "AppleSecret.Id": "secretsmanager:GetSecretValue",
        "EventsQueue.Arn": "sqs:SendMessage",
        "TransfersQueue.Arn": "sqs:SendMessage",
        PAYLOADS: "s3:PutObject",
        "InboundLogs.Arn": LOGS,
        **TRACES,
    },
    "RoutingRole": {
        "Table.Arn": (
            "dynamodb:BatchGetItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query"
            " dynamodb:UpdateItem"
        ),
        "${Table.Arn}/index/by-business": "dynamodb:Query",
        "${Table.Arn}/index/by-conversation": "dynamodb:Query",
        "${Table.Arn}/index/by-state": "dynamodb:Query",
        "${Table.Arn}/index/held-by-endpoint": "dynamodb:Query",
        BUSINESS_SECRETS: "secretsmanager:GetSecretValue",
        "EventsQueue.Arn": f"{TAKE} sqs:SendMessage",
        "WakeupsQueue.Arn": "sqs:SendMessage",
        "AutomationsQueue.Arn": "sqs:SendMessage",
        PAYLOADS: "s3:GetObject s3:PutObject",
        ATTACHMENTS: "s3:GetObject s3:PutObject",
        "RoutingLogs.Arn": LOGS,
        **TRACES,
    },
    "WakeupsRole": {
        "EventsQueue.Arn": "sqs:SendMessage",
        "WakeupsQueue.Arn": "sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage sqs:SendMessage",
        "WakeupsLogs.Arn": LOGS,
        **TRACES,
    },
    "OutboundApiRole": {
        "Table.Arn": "dynamodb:BatchGetItem dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem",
        "AppleSecret.Id": "secretsmanager:GetSecretValue",
        "OutboxQueue.Arn": "sqs:SendMessage",
        PAYLOADS: "s3:GetObject s3:PutObject",
        ATTACHMENTS: "s3:GetObject",
        LIBRARY: "s3:GetObject",
        "OutboundApiLogs.Arn": LOGS,
        **TRACES,
    },
    "AutomaticRole": {
        "Table.Arn": "dynamodb:BatchGetItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem",
        "AutomationsQueue.Arn": "sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage",
        "EventsQueue.Arn": "sqs:SendMessage",
        "OutboxQueue.Arn": "sqs:SendMessage",
        PAYLOADS: "s3:PutObject",
        ATTACHMENTS: "s3:GetObject",
        LIBRARY: "s3:GetObject",
        "AutomaticLogs.Arn": LOGS,
        **TRACES,
    },
    "LibraryRole": {
        "Table.Arn": "dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem",
        LIBRARY: "s3:DeleteObject s3:GetObject s3:PutObject",
        ATTACHMENTS: "s3:GetObject",
        "LibraryLogs.Arn": LOGS,
        **TRACES,
    },
    "OutboundSenderRole": {
        "Table.Arn": "dynamodb:BatchGetItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem",
        "AppleSecret.Id": "secretsmanager:GetSecretValue",
        "AttachmentsKey.Arn": "kms:Decrypt",
        "EventsQueue.Arn": "sqs:SendMessage",
        "OutboxQueue.Arn": TAKE,
        PAYLOADS: "s3:GetObject",
        "OutboundSenderLogs.Arn": LOGS,
        **TRACES,
    },
    "AttachmentsRole": {
        "Table.Arn": "dynamodb:BatchGetItem dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem",
        "AppleSecret.Id": "secretsmanager:GetSecretValue",
        "TransfersQueue.Arn": f"{TAKE} sqs:SendMessage",
        "EventsQueue.Arn": "sqs:SendMessage",
        PAYLOADS: "s3:GetObject",
        ATTACHMENTS: "s3:AbortMultipartUpload s3:DeleteObject s3:GetObject s3:PutObject",
        WANTED: "s3:PutObject",
        "AttachmentsLogs.Arn": LOGS,
        **TRACES,
    },
    "AttachmentsApiRole": {
        "Table.Arn": "dynamodb:GetItem dynamodb:PutItem",
        UPLOADS: "s3:PutObject",
        ATTACHMENTS: "s3:GetObject s3:GetObjectTagging",
        RENDITIONS: "s3:GetObject",
        "AttachmentsApiLogs.Arn": LOGS,
        **TRACES,
    },
    "UploadsRole": {
        "Table.Arn": "dynamodb:GetItem dynamodb:UpdateItem",
        "AppleSecret.Id": "secretsmanager:GetSecretValue",
        "UploadsQueue.Arn": TAKE,
        "AttachmentsKey.Arn": "kms:Encrypt",
        UPLOADS: "s3:DeleteObject s3:GetObject",
        ATTACHMENTS: "s3:DeleteObject s3:GetObject s3:PutObject",
        WANTED: "s3:PutObject",
        "Bucket.Arn": "s3:ListBucket",
        "UploadsLogs.Arn": LOGS,
        **TRACES,
    },
    "RenditionsRole": {
        ATTACHMENTS: "s3:GetObject",
        RENDITIONS: "s3:DeleteObject s3:PutObject",
        WANTED: "s3:DeleteObject",
        "RenditionsLogs.Arn": LOGS,
        **TRACES,
    },
    "ConsoleRole": {
        "Table.Arn": (
            "dynamodb:BatchGetItem dynamodb:ConditionCheckItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem"
            " dynamodb:Query dynamodb:UpdateItem"
        ),
        "${Table.Arn}/index/by-business": "dynamodb:Query",
        "${Table.Arn}/index/by-conversation": "dynamodb:Query",
        "${Table.Arn}/index/by-state": "dynamodb:Query",
        BUSINESS_SECRETS: (
            "secretsmanager:GetSecretValue secretsmanager:PutSecretValue secretsmanager:UpdateSecretVersionStage"
        ),
        "ErasuresQueue.Arn": "sqs:SendMessage",
        "EventsQueue.Arn": "sqs:SendMessage",
        "OutboxQueue.Arn": "sqs:SendMessage",
        "ConsoleLogs.Arn": LOGS,
        **TRACES,
    },
    "SettingsRole": {
        "Table.Arn": (
            "dynamodb:BatchGetItem dynamodb:ConditionCheckItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem"
            " dynamodb:Query dynamodb:UpdateItem"
        ),
        "${Table.Arn}/index/by-business": "dynamodb:Query",
        "SettingsLogs.Arn": LOGS,
        **TRACES,
    },
    "DocsRole": {"DocsLogs.Arn": LOGS, **TRACES},
    "AuthorizerRole": {"Table.Arn": "dynamodb:GetItem dynamodb:UpdateItem", "AuthorizerLogs.Arn": LOGS, **TRACES},
    "RotationRole": {
        "AppleSecret.Id": (
            "secretsmanager:DescribeSecret secretsmanager:GetSecretValue secretsmanager:UpdateSecretVersionStage"
        ),
        BUSINESS_SECRETS: (
            "secretsmanager:DescribeSecret secretsmanager:GetSecretValue secretsmanager:PutSecretValue"
            " secretsmanager:UpdateSecretVersionStage"
        ),
        "RotationLogs.Arn": LOGS,
        **TRACES,
    },
    "ErasureRole": {
        "Table.Arn": "dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query",
        "${Table.Arn}/index/by-conversation": "dynamodb:Query",
        PAYLOADS: "s3:DeleteObject s3:GetObject",
        ATTACHMENTS: "s3:AbortMultipartUpload s3:DeleteObject",
        RENDITIONS: "s3:DeleteObject",
        UPLOADS: "s3:DeleteObject",
        "Bucket.Arn": "s3:ListBucket",
        "ErasuresQueue.Arn": "sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage sqs:SendMessage",
        "AutomationsDlq.Arn": EMPTY,
        "EventsDlq.Arn": EMPTY,
        "OutboxDlq.Arn": EMPTY,
        "TransfersDlq.Arn": EMPTY,
        "UploadsDlq.Arn": EMPTY,
        "WakeupsDlq.Arn": EMPTY,
        "ErasureLogs.Arn": LOGS,
        **TRACES,
    },
    "ExpiryRole": {
        ATTACHMENTS: "s3:DeleteObject",
        PAYLOADS: "s3:DeleteObject",
        RENDITIONS: "s3:DeleteObject",
        UPLOADS: "s3:DeleteObject",
        "ExpiryLogs.Arn": LOGS,
        "ExpiryDlq.Arn": "sqs:SendMessage",
        "Table.StreamArn": (
            "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams"
        ),
        **TRACES,
    },
    "SweeperRole": {
        "Table.Arn": "dynamodb:GetItem dynamodb:UpdateItem",
        "${Table.Arn}/index/due": "dynamodb:Query",
        "ErasuresQueue.Arn": "sqs:SendMessage",
        "EventsQueue.Arn": "sqs:SendMessage",
        "OutboxQueue.Arn": "sqs:SendMessage",
        "TransfersQueue.Arn": "sqs:SendMessage",
        "UploadsQueue.Arn": "sqs:SendMessage",
        "SweeperLogs.Arn": LOGS,
        **TRACES,
    },
}

# What Lambda itself does in a role's name, or IAM calls by another name.
NOT_CALLED_BY_OUR_CODE = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    *UNBOUNDED,
}
CALLS = {
    "abort_multipart_upload": {"s3:AbortMultipartUpload"},
    "batch_get_item": {"dynamodb:BatchGetItem"},
    "change_message_visibility": {"sqs:ChangeMessageVisibility"},
    "change_message_visibility_batch": {"sqs:ChangeMessageVisibility"},
    "complete_multipart_upload": {"s3:PutObject"},
    "create_multipart_upload": {"s3:PutObject"},
    "decrypt": {"kms:Decrypt"},
    "delete_item": {"dynamodb:DeleteItem"},
    "delete_object": {"s3:DeleteObject"},
    "encrypt": {"kms:Encrypt"},
    "describe_secret": {"secretsmanager:DescribeSecret"},
    "generate_presigned_url": {"s3:GetObject"},
    "get_item": {"dynamodb:GetItem"},
    "get_object": {"s3:GetObject"},
    "get_secret_value": {"secretsmanager:GetSecretValue"},
    "copy_object": {"s3:GetObject", "s3:PutObject"},
    "generate_presigned_post": {"s3:PutObject"},
    "get_object_tagging": {"s3:GetObjectTagging"},
    "head_object": {"s3:GetObject", "s3:ListBucket"},
    "put_item": {"dynamodb:PutItem"},
    "put_object": {"s3:PutObject"},
    "put_secret_value": {"secretsmanager:PutSecretValue"},
    "query": {"dynamodb:Query"},
    "receive_message": {"sqs:ReceiveMessage"},
    "delete_message": {"sqs:DeleteMessage"},
    "send_message": {"sqs:SendMessage"},
    "send_message_batch": {"sqs:SendMessage"},
    "transact_write_items": {
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    },
    "update_item": {"dynamodb:UpdateItem"},
    "upload_part": {"s3:PutObject"},
    "update_secret_version_stage": {"secretsmanager:UpdateSecretVersionStage"},
}
# Registering a business happens with an operator's own rights, never a function's.
OPERATORS_CALLS = {
    "create_api_key",
    "create_secret",
    "create_usage_plan_key",
    "delete_usage_plan_key",
    "get_usage_plan_keys",
    "get_api_keys",
}


def test_each_role_is_allowed_exactly_this(aws: Template) -> None:
    allowed: dict[str, dict[str, set[str]]] = {}
    for grant in grants(aws):
        allowed.setdefault(grant.role, {}).setdefault(grant.resource, set()).add(grant.action)

    table = {
        role: {resource: " ".join(sorted(actions)) for resource, actions in resources.items()}
        for role, resources in allowed.items()
    }
    assert table == ALLOWED


def test_the_authorizer_reaches_keys_only_and_writes_nothing_but_their_last_use(aws: Template) -> None:
    (policy,) = aws["Resources"]["AuthorizerRole"]["Properties"]["Policies"]
    of_table = {
        each["Action"]: each["Condition"]
        for each in policy["PolicyDocument"]["Statement"]
        if each["Resource"] == {"Fn::GetAtt": ["Table", "Arn"]}
    }
    only_keys = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["KEY#*"]}}

    assert of_table["dynamodb:GetItem"] == only_keys
    assert of_table["dynamodb:UpdateItem"] == only_keys | {
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk", "used_at"]},
        "StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"},
    }


def test_each_function_runs_as_the_role_of_its_name(aws: Template) -> None:
    roles = {function: role_of(aws, function) for function in VARIABLES}

    assert roles == {function: function.replace("Function", "Role") for function in VARIABLES}


def test_what_the_code_calls_is_allowed_to_somebody_and_nothing_else_is(aws: Template) -> None:
    storage = "\n".join(path.read_text() for path in (ROOT / "layers/shared/parley/storage").glob("*.py"))
    called = set(re.findall(r"client(?:\(\))?\.(?!get_paginator)([a-z_]+)\(", storage))
    called |= set(re.findall(r'get_paginator\("([a-z_]+)"\)', storage))

    assert called - OPERATORS_CALLS <= CALLS.keys(), "say here which actions this call needs"
    needed = {action for call in called - OPERATORS_CALLS for action in CALLS[call]}
    assert {grant.action for grant in grants(aws)} - NOT_CALLED_BY_OUR_CODE == needed - NOT_CALLED_BY_OUR_CODE


LONGEST_POLICY = 20_480
"""Bytes of a function's own policy; AWS refuses to deploy more, and the local cloud does not."""


def test_no_function_has_more_routes_than_its_policy_has_room_for(aws: Template) -> None:
    lengths: dict[str, int] = {}
    for name, permission in of_type(aws, "AWS::Lambda::Permission").items():
        function = referred(permission["FunctionName"])
        line = {
            "Sid": f"parley-staging-{name}-{12 * 'X'}",
            "Effect": "Allow",
            "Principal": {"Service": permission["Principal"]},
            "Action": permission["Action"],
            "Resource": f"arn:aws:lambda:ap-southeast-2:123456789012:function:parley-staging-{function}-{12 * 'X'}",
            "Condition": {"ArnLike": {"AWS:SourceArn": _as_on_aws(written(permission.get("SourceArn", "")))}},
        }
        lengths[function] = lengths.get(function, 100) + len(json.dumps(line, separators=(",", ":"))) + 1

    assert {name: length for name, length in lengths.items() if length > LONGEST_POLICY} == {}
    assert max(lengths.values()) > LONGEST_POLICY / 4  # so what is counted is really there


def _as_on_aws(arn: str) -> str:
    """Each `${…}` as long as what it stands for."""
    for name, value in {
        "AWS::Partition": "aws",
        "AWS::Region": "ap-southeast-2",
        "AWS::AccountId": "123456789012",
    }.items():
        arn = arn.replace(f"${{{name}}}", value)
    return re.sub(r"\$\{\w+\}", 10 * "x", arn)
