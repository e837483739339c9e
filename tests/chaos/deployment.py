"""What template.yaml deploys, as far as the simulation plays it: functions, their triggers, queues, the table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.support import template_yaml

ROOT: Final = Path(__file__).parents[2]
PLAYED: Final = frozenset(
    {
        "InboundFunction",
        "RoutingFunction",
        "WakeupsFunction",
        "OutboundApiFunction",
        "AutomaticFunction",
        "OutboundSenderFunction",
        "SweeperFunction",
        "ConsoleFunction",
    }
)
"""What the promises hang on. Left out: who may call, the bytes of attachments, secrets."""

NAMES: Final = {"Table": "parley-table", "Bucket": "parley-bucket", "AppleSecret": "parley/apple"}
PSEUDO: Final = {
    "AWS::StackName": "parley",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "000000000000",
    "AWS::Partition": "aws",
}
APPLE_HOST: Final = "apple.simulated"
CHOSEN: Final = {"AppleGatewayUrl": f"https://{APPLE_HOST}/v1", "Stage": "prod"}


@dataclass(frozen=True)
class Trigger:
    """An SQS event source, or with `every` a schedule (seconds)."""

    queue: str | None = None
    batch: int = 10
    concurrency: int = 1000
    every: float | None = None


@dataclass(frozen=True)
class Deployed:
    """One function."""

    name: str
    source: Path
    timeout: float
    env: dict[str, str]
    triggers: tuple[Trigger, ...]


@dataclass(frozen=True)
class DeployedQueue:
    """One queue; `dead` is the logical id of its dead-letter queue."""

    name: str
    fifo: bool
    visibility: float
    retention: float
    max_receives: int | None
    dead: str | None


def functions() -> dict[str, Deployed]:
    """Every function that is played, by logical id."""
    resources = template_yaml.template()["Resources"]
    return {name: _function(name, resource["Properties"]) for name, resource in resources.items() if name in PLAYED}


def queues() -> dict[str, DeployedQueue]:
    """Every queue, by logical id."""
    resources = template_yaml.template()["Resources"]
    return {name: _queue(name, each["Properties"]) for name, each in resources.items() if _is_queue(each)}


def url(queue: str) -> str:
    """Where a queue is."""
    return f"https://sqs.simulated/{queue.lower()}"


def _is_queue(resource: dict[str, Any]) -> bool:
    return bool(resource["Type"] == "AWS::SQS::Queue")


def _function(name: str, properties: dict[str, Any]) -> Deployed:
    module, _, handler = properties["Handler"].rpartition(".")
    assert handler == "handler", properties["Handler"]
    shared = template_yaml.template()["Globals"]["Function"]["Environment"]["Variables"]
    own = properties.get("Environment", {}).get("Variables", {})
    triggers = (_trigger(event) for event in properties.get("Events", {}).values())
    return Deployed(
        name=name.removesuffix("Function"),
        source=ROOT / str(properties["CodeUri"]) / f"{module}.py",
        timeout=float(properties.get("Timeout", 3)),
        env={key: str(_resolved(value)) for key, value in {**shared, **own}.items()},
        triggers=tuple(trigger for trigger in triggers if trigger is not None),
    )


def _trigger(event: dict[str, Any]) -> Trigger | None:
    given = event.get("Properties", {})
    match event["Type"]:
        case "SQS":
            (queue, _) = _attribute(given["Queue"])
            scaling = given.get("ScalingConfig", {}).get("MaximumConcurrency")
            return Trigger(queue, given.get("BatchSize", 10), int(_resolved(scaling) or 1000))
        case "Schedule":
            match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", given["Schedule"])
            assert match is not None, given["Schedule"]
            return Trigger(every=float(match[1]) * {"minute": 60, "hour": 3600, "day": 86_400}[match[2]])
        case _:
            return None


def _queue(name: str, given: dict[str, Any]) -> DeployedQueue:
    redrive = given.get("RedrivePolicy", {})
    return DeployedQueue(
        name=name,
        fifo=bool(given.get("FifoQueue", False)),
        visibility=float(given.get("VisibilityTimeout", 30)),
        retention=float(given.get("MessageRetentionPeriod", 345_600)),
        max_receives=redrive.get("maxReceiveCount"),
        dead=_attribute(redrive["deadLetterTargetArn"])[0] if redrive else None,
    )


def _attribute(value: dict[str, Any]) -> tuple[str, str]:
    """`!GetAtt A.B` as its two parts."""
    found = value["Fn::GetAtt"]
    name, attribute = found if isinstance(found, list) else str(found).split(".", 1)
    return name, attribute


def _resolved(value: Any) -> Any:
    """A value of the template as it is on AWS."""
    if not isinstance(value, dict):
        return value
    ((function, given),) = value.items()
    match function:
        case "Ref":
            return _named(given)
        case "Fn::Sub":
            return re.sub(r"\$\{([^}]+)\}", lambda match: str(_named(match[1])), given)
        case "Fn::If":
            assert given[0] == "IsLocal", given
            return _resolved(given[2])
        case "Fn::GetAtt":
            return _named(_attribute(value)[0])
        case _:
            raise NotImplementedError(function)


def _named(name: str) -> Any:
    template = template_yaml.template()
    if name == "AWS::NoValue":
        return None
    known = {**PSEUDO, **NAMES, **CHOSEN}
    if name in known:
        return known[name]
    if name in template["Parameters"]:
        return template["Parameters"][name].get("Default", "")
    if name in template["Resources"] and _is_queue(template["Resources"][name]):
        return url(name)
    return name.partition(".")[0]
