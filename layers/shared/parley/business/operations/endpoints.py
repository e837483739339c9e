"""Endpoints: the addresses that get a business's webhooks."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from parley.business.bounds import MAX_ENDPOINTS
from parley.business.event_types import SUBSCRIBABLE
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Shown

MAX_URL: Final = 2048
MAX_DESCRIPTION: Final = 200

type Events = Annotated[
    list[Annotated[str, Field(max_length=64, json_schema_extra={"enum": [*SUBSCRIBABLE]})]],
    Field(max_length=50, description="The types of events it wants; none named means all. Messages come always."),
]


class NewEndpoint(Asked):
    """An address to register."""

    url: Annotated[str, Field(min_length=1, max_length=MAX_URL, description="https, public, port 443 or 8443.")]
    description: Annotated[str | None, Field(max_length=MAX_DESCRIPTION)] = None
    events: Annotated[Events, Field(default_factory=list)]


class EndpointChange(Asked):
    """What is to be different; what is left out stays."""

    url: Annotated[str, Field(min_length=1, max_length=MAX_URL, default_factory=str)]
    description: Annotated[str | None, Field(max_length=MAX_DESCRIPTION, default_factory=lambda: None)]
    events: Annotated[Events, Field(default_factory=list)]

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Health(Shown):
    """Shown once an endpoint has failed and not answered since."""

    failures: Annotated[int, Field(description="In a row.")]
    away_since: Annotated[str | None, Field(description="Since when only probes are sent to it.")] = None
    next_probe_at: str | None = None


class EndpointView(Shown):
    """An endpoint. `paused` by you, `disabled` by its own 410: either way everything is kept until it is resumed."""

    id: str
    url: str
    state: Literal["active", "paused", "disabled"]
    reason: Annotated[str | None, Field(description="Why it is disabled.")] = None
    description: str | None = None
    events: Annotated[list[str], Field(default_factory=list)]
    created_at: str
    health: Health | None = None


class EndpointSecret(Shown):
    """A signing secret, which is shown this once."""

    id: str
    secret: Annotated[
        str | None,
        Field(description="`whsec_…`. Left out when the answer is a repetition of an earlier one: it is kept nowhere."),
    ] = None
    previous_valid_until: Annotated[
        str | None, Field(description="Until then every webhook carries a signature of the previous secret as well.")
    ] = None


class EndpointCreated(EndpointView):
    """A new endpoint, with the secret that signs its webhooks."""

    secret: Annotated[
        str | None,
        Field(description="`whsec_…`, shown this once. Left out when the answer repeats an earlier one."),
    ] = None


class EndpointList(Shown):
    """All endpoints, the oldest first."""

    data: list[EndpointView]


class EndpointAnswer(Shown):
    """What the endpoint said to `endpoint.test`."""

    ok: Annotated[bool, Field(description="It answered 2xx.")]
    status: Annotated[int, Field(description="Its HTTP status; 0 when there was no answer.")]
    ms: int
    reason: Annotated[
        str | None, Field(description="`status`, `timeout`, `connection_failed`, `dns_failed`, `address_forbidden` …")
    ] = None
    webhook_id: str


_UNKNOWN: Final = {404: "No such endpoint of this business."}
_CHANGED: Final = {412: "It was changed since the `ETag` in `If-Match`."}
_ONE: Final = "/v1/endpoints/{endpoint_id}"

CREATE: Final = Operation(
    id="createEndpoint",
    method="POST",
    path="/v1/endpoints",
    scope="manage",
    summary="Register an address for webhooks",
    description="It gets messages once a route names it. The secret is shown this once.",
    body=(NewEndpoint,),
    status=201,
    outcome="Registered.",
    answer=EndpointCreated,
    headers=("Location", "ETag"),
    refusals={409: f"There are {MAX_ENDPOINTS} endpoints already."},
    once=True,
)
LIST: Final = Operation(
    id="listEndpoints",
    method="GET",
    path="/v1/endpoints",
    scope="read",
    summary="All endpoints",
    outcome="All endpoints, the oldest first.",
    answer=EndpointList,
)
GET: Final = Operation(
    id="getEndpoint",
    method="GET",
    path=_ONE,
    scope="read",
    summary="One endpoint",
    outcome="The endpoint.",
    answer=EndpointView,
    headers=("ETag",),
    refusals=_UNKNOWN,
)
CHANGE: Final = Operation(
    id="changeEndpoint",
    method="PATCH",
    path=_ONE,
    scope="manage",
    summary="Change an endpoint",
    description="What is left out stays. A new URL is used at once, also for what is held.",
    body=(EndpointChange,),
    outcome="The endpoint as it is now.",
    answer=EndpointView,
    headers=("ETag",),
    refusals=_UNKNOWN | _CHANGED,
    guarded=True,
)
REMOVE: Final = Operation(
    id="removeEndpoint",
    method="DELETE",
    path=_ONE,
    scope="manage",
    summary="Remove an endpoint",
    description="What is held for it goes where the routes lead now.",
    status=204,
    outcome="Removed.",
    refusals=_UNKNOWN | {409: "A route names it; change the routes first."},
)
TEST: Final = Operation(
    id="testEndpoint",
    method="POST",
    path=f"{_ONE}/test",
    scope="manage",
    summary="Send `endpoint.test` now",
    description="Signed like every webhook, sent once, whatever state the endpoint is in.",
    outcome="What the endpoint said, good or bad.",
    answer=EndpointAnswer,
    refusals=_UNKNOWN,
    once=True,
)
PAUSE: Final = Operation(
    id="pauseEndpoint",
    method="POST",
    path=f"{_ONE}/pause",
    scope="manage",
    summary="Hold everything for an endpoint",
    description="Nothing is lost while it is paused: messages wait, and their 76 hours begin when it is resumed.",
    outcome="The endpoint as it is now.",
    answer=EndpointView,
    headers=("ETag",),
    refusals=_UNKNOWN,
    once=True,
)
RESUME: Final = Operation(
    id="resumeEndpoint",
    method="POST",
    path=f"{_ONE}/resume",
    scope="manage",
    summary="Deliver to an endpoint again",
    description="After a pause or a 410, or to try a failing one at once: what is held for it is sent, in order.",
    outcome="The endpoint as it is now.",
    answer=EndpointView,
    headers=("ETag",),
    refusals=_UNKNOWN,
    once=True,
)
ROTATE: Final = Operation(
    id="rotateEndpointSecret",
    method="POST",
    path=f"{_ONE}/rotate-secret",
    scope="manage",
    summary="Give an endpoint a new secret",
    description="For 24 hours every webhook carries two signatures, one of each secret.",
    outcome="The new secret, shown this once.",
    answer=EndpointSecret,
    refusals=_UNKNOWN,
    once=True,
)

OPERATIONS: Final = (CREATE, LIST, GET, CHANGE, REMOVE, TEST, PAUSE, RESUME, ROTATE)
