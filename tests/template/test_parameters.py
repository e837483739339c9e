"""Parameters, rules, outputs and samconfig.toml fit together; the laptop is AWS but for a short list."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.template.function_checks import entry_points_that_do_not_exist, functions
from tests.template.translation import ROOT, Template, is_true, parameters, refused_by, resolved

LOCAL = {"Stage": "local", "AwsEndpointUrl": "http://127.0.0.1:4566"}

# Where the local cloud's template is another one than AWS's, and why.
DIFFERENCES = {
    "Outputs.AppleMessageUrl.Value.Fn::Sub": "the emulator's address",
    "Outputs.BusinessApiUrl.Value.Fn::Sub": "the emulator's address",
    "Resources.AppleApi.Properties.BinaryMediaTypes.0": "the emulator does not know ~1",
    "Resources.BusinessApi.Properties.BinaryMediaTypes.0": "the emulator does not know ~1",
    "Resources.BusinessApi.Properties.Body.components.securitySchemes.api_key.name": "it takes keys from headers only",
    "Resources.AttachmentsFunction.Properties.Environment.Variables.ALLOW_LOOPBACK": "Apple's gateway is there",
    "Resources.AttachmentsFunctionTransfers.Properties.ScalingConfig.MaximumConcurrency": "it takes numbers only",
    "Resources.AttachmentsKey.Properties.KeyPolicy.Statement.1.Condition": "it knows no condition on a context",
    "Resources.AuthorizerRole.Properties.Policies.0.PolicyDocument.Statement.0.Condition": "it knows none on keys",
    "Resources.AuthorizerRole.Properties.Policies.0.PolicyDocument.Statement.1.Condition": "it knows none on keys",
    "Resources.BucketOnlyOverTls": "it speaks plain HTTP",
    "Resources.ConsoleFunction.Properties.Environment.Variables.ALLOW_LOOPBACK": "a business's endpoints may be there",
    "Resources.OutboundApiFunction.Properties.Environment.Variables.ALLOW_LOOPBACK": "pictures may lie on the laptop",
    "Resources.AutomaticFunction.Properties.Environment.Variables.ALLOW_LOOPBACK": "pictures may lie on the laptop",
    "Resources.AutomaticFunctionAutomations.Properties.ScalingConfig.MaximumConcurrency": "it takes numbers only",
    "Resources.ExpiredItems": "nothing expires there",
    "Resources.ExpiryRole.Properties.Policies.0.PolicyDocument.Statement": "nothing expires there",
    "Resources.Table.Properties.StreamSpecification": "nothing expires there",
    "Resources.EndpointGoneAlarm": "its figure is missing",
    "Resources.EndpointGoneMetric": "it knows no metric filters",
    "Resources.ErasureFunction.Properties.Environment.Variables.ERASURE_SETTLE_SECONDS": "nobody waits that long",
    "Resources.GivenUpAlarm": "its figure is missing",
    "Resources.GivenUpMetric": "it knows no metric filters",
    "Resources.OldestOverdueAlarm": "its figure is missing",
    "Resources.OldestOverdueMetric": "it knows no metric filters",
    "Resources.QueuesOnlyOverTls": "it speaks plain HTTP",
    "Resources.RoutingRole.Properties.Policies.0.PolicyDocument.Statement.3.Action.4": "a batch is an action there",
    "Resources.RoutingFunction.Properties.Environment.Variables.ALLOW_LOOPBACK": "the demo business is there",
    "Resources.UploadsFromEventBridge.Properties.PolicyDocument.Statement": "it speaks plain HTTP",
    "Resources.UploadsFunction.Properties.Environment.Variables.ALLOW_LOOPBACK": "Apple's gateway is there",
    "Resources.UploadsFunctionUploads.Properties.ScalingConfig.MaximumConcurrency": "it takes numbers only",
    "Resources.WakeupsFunctionWakeups.Properties.ScalingConfig.MaximumConcurrency": "it takes numbers only",
}


def samconfig() -> dict[str, Any]:
    return tomllib.loads((ROOT / "samconfig.toml").read_text())


def overrides(environment: str) -> dict[str, str]:
    pairs = samconfig()[environment]["deploy"]["parameters"]["parameter_overrides"]
    return dict(pair.split("=", 1) for pair in pairs)


def differing(left: Any, right: Any, path: str = "") -> Iterator[str]:
    """Paths at which two templates are not the same."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from differing(left.get(key), right.get(key), f"{path}.{key}" if path else key)
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from differing(one, other, f"{path}.{number}")
    elif left != right:
        yield path


def test_the_laptops_template_is_awss_but_for_this(template: Template) -> None:
    dev, local = resolved(template, Stage="dev"), resolved(template, **LOCAL)

    assert sorted(differing(dev, local)) == sorted(DIFFERENCES)


def test_production_is_dev_with_a_lock_on_the_table(template: Template) -> None:
    dev, prod = resolved(template, Stage="dev"), resolved(template, Stage="prod")

    assert list(differing(dev, prod)) == ["Resources.Table.Properties.DeletionProtectionEnabled"]


@pytest.mark.parametrize("stage", ["local", "dev", "staging", "prod"])
@pytest.mark.parametrize("function", ["RoutingFunction", "OutboundApiFunction"])
def test_reaching_loopback_is_for_the_laptop_only(template: Template, stage: str, function: str) -> None:
    variables = functions(resolved(template, Stage=stage))[function]["Environment"]["Variables"]

    assert variables["ALLOW_LOOPBACK"] == ("true" if stage == "local" else "false")


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"Stage": "dev", "AwsEndpointUrl": "http://127.0.0.1:4566"}, ["OnlyTheLaptopHasItsOwnEndpoint"]),
        ({"Stage": "prod", "AwsEndpointUrl": "http://127.0.0.1:4566"}, ["OnlyTheLaptopHasItsOwnEndpoint"]),
        ({"Stage": "local"}, ["TheLaptopNeedsItsOwnEndpoint"]),
        ({**LOCAL, "AppleGatewayUrl": "http://apple.example/v1"}, ["AppleGatewayUrl"]),
        ({**LOCAL, "AppleGatewayUrl": "http://127.0.0.1:4580@apple.example/v1"}, ["AppleGatewayUrl"]),
        ({"AppleGatewayUrl": "https://user@apple.example/v1"}, ["AppleGatewayUrl"]),
        ({"AlarmTopicArn": "alarms"}, ["AlarmTopicArn"]),
        ({"LogsKeyArn": "alias/logs"}, ["LogsKeyArn"]),
    ],
    ids=str,
)
def test_values_that_do_not_fit_are_refused(template: Template, given: dict[str, str], refused: list[str]) -> None:
    assert refused_by(template, **given) == refused


@pytest.mark.parametrize(
    "given",
    [
        {},
        {**LOCAL, "AppleGatewayUrl": "http://127.0.0.1:4580/v1"},
        {"Stage": "local", "AwsEndpointUrl": "http://host.docker.internal:4566"},
        {"AlarmTopicArn": "arn:aws-us-gov:sns:us-gov-west-1:123456789012:alarms"},
    ],
    ids=str,
)
def test_values_that_fit_are_taken(template: Template, given: dict[str, str]) -> None:
    assert refused_by(template, **given) == []


def test_every_environment_of_samconfig_names_its_stage_and_is_accepted(template: Template) -> None:
    for environment in ("local", "dev", "staging", "prod"):
        given = overrides(environment)

        assert given["Stage"] == environment
        assert refused_by(template, **given) == []


def test_samconfig_builds_and_deploys_every_environment_the_same_way(template: Template) -> None:
    for environment, commands in samconfig().items():
        if environment != "version":
            deploy = commands["deploy"]["parameters"]
            assert commands["global"]["parameters"]["stack_name"].startswith("parley")
            assert commands["build"]["parameters"] == {"parallel": True}
            assert deploy["capabilities"] == "CAPABILITY_IAM"
            assert deploy["resolve_s3"] is True
            assert deploy["fail_on_empty_changeset"] is False


def test_what_changes_production_is_looked_at_before() -> None:
    asked = {name: samconfig()[name]["deploy"]["parameters"]["confirm_changeset"] for name in ("staging", "prod")}

    assert asked == {"staging": True, "prod": True}


def test_every_parameter_and_every_condition_is_used(template: Template) -> None:
    text = str({key: value for key, value in template.items() if key not in {"Parameters", "Rules"}})
    conditions = {*template["Conditions"]}

    assert [name for name in template["Parameters"] if f"{{'Ref': '{name}'}}" not in text] == []
    assert [name for name in conditions if text.count(f"'{name}'") < 2] == []


def test_every_condition_can_be_true_and_false(template: Template) -> None:
    one = parameters(template)
    other = parameters(
        template,
        Stage="local",
        AlarmTopicArn="arn:aws:sns:x",
        LogsKeyArn="arn:aws:kms:x",
        ApiGatewayLogging="existing",
        MalwareScan="guardduty",
    )
    prod = parameters(template, Stage="prod", WebAcl="managed")

    for condition in template["Conditions"].values():
        assert {is_true(condition, values) for values in (one, other, prod)} == {True, False}


def test_the_stack_tells_where_everything_is(template: Template) -> None:
    queues = ("Events", "Outbox", "Wakeups", "Automations", "Transfers", "Uploads", "Erasures")

    assert template["Outputs"].keys() == {
        "AppleMessageUrl",
        "BusinessApiUrl",
        "BusinessApiId",
        "UsagePlanId",
        "PlusUsagePlanId",
        "TableName",
        "BucketName",
        "AppleSecretId",
        "BusinessSecretPrefix",
        "RotationFunctionArn",
        "SecretOverlapHours",
        *(f"{name}QueueUrl" for name in queues),
        *(f"{name}DlqUrl" for name in queues),
    }


def repeated_keys(text: str) -> list[str]:
    """Keys that stand twice in one mapping: YAML readers take the last one without a word."""
    waiting: list[Any] = [yaml.compose(text)]
    repeated = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            repeated += [key for key in set(keys) if keys.count(key) > 1]
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return repeated


def test_nothing_is_said_twice() -> None:
    assert repeated_keys((ROOT / "template.yaml").read_text()) == []
    assert repeated_keys("a: [{b: 1, c: !Ref d, b: 2}]") == ["b"]


def test_every_function_has_its_entry_point(sam: Template) -> None:
    assert entry_points_that_do_not_exist(sam) == []


def test_a_missing_entry_point_is_noticed(sam: Template) -> None:
    properties = {**sam["Resources"]["InboundFunction"]["Properties"], "Handler": "app.missing"}
    broken = {"Resources": {"InboundFunction": {"Type": "AWS::Serverless::Function", "Properties": properties}}}

    assert entry_points_that_do_not_exist(broken) == ["InboundFunction"]
