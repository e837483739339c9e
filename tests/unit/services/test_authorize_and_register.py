"""Who may call, and how a business becomes known."""

from __future__ import annotations

import hashlib

import pytest

from parley.business.egress import EgressGuard
from parley.business.model import Endpoint, Rule
from parley.errors import Rejected
from parley.services.authorize import Authorize
from parley.services.register import Register, usage_identifier
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.memory_settings import Businesses, SigningKeys, Usage

SECRET = "s" * 32
URL = "https://hooks.example/parley"


class Office:
    """Registration and its stores."""

    def __init__(self, *, address: str = "8.8.8.8") -> None:
        self.businesses = Businesses()
        self.signing_keys = SigningKeys()
        self.usage = Usage()
        self.register = Register(
            businesses=self.businesses,
            signing_keys=self.signing_keys,
            usage=self.usage,
            guard=EgressGuard(allow_loopback=False, resolve=lambda _host, _port: [address]),
        )
        self.authorize = Authorize(businesses=self.businesses, clock=Clock())


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_business_is_registered_with_one_endpoint_for_everything(office: Office) -> None:
    secret = office.register.business(apple.BUSINESS, name="Bikes", url=URL)

    known = office.businesses.get(apple.BUSINESS)
    assert known.name == "Bikes"
    assert known.endpoints == {"default": Endpoint("default", URL)}
    assert known.rules == (Rule("default"),)
    assert office.signing_keys.stored == {apple.BUSINESS: [secret]}
    assert secret.startswith("whsec_")


def test_an_operator_may_bring_the_webhook_secret(office: Office) -> None:
    given = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    assert office.register.business(apple.BUSINESS, name="B", url=URL, webhook_secret=given) == given
    assert office.signing_keys.stored == {apple.BUSINESS: [given]}


def test_an_endpoint_that_leads_inside_is_refused_before_anything_is_stored() -> None:
    office = Office(address="169.254.169.254")

    with pytest.raises(Rejected) as caught:
        office.register.business(apple.BUSINESS, name="B", url=URL)

    assert caught.value.code == "address_forbidden"
    assert office.businesses.known == {}
    assert office.signing_keys.stored == {}


def test_an_id_in_capitals_is_the_same_business(office: Office) -> None:
    office.register.business(apple.BUSINESS.upper(), name="B", url=URL)
    key = office.register.key(apple.BUSINESS.upper(), key_id="pk_1", secret=SECRET)

    assert list(office.businesses.known) == [apple.BUSINESS]
    assert key.business_id == apple.BUSINESS
    assert key.usage_identifier == usage_identifier(apple.BUSINESS)


def test_a_key_is_stored_as_a_digest_and_counted_for_its_business(office: Office) -> None:
    key = office.register.key(apple.BUSINESS, key_id="pk_1", secret=SECRET)

    assert key.secret_sha256 == hashlib.sha256(SECRET.encode()).hexdigest()
    assert office.businesses.api_keys == {"pk_1": key}
    assert office.usage.enrolled == [(f"parley-{apple.BUSINESS}", key.usage_identifier)]
    assert SECRET not in repr(key)


def test_all_keys_of_a_business_share_what_counts_its_calls(office: Office) -> None:
    first = office.register.key(apple.BUSINESS, key_id="pk_1", secret=SECRET)
    second = office.register.key(apple.BUSINESS, key_id="pk_2", secret=SECRET[::-1])
    other = office.register.key(apple.OTHER_BUSINESS, key_id="pk_3", secret=SECRET)

    assert first.usage_identifier == second.usage_identifier != other.usage_identifier
    assert apple.BUSINESS not in first.usage_identifier


@pytest.mark.parametrize(("key_id", "secret"), [("pk", SECRET), ("p k_1", SECRET), ("pk_1", "short"), ("pk.1", SECRET)])
def test_a_key_that_could_never_be_shown_is_refused(office: Office, key_id: str, secret: str) -> None:
    with pytest.raises(Rejected) as caught:
        office.register.key(apple.BUSINESS, key_id=key_id, secret=secret)

    assert caught.value.code == "key_malformed"
    assert office.businesses.api_keys == {}


def test_a_registered_key_opens_the_api(office: Office) -> None:
    key = office.register.key(apple.BUSINESS, key_id="pk_1", secret=SECRET)

    assert office.authorize(f"Bearer pk_1.{SECRET}") == key


@pytest.mark.parametrize(
    "header", [None, "", f"Bearer pk_2.{SECRET}", f"Bearer pk_1.{SECRET}x", f"Basic pk_1.{SECRET}", "Bearer pk_1"]
)
def test_nothing_else_does(office: Office, header: str | None) -> None:
    office.register.key(apple.BUSINESS, key_id="pk_1", secret=SECRET)

    assert office.authorize(header) is None
