"""Who may do what: the whole table, and that the code asks for exactly that."""

import re

from tests.template.access_checks import OPEN_ENDED, UNBOUNDED, grants, role_of
from tests.template.function_checks import VARIABLES
from tests.template.translation import ROOT, Template

PAYLOADS, BUSINESS_SECRETS = OPEN_ENDED
LOGS = "logs:CreateLogStream logs:PutLogEvents"
TRACES = {"*": " ".join(sorted(UNBOUNDED))}
TAKE = "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage"

ALLOWED = {
    "InboundRole": {
        "Table.Arn": "dynamodb:GetItem dynamodb:PutItem",
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
        "${Table.Arn}/index/by-conversation": "dynamodb:Query",
        BUSINESS_SECRETS: "secretsmanager:GetSecretValue",
        "EventsQueue.Arn": TAKE,
        "WakeupsQueue.Arn": "sqs:SendMessage",
        PAYLOADS: "s3:GetObject",
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
        "Table.Arn": "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem",
        "AppleSecret.Id": "secretsmanager:GetSecretValue",
        "OutboxQueue.Arn": "sqs:SendMessage",
        PAYLOADS: "s3:PutObject",
        "OutboundApiLogs.Arn": LOGS,
        **TRACES,
    },
    "OutboundSenderRole": {
        "Table.Arn": "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem",
        "AppleSecret.Id": "secretsmanager:GetSecretValue",
        "OutboxQueue.Arn": TAKE,
        PAYLOADS: "s3:GetObject",
        "OutboundSenderLogs.Arn": LOGS,
        **TRACES,
    },
    "AuthorizerRole": {"Table.Arn": "dynamodb:GetItem", "AuthorizerLogs.Arn": LOGS, **TRACES},
    "SweeperRole": {
        "Table.Arn": "dynamodb:GetItem dynamodb:UpdateItem",
        "${Table.Arn}/index/due": "dynamodb:Query",
        "EventsQueue.Arn": "sqs:SendMessage",
        "OutboxQueue.Arn": "sqs:SendMessage",
        "SweeperLogs.Arn": LOGS,
        **TRACES,
    },
}

# What Lambda itself does in a role's name, or IAM calls by another name.
NOT_CALLED_BY_OUR_CODE = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    *UNBOUNDED,
}
CALLS = {
    "batch_get_item": {"dynamodb:BatchGetItem"},
    "change_message_visibility": {"sqs:ChangeMessageVisibility"},
    "change_message_visibility_batch": {"sqs:ChangeMessageVisibility"},
    "delete_item": {"dynamodb:DeleteItem"},
    "get_item": {"dynamodb:GetItem"},
    "get_object": {"s3:GetObject"},
    "get_secret_value": {"secretsmanager:GetSecretValue"},
    "put_item": {"dynamodb:PutItem"},
    "put_object": {"s3:PutObject"},
    "query": {"dynamodb:Query"},
    "send_message": {"sqs:SendMessage"},
    "transact_write_items": {"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
    "update_item": {"dynamodb:UpdateItem"},
}
# Registering a business happens with an operator's own rights, never a function's.
OPERATORS_CALLS = {
    "create_api_key",
    "create_secret",
    "create_usage_plan_key",
    "get_api_keys",
    "put_secret_value",
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


def test_each_function_runs_as_the_role_of_its_name(aws: Template) -> None:
    roles = {function: role_of(aws, function) for function in VARIABLES}

    assert roles == {function: function.replace("Function", "Role") for function in VARIABLES}


def test_what_the_code_calls_is_allowed_to_somebody_and_nothing_else_is(aws: Template) -> None:
    storage = "\n".join(path.read_text() for path in (ROOT / "layers/shared/parley/storage").glob("*.py"))
    called = set(re.findall(r"client(?:\(\))?\.(?!get_paginator)([a-z_]+)\(", storage))
    called |= set(re.findall(r'get_paginator\("([a-z_]+)"\)', storage))

    assert called - OPERATORS_CALLS <= CALLS.keys(), "say here which actions this call needs"
    needed = {action for call in called - OPERATORS_CALLS for action in CALLS[call]}
    assert {grant.action for grant in grants(aws)} - NOT_CALLED_BY_OUR_CODE == needed
