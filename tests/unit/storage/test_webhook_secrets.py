"""Each business's webhook keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError

from parley.business.key_ring import Former, Key, KeyRing
from parley.errors import Fatal, Retryable
from parley.storage.secrets import WebhookSecrets
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.cloud import BUSINESS_PREFIX

if TYPE_CHECKING:
    from tests.support.cloud import Cloud
    from tests.support.fixtures import Logged


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def secrets(cloud: Cloud, clock: Clock) -> WebhookSecrets:
    return WebhookSecrets(cloud.secrets, prefix=BUSINESS_PREFIX, clock=clock)


def test_a_key_comes_back_as_it_was_stored(secrets: WebhookSecrets, cloud: Cloud) -> None:
    secrets.put(apple.BUSINESS, "whsec_one")

    assert secrets.keys(apple.BUSINESS) == ["whsec_one"]
    stored = cloud.secrets.get_secret_value(SecretId=f"{BUSINESS_PREFIX}{apple.BUSINESS}")
    assert stored["SecretString"] == '{"webhook_secret": "whsec_one"}'


def test_a_key_somebody_else_replaced_counts_after_five_minutes(
    secrets: WebhookSecrets, cloud: Cloud, clock: Clock
) -> None:
    secrets.put(apple.BUSINESS, "whsec_one")
    secrets.keys(apple.BUSINESS)
    WebhookSecrets(cloud.secrets, prefix=BUSINESS_PREFIX, clock=clock).put(apple.BUSINESS, "whsec_two")

    clock.advance(299)
    assert secrets.keys(apple.BUSINESS) == ["whsec_one"]

    clock.advance(1)
    assert secrets.keys(apple.BUSINESS) == ["whsec_two"]


def test_the_key_of_an_endpoint_just_made_elsewhere_is_found_within_two_seconds(
    secrets: WebhookSecrets, cloud: Cloud, clock: Clock
) -> None:
    secrets.put(apple.BUSINESS, "whsec_one")
    secrets.keys(apple.BUSINESS)
    elsewhere = WebhookSecrets(cloud.secrets, prefix=BUSINESS_PREFIX, clock=clock)
    elsewhere.change(apple.BUSINESS, lambda ring: ring.with_key("ep_new", Key("whsec_new")))

    assert secrets.keys(apple.BUSINESS, "default") == ["whsec_one"]
    clock.advance(2)
    assert secrets.keys(apple.BUSINESS, "ep_new") == ["whsec_new"]


def test_each_business_has_its_own(secrets: WebhookSecrets) -> None:
    secrets.put(apple.BUSINESS, "whsec_one")
    secrets.put(apple.OTHER_BUSINESS, "whsec_two")

    assert secrets.keys(apple.BUSINESS) == ["whsec_one"]
    assert secrets.keys(apple.OTHER_BUSINESS) == ["whsec_two"]


def test_a_business_without_a_key_is_named_and_asked_for_again(secrets: WebhookSecrets) -> None:
    with pytest.raises(Fatal, match=apple.BUSINESS):
        secrets.keys(apple.BUSINESS)

    secrets.put(apple.BUSINESS, "whsec_one")

    assert secrets.keys(apple.BUSINESS) == ["whsec_one"]


@pytest.mark.parametrize("text", ["{}", '{"webhook_secret": ""}', "[]", "nonsense"])
def test_a_secret_without_a_key_is_an_operators_mistake(secrets: WebhookSecrets, cloud: Cloud, text: str) -> None:
    cloud.secrets.create_secret(Name=f"{BUSINESS_PREFIX}{apple.BUSINESS}", SecretString=text)

    with pytest.raises(Fatal):
        secrets.keys(apple.BUSINESS)


def test_an_endpoint_signs_with_its_own_key_and_the_others_with_the_default(secrets: WebhookSecrets) -> None:
    secrets.put(apple.BUSINESS, "whsec_default")
    secrets.change(apple.BUSINESS, lambda ring: ring.with_key("e1", Key("whsec_own")))

    assert secrets.keys(apple.BUSINESS, "e1") == ["whsec_own"]
    assert secrets.keys(apple.BUSINESS, "e2") == ["whsec_default"]
    assert secrets.keys(apple.BUSINESS) == ["whsec_default"]


def test_registering_again_leaves_the_endpoints_keys_alone(secrets: WebhookSecrets, cloud: Cloud, clock: Clock) -> None:
    secrets.put(apple.BUSINESS, "whsec_default")
    secrets.change(apple.BUSINESS, lambda ring: ring.with_key("e1", Key("whsec_own")))

    secrets.put(apple.BUSINESS, "whsec_again")

    fresh = WebhookSecrets(cloud.secrets, prefix=BUSINESS_PREFIX, clock=clock)
    assert fresh.keys(apple.BUSINESS, "e1") == ["whsec_own"]
    assert fresh.keys(apple.BUSINESS) == ["whsec_again"]


def test_registering_with_the_same_key_writes_nothing(secrets: WebhookSecrets, cloud: Cloud) -> None:
    name = f"{BUSINESS_PREFIX}{apple.BUSINESS}"
    secrets.put(apple.BUSINESS, "whsec_one")
    before = cloud.secrets.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")["VersionId"]

    secrets.put(apple.BUSINESS, "whsec_one")

    assert cloud.secrets.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")["VersionId"] == before


def test_registering_mends_a_key_that_cannot_be_read(secrets: WebhookSecrets, cloud: Cloud) -> None:
    cloud.secrets.create_secret(Name=f"{BUSINESS_PREFIX}{apple.BUSINESS}", SecretString='{"webhook_secret": 7}')

    secrets.put(apple.BUSINESS, "whsec_one")

    assert secrets.keys(apple.BUSINESS) == ["whsec_one"]


def test_who_changed_a_key_signs_with_it_at_once(secrets: WebhookSecrets) -> None:
    secrets.put(apple.BUSINESS, "whsec_one")
    secrets.keys(apple.BUSINESS)

    secrets.change(apple.BUSINESS, lambda ring: ring.with_key(None, Key("whsec_two")))

    assert secrets.keys(apple.BUSINESS) == ["whsec_two"]


def test_a_former_key_stops_on_time_although_it_is_cached(secrets: WebhookSecrets, clock: Clock) -> None:
    secrets.put(apple.BUSINESS, "whsec_one")
    former = Key("whsec_two", (Former("whsec_one", clock() + 10),))
    secrets.change(apple.BUSINESS, lambda ring: ring.with_key(None, former))

    assert secrets.keys(apple.BUSINESS) == ["whsec_two", "whsec_one"]
    clock.advance(10)
    assert secrets.keys(apple.BUSINESS) == ["whsec_two"]


class Rival:
    """Somebody else who writes between our read and our write, as often as told."""

    def __init__(self, cloud: Cloud, *, times: int) -> None:
        self.secrets = cloud.secrets
        self.other = WebhookSecrets(cloud.secrets, prefix=BUSINESS_PREFIX, clock=Clock())
        self.times = times

    def __getattr__(self, name: str) -> Any:
        return getattr(self.secrets, name)

    def put_secret_value(self, **given: Any) -> Any:
        if self.times:
            self.times -= 1
            endpoint = f"rival-{self.times}"
            self.other.change(apple.BUSINESS, lambda ring: ring.with_key(endpoint, Key("whsec_rival")))
        return self.secrets.put_secret_value(**given)


def test_two_who_change_at_the_same_time_both_find_their_change(cloud: Cloud, secrets: WebhookSecrets) -> None:
    secrets.put(apple.BUSINESS, "whsec_default")
    slow = WebhookSecrets(Rival(cloud, times=3), prefix=BUSINESS_PREFIX, clock=Clock())  # type: ignore[arg-type]

    ring = slow.change(apple.BUSINESS, lambda ring: ring.with_key("mine", Key("whsec_mine")))

    assert set(ring.names) == {None, "rival-0", "rival-1", "rival-2", "mine"}
    assert KeyRing(ring.document) == secrets.change(apple.BUSINESS, lambda ring: ring)


def test_who_always_loses_is_told_to_come_again(cloud: Cloud, secrets: WebhookSecrets) -> None:
    secrets.put(apple.BUSINESS, "whsec_default")
    slow = WebhookSecrets(Rival(cloud, times=99), prefix=BUSINESS_PREFIX, clock=Clock())  # type: ignore[arg-type]

    with pytest.raises(Retryable) as told:
        slow.change(apple.BUSINESS, lambda ring: ring.with_key("mine", Key("whsec_mine")))

    assert told.value.code == "secret_busy"
    assert "mine" not in secrets.change(apple.BUSINESS, lambda ring: ring).names


def test_an_edit_that_raises_changes_nothing(cloud: Cloud, secrets: WebhookSecrets) -> None:
    secrets.put(apple.BUSINESS, "whsec_default")

    def refuse(_: KeyRing) -> KeyRing:
        raise Fatal("no")

    with pytest.raises(Fatal):
        secrets.change(apple.BUSINESS, refuse)

    assert secrets.keys(apple.BUSINESS) == ["whsec_default"]


def test_webhooks_go_on_being_signed_while_secrets_manager_is_away(
    cloud: Cloud, secrets: WebhookSecrets, clock: Clock, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    def away(**_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://secretsmanager")

    secrets.put(apple.BUSINESS, "whsec_one")
    secrets.keys(apple.BUSINESS)
    monkeypatch.setattr(cloud.secrets, "get_secret_value", away)
    clock.advance(3600)

    assert secrets.keys(apple.BUSINESS) == ["whsec_one"]
    assert "secret_stale" in logged.everything()
    with pytest.raises(Retryable):
        secrets.keys(apple.OTHER_BUSINESS)
