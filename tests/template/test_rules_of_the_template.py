"""What must never be in the template, and the proof that each check would notice it."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.template import access_checks, api_checks, function_checks, queue_checks, storage_checks
from tests.template.translation import Template

type Check = Callable[[Template], list[str]]

CHECKS: list[Check] = [
    *queue_checks.ALL,
    *access_checks.ALL,
    *storage_checks.ALL,
    *function_checks.ALL,
    *api_checks.ALL,
]
GONE = "what the template no longer has"
STATEMENT = "InboundRole/Policies/0/PolicyDocument/Statement/0"
POST = "BusinessApi/Body/paths/~1v1~1messages/post"
ANSWERS = "BusinessApi/Body/x-amazon-apigateway-gateway-responses"

# Check, what to break (resource / property / …, a slash inside a name is ~1), and what to put there.
BREAKS: list[tuple[Check, str, Any]] = [
    (queue_checks.queues_without_a_dead_letter_queue, "WakeupsQueue/RedrivePolicy", GONE),
    (queue_checks.streams_without_a_dead_letter_queue, "ExpiredItems/DestinationConfig", GONE),
    (queue_checks.streams_without_a_dead_letter_queue, "ExpiredItems/MaximumRecordAgeInSeconds", GONE),
    (queue_checks.queues_without_a_dead_letter_queue, "EventsQueue/RedrivePolicy/deadLetterTargetArn", "elsewhere"),
    (queue_checks.queues_whose_dead_letter_queue_is_of_another_kind, "EventsDlq/FifoQueue", GONE),
    (queue_checks.queues_with_a_visibility_below_six_timeouts, "EventsQueue/VisibilityTimeout", 719),
    (queue_checks.queues_with_a_visibility_below_six_timeouts, "TransfersQueue/VisibilityTimeout", GONE),
    (queue_checks.queues_with_a_visibility_below_six_timeouts, "WakeupsFunction/Timeout", 31),
    (queue_checks.queues_nobody_empties, "OutboundSenderFunctionOutbox", GONE),
    (queue_checks.event_sources_that_fail_whole_batches, "WakeupsFunctionWakeups/FunctionResponseTypes", GONE),
    (queue_checks.event_sources_with_more_than_ten_of_a_fifo_queue, "RoutingFunctionEvents/BatchSize", 11),
    (queue_checks.event_sources_without_a_concurrency_limit, "RoutingFunctionEvents/ScalingConfig", GONE),
    (queue_checks.queues_without_encryption, "TransfersDlq/SqsManagedSseEnabled", GONE),
    (queue_checks.queues_that_forget_before_somebody_looks, "OutboxDlq/MessageRetentionPeriod", 345_600),
    (queue_checks.queues_that_forget_before_somebody_looks, "WakeupsQueue/MessageRetentionPeriod", 1_209_600),
    (queue_checks.fifo_queues_that_give_up_early, "OutboxQueue/RedrivePolicy/maxReceiveCount", 5),
    (queue_checks.fifo_queues_that_are_slow, "EventsQueue/FifoThroughputLimit", GONE),
    (queue_checks.queues_open_to_plaintext, "QueuesOnlyOverTls/Queues/3", GONE),
    (queue_checks.queues_open_to_plaintext, "QueuesOnlyOverTls/PolicyDocument/Statement/0/Condition", {}),
    (queue_checks.dead_letter_queues_nobody_watches, "TransfersDlqAlarm", GONE),
    (queue_checks.dead_letter_queues_nobody_watches, "EventsDlqAlarm/AlarmActions", []),
    (access_checks.roles_with_a_wildcard_action, f"{STATEMENT}/Action", "dynamodb:*"),
    (access_checks.roles_with_a_wildcard_resource, f"{STATEMENT}/Resource", "*"),
    (access_checks.roles_with_a_wildcard_resource, f"{STATEMENT}/Resource", {"Fn::Sub": "${Table.Arn}/*"}),
    (access_checks.roles_with_policies_from_elsewhere, "InboundRole/ManagedPolicyArns", ["arn:aws:iam::aws:policy/X"]),
    (access_checks.roles_somebody_else_can_assume, "InboundRole/AssumeRolePolicyDocument/Statement/0/Principal", "*"),
    (access_checks.functions_that_share_a_role, "SweeperFunction/Role", {"Fn::GetAtt": ["InboundRole", "Arn"]}),
    (
        access_checks.functions_that_read_a_secret_they_do_not_declare,
        "AuthorizerFunction/Role",
        {"Fn::GetAtt": ["InboundRole", "Arn"]},
    ),
    (
        access_checks.functions_that_read_a_secret_they_do_not_declare,
        "SweeperFunction/Environment/Variables/APPLE_SECRET_ID",
        {"Ref": "AppleSecret"},
    ),
    (access_checks.statements_that_open_a_resource, "BucketOnlyOverTls/PolicyDocument/Statement/0/Effect", "Allow"),
    (access_checks.functions_anybody_may_invoke, "InboundFunctionMessagePermissionStage/SourceArn", GONE),
    (access_checks.functions_anybody_may_invoke, "RotationBySecretsManager/SourceAccount", GONE),
    (access_checks.functions_anybody_may_invoke, "RotationBySecretsManager/Principal", "*"),
    (storage_checks.tables_that_can_lose_data, "Table/PointInTimeRecoverySpecification", GONE),
    (storage_checks.tables_that_can_lose_data, "Table/DeletionProtectionEnabled", False),
    (storage_checks.tables_without_encryption, "Table/SSESpecification/SSEEnabled", False),
    (storage_checks.tables_that_never_forget, "Table/TimeToLiveSpecification/AttributeName", "ttl"),
    (storage_checks.buckets_the_public_could_read, "Bucket/PublicAccessBlockConfiguration/BlockPublicPolicy", False),
    (storage_checks.buckets_without_encryption, "Bucket/BucketEncryption", GONE),
    (storage_checks.buckets_open_to_plaintext, "BucketOnlyOverTls/PolicyDocument/Statement/0/Resource/1", GONE),
    (storage_checks.buckets_open_to_plaintext, "BucketOnlyOverTls", GONE),
    (storage_checks.buckets_that_keep_what_was_deleted, "Bucket/VersioningConfiguration", {"Status": "Enabled"}),
    (storage_checks.buckets_that_keep_what_was_deleted, "Bucket/LifecycleConfiguration/Rules/1", GONE),
    (storage_checks.secrets_written_in_the_template, "AppleSecret/SecretString", "{}"),
    (storage_checks.secrets_written_in_the_template, "AppleSecret/GenerateSecretString", GONE),
    (storage_checks.secrets_without_encryption, "AppleSecret/KmsKeyId", GONE),
    (storage_checks.keys_that_open_without_a_context, "AttachmentsKey/EnableKeyRotation", GONE),
    (storage_checks.keys_that_open_without_a_context, "AttachmentsKey/KeyPolicy/Statement/1/Condition", GONE),
    (storage_checks.keys_that_open_without_a_context, "AttachmentsKey/KeyPolicy/Statement/0/Action", ["kms:*"]),
    (storage_checks.keys_that_open_without_a_context, "AttachmentsKey/KeyPolicy/Statement/0/Principal", {"AWS": "*"}),
    (storage_checks.buckets_that_keep_what_was_deleted, "Bucket/LifecycleConfiguration/Rules/2", GONE),
    (storage_checks.log_groups_that_are_kept_for_ever, "SweeperLogs/RetentionInDays", GONE),
    (storage_checks.log_groups_without_the_operators_key, "AppleApiLogs/KmsKeyId", GONE),
    (storage_checks.names_that_were_not_left_to_cloudformation, "InboundFunction/FunctionName", "inbound"),
    (storage_checks.names_that_were_not_left_to_cloudformation, "WakeupsQueue/QueueName", "wakeups"),
    (function_checks.functions_told_too_much_or_too_little, "AuthorizerFunction/Environment/Variables/EXTRA", "1"),
    (function_checks.functions_told_too_much_or_too_little, "SweeperFunction/Environment/Variables/STAGE", GONE),
    (function_checks.functions_without_a_log_group_of_their_own, "InboundFunction/LoggingConfig", GONE),
    (
        function_checks.functions_without_a_log_group_of_their_own,
        "InboundFunction/LoggingConfig/LogGroup",
        "SweeperLogs",
    ),
    (function_checks.functions_without_traces, "RoutingFunction/TracingConfig", GONE),
    (function_checks.functions_that_run_on_something_else, "RoutingFunction/Runtime", "python3.12"),
    (function_checks.functions_without_the_shared_layer, "RoutingFunction/Layers", GONE),
    (function_checks.functions_that_reach_loopback, "RoutingFunction/Environment/Variables/ALLOW_LOOPBACK", "true"),
    (api_checks.routes_open_to_everybody, f"{POST}/security", GONE),
    (api_checks.routes_open_to_everybody, f"{POST}/security/1", GONE),
    (api_checks.apis_that_count_the_callers_own_word, "BusinessApi/ApiKeySourceType", "HEADER"),
    (api_checks.apis_with_old_tls, "AppleApi/SecurityPolicy", "TLS_1_0"),
    (api_checks.stages_without_a_throttle, "AppleApiStage/MethodSettings/0/ThrottlingBurstLimit", GONE),
    (api_checks.usage_plans_without_a_throttle, "BusinessUsagePlan/Throttle/RateLimit", GONE),
    (api_checks.stages_that_log_what_they_should_not, "AppleApiStage/MethodSettings/0/DataTraceEnabled", True),
    (api_checks.stages_that_log_what_they_should_not, "BusinessApiStage/AccessLogSetting/Format", "$context.path"),
    (api_checks.stages_that_log_what_they_should_not, "BusinessApiStage/AccessLogSetting/Format", "$input.body"),
    (api_checks.stages_without_an_access_log, "AppleApiStage/AccessLogSetting", GONE),
    (api_checks.stages_without_traces, "BusinessApiStage/TracingEnabled", False),
    (api_checks.answers_that_are_no_problem_json, f"{ANSWERS}/THROTTLED/statusCode", "503"),
    (
        api_checks.answers_that_are_no_problem_json,
        f"{ANSWERS}/ACCESS_DENIED/responseParameters/gatewayresponse.header.Content-Type",
        GONE,
    ),
    (
        api_checks.answers_without_retry_after,
        f"{ANSWERS}/THROTTLED/responseParameters/gatewayresponse.header.Retry-After",
        GONE,
    ),
]


def _broken(template: Template, path: str, value: object) -> Template:
    """A copy with one thing changed or taken out. `Name` alone is a resource, `Name/…` one of its properties."""
    template = copy.deepcopy(template)
    name, *steps = [step.replace("~1", "/") for step in path.split("/")]
    node, last = template["Resources"], name
    if steps:
        node = node[name]["Properties"]
        *steps, last = steps
        for step in steps:
            node = node[int(step) if isinstance(node, list) else step]
    key = int(last) if isinstance(node, list) else last
    if value is GONE:
        del node[key]
    else:
        node[key] = value
    return template


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_there_are_no(check: Check, aws: Template) -> None:
    assert check(aws) == []


@pytest.mark.parametrize(("check", "path", "value"), BREAKS, ids=lambda each: getattr(each, "__name__", str(each)[:60]))
def test_the_check_notices(check: Check, path: str, value: object, aws: Template) -> None:
    assert check(_broken(aws, path, value)) != []


def test_the_check_for_data_that_goes_with_the_stack_notices(aws: Template) -> None:
    broken = copy.deepcopy(aws)
    del broken["Resources"]["Table"]["UpdateReplacePolicy"]

    assert storage_checks.stores_that_go_with_the_stack(broken) == ["Table"]


def test_the_check_for_policies_outside_a_role_notices(aws: Template) -> None:
    broken = copy.deepcopy(aws)
    broken["Resources"]["Extra"] = {"Type": "AWS::IAM::Policy", "Properties": {}}

    assert access_checks.policies_outside_a_role(broken) == ["Extra"]


def test_no_check_is_left_unproven() -> None:
    proven = {check for check, _, _ in BREAKS}

    assert [check.__name__ for check in CHECKS if check not in proven] == [
        "policies_outside_a_role",
        "stores_that_go_with_the_stack",
    ], "these two have a test of their own"
