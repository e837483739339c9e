"""Each business's webhook keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.errors import Fatal
from parley.storage.secrets import WebhookSecrets
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.cloud import BUSINESS_PREFIX

if TYPE_CHECKING:
    from tests.support.cloud import Cloud


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


def test_a_replaced_key_counts_after_five_minutes(secrets: WebhookSecrets, clock: Clock) -> None:
    secrets.put(apple.BUSINESS, "whsec_one")
    secrets.keys(apple.BUSINESS)
    secrets.put(apple.BUSINESS, "whsec_two")

    clock.advance(299)
    assert secrets.keys(apple.BUSINESS) == ["whsec_one"]

    clock.advance(1)
    assert secrets.keys(apple.BUSINESS) == ["whsec_two"]


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
