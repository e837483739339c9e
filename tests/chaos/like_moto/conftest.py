"""The fixtures of tests/unit/storage once more, with the simulation's fakes behind the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.chaos import deployment
from tests.chaos.calls import Direct
from tests.chaos.dynamo import FakeDynamo
from tests.chaos.queues import Queue
from tests.chaos.sqs import FakeSqs
from tests.chaos.stores import FakeS3
from tests.chaos.table import Table
from tests.chaos.weather import Weather, seeded
from tests.support import template_yaml
from tests.support.clock import NEW_YEAR, Clock
from tests.support.cloud import BUCKET, QUEUES, TABLE, Cloud
from tests.unit.storage.conftest import Store, in_dynamodb

if TYPE_CHECKING:
    from collections.abc import Callable


def now() -> float:
    return NEW_YEAR


def fake_table() -> Table:
    """Every change is seen at once."""
    return Table(template_yaml.table(), now=now, lag=lambda: 0.0, stale=lambda: False)


def fake_queue(name: str, *, clock: Callable[[], float] = now, sky: Weather | None = None) -> Queue:
    each = deployment.queues()[name]
    chance = seeded(0)
    return Queue(
        name,
        fifo=each.fifo,
        visibility=each.visibility,
        retention=each.retention,
        now=clock,
        chance=chance,
        sky=sky or Weather(chance, {}),
        max_receives=each.max_receives,
    )


@pytest.fixture
def cloud() -> Cloud:
    calls = Direct()
    queues = {deployment.url(logical_id): fake_queue(logical_id) for logical_id, _ in QUEUES.values()}
    fakes: dict[str, Any] = {
        "dynamodb": FakeDynamo(fake_table(), calls, name=TABLE),
        "sqs": FakeSqs(queues, calls),
        "s3": FakeS3({}, calls, bucket=BUCKET),
        "secrets": None,
        "apigateway": None,
    }
    urls = {variable: deployment.url(logical_id) for variable, (logical_id, _) in QUEUES.items()}
    return Cloud(**fakes, queue_urls=urls, usage_plan_id="")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(cloud: Cloud) -> Store:
    return in_dynamodb(cloud, Clock())


@pytest.fixture
def dynamo(cloud: Cloud) -> Store:
    return in_dynamodb(cloud, Clock())
