"""A business's endpoints, as the business itself manages them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from parley.business import event_types
from parley.business.bounds import MAX_ENDPOINTS
from parley.business.model import MADE_PREFIX, Endpoint
from parley.conversation.events import Event, Kind
from parley.errors import Conflict, Fault, Invalid, NotFound, Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.egress import EgressGuard
    from parley.business.model import Breaker
    from parley.business.snapshot import Snapshot
    from parley.business.webhook_client import WebhookAnswer
    from parley.services import ports
    from parley.services.notify import Notify
    from parley.services.rotate import NewSecret, RotateSecrets

TRIES: Final = 4
"""Reads and writes again when somebody else was faster."""


@dataclass(frozen=True, slots=True)
class Known:
    """An endpoint with the version that guards its change and what is known of its health."""

    endpoint: Endpoint
    version: int
    breaker: Breaker | None = None
    secret: str | None = field(default=None, repr=False)
    """Only when it was just made."""


class Endpoints:
    """Every method raises NotFound (`endpoint_unknown`) for an endpoint that is not this business's."""

    def __init__(
        self,
        *,
        store: ports.EndpointStore,
        breakers: ports.Breakers,
        guard: EgressGuard,
        secrets: RotateSecrets,
        notify: Callable[[], Notify],
        events: ports.Events,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._breakers = breakers
        self._guard = guard
        self._secrets = secrets
        self._notify = notify
        self._events = events
        self._clock = clock
        self._new_id = new_id

    def all(self, business_id: str) -> list[Known]:
        """All of them, the oldest first."""
        snapshot = self._store.read(business_id)
        found = [_known(snapshot, endpoint_id) for endpoint_id in snapshot.business.endpoints]
        return sorted(found, key=lambda known: (known.endpoint.created_at, known.endpoint.id))

    def get(self, business_id: str, endpoint_id: str) -> Known:
        """One of them."""
        return _known(self._store.read(business_id), endpoint_id)

    def create(self, business_id: str, *, url: str, description: str | None, events: list[str]) -> Known:
        """Raises Invalid for what no webhook could reach, Conflict (`too_many_endpoints`)."""
        self._check(url=url, events=events)
        if len(self._store.read(business_id).business.endpoints) >= MAX_ENDPOINTS:
            raise Conflict(f"remove one first; {MAX_ENDPOINTS} is the most", code="too_many_endpoints")
        endpoint = Endpoint(
            id=f"{MADE_PREFIX}{self._new_id().replace('-', '')[:20]}",
            url=url,
            events=tuple(dict.fromkeys(events)),
            description=description,
            created_at=self._clock(),
        )
        # The secret first: an endpoint without one of its own would be signed for with another's.
        issued = self._secrets.issue(business_id, endpoint.id)
        if not self._store.add(business_id, endpoint):
            raise Retryable("the new id was taken", code="try_again", after=1)
        return Known(endpoint, 1, secret=issued.secret)

    def change(self, business_id: str, endpoint_id: str, changes: dict[str, Any], *, version: int | None) -> Known:
        """`changes` holds only what is to be different; `version` is what the caller has seen, None for any.

        Raises Invalid, and Conflict (`precondition_failed`) when it has been changed since.
        """
        if "events" in changes:
            changes = changes | {"events": tuple(dict.fromkeys(changes["events"]))}
        self._check(**{name: value for name, value in changes.items() if name in {"url", "events"}})
        before, after = self._edit(business_id, endpoint_id, lambda each: replace(each, **changes), version=version)
        if after.endpoint.url != before.url:
            # What failed there says nothing about here.
            self._release(business_id, endpoint_id)
        return after

    def remove(self, business_id: str, endpoint_id: str) -> None:
        """Raises Conflict (`endpoint_in_use`) while a route names it."""
        for _ in range(TRIES):
            snapshot = self._store.read(business_id)
            _known(snapshot, endpoint_id)
            rules = enumerate(snapshot.business.rules)
            naming = [str(place) for place, rule in rules if rule.endpoint_id == endpoint_id]
            if naming:
                raise Conflict(f"rule {', '.join(naming)} names it; change the routes first", code="endpoint_in_use")
            if self._store.remove(business_id, endpoint_id, routes_version=snapshot.routes_version):
                self._secrets.forget(business_id, endpoint_id)
                self._release(business_id, endpoint_id)
                return
        raise _busy()

    def pause(self, business_id: str, endpoint_id: str) -> Known:
        """Hold everything for it. One that is disabled stays so."""
        _, after = self._edit(business_id, endpoint_id, _paused)
        return after

    def resume(self, business_id: str, endpoint_id: str) -> Known:
        """Deliver to it again, what is held first; also to one that is active but does not answer."""
        now = self._clock()
        _, after = self._edit(
            business_id, endpoint_id, lambda each: replace(each, state="active", reason=None, resumed_at=now)
        )
        self._release(business_id, endpoint_id)
        return replace(after, breaker=None)

    def rotate_secret(self, business_id: str, endpoint_id: str) -> NewSecret:
        """A new secret, shown this once; the old one signs beside it for a day."""
        _known(self._store.read(business_id), endpoint_id)
        return self._secrets.rotate_endpoint_secret(business_id, endpoint_id)

    def test(self, business_id: str, endpoint_id: str) -> tuple[str, WebhookAnswer]:
        """Send `endpoint.test` now and once: the webhook's id, and what the endpoint said."""
        endpoint = _known(self._store.read(business_id), endpoint_id).endpoint
        webhook_id = self._new_id()
        answer = self._notify()(
            endpoint,
            business_id=business_id,
            webhook_id=webhook_id,
            event_type=event_types.TEST,
            at=self._clock(),
            data={"business_id": business_id, "endpoint": {"id": endpoint_id}},
        )
        return webhook_id, answer

    def _check(self, *, url: str | None = None, events: Any = ()) -> None:
        faults = [
            Fault(f"/events/{place}", "unknown_value", f"use {', '.join(event_types.SUBSCRIBABLE)}")
            for place, event_type in enumerate(events)
            if event_type not in event_types.SUBSCRIBABLE
        ]
        if url is not None:
            try:
                self._guard.check(url)
            except (Rejected, Retryable) as refusal:
                faults.insert(0, Fault("/url", refusal.code, str(refusal)))
        if faults:
            raise Invalid(faults)

    def _edit(
        self,
        business_id: str,
        endpoint_id: str,
        edit: Callable[[Endpoint], Endpoint],
        *,
        version: int | None = None,
    ) -> tuple[Endpoint, Known]:
        """Read, edit and write; when somebody else wrote in between, again. Returns it before and after."""
        for _ in range(TRIES):
            known = _known(self._store.read(business_id), endpoint_id)
            if version not in (None, known.version):
                raise stale("the endpoint")
            edited = edit(known.endpoint)
            if edited == known.endpoint:
                return known.endpoint, known
            if self._store.change(business_id, edited, version=known.version):
                return known.endpoint, replace(known, endpoint=edited, version=known.version + 1)
        raise _busy()

    def _release(self, business_id: str, endpoint_id: str) -> None:
        """Forget what was known of its health, then wake what waits for it."""
        self._breakers.close(business_id, endpoint_id)
        event = Event(Kind.RELEASE, business_id, "", endpoint_id=endpoint_id)
        self._events.send(event, deduplication_id=f"release-{self._new_id()}")


def stale(what: str) -> Conflict:
    """The caller's `If-Match` names a version that is no longer."""
    return Conflict(f"{what} was changed meanwhile; read it again", code="precondition_failed")


def _busy() -> Retryable:
    return Retryable("the settings are being changed by somebody else", code="settings_busy", after=1)


def _paused(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, state="paused") if endpoint.active else endpoint


def _known(snapshot: Snapshot, endpoint_id: str) -> Known:
    endpoint = snapshot.business.endpoints.get(endpoint_id)
    if endpoint is None:
        raise NotFound("no such endpoint", code="endpoint_unknown")
    breaker = snapshot.business.breakers.get(endpoint_id)
    return Known(endpoint, snapshot.versions.get(endpoint_id, 0), breaker)
