"""A business's API keys, as the business itself manages them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from parley.business import keys
from parley.business.bounds import MAX_KEYS
from parley.business.model import ApiKey
from parley.business.scopes import LIVE, SCOPES
from parley.business.snapshot import KeyRecord
from parley.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Retryable
from parley.services.endpoints import TRIES, stale

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parley.business.scopes import Mode
    from parley.business.snapshot import Keys
    from parley.services import ports


@dataclass(frozen=True, slots=True)
class Issued:
    """A key with its new secret: `whole` is what is shown once."""

    record: KeyRecord
    whole: str = field(repr=False)


class ApiKeys:
    """`by` is the id of the key that asks, and no call gives more than that key may do itself.

    Every method that names a key raises NotFound (`key_unknown`) when it is not this business's.
    """

    def __init__(
        self,
        *,
        store: ports.ApiKeyStore,
        clock: Callable[[], float],
        new_id: Callable[[Mode], str],
        new_secret: Callable[[str], str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._new_secret = new_secret

    def all(self, business_id: str, *, by: str) -> list[KeyRecord]:
        """All of them, the oldest first."""
        known = self._store.of_business(business_id, and_key=by)
        return sorted(known.records.values(), key=lambda record: (record.key.created_at, record.key.id))

    def get(self, business_id: str, key_id: str, *, by: str) -> KeyRecord:
        """One of them."""
        return _known(self._store.of_business(business_id, and_key=by), key_id)

    def create(
        self,
        business_id: str,
        *,
        by: str,
        name: str,
        scopes: Sequence[str],
        mode: Mode,
        expires_at: float | None,
    ) -> Issued:
        """Raises Invalid, Forbidden (`exceeds_key`), Conflict (`too_many_keys`)."""
        now = self._clock()
        _check(expires_at, now=now)
        for _ in range(TRIES):
            known = self._store.of_business(business_id, and_key=by)
            asking = self._asking(known, by)
            if len(known.records) >= MAX_KEYS:
                raise Conflict(f"revoke one first; {MAX_KEYS} is the most", code="too_many_keys")
            key_id = self._new_id(mode)
            secret = self._new_secret(key_id)
            key = ApiKey(
                id=key_id,
                business_id=business_id,
                secret_sha256=keys.digest(secret),
                usage_identifier=asking.usage_identifier,
                expires_at=expires_at if expires_at is not None else asking.expires_at,
                name=name,
                scopes=_in_order(scopes),
                mode=mode,
                created_at=now,
            )
            _require_cover(asking, key)
            if self._store.add(key, seen=known.version):
                return Issued(KeyRecord(key, 1), f"{key_id}.{secret}")
        raise _busy()

    def change(
        self, business_id: str, key_id: str, changes: dict[str, Any], *, by: str, version: int | None
    ) -> KeyRecord:
        """`changes` holds only what is to be different; `version` is what the caller has seen, None for any.

        Raises Invalid, Forbidden (`exceeds_key`) when it would gain what the asking key has not, and Conflict
        (`precondition_failed`, `last_key`).
        """
        if changes.get("expires_at") is not None:
            _check(changes["expires_at"], now=self._clock())
        if "scopes" in changes:
            changes = changes | {"scopes": _in_order(changes["scopes"])}
        return self._edit(business_id, key_id, lambda key: replace(key, **changes), by=by, version=version)

    def remove(self, business_id: str, key_id: str, *, by: str) -> None:
        """Raises Conflict (`last_key`)."""
        for _ in range(TRIES):
            known = self._store.of_business(business_id, and_key=by)
            key = _known(known, key_id).key
            self._asking(known, by)
            self._check_left(known, key, None)
            if self._store.remove(key, seen=known.version):
                return
        raise _busy()

    def rotate(self, business_id: str, key_id: str, *, by: str, overlap_hours: int) -> Issued:
        """A new secret; the one before it stays good for so long. Raises Forbidden (`exceeds_key`)."""
        secret = ""

        def rotated(key: ApiKey) -> ApiKey:
            nonlocal secret
            secret = self._new_secret(key.id)  # of a key that is there: nobody else's id has the form of one
            until = self._clock() + overlap_hours * 3600 if overlap_hours else None
            former = key.secret_sha256 if overlap_hours else None
            return replace(key, secret_sha256=keys.digest(secret), former_sha256=former, former_until=until)

        record = self._edit(business_id, key_id, rotated, by=by, version=None)
        return Issued(record, f"{key_id}.{secret}")

    def _edit(
        self, business_id: str, key_id: str, edit: Callable[[ApiKey], ApiKey], *, by: str, version: int | None
    ) -> KeyRecord:
        """Read, edit and write; when somebody else wrote in between, again."""
        for _ in range(TRIES):
            known = self._store.of_business(business_id, and_key=by)
            record = _known(known, key_id)
            if version not in (None, record.version):
                raise stale("the key")
            edited = edit(record.key)
            asking = self._asking(known, by)
            if edited == record.key:
                return record
            if _gains(record.key, edited):
                _require_cover(asking, edited)
            self._check_left(known, record.key, edited)
            if self._store.change(edited, seen=known.version):
                return KeyRecord(edited, record.version + 1)
        raise _busy()

    def _asking(self, known: Keys, by: str) -> ApiKey:
        """The key of this call. API Gateway remembers for a minute what was true of it."""
        record = known.records.get(by)
        if record is None or not record.key.is_good(now=self._clock()) or not record.key.may("keys"):
            raise Forbidden("the key of this call may not do that any more", code="key_revoked")
        return record.key

    def _check_left(self, known: Keys, before: ApiKey, after: ApiKey | None) -> None:
        """Who could still manage keys? A test key cannot stand for a live one, whose likes it cannot make."""
        now = self._clock()
        if not _manages(before, now=now):
            return
        others = [record.key for record in known.records.values() if record.key.id != before.id]
        left = [key for key in [*others, *([after] if after else [])] if _manages(key, now=now)]
        if not any(key.mode in {LIVE, before.mode} for key in left):
            raise Conflict("it is the last good key with the scope keys; make another first", code="last_key")


def _gains(before: ApiKey, after: ApiKey) -> bool:
    """Whether somebody who changes a key so would get more out of it than before: a secret, a scope, time."""
    is_shown = before.secret_sha256 != after.secret_sha256
    return is_shown or (after.enabled and not before.enabled) or not before.covers(after)


def _manages(key: ApiKey, *, now: float) -> bool:
    return key.is_good(now=now) and key.may("keys")


def _require_cover(asking: ApiKey, key: ApiKey) -> None:
    if not asking.covers(key):
        lacking = sorted(set(key.scopes) - set(asking.scopes))
        words = f"the scope {', '.join(lacking)}" if lacking else "its mode" if asking.mode != LIVE else "so much time"
        raise Forbidden(f"a key cannot give what it has not: {words}", code="exceeds_key")


def _check(expires_at: float | None, *, now: float) -> None:
    if expires_at is not None and expires_at <= now:
        raise Invalid([Fault("/expires_at", "in_the_past", "name a moment to come, or disable the key")])


def _in_order(scopes: Sequence[str]) -> tuple[str, ...]:
    """Each once."""
    return tuple(scope for scope in SCOPES if scope in scopes)


def _known(known: Keys, key_id: str) -> KeyRecord:
    record = known.records.get(key_id)
    if record is None:
        raise NotFound("no such key", code="key_unknown")
    return record


def _busy() -> Retryable:
    return Retryable("the keys are being changed by somebody else", code="settings_busy", after=1)
