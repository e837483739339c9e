"""The keys that sign one business's webhooks, as its secret holds them.

    {"webhook_secret": "whsec_…",                     signs for every endpoint without a key of its own
     "former": [{"secret": "whsec_…", "until": 1767225600.0}],
     "endpoints": {"<endpoint id>": {"secret": "whsec_…", "former": […]}},
     …}                                               whatever else is there is kept as it is

A key in use signs first, former ones beside it until their time is up (Unix seconds). A second replacement inside
the overlap keeps the first one's predecessor: whoever repeats a call whose answer was lost must not lose the only
key the receiver knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from parley.errors import Fatal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_FORMER: Final = 4
"""own: more signatures than these would only make the header long."""


@dataclass(frozen=True, slots=True)
class Former:
    """A key that still signs until `until`, Unix seconds."""

    secret: str = field(repr=False)
    until: float


@dataclass(frozen=True, slots=True)
class Key:
    """A signing secret and those before it, newest first."""

    secret: str = field(repr=False)
    former: tuple[Former, ...] = ()

    @classmethod
    def read(cls, facts: object, *, name: str) -> Self:
        """One key of the document; `name` is where its secret stands. Raises Fatal when it is none."""
        try:
            assert isinstance(facts, dict)  # noqa: S101  (told below, together with all else that may be wrong)
            secret = facts[name]
            assert isinstance(secret, str)  # noqa: S101
            assert secret  # noqa: S101
            former = tuple(Former(str(each["secret"]), float(each["until"])) for each in facts.get("former", []))
        except (AssertionError, KeyError, TypeError, ValueError):
            raise Fatal("a webhook secret cannot be read; replace it") from None
        return cls(secret, former)

    def signing(self, now: float) -> list[str]:
        """What signs now, newest first."""
        return [self.secret, *(each.secret for each in self.former if now < each.until)]

    def succeeded_by(self, secret: str, *, until: float, now: float) -> Key:
        """`secret` in its place; what signed so far goes on until `until`, former ones as long as they would have."""
        going = tuple(each for each in self.former if now < each.until)
        return Key(secret, (Former(self.secret, until), *going)[:MAX_FORMER])

    def facts(self, *, name: str) -> dict[str, Any]:
        """The key as the document holds it."""
        former = [{"secret": each.secret, "until": each.until} for each in self.former]
        return {name: self.secret} | ({"former": former} if former else {})


_DEFAULT: Final = "webhook_secret"
_OWN: Final = "secret"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """One business's document. Only the key that is asked for is read: a damaged one stands in nobody else's way."""

    document: Mapping[str, Any] = field(repr=False)

    def key(self, endpoint_id: str | None) -> Key:
        """The key of an endpoint, the default when it has none of its own. Raises Fatal when there is neither."""
        own = self._endpoints.get(endpoint_id) if endpoint_id is not None else None
        return Key.read(self.document, name=_DEFAULT) if own is None else Key.read(own, name=_OWN)

    def has(self, endpoint_id: str) -> bool:
        """Whether an endpoint has a key of its own."""
        return endpoint_id in self._endpoints

    def with_key(self, endpoint_id: str | None, key: Key) -> KeyRing:
        """The ring with this key for an endpoint, or as the default."""
        if endpoint_id is None:
            kept = {name: value for name, value in self.document.items() if name not in {_DEFAULT, "former"}}
            return KeyRing(key.facts(name=_DEFAULT) | kept)
        return self._with_endpoints({**self._endpoints, endpoint_id: key.facts(name=_OWN)})

    def without(self, endpoint_id: str) -> KeyRing:
        """The ring without an endpoint's own key."""
        return self._with_endpoints({name: own for name, own in self._endpoints.items() if name != endpoint_id})

    def renewed(self, new_secret: Callable[[], str], *, until: float, now: float) -> KeyRing:
        """Every key replaced, the old ones going on until `until`."""
        ring = self
        for name in self.names:
            ring = ring.with_key(name, ring.key(name).succeeded_by(new_secret(), until=until, now=now))
        return ring

    def adopting(self, newer: KeyRing) -> KeyRing:
        """This ring, with those keys of `newer` that replace one of its own: what has changed since stays changed."""
        ring = self
        for name in self.names:
            own = self.key(name)
            candidate = newer.key(name) if name in newer.names else own
            if any(each.secret == own.secret for each in candidate.former):
                ring = ring.with_key(name, candidate)
        return ring

    @property
    def _endpoints(self) -> Mapping[str, Any]:
        endpoints = self.document.get("endpoints", {})
        if not isinstance(endpoints, dict):
            raise Fatal("the webhook secrets of the endpoints cannot be read; replace them")
        return endpoints

    @property
    def names(self) -> list[str | None]:
        """Whose keys there are: endpoints by id, the default as None."""
        default: list[str | None] = [None] if _DEFAULT in self.document else []
        return default + list(self._endpoints)

    def _with_endpoints(self, endpoints: Mapping[str, Any]) -> KeyRing:
        kept = {name: value for name, value in self.document.items() if name != "endpoints"}
        return KeyRing(kept | ({"endpoints": dict(endpoints)} if endpoints else {}))
