"""Versions of a secret, and moving their labels so that nothing is lost on the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from parley.errors import Fatal, Retryable
from parley.storage.secret_versions import SecretVersions, Version
from tests.support.cloud import APPLE_SECRET

if TYPE_CHECKING:
    from tests.support.cloud import Cloud

TOKENS = [f"{number:08d}-1111-4111-8111-111111111111" for number in range(5)]
UNTIL = 1_800_000_000.0


@pytest.fixture
def versions(cloud: Cloud) -> SecretVersions:
    return SecretVersions(cloud.secrets, APPLE_SECRET)


def _labels(versions: SecretVersions) -> dict[str, set[str]]:
    """Who carries what, the versions by number."""
    first = {version: set(labels) for version, labels in versions.describe().labels.items() if labels}
    return {version[:8] if version in TOKENS else "first": labels for version, labels in first.items()}


def test_a_pending_version_is_read_back_as_it_was_written(versions: SecretVersions) -> None:
    versions.write_pending('{"a": 1}', version_id=TOKENS[0])

    pending = versions.read_pending()

    assert pending is not None
    assert (pending.id, pending.document()) == (TOKENS[0], {"a": 1})
    assert versions.describe().pending == TOKENS[0]


def test_an_empty_stage_is_nothing(versions: SecretVersions) -> None:
    assert versions.read_pending() is None
    assert versions.describe().pending is None


def test_a_version_that_is_there_already_is_good_enough(
    versions: SecretVersions, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exists(**_: Any) -> Any:  # AWS never changes a version; the mock would
        raise ClientError({"Error": {"Code": "ResourceExistsException"}}, "PutSecretValue")

    versions.write_pending('{"a": 1}', version_id=TOKENS[0])
    monkeypatch.setattr(cloud.secrets, "put_secret_value", exists)

    versions.write_pending('{"a": 2}', version_id=TOKENS[0])

    pending = versions.read_pending()
    assert pending is not None
    assert pending.document() == {"a": 1}


def test_promoting_puts_the_pending_version_in_force_and_dates_the_one_before(versions: SecretVersions) -> None:
    versions.write_pending("{}", version_id=TOKENS[0])

    versions.promote(TOKENS[0], until=UNTIL)

    assert _labels(versions) == {"00000000": {"AWSCURRENT"}, "first": {"AWSPREVIOUS", "PARLEY_UNTIL_1800000000"}}
    previous = versions.read("AWSPREVIOUS")
    assert previous is not None
    assert previous.good_until == UNTIL


def test_promoting_again_changes_nothing(versions: SecretVersions) -> None:
    versions.write_pending("{}", version_id=TOKENS[0])
    versions.promote(TOKENS[0], until=UNTIL)
    before = _labels(versions)

    versions.promote(TOKENS[0], until=UNTIL + 5000)

    assert _labels(versions) == before


def test_the_next_promotion_takes_the_date_off_the_one_before_the_last(versions: SecretVersions) -> None:
    for number, token in enumerate(TOKENS[:3]):
        versions.write_pending(json.dumps({"n": number}), version_id=token)
        versions.promote(token, until=UNTIL + number)

    assert _labels(versions) == {
        "00000002": {"AWSCURRENT"},
        "00000001": {"AWSPREVIOUS", "PARLEY_UNTIL_1800000002"},
    }


class Crashing:
    """A client that dies before or after its n-th change of a label."""

    def __init__(self, cloud: Cloud, *, after: int, before: bool) -> None:
        self.secrets, self.left, self.before = cloud.secrets, after, before

    def __getattr__(self, name: str) -> Any:
        return getattr(self.secrets, name)

    def update_secret_version_stage(self, **given: Any) -> Any:
        self.left -= 1
        if self.left == 0 and self.before:
            raise RuntimeError("crash")
        done = self.secrets.update_secret_version_stage(**given)
        if self.left == 0:
            raise RuntimeError("crash")
        return done


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("step", range(1, 5))
def test_a_promotion_that_died_anywhere_ends_the_same_when_it_is_repeated(
    cloud: Cloud, versions: SecretVersions, step: int, before: bool
) -> None:
    versions.write_pending('{"n": 0}', version_id=TOKENS[0])
    versions.promote(TOKENS[0], until=UNTIL)
    versions.write_pending('{"n": 1}', version_id=TOKENS[1])

    with pytest.raises(RuntimeError):
        SecretVersions(Crashing(cloud, after=step, before=before), APPLE_SECRET).promote(  # type: ignore[arg-type]
            TOKENS[1], until=UNTIL + 10
        )
    versions.promote(TOKENS[1], until=UNTIL + 20)

    labels = _labels(versions)
    assert labels["00000001"] == {"AWSCURRENT"}
    (date,) = labels["00000000"] - {"AWSPREVIOUS"}
    assert date in {"PARLEY_UNTIL_1800000010", "PARLEY_UNTIL_1800000020"}
    assert labels.keys() == {"00000000", "00000001"}


def test_a_version_is_put_in_force_only_off_the_one_that_was_read(versions: SecretVersions) -> None:
    first = versions.describe().current
    assert first is not None
    versions.write_draft('{"n": 0}', version_id=TOKENS[0])
    assert versions.move_current(to=TOKENS[0], off=first)
    versions.write_draft('{"n": 1}', version_id=TOKENS[1])

    assert not versions.move_current(to=TOKENS[1], off=first)

    assert versions.describe().current == TOKENS[0]


def test_a_promotion_that_somebody_overtook_says_so(
    cloud: Cloud, versions: SecretVersions, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions.write_pending("{}", version_id=TOKENS[0])
    monkeypatch.setattr(versions, "move_current", lambda **_: False)

    with pytest.raises(Retryable) as told:
        versions.promote(TOKENS[0], until=UNTIL)

    assert told.value.code == "secret_busy"


def test_a_label_that_is_not_there_is_as_good_as_taken(versions: SecretVersions) -> None:
    current = versions.describe().current
    assert current is not None

    versions.release_pending(current)
    versions.release_pending(TOKENS[4])


class Denied:
    """A client that may not."""

    def __getattr__(self, name: str) -> Any:
        def refuse(**_: Any) -> Any:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, name)

        return refuse


def test_what_is_not_allowed_is_an_operators_mistake_at_every_call() -> None:
    versions = SecretVersions(Denied(), APPLE_SECRET)  # type: ignore[arg-type]

    for call in (
        versions.describe,
        versions.read_current,
        lambda: versions.write_draft("{}", version_id=TOKENS[0]),
        lambda: versions.move_current(to=TOKENS[0], off=TOKENS[1]),
        lambda: versions.put_label("x", on=TOKENS[0]),
        lambda: versions.take_label("x", off=TOKENS[0]),
    ):
        with pytest.raises(Fatal, match="AccessDenied"):
            call()


def test_a_secret_without_a_current_version_cannot_be_promoted(
    versions: SecretVersions, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        cloud.secrets, "describe_secret", lambda **_: {"ARN": "a", "Name": "n", "VersionIdsToStages": {}}
    )

    with pytest.raises(Fatal, match="no current value"):
        versions.promote(TOKENS[0], until=UNTIL)


@pytest.mark.parametrize(
    ("told", "off"),
    [
        ({}, False),
        ({"RotationEnabled": True, "RotationLambdaARN": "arn"}, False),
        ({"RotationEnabled": False, "RotationLambdaARN": "arn"}, True),
        ({"RotationLambdaARN": "arn"}, True),
    ],
)
def test_a_rotation_that_was_cancelled_is_seen(
    versions: SecretVersions, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any], off: bool
) -> None:
    monkeypatch.setattr(cloud.secrets, "describe_secret", lambda **_: {"ARN": "a", "Name": "n", **told})

    assert versions.describe().rotation_off is off


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"x"'])
def test_a_version_that_is_no_object_is_an_operators_mistake(text: str) -> None:
    with pytest.raises(Fatal, match="JSON object"):
        Version("v", text, (), 0.0).document()


def test_no_value_shows_in_a_versions_description() -> None:
    assert "topsecret" not in repr(Version("v", "topsecret", (), 0.0))
