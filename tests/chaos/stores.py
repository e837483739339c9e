"""S3 and Secrets Manager as their botocore clients show them to a function."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from tests.chaos.dynamo import failure
from tests.chaos.loop import Unsupported

if TYPE_CHECKING:
    from tests.chaos.calls import Answer, Calls


class FakeS3:
    """One bucket of whole objects."""

    def __init__(self, objects: dict[str, bytes], calls: Calls, *, bucket: str) -> None:
        self._objects = objects
        self._calls = calls
        self._bucket = bucket

    def __getattr__(self, name: str) -> NoReturn:
        raise Unsupported(f"FakeS3 has no {name}")

    def put_object(
        self,
        *,
        Bucket: str,  # noqa: N803
        Key: str,  # noqa: N803
        Body: bytes,  # noqa: N803
        IfNoneMatch: str | None = None,  # noqa: N803  (all four as boto3 calls them)
        **_: Any,
    ) -> Answer:
        def effect() -> Answer:
            self._same_bucket("PutObject", Bucket)
            if IfNoneMatch == "*" and Key in self._objects:
                raise failure("PutObject", "PreconditionFailed", "The object is there.", status=412)
            self._objects[Key] = bytes(Body)
            return {}

        return self._calls.aws("s3", "PutObject", effect, about=Key)

    def get_object(self, *, Bucket: str, Key: str) -> Answer:  # noqa: N803
        def effect() -> Answer:
            self._same_bucket("GetObject", Bucket)
            if Key not in self._objects:
                raise failure("GetObject", "NoSuchKey", "The specified key does not exist.", status=404)
            return {"Body": io.BytesIO(self._objects[Key])}

        return self._calls.aws("s3", "GetObject", effect, about=Key)

    def list_objects_v2(self, *, Bucket: str) -> Answer:  # noqa: N803
        """For those who look from outside."""
        if self._calls.inside():
            raise Unsupported("no function lists the bucket")
        self._same_bucket("ListObjectsV2", Bucket)
        return {"Contents": [{"Key": key} for key in sorted(self._objects)]}

    def _same_bucket(self, operation: str, name: str) -> None:
        if name != self._bucket:
            raise failure(operation, "NoSuchBucket", "The specified bucket does not exist", status=404)


@dataclass
class Version:
    """One version of a secret; it never changes, its stages do."""

    id: str
    text: str
    created: datetime
    stages: set[str] = field(default_factory=set)


class FakeSecrets:
    """Secrets by name, each with its versions, as functions read them."""

    def __init__(self, secrets: dict[str, list[Version]], calls: Calls) -> None:
        self._secrets = secrets
        self._calls = calls

    def __getattr__(self, name: str) -> NoReturn:
        raise Unsupported(f"FakeSecrets has no {name}")

    def get_secret_value(self, *, SecretId: str, VersionStage: str = "AWSCURRENT") -> Answer:  # noqa: N803
        def effect() -> Answer:
            for version in self._secrets.get(SecretId, []):
                if VersionStage in version.stages:
                    return {
                        "Name": SecretId,
                        "VersionId": version.id,
                        "VersionStages": sorted(version.stages),
                        "SecretString": version.text,
                        "CreatedDate": version.created,
                    }
            words = "Secrets Manager can't find the specified secret value for staging label"
            raise failure("GetSecretValue", "ResourceNotFoundException", words)

        return self._calls.aws("secretsmanager", "GetSecretValue", effect, about=f"{SecretId} {VersionStage}")


def first_version(text: str, *, at: float) -> Version:
    """A secret's value as an operator put it."""
    return Version(f"version-{at:.0f}".ljust(32, "0"), text, datetime.fromtimestamp(at, UTC), {"AWSCURRENT"})
