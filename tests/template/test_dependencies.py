"""CloudFormation finds an order to make everything in."""

import copy
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pytest

from tests.template.translation import Template


def references(node: Any) -> Iterator[str]:
    """Every name that a value refers to."""
    match node:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [name, _]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from _substituted(text)
        case {"Fn::Sub": [text, names]}:
            yield from (name for name in _substituted(text) if name not in names)
            yield from references(names)
        case dict():
            for value in node.values():
                yield from references(value)
        case list():
            for value in node:
                yield from references(value)


def _substituted(text: str) -> Iterator[str]:
    return (name.split(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text))


def dependencies(template: Template) -> dict[str, set[str]]:
    """Resource → the names it waits for."""
    waits = {}
    for name, resource in template["Resources"].items():
        explicit = resource.get("DependsOn", [])
        waits[name] = {
            *references(resource.get("Properties", {})),
            *([explicit] if isinstance(explicit, str) else explicit),
        }
    return waits


def creation_order(template: Template) -> list[str]:
    resources = template["Resources"].keys()
    return list(
        TopologicalSorter({name: waits & resources for name, waits in dependencies(template).items()}).static_order()
    )


def test_no_resource_waits_for_itself(aws: Template) -> None:
    order = creation_order(aws)

    assert set(order) == set(aws["Resources"])
    assert order.index("InboundRole") < order.index("InboundFunction") < order.index("AppleApi")


def test_a_circle_is_noticed(aws: Template) -> None:
    broken = copy.deepcopy(aws)
    broken["Resources"]["EventsDlq"]["Properties"]["Tags"] = [{"Key": "api", "Value": {"Ref": "AppleApi"}}]

    with pytest.raises(CycleError):
        creation_order(broken)


@pytest.mark.parametrize("where", ["aws", "laptop"])
def test_every_reference_leads_somewhere(where: str, request: pytest.FixtureRequest) -> None:
    template: Template = request.getfixturevalue(where)
    known = template["Resources"].keys() | template["Parameters"].keys()
    used = set().union(*dependencies(template).values()) | set(references(template["Outputs"]))

    assert {name for name in used if not name.startswith("AWS::")} <= known
