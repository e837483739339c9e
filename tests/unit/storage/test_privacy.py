"""How long a business wants things kept, on its profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.business.model import Business, Endpoint, Mark
from parley.business.snapshot import PrivacySettings
from parley.errors import NotFound, Retryable
from parley.services.privacy import Privacy
from parley.storage import keys
from parley.storage.businesses import CACHE_SECONDS, RETENTION_CACHE_SECONDS, DynamoBusinesses
from parley.storage.privacy import DynamoPrivacy
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.cloud import TABLE

if TYPE_CHECKING:
    from tests.support.cloud import Cloud

BUSINESS = Business(apple.BUSINESS, "Bikes", endpoints={"default": Endpoint("default", "https://a.example/")}, rules=())
NOTHING = PrivacySettings()
MARKS = (Mark("form", "answers/number"), Mark("form", private=True), Mark("text", "body"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def businesses(cloud: Cloud, clock: Clock) -> DynamoBusinesses:
    found = DynamoBusinesses(cloud.dynamodb, table=TABLE, clock=clock)
    found.put(BUSINESS)
    return found


@pytest.fixture
def kept(cloud: Cloud, businesses: DynamoBusinesses) -> DynamoPrivacy:
    return DynamoPrivacy(cloud.dynamodb, table=TABLE)


def test_who_was_slower_is_told(kept: DynamoPrivacy) -> None:
    assert kept.get(apple.BUSINESS) == (NOTHING, 0)

    assert kept.put(apple.BUSINESS, PrivacySettings(30, MARKS), version=0)
    assert not kept.put(apple.BUSINESS, PrivacySettings(20), version=0)
    assert kept.get(apple.BUSINESS) == (PrivacySettings(30, MARKS), 1)
    assert not kept.put(apple.BUSINESS, PrivacySettings(20), version=2)
    assert kept.put(apple.BUSINESS, NOTHING, version=1)
    assert kept.get(apple.BUSINESS) == (NOTHING, 2)


def test_nobody_is_made_a_business_by_it(kept: DynamoPrivacy) -> None:
    with pytest.raises(NotFound):
        kept.get(apple.OTHER_BUSINESS)
    assert not kept.put(apple.OTHER_BUSINESS, PrivacySettings(30), version=0)
    with pytest.raises(NotFound):
        kept.get(apple.OTHER_BUSINESS)


def test_a_change_is_in_force_after_a_minute(kept: DynamoPrivacy, businesses: DynamoBusinesses, clock: Clock) -> None:
    assert businesses.retention_days(apple.BUSINESS) is None
    kept.put(apple.BUSINESS, PrivacySettings(30), version=0)
    clock.advance(RETENTION_CACHE_SECONDS - 1)
    assert businesses.retention_days(apple.BUSINESS) is None

    clock.advance(1)

    assert businesses.retention_days(apple.BUSINESS) == 30


def test_what_is_marked_is_known_within_five_seconds(
    kept: DynamoPrivacy, businesses: DynamoBusinesses, clock: Clock
) -> None:
    assert businesses.marks(apple.BUSINESS) == businesses.get(apple.BUSINESS).redact == ()
    kept.put(apple.BUSINESS, PrivacySettings(redact=MARKS), version=0)
    clock.advance(CACHE_SECONDS - 1)
    assert businesses.marks(apple.BUSINESS) == businesses.get(apple.BUSINESS).redact == ()

    clock.advance(1)

    assert businesses.marks(apple.BUSINESS) == MARKS
    assert businesses.get(apple.BUSINESS).redact == MARKS


def test_registering_a_business_again_leaves_its_marks(kept: DynamoPrivacy, businesses: DynamoBusinesses) -> None:
    kept.put(apple.BUSINESS, PrivacySettings(redact=MARKS), version=0)

    businesses.put(BUSINESS)

    assert kept.get(apple.BUSINESS) == (PrivacySettings(redact=MARKS), 1)
    assert businesses.marks(apple.OTHER_BUSINESS) == ()


@pytest.mark.parametrize("read", ["require", "get"])
def test_who_has_just_read_the_business_knows_it(
    kept: DynamoPrivacy, businesses: DynamoBusinesses, cloud: Cloud, read: str
) -> None:
    kept.put(apple.BUSINESS, PrivacySettings(30), version=0)
    getattr(businesses, read)(apple.BUSINESS)
    cloud.dynamodb.delete_item(TableName=TABLE, Key=keys.business(apple.BUSINESS, "PROFILE"))

    assert businesses.retention_days(apple.BUSINESS) == 30


def test_a_business_that_is_gone_has_said_nothing(businesses: DynamoBusinesses) -> None:
    assert businesses.retention_days(apple.OTHER_BUSINESS) is None


class Busy:
    """Somebody else is always faster."""

    def get(self, business_id: str) -> tuple[PrivacySettings, int]:
        return NOTHING, 7

    def put(self, business_id: str, wanted: PrivacySettings, *, version: int) -> bool:
        return False


def test_whoever_finds_no_moment_is_to_come_back() -> None:
    with pytest.raises(Retryable) as busy:
        Privacy(store=Busy(), most_days=90).replace(apple.BUSINESS, PrivacySettings(30), version=None)

    assert busy.value.code == "settings_busy"
