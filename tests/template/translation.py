"""template.yaml as CloudFormation gets it: translated by SAM, then resolved for one set of parameters."""

import copy
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from samtranslator.translator.transform import transform  # type: ignore[import-untyped]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
NO_VALUE = {"Ref": "AWS::NoValue"}

type Template = dict[str, Any]


def source() -> Template:
    """template.yaml itself."""
    template: Template = yaml_parse((ROOT / "template.yaml").read_text())
    return template


def translated(template: Template) -> Template:
    """Plain CloudFormation, with the code where `sam deploy` puts it: in S3."""
    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        for name in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            resource["Properties"][name] = "s3://code/archive"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        result: Template = transform(template, {}, SimpleNamespace(load=dict))
    # SAM's own dict and str types, and the anchors' shared objects, become plain and separate ones.
    plain: Template = json.loads(json.dumps(result))
    return plain


def parameters(template: Template, **given: str) -> dict[str, str]:
    """Every parameter's value: the default unless given."""
    unknown = given.keys() - template["Parameters"].keys()
    assert not unknown, f"no such parameters: {unknown}"
    return {name: given.get(name, str(facts["Default"])) for name, facts in template["Parameters"].items()}


def is_true(expression: Any, values: dict[str, str]) -> bool:
    """A condition or rule expression over parameters."""
    match expression:
        case {"Fn::Equals": [left, right]}:
            return bool(_value(left, values) == _value(right, values))
        case {"Fn::Not": [inner]}:
            return not is_true(inner, values)
        case {"Fn::And": parts}:
            return all(is_true(part, values) for part in parts)
    raise AssertionError(f"an expression the tests cannot evaluate: {expression}")


def _value(operand: Any, values: dict[str, str]) -> Any:
    return values[operand["Ref"]] if isinstance(operand, dict) else operand


def refused_by(template: Template, **given: str) -> list[str]:
    """The names of the rules and parameters that refuse these values."""
    values = parameters(template, **given)
    patterns = {name: facts.get("AllowedPattern", ".*") for name, facts in template["Parameters"].items()}
    refused = [name for name, pattern in patterns.items() if not re.fullmatch(pattern, values[name])]
    for name, rule in template["Rules"].items():
        if is_true(rule["RuleCondition"], values):
            refused += [name for each in rule["Assertions"] if not is_true(each["Assert"], values)]
    return refused


def resolved(template: Template, **given: str) -> Template:
    """The template with its conditions decided, as these parameter values decide them."""
    values = parameters(template, **given)
    conditions = {name: is_true(each, values) for name, each in template["Conditions"].items()}

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            if set(node) == {"Fn::If"}:
                name, yes, no = node["Fn::If"]
                return walk(yes if conditions[name] else no)
            return {key: walk(value) for key, value in node.items() if not _vanishes(value, conditions)}
        if isinstance(node, list):
            return [walk(value) for value in node if not _vanishes(value, conditions)]
        return node

    result: Template = walk(template)
    result["Resources"] = {
        name: resource
        for name, resource in result["Resources"].items()
        if "Condition" not in resource or conditions[resource["Condition"]]
    }
    return result


def _vanishes(node: Any, conditions: dict[str, bool]) -> bool:
    while isinstance(node, dict) and set(node) == {"Fn::If"}:
        name, yes, no = node["Fn::If"]
        node = yes if conditions[name] else no
    return bool(node == NO_VALUE)


def written(value: Any) -> str:
    """A property value as the template's author wrote it: `Queue.Arn`, `${Bucket.Arn}/payloads/*`."""
    match value:
        case {"Ref": name}:
            return str(name)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{name}.{attribute}"
        case {"Fn::Sub": str(text)}:
            return text
        case {"Fn::Sub": [text, names]}:
            for name, inner in names.items():
                text = text.replace(f"${{{name}}}", written(inner))
            return str(text)
    return str(value)


def of_type(template: Template, resource_type: str) -> dict[str, dict[str, Any]]:
    """Name → properties of every resource of a type."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template["Resources"].items()
        if resource["Type"] == resource_type
    }


def referred(value: Any) -> str:
    """The logical id that a Ref or GetAtt points to."""
    return written(value).split(".")[0]
