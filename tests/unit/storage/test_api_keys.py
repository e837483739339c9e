"""API keys in the table: what comes back, and that their changes come one after another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from parley.business.model import ApiKey
from parley.business.scopes import SCOPES
from parley.errors import Fatal, Retryable
from parley.storage.api_keys import DynamoApiKeys
from parley.storage.attributes import encode_item
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE

if TYPE_CHECKING:
    from tests.support.cloud import Cloud

KEY = ApiKey("pk_1", apple.BUSINESS, "digest", "usage", name="shop", created_at=1_767_225_600.0)
HOUR = 1_767_225_600.0


@pytest.fixture
def api_keys(cloud: Cloud) -> DynamoApiKeys:
    return DynamoApiKeys(cloud.dynamodb, table=TABLE)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"enabled": False},
        {"expires_at": 1_767_225_600.5},
        {"scopes": ("read", "keys"), "mode": "test", "name": ""},
        {"former_sha256": "f" * 64, "former_until": 1_767_225_600.5},
    ],
)
def test_a_key_comes_back_as_it_was_stored(api_keys: DynamoApiKeys, changed: dict[str, Any]) -> None:
    key = replace(KEY, **changed)

    api_keys.put(key)

    assert api_keys.find("pk_1") == key
    assert api_keys.find("pk_2") is None
    assert api_keys.of_business(apple.BUSINESS).records["pk_1"].key == key


def test_what_is_no_longer_so_is_gone_from_the_item(api_keys: DynamoApiKeys) -> None:
    api_keys.put(replace(KEY, former_sha256="f" * 64, former_until=2.0, expires_at=3.0))

    api_keys.put(KEY)

    assert api_keys.find("pk_1") == KEY


def test_a_key_older_than_scopes_may_do_everything_in_earnest(api_keys: DynamoApiKeys, cloud: Cloud) -> None:
    facts = {"business_id": apple.BUSINESS, "secret_sha256": "d", "usage_identifier": "u", "enabled": True}
    item = {"pk": {"S": "KEY#pk_old"}, "sk": {"S": "KEY"}} | encode_item(facts)
    cloud.dynamodb.put_item(TableName=TABLE, Item=item)

    found = api_keys.find("pk_old")

    assert found is not None
    assert (found.scopes, found.mode, found.name) == (SCOPES, "live", "")
    # It is in no list yet, but whoever shows it finds it there.
    assert api_keys.of_business(apple.BUSINESS).records == {}
    assert list(api_keys.of_business(apple.BUSINESS, and_key="pk_old").records) == ["pk_old"]
    assert api_keys.change(replace(found, name="old one"), seen=0)
    assert list(api_keys.of_business(apple.BUSINESS).records) == ["pk_old"]


def test_another_businesss_key_is_in_no_list_of_ours(api_keys: DynamoApiKeys) -> None:
    api_keys.put(replace(KEY, id="pk_2", business_id=apple.OTHER_BUSINESS))

    assert api_keys.of_business(apple.BUSINESS, and_key="pk_2").records == {}


def test_a_keys_own_expiry_does_not_delete_it(api_keys: DynamoApiKeys, cloud: Cloud) -> None:
    api_keys.put(replace(KEY, expires_at=1.0))

    assert all("expires_at" not in item for item in cloud.items())


def test_routing_reads_none_of_this(api_keys: DynamoApiKeys, cloud: Cloud) -> None:
    api_keys.put(KEY)

    (listing,) = [item for item in cloud.items() if item["pk"]["S"] == f"BIZ#{apple.BUSINESS}"]
    assert listing["sk"]["S"] > "ROUTES"


def test_changes_come_one_after_another(api_keys: DynamoApiKeys) -> None:
    second = replace(KEY, id="pk_2")
    assert api_keys.add(KEY, seen=0)
    assert not api_keys.add(second, seen=0)
    assert api_keys.of_business(apple.BUSINESS).version == 1
    assert api_keys.add(second, seen=1)
    assert not api_keys.remove(KEY, seen=1)
    assert not api_keys.change(replace(KEY, name="x"), seen=1)

    assert api_keys.change(replace(KEY, name="x"), seen=2)
    assert api_keys.remove(second, seen=3)

    found = api_keys.of_business(apple.BUSINESS)
    assert {name: (record.key.name, record.version) for name, record in found.records.items()} == {"pk_1": ("x", 2)}
    assert found.version == 4
    assert api_keys.find("pk_2") is None


def test_what_is_there_is_not_made_and_what_is_gone_not_changed(api_keys: DynamoApiKeys) -> None:
    api_keys.put(KEY)

    assert not api_keys.add(KEY, seen=1)
    assert api_keys.remove(KEY, seen=1)
    assert not api_keys.remove(KEY, seen=2)
    assert not api_keys.change(KEY, seen=2)
    assert api_keys.of_business(apple.BUSINESS).records == {}


def test_a_use_is_written_down_once_an_hour(api_keys: DynamoApiKeys, cloud: Cloud) -> None:
    api_keys.put(KEY)
    api_keys.mark_used(KEY, at=HOUR + 1799)

    used = api_keys.find("pk_1")
    assert used is not None
    assert used.used_at == HOUR

    def refuse(**_: Any) -> None:
        raise AssertionError("written a second time")

    refusing: Any = _Refusing(cloud.dynamodb, refuse)
    DynamoApiKeys(refusing, table=TABLE).mark_used(used, at=HOUR + 3599)
    api_keys.mark_used(used, at=HOUR + 3600)
    again = api_keys.find("pk_1")
    assert again is not None
    assert again.used_at == HOUR + 3600


class _Refusing:
    """A client that updates nothing."""

    def __init__(self, client: Any, refuse: Any) -> None:
        self._client, self.update_item = client, refuse


def test_a_change_keeps_the_last_use(api_keys: DynamoApiKeys) -> None:
    api_keys.put(KEY)
    api_keys.mark_used(KEY, at=HOUR)

    api_keys.put(replace(KEY, name="renamed"))

    found = api_keys.find("pk_1")
    assert found is not None
    assert (found.name, found.used_at) == ("renamed", HOUR)


def test_a_use_does_not_bring_a_removed_key_back(api_keys: DynamoApiKeys, cloud: Cloud) -> None:
    api_keys.mark_used(KEY, at=HOUR)

    assert cloud.items() == []


def test_faults_of_the_table_are_ours(api_keys: DynamoApiKeys, cloud: Cloud) -> None:
    cloud.dynamodb.delete_table(TableName=TABLE)

    for call in (
        lambda: api_keys.find("pk_1"),
        lambda: api_keys.mark_used(KEY, at=HOUR),
        lambda: api_keys.of_business(apple.BUSINESS),
        lambda: api_keys.put(KEY),
        lambda: api_keys.add(KEY, seen=0),
    ):
        with pytest.raises((Fatal, Retryable)):
            call()


def test_a_batch_that_comes_in_pieces_is_read_whole(api_keys: DynamoApiKeys, cloud: Cloud) -> None:
    for number in range(3):
        api_keys.put(replace(KEY, id=f"pk_{number}"))
    slow: Any = _Piecewise(cloud.dynamodb)

    assert sorted(DynamoApiKeys(slow, table=TABLE).of_business(apple.BUSINESS).records) == ["pk_0", "pk_1", "pk_2"]


def test_a_table_that_gives_nothing_is_asked_later(api_keys: DynamoApiKeys, cloud: Cloud) -> None:
    api_keys.put(KEY)
    slow: Any = _Piecewise(cloud.dynamodb, size=0)

    with pytest.raises(Retryable):
        DynamoApiKeys(slow, table=TABLE).of_business(apple.BUSINESS)


class _Piecewise:
    """Gives `size` items of each batch."""

    def __init__(self, client: Any, size: int = 1) -> None:
        self._client, self._size = client, size
        self.get_item = client.get_item

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> Any:  # noqa: N803
        ((table, wanted),) = RequestItems.items()
        now, later = wanted["Keys"][: self._size], wanted["Keys"][self._size :]
        page = self._client.batch_get_item(RequestItems={table: wanted | {"Keys": now}}) if now else {"Responses": {}}
        return page | {"UnprocessedKeys": {table: wanted | {"Keys": later}} if later else {}}
