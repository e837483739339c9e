"""What would be wrong about stored data: table, bucket, secrets, logs, names. Each check names the offenders."""

import re
from typing import Any

from tests.template.queue_checks import TLS_ONLY
from tests.template.translation import Template, of_type, referred, written

KEPT = ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::SecretsManager::Secret")

# Every name that is not CloudFormation's to choose, and why.
CHOSEN_NAMES = {
    ("AppleApi", "Name"): "the dimension of its CloudWatch metrics",
    ("BusinessApi", "Name"): "the dimension of its CloudWatch metrics",
    ("AppleApiStage", "StageName"): "part of the URL",
    ("BusinessApiStage", "StageName"): "part of the URL",
    ("AppleSecret", "Name"): "an operator types it",
    ("EventsQueue", "QueueName"): "a FIFO queue's name ends in .fifo",
    ("EventsDlq", "QueueName"): "a FIFO queue's name ends in .fifo",
    ("OutboxQueue", "QueueName"): "a FIFO queue's name ends in .fifo",
    ("OutboxDlq", "QueueName"): "a FIFO queue's name ends in .fifo",
    ("SharedLayer", "LayerName"): "SAM's, not ours; a layer's versions are numbered",
}
NAMES = (
    "AlarmName",
    "BucketName",
    "DBName",
    "FunctionName",
    "LayerName",
    "LogGroupName",
    "Name",
    "QueueName",
    "RoleName",
    "RuleName",
    "StageName",
    "TableName",
    "TopicName",
    "UsagePlanName",
)


def tables_that_can_lose_data(template: Template) -> list[str]:
    """Point-in-time recovery, and in production no deletion by mistake."""
    wanted = {
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": True,
    }
    return [name for name, table in _tables(template) if not wanted.items() <= table.items()]


def tables_without_encryption(template: Template) -> list[str]:
    """Encrypted with a key whose use is logged."""
    return [name for name, table in _tables(template) if table.get("SSESpecification") != {"SSEEnabled": True}]


def tables_that_never_forget(template: Template) -> list[str]:
    """Items expire by themselves."""
    wanted = {"AttributeName": "expires_at", "Enabled": True}
    return [name for name, table in _tables(template) if table.get("TimeToLiveSpecification") != wanted]


def stores_that_go_with_the_stack(template: Template) -> list[str]:
    """Deleting the stack, or replacing the resource, leaves the data where it is."""
    return [
        name
        for kind in KEPT
        for name in of_type(template, kind)
        if [template["Resources"][name].get(key) for key in ("DeletionPolicy", "UpdateReplacePolicy")] != ["Retain"] * 2
    ]


def buckets_the_public_could_read(template: Template) -> list[str]:
    """All four locks, and no access lists."""
    locks = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    owner = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    return [
        name
        for name, bucket in of_type(template, "AWS::S3::Bucket").items()
        if bucket.get("PublicAccessBlockConfiguration") != dict.fromkeys(locks, True)
        or bucket.get("OwnershipControls") != owner
    ]


def buckets_without_encryption(template: Template) -> list[str]:
    """Encrypted by default."""
    wanted = [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    return [
        name
        for name, bucket in of_type(template, "AWS::S3::Bucket").items()
        if bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration") != wanted
    ]


def buckets_open_to_plaintext(template: Template) -> list[str]:
    """Everybody is denied everything that does not come over TLS, on the bucket and on its objects."""
    closed = {
        referred(policy["Bucket"])
        for policy in of_type(template, "AWS::S3::BucketPolicy").values()
        for each in policy["PolicyDocument"]["Statement"]
        if (each["Effect"], each["Principal"], each["Action"]) == ("Deny", "*", "s3:*")
        and each["Condition"] == TLS_ONLY
        and [written(arn) for arn in each["Resource"]]
        == [f"{referred(policy['Bucket'])}.Arn", f"${{{referred(policy['Bucket'])}.Arn}}/*"]
    }
    return sorted(set(of_type(template, "AWS::S3::Bucket")) - closed)


def buckets_that_keep_what_was_deleted(template: Template) -> list[str]:
    """No versions; payloads and attachments expire with their messages; pieces of broken uploads go."""
    offenders = []
    for name, bucket in of_type(template, "AWS::S3::Bucket").items():
        rules = [
            rule for rule in bucket.get("LifecycleConfiguration", {}).get("Rules", []) if rule["Status"] == "Enabled"
        ]
        expires = {rule["Prefix"]: written(rule["ExpirationInDays"]) for rule in rules if "ExpirationInDays" in rule}
        aborts = [rule for rule in rules if rule.get("AbortIncompleteMultipartUpload") and "Prefix" not in rule]
        kept = {prefix for prefix in ("payloads/", "attachments/") if expires.get(prefix) != "MessageRetentionDays"}
        if kept or not aborts or "VersioningConfiguration" in bucket:
            offenders.append(name)
    return offenders


def secrets_written_in_the_template(template: Template) -> list[str]:
    """A value in the template is a value in its history; and an update would put it back over the real one."""
    return [
        name
        for name, secret in of_type(template, "AWS::SecretsManager::Secret").items()
        if "SecretString" in secret or secret.get("GenerateSecretString", {}).get("PasswordLength", 0) < 43
    ]


def secrets_without_encryption(template: Template) -> list[str]:
    """Each secret names its key."""
    return [name for name, each in of_type(template, "AWS::SecretsManager::Secret").items() if not each.get("KmsKeyId")]


def keys_that_open_without_a_context(template: Template) -> list[str]:
    """The account manages a key; who encrypts or decrypts says for which attachment of which business."""
    root = "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
    context = {"Null": {"kms:EncryptionContext:attachment": "false", "kms:EncryptionContext:business": "false"}}
    offenders = []
    for name, key in of_type(template, "AWS::KMS::Key").items():
        statements = key["KeyPolicy"]["Statement"]
        using = [each for each in statements if not all(map(_manages, each["Action"]))]
        if (
            any(written(each["Principal"].get("AWS")) != root for each in statements)
            or [(sorted(each["Action"]), each.get("Condition")) for each in using]
            != [(["kms:Decrypt", "kms:Encrypt"], context)]
            or key.get("EnableKeyRotation") is not True
        ):
            offenders.append(name)
    return offenders


def _manages(action: str) -> bool:
    """No data passes through it, and it names one thing."""
    return "*" not in action and not re.search(r"crypt|Generate|Sign|Verify|Grant|Mac", action)


def log_groups_that_are_kept_for_ever(template: Template) -> list[str]:
    """Each expires after the days the operator chose."""
    return [
        name
        for name, group in of_type(template, "AWS::Logs::LogGroup").items()
        if written(group.get("RetentionInDays")) != "LogRetentionDays"
    ]


def log_groups_without_the_operators_key(template: Template) -> list[str]:
    """CloudWatch encrypts them anyway; a key of the operator's own, once given, is for all of them."""
    return [
        name
        for name, group in of_type(template, "AWS::Logs::LogGroup").items()
        if written(group.get("KmsKeyId")) != "LogsKeyArn"
    ]


def names_that_were_not_left_to_cloudformation(template: Template) -> list[str]:
    """A chosen name stands in the way of a second stack, or of a replacement."""
    return [
        f"{name}.{key}"
        for name, resource in template["Resources"].items()
        for key in NAMES
        if key in resource.get("Properties", {})
        and not _is_reference(resource["Type"], key)
        and (_without_hash(name, resource["Type"]), key) not in CHOSEN_NAMES
    ]


def _tables(template: Template) -> list[tuple[str, dict[str, Any]]]:
    return list(of_type(template, "AWS::DynamoDB::Table").items())


def _is_reference(kind: str, key: str) -> bool:
    """These name a function or a log group that exists, not one to be made."""
    return (key == "FunctionName" and kind != "AWS::Lambda::Function") or kind == "AWS::Logs::MetricFilter"


def _without_hash(name: str, kind: str) -> str:
    return name[:-10] if kind == "AWS::Lambda::LayerVersion" else name


ALL = [
    tables_that_can_lose_data,
    tables_without_encryption,
    tables_that_never_forget,
    stores_that_go_with_the_stack,
    buckets_the_public_could_read,
    buckets_without_encryption,
    buckets_open_to_plaintext,
    buckets_that_keep_what_was_deleted,
    secrets_written_in_the_template,
    secrets_without_encryption,
    keys_that_open_without_a_context,
    log_groups_that_are_kept_for_ever,
    log_groups_without_the_operators_key,
    names_that_were_not_left_to_cloudformation,
]
