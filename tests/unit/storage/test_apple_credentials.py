"""Apple's secret in its active versions, cached, and looked at again when a token does not fit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple.tokens import Credential
from parley.errors import Fatal, Retryable
from parley.storage.secrets import AppleCredentials
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.cloud import APPLE_SECRET

if TYPE_CHECKING:
    from tests.support.cloud import Cloud

CURRENT = apple.CREDENTIAL
SECRETS = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="]
NEXT, AFTER = (Credential.of(apple.MSP_ID, secret) for secret in SECRETS)


class Reader:
    """The cloud's secret, how it was asked for, and who reads it."""

    def __init__(self, cloud: Cloud) -> None:
        self.clock = Clock()
        self.secrets = cloud.secrets
        self.asked: list[str] = []
        self.credentials = AppleCredentials(self, secret_id=APPLE_SECRET, clock=self.clock)  # type: ignore[arg-type]

    def get_secret_value(self, **wanted: Any) -> Any:
        self.asked.append(wanted["VersionStage"])
        return self.secrets.get_secret_value(**wanted)

    def put(self, text: str, *stages: str) -> None:
        self.secrets.put_secret_value(SecretId=APPLE_SECRET, SecretString=text, VersionStages=list(stages))

    def rotate(self, secret: str, *stages: str) -> None:
        self.put(json.dumps({"msp_id": apple.MSP_ID, "secret": secret}), *stages)


@pytest.fixture
def reader(cloud: Cloud) -> Reader:
    return Reader(cloud)


def test_a_cold_start_reads_the_current_version_and_nothing_else(reader: Reader) -> None:
    assert reader.credentials.active() == [CURRENT]
    assert reader.asked == ["AWSCURRENT"]


def test_it_is_read_again_after_five_minutes(reader: Reader) -> None:
    reader.credentials.active()
    reader.rotate(SECRETS[0], "AWSCURRENT")

    reader.clock.advance(299)
    assert reader.credentials.active() == [CURRENT]

    reader.clock.advance(1)
    assert reader.credentials.active() == [NEXT]


def test_a_refetch_finds_every_active_version_newest_first(reader: Reader) -> None:
    reader.rotate(SECRETS[0], "AWSCURRENT")
    reader.rotate(SECRETS[1], "AWSPENDING")

    assert reader.credentials.refetch() == [NEXT, AFTER, CURRENT]
    assert reader.credentials.active() == [NEXT, AFTER, CURRENT]
    assert reader.asked == ["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"]


def test_a_version_with_two_names_counts_once(reader: Reader) -> None:
    reader.rotate(SECRETS[0], "AWSCURRENT", "AWSPENDING")

    assert reader.credentials.refetch() == [NEXT, CURRENT]


def test_a_refetch_is_done_at_most_every_half_minute(reader: Reader) -> None:
    assert reader.credentials.refetch() == [CURRENT]
    reader.clock.advance(29.9)
    assert reader.credentials.refetch() is None

    reader.clock.advance(0.1)
    assert reader.credentials.refetch() == [CURRENT]
    assert len(reader.asked) == 6


def test_a_refetch_that_fails_does_not_let_a_storm_through(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import EndpointConnectionError

    def away(**wanted: Any) -> Any:
        reader.asked.append(wanted["VersionStage"])
        raise EndpointConnectionError(endpoint_url="https://secretsmanager")

    reader.credentials.active()
    monkeypatch.setattr(reader, "get_secret_value", away)
    with pytest.raises(Retryable):
        reader.credentials.refetch()

    assert reader.credentials.refetch() is None
    assert reader.credentials.active() == [CURRENT]
    assert reader.asked == ["AWSCURRENT"] * 2


def test_once_several_versions_were_seen_all_are_read_again_later(reader: Reader) -> None:
    reader.rotate(SECRETS[0], "AWSCURRENT")
    reader.credentials.refetch()
    reader.rotate(SECRETS[1], "AWSCURRENT")

    reader.clock.advance(300)

    assert reader.credentials.active() == [AFTER, NEXT]


def test_a_half_staged_version_does_not_close_the_door_for_the_good_one(reader: Reader) -> None:
    for text in ("not json", "[]", "{}", '{"msp_id": "x", "secret": "!!!"}'):
        reader.put(text, "AWSPENDING")
        reader.clock.advance(60)

        assert reader.credentials.refetch() == [CURRENT]


@pytest.mark.parametrize(
    "text", ["not json", "[]", "{}", "null", '{"secret": "AAAA"}', '{"msp_id": "", "secret": "AAAA"}']
)
def test_a_current_version_that_cannot_be_used_is_an_operators_mistake(reader: Reader, text: str) -> None:
    reader.put(text, "AWSCURRENT")

    with pytest.raises(Fatal):
        reader.credentials.active()


def test_a_current_version_in_binary_is_an_operators_mistake(reader: Reader) -> None:
    reader.secrets.put_secret_value(SecretId=APPLE_SECRET, SecretBinary=b"\x00\x01", VersionStages=["AWSCURRENT"])

    with pytest.raises(Fatal):
        reader.credentials.active()


def test_a_secret_that_is_not_there_is_named(cloud: Cloud) -> None:
    missing = AppleCredentials(cloud.secrets, secret_id="nowhere/apple", clock=Clock())

    with pytest.raises(Fatal, match="nowhere/apple"):
        missing.active()


def test_nobody_can_change_what_is_cached(reader: Reader) -> None:
    reader.credentials.active().clear()

    assert reader.credentials.active() == [CURRENT]
