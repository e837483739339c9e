"""Preferences: what a customer wants to be notified of."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from parley.business.operations.channel import MAX_TOPICS
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Shown

type TopicId = Annotated[str, Field(max_length=32, pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class PreferencesChange(Asked):
    """All that the customer said elsewhere. A topic that is left out counts as never chosen."""

    topics: Annotated[
        dict[TopicId, bool],
        Field(
            max_length=2 * MAX_TOPICS, description="By topic: whether they want it. Marketing is theirs alone to want."
        ),
    ]


class PreferenceView(Shown):
    """One topic."""

    id: str
    allowed: Annotated[bool, Field(description="Whether a message with this `topic` would be sent now.")]
    subscribed: Annotated[bool | None, Field(description="What was chosen; absent if nothing was.")] = None
    by: Annotated[Literal["customer", "business"] | None, Field(description="Who said so.")] = None
    changed_at: str | None = None


class PreferencesView(Shown):
    """In the order of the channel's topics."""

    data: list[PreferenceView]


_PATH: Final = "/v1/conversations/{conversation_id}/preferences"
_UNKNOWN: Final = {404: "No such conversation of this business."}

GET: Final = Operation(
    id="getPreferences",
    method="GET",
    path=_PATH,
    scope="read",
    summary="What a customer wants to be notified of",
    outcome="Every topic.",
    answer=PreferencesView,
    headers=("ETag",),
    refusals=_UNKNOWN,
)
PUT: Final = Operation(
    id="replacePreferences",
    method="PUT",
    path=_PATH,
    scope="manage",
    summary="Note what a customer wants to be notified of",
    body=(PreferencesChange,),
    outcome="Every topic as it is now.",
    answer=PreferencesView,
    headers=("ETag",),
    refusals=_UNKNOWN | {412: "The customer or somebody else changed it since the `ETag` in `If-Match`."},
    guarded=True,
)

OPERATIONS: Final = (GET, PUT)
