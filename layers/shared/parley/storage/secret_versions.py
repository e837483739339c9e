"""One secret of Secrets Manager: its versions, the labels they carry, and moving those safely.

Always by an explicit stage or version, never "the value". How long AWSPREVIOUS stays good is written on the version
itself as one more label: it comes with every read, so nobody has to ask for it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.errors import Fatal, Retryable
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_secretsmanager import SecretsManagerClient

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
PREVIOUS: Final = "AWSPREVIOUS"

UNTIL: Final = "PARLEY_UNTIL_"
"""Label of a version that goes out of use: good until these Unix seconds."""

DRAFT: Final = "PARLEY_DRAFT"
"""Label of a version that was written and is put in force next."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it was read. `created` is in Unix seconds."""

    id: str
    text: str = field(repr=False)
    labels: tuple[str, ...]
    created: float

    def document(self) -> dict[str, Any]:
        """Its JSON object. Raises Fatal when it is none."""
        try:
            value = json.loads(self.text)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Fatal("the secret must be a JSON object")
        return value

    @property
    def good_until(self) -> float | None:
        """When it goes out of use, if that was written on it."""
        return good_until(self.labels)


@dataclass(frozen=True, slots=True)
class Secret:
    """What is known of a secret without reading it."""

    arn: str
    name: str
    labels: Mapping[str, frozenset[str]]
    """Version id → what it carries."""
    rotation_off: bool = False
    """It had a rotation, and somebody switched it off."""

    @property
    def current(self) -> str | None:
        """The id of the version in force."""
        return self.carrying(CURRENT)

    @property
    def pending(self) -> str | None:
        """The id of the version that is to be the next."""
        return self.carrying(PENDING)

    def knows(self, version_id: str) -> bool:
        """Whether there is such a version, with any label."""
        return version_id in self.labels

    def carrying(self, stage: str) -> str | None:
        """The id of the version that carries `stage`."""
        return next((version for version, labels in self.labels.items() if stage in labels), None)


class SecretVersions:
    """The versions of one secret, by name or ARN."""

    def __init__(self, client: SecretsManagerClient, secret_id: str) -> None:
        self._client = client
        self._secret_id = secret_id

    def describe(self) -> Secret:
        """Names and labels. Raises Fatal when there is no such secret."""
        with translated(f"look at the secret {self._secret_id}"):
            told = self._client.describe_secret(SecretId=self._secret_id)
        return Secret(
            arn=told["ARN"],
            name=told["Name"],
            labels={version: frozenset(labels) for version, labels in told.get("VersionIdsToStages", {}).items()},
            rotation_off=bool(told.get("RotationLambdaARN")) and not told.get("RotationEnabled", False),
        )

    def read(self, stage: str) -> Version | None:
        """The version in a stage; None when nothing is there, or no value yet."""
        with translated(f"read the secret {self._secret_id}"):
            try:
                found = self._client.get_secret_value(SecretId=self._secret_id, VersionStage=stage)
            except ClientError as error:
                if code_of(error) == "ResourceNotFoundException":
                    return None
                raise
        return Version(
            id=found["VersionId"],
            text=found.get("SecretString", ""),
            labels=tuple(found.get("VersionStages", ())),
            created=found["CreatedDate"].timestamp(),
        )

    def read_current(self) -> Version | None:
        """The version in force."""
        return self.read(CURRENT)

    def read_pending(self) -> Version | None:
        """The version that is to be the next."""
        return self.read(PENDING)

    def write_pending(self, text: str, *, version_id: str) -> None:
        """A new version that is to be the next. One that is there already is left alone: a version never changes."""
        self._write(text, version_id, PENDING)

    def write_draft(self, text: str, *, version_id: str) -> None:
        """A new version for `move_current`."""
        self._write(text, version_id, DRAFT)

    def release_pending(self, version_id: str) -> None:
        """It is not to be the next any more, or is in force by now."""
        self.take_label(PENDING, off=version_id)

    def _write(self, text: str, version_id: str, label: str) -> None:
        with translated(f"write the secret {self._secret_id}"):
            try:
                self._client.put_secret_value(
                    SecretId=self._secret_id, ClientRequestToken=version_id, SecretString=text, VersionStages=[label]
                )
            except ClientError as error:
                if code_of(error) != "ResourceExistsException":
                    raise

    def move_current(self, *, to: str, off: str) -> bool:
        """Put a version in force, AWSPREVIOUS on the one before. False when `off` is not in force any more.

        This is what makes read-modify-write safe: Secrets Manager moves the label only off the version named.
        """
        with translated(f"put a version of the secret {self._secret_id} in force"):
            try:
                self._client.update_secret_version_stage(
                    SecretId=self._secret_id, VersionStage=CURRENT, MoveToVersionId=to, RemoveFromVersionId=off
                )
            except ClientError as error:
                if code_of(error) not in {"InvalidParameterException", "InvalidRequestException"}:
                    raise
                return False
        return True

    def put_label(self, label: str, *, on: str) -> None:
        """One more label for a version."""
        with translated(f"label the secret {self._secret_id}"):
            self._client.update_secret_version_stage(SecretId=self._secret_id, VersionStage=label, MoveToVersionId=on)

    def take_label(self, label: str, *, off: str) -> None:
        """A label less; that it is gone already is as good."""
        with translated(f"label the secret {self._secret_id}"):
            try:
                self._client.update_secret_version_stage(
                    SecretId=self._secret_id, VersionStage=label, RemoveFromVersionId=off
                )
            except ClientError as error:
                if code_of(error) not in {"InvalidParameterException", "ResourceNotFoundException"}:
                    raise

    def promote(self, version_id: str, *, until: float) -> None:
        """Put a pending version in force; the one before stays good until `until`, Unix seconds.

        Done again, or after a crash between any two of its steps, it ends in the same state.
        """
        secret = self.describe()
        before, dates = secret.current, _dates(secret)
        if before is None:
            raise Fatal(f"the secret {self._secret_id} has no current value")
        if before == version_id:
            kept = max((date for date in dates if date[0] == secret.carrying(PREVIOUS)), default=None)
        else:
            kept = (before, f"{UNTIL}{int(until)}")
            # The date first: a version must not be the previous one for a moment without it.
            self.put_label(kept[1], on=before)
            if not self.move_current(to=version_id, off=before):
                raise Retryable(f"the secret {self._secret_id} was changed by somebody else", code="secret_busy")
        for date in dates - {kept}:
            self.take_label(date[1], off=date[0])
        self.take_label(PENDING, off=version_id)


def _dates(secret: Secret) -> set[tuple[str, str]]:
    """Every version with every date that stands on it."""
    return {
        (version, label) for version, labels in secret.labels.items() for label in labels if label.startswith(UNTIL)
    }


def good_until(labels: Iterable[str]) -> float | None:
    """When a version with these labels goes out of use, Unix seconds; None when no label says so."""
    return max((float(label.removeprefix(UNTIL)) for label in labels if label.startswith(UNTIL)), default=None)
