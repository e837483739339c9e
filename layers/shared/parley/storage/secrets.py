"""Secrets Manager: Apple's key in all its active versions, and each business's webhook keys.

While Secrets Manager is away what was read last serves on, for a day at most, and the log says so. After a change
functions that run already act on what they read for up to five minutes.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from typing import TYPE_CHECKING, Final, NamedTuple

from botocore.exceptions import ClientError

from parley.apple.tokens import Credential
from parley.business.key_ring import Key, KeyRing
from parley.business.model import MADE_PREFIX
from parley.errors import Fatal, Retryable
from parley.storage.faults import code_of, translated
from parley.storage.secret_versions import CURRENT, PENDING, PREVIOUS, SecretVersions

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_secretsmanager import SecretsManagerClient

    from parley.storage.secret_versions import Version

CACHE_SECONDS: Final = 300.0
REFETCH_SECONDS: Final = 30.0
MISSED_SECONDS: Final = 2.0
"""own: what lacks the key that is asked for is read again after so long."""
STALE_SECONDS: Final = 86_400.0
STAGES: Final = (CURRENT, PENDING, PREVIOUS)
"""Accepted on the way in while a rotation overlaps; what signs is AWSCURRENT (design §5, Secrets)."""

OVERLAP_SECONDS: Final = 86_400.0
"""How long AWSPREVIOUS is accepted when nobody wrote a date on it: a key that was put in by hand."""

CHANGE_TRIES: Final = 8

_log = logging.getLogger("parley.secrets")


class _Kept[T]:
    """What was read last, and when to read again. One thread reads, the others wait for what it finds."""

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._value: T | None = None
        self._read_at = float("-inf")
        self._failed_at = float("-inf")

    def get(self, read: Callable[[], T], *, enough: Callable[[T], bool] = lambda _: True) -> T:
        """The value, at most five minutes old, two seconds when it is not `enough` for what is asked.

        Older while it cannot be read, tried again every half minute.
        """
        with self._lock:
            now = self._clock()
            value, age = self._value, now - self._read_at
            serves = value is not None and age < STALE_SECONDS
            good_for = CACHE_SECONDS if value is None or enough(value) else MISSED_SECONDS
            if value is not None and (age < good_for or (serves and now - self._failed_at < REFETCH_SECONDS)):
                return value
            try:
                return self.put(read())
            except Retryable:
                self._failed_at = now
                if value is None or not serves:
                    raise
                _log.warning("secret_stale", extra={"secret": self._name, "age_seconds": round(age)})
                return value

    def put(self, value: T) -> T:
        """Keep what was read, or written, just now."""
        self._value, self._read_at = value, self._clock()
        return value

    def peek(self) -> T | None:
        """What is kept, whatever its age."""
        return self._value


class _Active(NamedTuple):
    credential: Credential
    until: float | None
    """None: as long as it is there."""


class AppleCredentials:
    """`<stack>/apple`. One call on a cold start: the overlapping versions are read only when one is needed."""

    def __init__(self, client: SecretsManagerClient, *, secret_id: str, clock: Callable[[], float]) -> None:
        self._versions = SecretVersions(client, secret_id)
        self._secret_id = secret_id
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: _Kept[list[_Active]] = _Kept(secret_id, clock)
        self._looked_at = float("-inf")

    def active(self) -> list[Credential]:
        """What is cached and still good: AWSCURRENT first, always. Raises Fatal without one."""
        with self._lock:
            # Later reads take every stage, so that a key once accepted stays so.
            stages = STAGES[:1] if self._kept.peek() is None else STAGES
            return self._good(self._kept.get(lambda: self._read(stages)))

    def refetch(self) -> list[Credential]:
        """Every active version, as it was at most 30 s ago: bad tokens must not become a storm of calls.

        When they cannot be read now, what is cached. Raises Retryable when nothing is.
        """
        with self._lock:
            known = self._kept.peek()
            if known is not None and self._clock() - self._looked_at < REFETCH_SECONDS:
                return self._good(known)
            self._looked_at = self._clock()  # a look that fails counts too
            try:
                return self._good(self._kept.put(self._read(STAGES)))
            except Retryable:
                if known is None:
                    raise
                _log.warning("secret_not_refetched", extra={"secret": self._secret_id})
                return self._good(known)

    def _good(self, known: list[_Active]) -> list[Credential]:
        now = self._clock()
        good = (each.credential for each in known if each.until is None or now < each.until)
        return list(dict.fromkeys(good))

    def _read(self, stages: tuple[str, ...]) -> list[_Active]:
        current = self._versions.read(CURRENT)
        if current is None:
            raise Fatal(f"the secret {self._secret_id} has no current value; put {{msp_id, secret}} into it")
        found = [_Active(credential_of(current), None)]
        for stage in stages[1:]:
            version = self._versions.read(stage)
            credential = None if version is None else _credential_or_none(version)
            if version is not None and credential is not None:
                found.append(_Active(credential, _until(version, current) if stage == PREVIOUS else None))
        return found


def _until(previous: Version, current: Version) -> float:
    return current.created + OVERLAP_SECONDS if previous.good_until is None else previous.good_until


def credential_of(version: Version) -> Credential:
    """Apple's id and key out of a version. Raises Fatal when they are not there."""
    value = version.document()
    return Credential.of(str(value.get("msp_id", "")), str(value.get("secret", "")))


def _credential_or_none(version: Version) -> Credential | None:
    try:
        return credential_of(version)
    except Fatal:
        return None  # a half-staged value must not close the door for the good one


class WebhookSecrets:
    """`<prefix><business id>`: the keys that sign a business's webhooks (`business.key_ring`)."""

    def __init__(
        self,
        client: SecretsManagerClient,
        *,
        prefix: str,
        clock: Callable[[], float],
        new_version: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._clock = clock
        self._new_version = new_version
        self._known: dict[str, _Kept[KeyRing]] = {}

    def keys(self, business_id: str, endpoint_id: str | None = None) -> list[str]:
        """The signing keys of an endpoint, newest first; without one, or when it has none of its own, the default's.

        Raises Fatal when there is none: an unsigned webhook is never sent.
        """
        # An endpoint made through the API has its own key: where none is seen, it is newer than what is kept.
        ring = self._kept(business_id).get(
            lambda: self._read(business_id)[1],
            enough=lambda ring: endpoint_id is None or not endpoint_id.startswith(MADE_PREFIX) or ring.has(endpoint_id),
        )
        return ring.key(endpoint_id).signing(self._clock())

    def change(self, business_id: str, edit: Callable[[KeyRing], KeyRing]) -> KeyRing:
        """Read, edit, write, unless somebody else wrote in between: then once more, with what they wrote.

        A new version is put in force only off the very version that was read. Returns what is in force now.
        Raises Retryable (`secret_busy`) when others keep being faster, and whatever `edit` raises.
        """
        versions = self._versions(business_id)
        for _ in range(CHANGE_TRIES):
            read, ring = self._read(business_id)
            edited = edit(ring)
            if edited == ring:
                return ring
            draft = self._new_version()
            versions.write_draft(json.dumps(edited.document), version_id=draft)
            if versions.move_current(to=draft, off=read.id):
                return self._kept(business_id).put(edited)
        raise Retryable("the webhook secrets are being changed by somebody else", code="secret_busy", after=1)

    def put(self, business_id: str, secret: str) -> None:
        """Store a business's first default key, or replace it at once; its endpoints' own keys stay."""
        text = json.dumps(KeyRing({}).with_key(None, Key(secret)).document)
        with translated("store the webhook secret"):
            try:
                self._client.create_secret(Name=self._prefix + business_id, SecretString=text)
            except ClientError as error:
                if code_of(error) != "ResourceExistsException":
                    raise
            else:
                return
        self.change(business_id, lambda ring: ring if _has(ring, secret) else ring.with_key(None, Key(secret)))

    def _read(self, business_id: str) -> tuple[Version, KeyRing]:
        version = self._versions(business_id).read(CURRENT)
        if version is None:
            raise Fatal(f"business {business_id} has no webhook secret; register it again")
        return version, KeyRing(version.document())

    def _versions(self, business_id: str) -> SecretVersions:
        return SecretVersions(self._client, self._prefix + business_id)

    def _kept(self, business_id: str) -> _Kept[KeyRing]:
        return self._known.setdefault(business_id, _Kept(self._prefix + business_id, self._clock))


def _has(ring: KeyRing, secret: str) -> bool:
    try:
        return ring.key(None).secret == secret
    except Fatal:
        return False
