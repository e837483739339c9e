"""Who may call, and how a business becomes known."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pytest

from parley.business import keys
from parley.business.egress import EgressGuard
from parley.business.model import Endpoint, Rule
from parley.business.scopes import SCOPES
from parley.errors import NotFound, Rejected, Retryable
from parley.services.authorize import Authorize
from parley.services.register import Register, usage_identifier
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.memory_settings import ApiKeys, Businesses, SigningKeys, UsagePlans

SECRET = "s" * 32
URL = "https://hooks.example/parley"


class Office:
    """Registration and its stores."""

    def __init__(self, *, address: str = "8.8.8.8") -> None:
        self.businesses = Businesses()
        self.api_keys = ApiKeys()
        self.clock = Clock()
        self.signing_keys = SigningKeys()
        self.usage = UsagePlans()
        self.register = Register(
            businesses=self.businesses,
            api_keys=self.api_keys,
            clock=self.clock,
            signing_keys=self.signing_keys,
            usage=self.usage,
            guard=EgressGuard(allow_loopback=False, resolve=lambda _host, _port: [address]),
        )
        self.authorize = Authorize(api_keys=self.api_keys, clock=self.clock)


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


def test_a_key_is_stored_as_a_digest(office: Office) -> None:
    key = office.register.key(apple.BUSINESS, key_id="pk_1", secret=SECRET)

    assert key.secret_sha256 == hashlib.sha256(SECRET.encode()).hexdigest()
    assert office.api_keys.find("pk_1") == key
    assert SECRET not in repr(key)


def test_all_keys_of_a_business_share_what_counts_its_calls(office: Office) -> None:
    first = office.register.key(apple.BUSINESS, key_id="pk_1", secret=SECRET)
    second = office.register.key(apple.BUSINESS, key_id="pk_2", secret=SECRET[::-1])
    other = office.register.key(apple.OTHER_BUSINESS, key_id="pk_3", secret=SECRET)

    assert first.usage_identifier == second.usage_identifier != other.usage_identifier
    assert apple.BUSINESS not in first.usage_identifier


@pytest.mark.parametrize(
    ("key_id", "secret"),
    [("pk", SECRET), ("p k_1", SECRET), ("pk_1", "short"), ("pk.1", SECRET), ("parley_live_1", SECRET)],
)
def test_a_key_that_could_never_be_shown_is_refused(office: Office, key_id: str, secret: str) -> None:
    with pytest.raises(Rejected) as caught:
        office.register.key(apple.BUSINESS, key_id=key_id, secret=secret)

    assert caught.value.code == "key_malformed"
    assert office.api_keys.known == {}


def test_a_registered_key_opens_the_api(office: Office) -> None:
    key = office.register.key(apple.BUSINESS, key_id="pk_1", secret=SECRET)

    assert office.authorize(f"Bearer pk_1.{SECRET}") == key


@pytest.mark.parametrize(
    "header", [None, "", f"Bearer pk_2.{SECRET}", f"Bearer pk_1.{SECRET}x", f"Basic pk_1.{SECRET}", "Bearer pk_1"]
)
def test_nothing_else_does(office: Office, header: str | None) -> None:
    office.register.key(apple.BUSINESS, key_id="pk_1", secret=SECRET)

    assert office.authorize(header) is None


def test_a_made_key_is_of_our_own_form_and_opens_the_api(office: Office) -> None:
    whole = office.register.new_key(apple.BUSINESS, name="first")

    key = office.authorize(f"Bearer {whole}")

    assert re.fullmatch(keys.FORM, whole)
    assert key is not None
    assert (key.name, key.mode, key.scopes, key.created_at) == ("first", "live", SCOPES, office.clock())
    assert whole.partition(".")[2] not in repr(office.api_keys.known)


def test_a_key_that_was_mistyped_is_not_even_looked_for(office: Office) -> None:
    whole = office.register.new_key(apple.BUSINESS, name="first")
    wrong = whole[:-1] + ("0" if whole[-1] != "0" else "1")

    assert office.authorize(f"Bearer {wrong}") is None
    assert office.api_keys.found == []


def test_a_key_that_opens_is_marked_as_used_and_no_other(office: Office) -> None:
    office.register.key(apple.BUSINESS, key_id="pk_1", secret=SECRET)

    office.authorize(f"Bearer pk_1.{SECRET}x")
    assert office.api_keys.used == []

    office.authorize(f"Bearer pk_1.{SECRET}")
    assert office.api_keys.used == [("pk_1", office.clock())]


def test_nobody_is_turned_away_because_the_use_could_not_be_written_down(office: Office) -> None:
    key = office.register.key(apple.BUSINESS, key_id="pk_1", secret=SECRET)
    office.api_keys.fault = Retryable("the table is away", code="aws_unavailable")

    assert office.authorize(f"Bearer pk_1.{SECRET}") == key


def test_a_business_is_counted_in_the_plan_of_its_tier(office: Office) -> None:
    office.register.business(apple.BUSINESS, name="B", url=URL, tier="plus")
    key = office.register.key(apple.BUSINESS, key_id="pk_1", secret=SECRET)

    assert office.businesses.get(apple.BUSINESS).tier == "plus"
    assert office.usage.enrolled == [(f"parley-{apple.BUSINESS}", key.usage_identifier, "plus")]


def test_another_tier_is_another_plan_and_changes_nothing_else(office: Office) -> None:
    office.register.business(apple.BUSINESS, name="B", url=URL)
    before = office.businesses.get(apple.BUSINESS)

    office.register.tier(apple.BUSINESS.upper(), "plus")

    assert office.businesses.get(apple.BUSINESS) == replace(before, tier="plus")
    assert [tier for _, _, tier in office.usage.enrolled] == ["standard", "plus"]


def test_an_unknown_business_gets_no_tier(office: Office) -> None:
    with pytest.raises(NotFound):
        office.register.tier(apple.BUSINESS, "plus")
    assert office.usage.enrolled == []
