"""Every route of the business API: warm milliseconds next to the floor, and what it calls of AWS."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, Final, Self
from unittest import mock

import boto3
from moto import mock_aws

from bench import BenchError, events, say, world
from bench.calls import operations
from bench.figure import Figure
from bench.instance import Instance
from bench.recording import Recording
from bench.route_plan import PLAN
from parley.business.operations import every
from parley.conversation.attachments import Attachment, PartState, object_key
from parley.conversation.identity import conversation_id
from parley.conversation.records import Direction
from parley.runtime.registration import registration
from parley.storage.attachments import DynamoAttachments
from tests.support import apple_requests as apple
from tests.support import cloud as clouds
from tests.support import template_yaml
from tests.support.callers import caller

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.artefacts import Artefacts
    from bench.calls import Call
    from bench.route_plan import Ask
    from parley.business.operations.operation import Operation
    from tests.support.cloud import Cloud

NAME: Final = "routes"
WARM_UP: Final = 20
ROUNDS: Final = 5
BLOCK: Final = 20
STRAYS: Final = 0.1
"""The share of measured invocations that may have renewed a cache on the way; they are not counted."""

_SERVICES: Final = "dynamodb,s3,secretsmanager,sqs"
_KEY_ID: Final = "k7Qm2x9Zp4Lw"
_FILE: Final = "5f0f8a52-6c39-4c57-8d5e-7b1f4a0c2d33"
_THIRD_CUSTOMER: Final = "urn:mbid:AQAAYexample0passer0by+/C=="
_FLOOR: Final = "Floor"


@dataclass
class Measured:
    """One route: its call as the function gets it, the calls it makes, and what both sides took (milliseconds)."""

    operation: Operation
    function: str
    event: bytes
    calls: list[Call] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)


def figures(made: Artefacts) -> Iterator[Figure]:
    """One for each route, then the middle and the worst of the ratios. Raises BenchError when a call is refused."""
    missing = {each.id for each in every()} - {ask.id for ask in PLAN}
    if missing:
        raise BenchError(f"there is no call for {', '.join(sorted(missing))} in bench/route_plan.py")
    ratios = []
    with Recording() as aws, _Functions(made, aws) as functions:
        say(f"{NAME}: every route once, against moto …")
        found = _recorded(aws, functions)
        say(f"{NAME}: {len(found)} routes, {ROUNDS * BLOCK} warm invocations each …")
        for each in found:
            _measure(each, aws, functions)
            ours, floor = median(each.ours), median(each.floor)
            ratios.append(ours / floor)
            yield Figure(NAME, each.operation.route, ours, "ms", floor, _counted(each.calls))
    yield Figure(NAME, "median of the ratios", median(ratios), "ratio")
    yield Figure(NAME, "worst of the ratios", max(ratios), "ratio")


class _Functions:
    """An execution environment for every function, started when it is first needed, and one for the floor."""

    def __init__(self, made: Artefacts, aws: Recording) -> None:
        self._made = made
        self._aws = aws
        self._started: dict[str, Instance] = {}
        self._opened = ExitStack()
        self.environment: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def invoke(self, function: str, event: bytes) -> tuple[float, Any]:
        """Milliseconds and answer; `function` is a logical id of the template, or the floor."""
        instance = self._started.get(function)
        if instance is None:
            handler = "app.handler" if function == _FLOOR else _properties(function)["Handler"]
            own = {"FLOOR_SERVICES": _SERVICES} if function == _FLOOR else {}
            instance = self._opened.enter_context(
                Instance(self._made, self._made.function(function), handler, self.environment | own)
            )
            self._started[function] = instance
        return instance.invoke(event)


def _recorded(aws: Recording, functions: _Functions) -> list[Measured]:
    """Each route's call, made for real; what it is about was made by the calls before it."""
    by_id, serving = {each.id: each for each in every()}, _who_serves()
    found: dict[str, Measured] = {}
    with _moto() as cloud:
        functions.environment = _environment(cloud, aws)
        known = _prepared(cloud, aws, functions)
        for number, ask in enumerate(PLAN):
            operation, filled = by_id[ask.id], ask.filled(known)
            function = serving[operation.method, operation.path]
            event = json.dumps(_event(operation, filled, number)).encode()
            aws.record(ask.id)
            _, answer = functions.invoke(function, event)
            _require(operation, answer)
            said = json.loads(answer["body"]) if ask.keep else {}
            known |= {name: said[member] for name, member in ask.keep.items()}
            found[ask.id] = Measured(operation, function, event)
    aws.take_calls()
    return list(found.values())


def _measure(each: Measured, aws: Recording, functions: _Functions) -> None:
    """Warm invocations of the function and of the floor, in blocks that take turns."""

    def ours() -> tuple[float, list[Call]]:
        aws.repeat(each.operation.id)
        elapsed, answer = functions.invoke(each.function, each.event)
        _require(each.operation, answer)
        return elapsed, aws.take_calls()

    def floor() -> tuple[float, list[Call]]:
        aws.repeat(each.operation.id)
        elapsed, _ = functions.invoke(_FLOOR, replay)
        return elapsed, aws.take_calls()

    seen = [ours()[1] for _ in range(WARM_UP)]
    usual = Counter(_made(calls) for calls in seen).most_common(1)[0][0]
    each.calls = next(calls for calls in reversed(seen) if _made(calls) == usual)
    replay = json.dumps({"calls": [call.replay(aws.url) for call in each.calls]}).encode()
    for _ in range(WARM_UP):
        floor()
    for _ in range(ROUNDS):
        for side, kept in ((ours, each.ours), (floor, each.floor)):
            kept += [elapsed for elapsed, calls in (side() for _ in range(BLOCK)) if _made(calls) == usual]
    least = (1 - STRAYS) * ROUNDS * BLOCK
    if len(each.ours) < least or len(each.floor) < least:
        raise BenchError(f"{each.operation.route} made other calls than {usual} too often.")


def _made(calls: list[Call]) -> tuple[str, ...]:
    """What was called; in what order is a matter of chance where threads ask side by side."""
    return tuple(sorted(operations(calls)))


def _counted(calls: list[Call]) -> dict[str, int]:
    return dict(sorted(Counter(call.operation.partition(":")[0] for call in calls if call.is_of_aws).items()))


def _require(operation: Operation, answer: Mapping[str, Any]) -> None:
    if answer["statusCode"] != operation.status:
        raise BenchError(f"{operation.route} was answered {answer['statusCode']}: {answer.get('body')}")


def _who_serves() -> dict[tuple[str, str], str]:
    """Method and path → logical id of the function."""
    return {
        (event["Properties"]["Method"].upper(), event["Properties"]["Path"]): name
        for name, resource in template_yaml.template()["Resources"].items()
        for event in resource.get("Properties", {}).get("Events", {}).values()
        if event["Type"] == "Api"
    }


def _properties(function: str) -> dict[str, Any]:
    found: dict[str, Any] = template_yaml.template()["Resources"][function]["Properties"]
    return found


def _event(operation: Operation, ask: Ask, number: int) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {_KEY_ID}.bench-bench-bench-bench", **ask.headers}
    body = None if ask.body is None else json.dumps(ask.body)
    if body is not None:
        headers["Content-Type"] = "application/json"
    if operation.once:
        headers["Idempotency-Key"] = f"bench-{number}"
    return events.called(
        operation.method,
        operation.path,
        headers=headers,
        body=body,
        authorizer=caller(apple.BUSINESS, key_id=_KEY_ID),
        names=ask.path,
        query=ask.query,
    )


@contextmanager
def _moto() -> Iterator[Cloud]:
    with mock.patch.dict(os.environ, clouds.AWS_ENVIRONMENT), mock_aws():
        clouds.client.cache_clear()
        yield clouds.build()
        clouds.client.cache_clear()


def _environment(cloud: Cloud, aws: Recording) -> dict[str, str]:
    gateway = {"APPLE_GATEWAY_URL": f"{aws.url}/v1", "MALWARE_SCAN": "off"}
    return cloud.environment | world.environment(aws.url, gateway) | {"STAGE": "local"}


def _prepared(cloud: Cloud, aws: Recording, functions: _Functions) -> dict[str, str]:
    """A business, three customers who wrote to it, a message that is held, and a customer's file."""
    hook = f"{aws.url}/hook"
    register = registration(
        boto3.Session(),
        table_name=clouds.TABLE,
        business_secret_prefix=clouds.BUSINESS_PREFIX,
        usage_plans={"standard": cloud.usage_plan_id, "plus": cloud.plus_plan_id},
        allow_loopback=True,
    )
    register.business(apple.BUSINESS, name="Bikes", url=hook)
    register.key(apple.BUSINESS, key_id=_KEY_ID, secret="bench-bench-bench-bench")  # noqa: S106  (opens moto alone)
    aws.record("prepared")
    for customer in (apple.CUSTOMER, apple.OTHER_CUSTOMER, _THIRD_CUSTOMER):
        _write(customer, cloud, functions)
    aws.hook_status = 503
    held = _write(apple.OTHER_CUSTOMER, cloud, functions)
    aws.hook_status = 200
    _put_file(cloud)
    return {
        "hook": hook,
        "text": world.TEXT,
        "conversation": conversation_id(apple.BUSINESS, apple.CUSTOMER),
        "other_conversation": conversation_id(apple.BUSINESS, apple.OTHER_CUSTOMER),
        "third_customer": _THIRD_CUSTOMER,
        "held": held,
        "file": _FILE,
    }


def _write(customer: str, cloud: Cloud, functions: _Functions) -> str:
    """The customer's message comes in and goes out to the endpoint; returns its id."""
    content = apple.envelope(sourceId=customer, body=world.TEXT, locale="en_US")
    sent = apple.headers(content, authorization=f"Bearer {apple.token(now=time.time())}")
    event = apple.api_gateway_event(gzip.compress(json.dumps(content).encode()), sent)
    _, answer = functions.invoke("InboundFunction", json.dumps(event).encode())
    if answer["statusCode"] != 200:
        raise BenchError(f"a customer's message was answered {answer}")

    def route(batch: dict[str, Any], _: object) -> Any:
        return functions.invoke("RoutingFunction", json.dumps(batch).encode())[1]

    while cloud.pump("EVENTS_QUEUE_URL", route, None):
        pass
    return str(content["id"])


def _put_file(cloud: Cloud) -> None:
    key = object_key(apple.BUSINESS, _FILE)
    cloud.s3.put_object(Bucket=clouds.BUCKET, Key=key, Body=b"%PDF-1.7")
    file = Attachment(
        _FILE,
        apple.BUSINESS,
        Direction.INBOUND,
        PartState.READY,
        time.time(),
        name="photo.pdf",
        content_type="application/pdf",
        size=8,
        s3_key=key,
    )
    DynamoAttachments(cloud.dynamodb, table=clouds.TABLE, retention_days=lambda _: 90, clock=time.time).put(file)
