from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.conversation.references import Known
from parley.storage.data_refs import LIFE_SECONDS, DynamoDataRefs
from tests.support.clock import Clock
from tests.support.cloud import TABLE

if TYPE_CHECKING:
    from tests.support.cloud import Cloud

REFERENCE = {"bid": "b", "size": 15880, "title": "Pick extras", "unknown": {"deep": [1, 2.5, None, True]}}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def data_refs(cloud: Cloud, clock: Clock) -> DynamoDataRefs:
    return DynamoDataRefs(cloud.dynamodb, table=TABLE, clock=clock)


def test_a_reference_comes_back_exactly_as_it_came(data_refs: DynamoDataRefs) -> None:
    data_refs.put("b1", "d1", Known(5.0, REFERENCE))

    assert data_refs.get("b1", "d1") == Known(5.0, REFERENCE)


def test_that_a_content_was_sent_is_remembered_without_a_reference(data_refs: DynamoDataRefs) -> None:
    data_refs.put("b1", "d1", Known(5.0))

    assert data_refs.get("b1", "d1") == Known(5.0, None)


def test_businesses_and_contents_are_kept_apart(data_refs: DynamoDataRefs) -> None:
    data_refs.put("b1", "d1", Known(5.0, REFERENCE))

    assert data_refs.get("b2", "d1") is None
    assert data_refs.get("b1", "d2") is None


def test_it_is_forgotten_after_a_day_though_dynamodb_removes_it_later(data_refs: DynamoDataRefs, clock: Clock) -> None:
    data_refs.put("b1", "d1", Known(5.0, REFERENCE))

    clock.advance(LIFE_SECONDS + 1)

    assert data_refs.get("b1", "d1") is None
