"""API keys: what opens this API, how far, and how long."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from parley.business.bounds import DEFAULT_OVERLAP_HOURS, MAX_KEYS, MAX_OVERLAP_HOURS
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Moment, Shown, Whole
from parley.business.scopes import SCOPES, Mode, Scope

MAX_NAME: Final = 100

type Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME, description="For whom or what it is.")]
type Scopes = Annotated[
    list[Scope],
    Field(min_length=1, max_length=len(SCOPES), description="What it may do; none that the key of this call has not."),
]


class NewKey(Asked):
    """A key to make. It may do no more, and lives no longer, than the one that asks for it."""

    name: Name
    scopes: Scopes
    mode: Annotated[
        Mode, Field(description="With a `test` key messages are checked, stored and answered, and go to nobody.")
    ] = "live"
    expires_at: Annotated[
        Moment | None, Field(description="Opens nothing from then on. Left out, as long as the key that asks for it.")
    ] = None


class KeyChange(Asked):
    """What is to be different; what is left out stays."""

    name: Annotated[Name, Field(default_factory=str)]
    scopes: Annotated[Scopes, Field(default_factory=list)]
    enabled: Annotated[bool, Field(default_factory=bool, description="`false`: it opens nothing until it is `true`.")]
    expires_at: Annotated[Moment | None, Field(default_factory=lambda: None, description="`null`: it does not expire.")]

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class KeyRotation(Asked):
    """How long the secret that is replaced stays good."""

    overlap_hours: Annotated[Whole, Field(ge=0, le=MAX_OVERLAP_HOURS)] = DEFAULT_OVERLAP_HOURS


class KeyView(Shown):
    """A key without its secret, which is kept nowhere."""

    id: str
    name: str
    mode: Mode
    scopes: list[Scope]
    state: Literal["active", "disabled", "expired"]
    created_at: str
    expires_at: str | None = None
    last_used_at: Annotated[str | None, Field(description="The hour in which it was last used.")] = None
    previous_valid_until: Annotated[
        str | None, Field(description="Until then the secret before the last rotation opens it too.")
    ] = None


class KeyCreated(KeyView):
    """A new key, whole."""

    key: Annotated[
        str | None,
        Field(
            description="`<key id>.<secret>`, for `Authorization: Bearer`; shown this once. Left out when the answer "
            "repeats an earlier one."
        ),
    ] = None


class KeyList(Shown):
    """All keys of the business, the oldest first."""

    data: list[KeyView]


_UNKNOWN: Final = {404: "No such key of this business."}
_CHANGED: Final = {412: "It was changed since the `ETag` in `If-Match`."}
_LAST: Final = {409: "It is the last good key with the scope `keys`."}
_ONE: Final = "/v1/keys/{key_id}"

CREATE: Final = Operation(
    id="createKey",
    method="POST",
    path="/v1/keys",
    scope="keys",
    summary="Make an API key",
    description="The key is shown this once. It can be given nothing that the key of this call may not do itself.",
    body=(NewKey,),
    status=201,
    outcome="Made.",
    answer=KeyCreated,
    headers=("Location", "ETag"),
    refusals={409: f"There are {MAX_KEYS} keys already."},
    once=True,
)
LIST: Final = Operation(
    id="listKeys",
    method="GET",
    path="/v1/keys",
    scope="keys",
    summary="All API keys",
    outcome="All keys, the oldest first.",
    answer=KeyList,
)
GET: Final = Operation(
    id="getKey",
    method="GET",
    path=_ONE,
    scope="keys",
    summary="One API key",
    outcome="The key, without its secret.",
    answer=KeyView,
    headers=("ETag",),
    refusals=_UNKNOWN,
)
CHANGE: Final = Operation(
    id="changeKey",
    method="PATCH",
    path=_ONE,
    scope="keys",
    summary="Change an API key",
    description="What is left out stays. In force within 60 seconds.",
    body=(KeyChange,),
    outcome="The key as it is now.",
    answer=KeyView,
    headers=("ETag",),
    refusals=_UNKNOWN | _CHANGED | _LAST,
    guarded=True,
)
REMOVE: Final = Operation(
    id="removeKey",
    method="DELETE",
    path=_ONE,
    scope="keys",
    summary="Revoke an API key for good",
    description="Within 60 seconds it opens nothing any more.",
    status=204,
    outcome="Revoked.",
    refusals=_UNKNOWN | _LAST,
)
ROTATE: Final = Operation(
    id="rotateKey",
    method="POST",
    path=f"{_ONE}/rotate",
    scope="keys",
    summary="Give an API key a new secret",
    description="The secret before it stays good for `overlap_hours`; one that was replaced earlier does not.",
    body=(KeyRotation,),
    optional_body=True,
    outcome="The key with its new secret, shown this once.",
    answer=KeyCreated,
    headers=("ETag",),
    refusals=_UNKNOWN,
    once=True,
)

OPERATIONS: Final = (CREATE, LIST, GET, CHANGE, REMOVE, ROTATE)
