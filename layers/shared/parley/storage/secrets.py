"""Secrets Manager: Apple's key in all its active versions, and each business's webhook key."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from parley.apple.tokens import Credential
from parley.errors import Fatal
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_secretsmanager import SecretsManagerClient

CACHE_SECONDS: Final = 300.0
REFETCH_SECONDS: Final = 30.0
STAGES: Final = ("AWSCURRENT", "AWSPENDING", "AWSPREVIOUS")
"""Accepted on the way in while a rotation overlaps; what signs is AWSCURRENT (design §5, Secrets)."""


class AppleCredentials:
    """`<stack>/apple`. One call on a cold start: the overlapping versions are read only when one is needed."""

    def __init__(self, client: SecretsManagerClient, *, secret_id: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._secret_id = secret_id
        self._clock = clock
        self._lock = threading.Lock()
        self._known: list[Credential] = []
        self._read_at = float("-inf")
        self._all_read_at = float("-inf")

    def active(self) -> list[Credential]:
        """What is cached, newest stage first; at least AWSCURRENT."""
        with self._lock:
            if self._clock() - self._read_at >= CACHE_SECONDS:
                # After the first time every stage is read again, so that a key once accepted stays so.
                everything = bool(self._known[1:])
                self._known = self._read(STAGES if everything else STAGES[:1])
                self._read_at = self._clock()
            return list(self._known)

    def refetch(self) -> list[Credential] | None:
        """Every active version, read now; None when that was done less than 30 s ago."""
        with self._lock:
            if self._clock() - self._all_read_at < REFETCH_SECONDS:
                return None
            self._all_read_at = self._clock()  # a look that fails counts too: bad tokens must not become a storm
            self._known = self._read(STAGES)
            self._read_at = self._clock()
            return list(self._known)

    def _read(self, stages: tuple[str, ...]) -> list[Credential]:
        found = [self._read_stage(stage) for stage in stages]
        if found[0] is None:
            raise Fatal(f"the secret {self._secret_id} has no current value; put {{msp_id, secret}} into it")
        return list(dict.fromkeys(credential for credential in found if credential is not None))

    def _read_stage(self, stage: str) -> Credential | None:
        try:
            value = _read_json(self._client, self._secret_id, stage)
            if value is None:
                return None
            return Credential.of(str(value.get("msp_id", "")), str(value.get("secret", "")))
        except Fatal:
            if stage == STAGES[0]:
                raise
            return None  # a half-staged value must not close the door for the good one


class WebhookSecrets:
    """`<prefix><business id>`: the keys that sign a business's webhooks, newest first."""

    def __init__(self, client: SecretsManagerClient, *, prefix: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._prefix = prefix
        self._clock = clock
        self._known: dict[str, tuple[float, list[str]]] = {}

    def keys(self, business_id: str) -> list[str]:
        """The signing keys. Raises Fatal when there is none: an unsigned webhook is never sent."""
        read_at, secrets = self._known.get(business_id, (float("-inf"), []))
        if self._clock() - read_at >= CACHE_SECONDS:
            value = _read_json(self._client, self._prefix + business_id, STAGES[0])
            if value is None or not value.get("webhook_secret"):
                raise Fatal(f"business {business_id} has no webhook secret; register it again")
            secrets = [str(value["webhook_secret"])]
            self._known[business_id] = (self._clock(), secrets)
        return secrets

    def put(self, business_id: str, secret: str) -> None:
        """Store a business's first webhook key, or replace it."""
        name, text = self._prefix + business_id, json.dumps({"webhook_secret": secret})
        with translated("store the webhook secret"):
            try:
                self._client.create_secret(Name=name, SecretString=text)
            except ClientError as error:
                if code_of(error) != "ResourceExistsException":
                    raise
                self._client.put_secret_value(SecretId=name, SecretString=text)


def _read_json(client: SecretsManagerClient, secret_id: str, stage: str) -> dict[str, Any] | None:
    """One version of a secret; None when that stage is empty."""
    with translated(f"read the secret {secret_id}"):
        try:
            text = client.get_secret_value(SecretId=secret_id, VersionStage=stage).get("SecretString", "")
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Fatal(f"the secret {secret_id} must be a JSON object") from None
    return value
