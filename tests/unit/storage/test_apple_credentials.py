"""Apple's secret in its active versions, cached, and looked at again when a token does not fit."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from parley.apple.tokens import Credential
from parley.errors import Fatal, Retryable
from parley.storage.secret_versions import SecretVersions
from parley.storage.secrets import AppleCredentials
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.cloud import APPLE_SECRET

if TYPE_CHECKING:
    from tests.support.cloud import Cloud
    from tests.support.fixtures import Logged

CURRENT = apple.CREDENTIAL
SECRETS = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="]
NEXT, AFTER = (Credential.of(apple.MSP_ID, secret) for secret in SECRETS)


class Reader:
    """The cloud's secret, how it was asked for, and who reads it."""

    def __init__(self, cloud: Cloud) -> None:
        self.clock = Clock(time.time())  # AWS dates the versions, so ours has to go as its clock does
        self.secrets = cloud.secrets
        self.asked: list[str] = []
        self.is_away = False
        self.credentials = AppleCredentials(self, secret_id=APPLE_SECRET, clock=self.clock)  # type: ignore[arg-type]

    def get_secret_value(self, **wanted: Any) -> Any:
        self.asked.append(wanted["VersionStage"])
        if self.is_away:
            raise EndpointConnectionError(endpoint_url="https://secretsmanager")
        return self.secrets.get_secret_value(**wanted)

    def put(self, text: str, *stages: str) -> str:
        written = self.secrets.put_secret_value(SecretId=APPLE_SECRET, SecretString=text, VersionStages=list(stages))
        return written["VersionId"]

    def rotate(self, secret: str, *stages: str) -> str:
        return self.put(json.dumps({"msp_id": apple.MSP_ID, "secret": secret}), *stages)


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
    assert reader.credentials.active() == [NEXT, CURRENT]


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
    reader.credentials.refetch()
    reader.rotate(SECRETS[0], "AWSPENDING")

    reader.clock.advance(29.9)
    assert reader.credentials.refetch() == [CURRENT]

    reader.clock.advance(0.1)
    assert reader.credentials.refetch() == [CURRENT, NEXT]
    assert len(reader.asked) == 6


def test_a_refetch_that_came_too_soon_still_knows_what_the_last_one_found(reader: Reader) -> None:
    reader.rotate(SECRETS[0], "AWSPENDING")
    reader.credentials.refetch()

    assert reader.credentials.refetch() == [CURRENT, NEXT]
    assert len(reader.asked) == 3


def test_a_refetch_that_fails_does_not_let_a_storm_through(reader: Reader) -> None:
    reader.credentials.active()
    reader.is_away = True

    assert reader.credentials.refetch() == [CURRENT]
    assert reader.credentials.refetch() == [CURRENT]
    assert reader.credentials.active() == [CURRENT]
    assert reader.asked == ["AWSCURRENT"] * 2


def test_every_stage_is_read_again_so_that_a_key_once_accepted_stays_so(reader: Reader) -> None:
    reader.credentials.active()
    reader.rotate(SECRETS[1], "AWSPENDING")

    reader.clock.advance(300)

    assert reader.credentials.active() == [CURRENT, AFTER]


def test_a_previous_key_is_good_until_the_date_that_was_written_on_it(reader: Reader) -> None:
    versions = SecretVersions(reader.secrets, APPLE_SECRET)
    pending = reader.rotate(SECRETS[0], "AWSPENDING")
    versions.promote(pending, until=reader.clock() + 3600)

    assert reader.credentials.refetch() == [NEXT, CURRENT]
    reader.clock.advance(3599 - 1)
    assert reader.credentials.active() == [NEXT, CURRENT]
    reader.clock.advance(2)
    assert reader.credentials.active() == [NEXT]


def test_a_previous_key_nobody_dated_is_good_for_a_day_after_the_next_was_put_in(reader: Reader) -> None:
    reader.rotate(SECRETS[0], "AWSCURRENT")

    reader.clock.advance(86_390)
    assert reader.credentials.refetch() == [NEXT, CURRENT]
    reader.clock.advance(20)
    assert reader.credentials.active() == [NEXT]


def test_while_secrets_manager_is_away_what_was_read_last_serves_on_and_the_log_says_so(
    reader: Reader, logged: Logged
) -> None:
    reader.credentials.active()
    reader.is_away = True

    reader.clock.advance(86_399)

    assert reader.credentials.active() == [CURRENT]
    assert "secret_stale" in logged.everything()


def test_after_a_day_without_secrets_manager_nothing_serves(reader: Reader) -> None:
    reader.credentials.active()
    reader.is_away = True

    reader.clock.advance(86_400)

    with pytest.raises(Retryable):
        reader.credentials.active()


def test_a_secrets_manager_that_is_away_is_asked_every_half_minute_and_not_by_every_message(reader: Reader) -> None:
    reader.credentials.active()
    reader.is_away = True
    reader.clock.advance(300)

    for _ in range(50):
        reader.credentials.active()
    assert len(reader.asked) == 2

    reader.clock.advance(30)
    reader.credentials.active()
    assert len(reader.asked) == 3


def test_one_that_comes_back_is_heard_at_the_next_look(reader: Reader) -> None:
    reader.credentials.active()
    reader.is_away = True
    reader.clock.advance(300)
    reader.credentials.active()
    reader.rotate(SECRETS[0], "AWSCURRENT")

    reader.is_away = False
    reader.clock.advance(30)

    assert reader.credentials.active() == [NEXT, CURRENT]


def test_without_anything_read_ever_there_is_nothing_to_serve(reader: Reader) -> None:
    reader.is_away = True

    with pytest.raises(Retryable):
        reader.credentials.active()
    with pytest.raises(Retryable):
        reader.credentials.refetch()


def test_a_secret_that_may_not_be_read_any_more_is_not_served_from_memory(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue")

    reader.credentials.active()
    monkeypatch.setattr(reader, "get_secret_value", denied)
    reader.clock.advance(300)

    with pytest.raises(Fatal):
        reader.credentials.active()


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
