"""Days counted from the index, and kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from parley.conversation.days import Count, DayCount
from parley.conversation.identity import ulid
from parley.conversation.records import Direction, Message, State
from parley.errors import Fatal
from parley.storage import keys
from parley.storage.messages import DynamoMessages
from parley.storage.usage_days import KEPT_SECONDS, DynamoUsage
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE

if TYPE_CHECKING:
    from tests.support.cloud import Cloud

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()


@pytest.fixture
def usage(cloud: Cloud) -> DynamoUsage:
    return DynamoUsage(cloud.dynamodb, table=TABLE)


def store(cloud: Cloud, identity: str, *, at: float = NOON, business: str = apple.BUSINESS, **facts: Any) -> None:
    message = Message(
        id=identity,
        business_id=business,
        conversation_id="c",
        type="text",
        received_at=at,
        ulid=ulid(at),
        **{"direction": Direction.INBOUND, "state": State.DELIVERED, **facts},
    )
    DynamoMessages(cloud.dynamodb, table=TABLE, retention_days=lambda _: 90, clock=lambda: at).add(message)


def counted(usage: DynamoUsage, day: date = DAY, *, pages: int = 9) -> Count:
    found = [usage.count(shard, day, pages=pages) for shard in usage.shards(apple.BUSINESS)]
    return sum((each[0] for each in found if each is not None), start=Count())


def test_messages_are_counted_by_where_they_went(usage: DynamoUsage, cloud: Cloud) -> None:
    for number in range(12):
        store(cloud, f"in-{number}")
    for number in range(7):
        store(cloud, f"out-{number}", direction=Direction.OUTBOUND, state=State.FAILED)
    for number in range(3):
        store(cloud, f"test-{number}", direction=Direction.OUTBOUND, state=State.SENT, is_test=True)
    store(cloud, "notice", direction=Direction.NOTICE)
    store(cloud, "other", business=apple.OTHER_BUSINESS)

    assert counted(usage) == Count(inbound=12, outbound=7, test=3)


def test_a_day_is_from_midnight_to_midnight_in_utc(usage: DynamoUsage, cloud: Cloud) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    for number, at in enumerate((midnight - 0.001, midnight, midnight + 86_399.999, midnight + 86_400)):
        store(cloud, f"m-{number}", at=at)

    assert counted(usage) == Count(inbound=2)
    assert counted(usage, DAY - timedelta(days=1)) == counted(usage, DAY + timedelta(days=1)) == Count(inbound=1)


def test_more_pages_than_allowed_are_not_counted(usage: DynamoUsage, cloud: Cloud) -> None:
    shard = usage.shards(apple.BUSINESS)[0]
    here = [name for name in map(str, range(99)) if keys.business_shard(apple.BUSINESS, name) == shard][:3]
    for number, name in enumerate(here):
        store(cloud, name, at=NOON + number)
    paged: Any = _Paged(cloud.dynamodb)

    read = DynamoUsage(paged, table=TABLE)

    whole = read.count(shard, DAY, pages=4)
    assert whole is not None
    assert whole[0] == Count(inbound=3)
    assert whole[1] >= 3
    assert read.count(shard, DAY, pages=2) is None
    assert read.count(shard, DAY, pages=0) is None


class _Paged:
    """Gives one message a page."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def query(self, **wanted: Any) -> Any:
        return self._client.query(**wanted, Limit=1)


def test_what_was_counted_comes_back(usage: DynamoUsage) -> None:
    some = DayCount(DAY, {f"{apple.BUSINESS}#0": Count(1, 2, 3), f"{apple.BUSINESS}#7": Count()})
    usage.keep(apple.BUSINESS, some, at=NOON)
    usage.keep(apple.BUSINESS, DayCount(DAY + timedelta(days=2)), at=NOON)
    usage.keep(apple.OTHER_BUSINESS, some, at=NOON)

    assert usage.counted(apple.BUSINESS, DAY - timedelta(days=9), DAY + timedelta(days=1)) == {DAY: some}


def test_it_is_kept_behind_what_routing_reads_and_not_for_ever(usage: DynamoUsage, cloud: Cloud) -> None:
    usage.keep(apple.BUSINESS, DayCount(DAY), at=NOON)

    (item,) = cloud.items()
    assert item["sk"]["S"] == "USAGE#2026-11-23"
    assert item["sk"]["S"] > "ROUTES"
    assert int(item["expires_at"]["N"]) == int(NOON) + KEPT_SECONDS


def test_a_business_without_a_tier_has_none(usage: DynamoUsage, cloud: Cloud) -> None:
    assert usage.tier(apple.BUSINESS) is None
    item = {"pk": {"S": f"BIZ#{apple.BUSINESS}"}, "sk": {"S": "PROFILE"}, "name": {"S": "B"}}
    cloud.dynamodb.put_item(TableName=TABLE, Item=item)
    assert usage.tier(apple.BUSINESS) is None
    cloud.dynamodb.put_item(TableName=TABLE, Item=item | {"tier": {"S": "plus"}})
    assert usage.tier(apple.BUSINESS) == "plus"


def test_faults_of_the_table_are_ours(usage: DynamoUsage, cloud: Cloud) -> None:
    cloud.dynamodb.delete_table(TableName=TABLE)

    for call in (
        lambda: usage.tier(apple.BUSINESS),
        lambda: usage.counted(apple.BUSINESS, DAY, DAY),
        lambda: usage.keep(apple.BUSINESS, DayCount(DAY), at=NOON),
        lambda: usage.count("s", DAY, pages=1),
    ):
        with pytest.raises(Fatal):
            call()
