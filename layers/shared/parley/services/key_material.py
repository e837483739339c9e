"""The two kinds of secret that rotate: how a new value comes about, is tested, and is put in force."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from parley.apple.key_probe import Finding, require_round_trip
from parley.apple.tokens import Credential
from parley.business import signing
from parley.business.key_ring import KeyRing
from parley.errors import Fatal, Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.key_probe import Probed
    from parley.services import ports

PLACEHOLDER_MSP_ID: Final = "00000000-0000-0000-0000-000000000000"
"""What the template puts in until an operator stages the first real pair."""


class AppleKey:
    """Apple issues it, an operator stages it. Tested with Apple itself before it is put in force."""

    may_announce = False

    def __init__(
        self,
        *,
        probe: Callable[[Credential], Probed],
        clock: Callable[[], float],
        overlap_seconds: float,
    ) -> None:
        self._probe = probe
        self._clock = clock
        self._overlap_seconds = overlap_seconds

    def create(self, versions: ports.SecretVersions, token: str) -> None:
        """Only looks: what is pending must be a usable key of the same MSP."""
        self._credential(versions, token)

    def test(self, versions: ports.SecretVersions, token: str) -> None:
        """Sign and verify here, then ask Apple."""
        credential = self._credential(versions, token)
        require_round_trip(credential, now=self._clock())
        probed = self._probe(credential)
        match probed.finding:
            case Finding.REFUSED:
                raise Rejected(
                    f"Apple refuses the pending key ({probed.status}); is it the newest of Apple Business Register, "
                    "copied whole?",
                    code="apple_refuses_key",
                )
            case Finding.AWAY:
                raise Retryable(f"Apple's gateway does not answer ({probed.status})", code="apple_not_now")
            case Finding.UNCLEAR:
                raise Rejected(
                    f"Apple answers a key nobody issued as it answers this one ({probed.status}), so the test says "
                    "nothing; promote it untested if you are sure",
                    code="test_unclear",
                )
            case Finding.TAKEN:
                return

    def finish(self, versions: ports.SecretVersions, token: str) -> None:
        """Promote; the old key is accepted on the way in for the overlap."""
        versions.promote(token, until=self._clock() + self._overlap_seconds)

    @staticmethod
    def _credential(versions: ports.SecretVersions, token: str) -> Credential:
        value = _pending(versions, token).document()
        msp_id = str(value.get("msp_id", ""))
        credential = Credential.of(msp_id, str(value.get("secret", "")))
        if _msp_id(versions.read_current()) not in {None, msp_id, PLACEHOLDER_MSP_ID}:
            raise Rejected("the pending key is of another MSP id than the current one", code="msp_id_differs")
        return credential


def _msp_id(version: ports.SecretVersion | None) -> object:
    """Whose key it is; None for a version that cannot be read, which must not stand in the way of a better one."""
    try:
        return None if version is None else version.document().get("msp_id")
    except Fatal:
        return None


class WebhookKeys:
    """Parley makes them. Every key of the business is replaced, and the old ones go on signing for the overlap."""

    may_announce = True

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        new_secret: Callable[[], str],
        new_version: Callable[[], str],
        overlap_seconds: float,
    ) -> None:
        self._clock = clock
        self._new_secret = new_secret
        self._new_version = new_version
        self._overlap_seconds = overlap_seconds

    def create(self, versions: ports.SecretVersions, token: str) -> None:
        """Made once: the same token finds what it made before."""
        pending = versions.read_pending()
        if pending is not None and pending.id == token:
            return
        current = versions.read_current()
        if current is None:
            raise Fatal("the business has no webhook secret; register it again")
        now = self._clock()
        ring = KeyRing(current.document()).renewed(self._new_secret, until=now + self._overlap_seconds, now=now)
        versions.write_pending(json.dumps(ring.document), version_id=token)

    def test(self, versions: ports.SecretVersions, token: str) -> None:
        """Every key signs."""
        ring = KeyRing(_pending(versions, token).document())
        now = self._clock()
        for name in ring.names:
            signing.signed_headers(ring.key(name).signing(now), webhook_id="test", timestamp=int(now), body=b"{}")

    def finish(self, versions: ports.SecretVersions, token: str) -> None:
        """Promote. What a business has changed since the new keys were made stays as the business made it."""
        current = versions.read_current()
        if current is not None and current.id != token:
            ring, newer = KeyRing(current.document()), KeyRing(_pending(versions, token).document())
            merged = ring.adopting(newer)
            if merged != ring and not self._put_in_force(versions, token, merged, newer, off=current.id):
                raise Retryable("the webhook secrets were changed by somebody else", code="secret_busy")
        versions.release_pending(token)

    def _put_in_force(
        self, versions: ports.SecretVersions, token: str, merged: KeyRing, newer: KeyRing, *, off: str
    ) -> bool:
        if merged == newer:
            return versions.move_current(to=token, off=off)
        draft = self._new_version()
        versions.write_draft(json.dumps(merged.document), version_id=draft)
        return versions.move_current(to=draft, off=off)


def _pending(versions: ports.SecretVersions, token: str) -> ports.SecretVersion:
    """The pending version of this token. Raises Rejected when it has no value."""
    version = versions.read_pending()
    if version is None or version.id != token:
        raise Rejected("nothing is staged under this token; stage the key first", code="nothing_staged")
    return version
