"""The tables and queues of `template.yaml`, so that no test invents a schema of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

TEMPLATE: Final = Path(__file__).parents[2] / "template.yaml"


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags: `!Ref X` becomes `{"Ref": "X"}`, any other `{"Fn::<tag>": …}`."""


def _tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {"Ref" if suffix == "Ref" else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tag)


@cache
def template() -> dict[str, Any]:
    """The whole template; treat it as read-only."""
    loaded: dict[str, Any] = yaml.load(TEMPLATE.read_text(), Loader=_Loader)  # noqa: S506  (a SafeLoader)
    return loaded


def table() -> dict[str, Any]:
    """What `create_table` needs of the resource `Table`."""
    properties = template()["Resources"]["Table"]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {name: properties[name] for name in wanted}


def queue(logical_id: str) -> dict[str, str]:
    """The attributes of a queue that decide how it behaves: FIFO or not, and what counts as a duplicate."""
    properties = template()["Resources"][logical_id]["Properties"]
    wanted = ("FifoQueue", "DeduplicationScope", "FifoThroughputLimit", "VisibilityTimeout")
    return {name: _text(properties[name]) for name in wanted if name in properties}


def environment(logical_id: str) -> set[str]:
    """The names of the variables a function of the template gets."""
    shared = template()["Globals"]["Function"]["Environment"]["Variables"]
    own = template()["Resources"][logical_id]["Properties"].get("Environment", {}).get("Variables", {})
    return {*shared, *own}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
