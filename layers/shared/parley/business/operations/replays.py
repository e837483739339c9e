"""Replays: webhooks of a span of time, delivered again at a steady rate."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from parley.business.bounds import DEFAULT_RATE, MAX_RATE, MAX_RUNNING
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Id, Moment, Shown, Whole

type Wanted = Literal["failed", "delivered", "any"]


class NewReplay(Asked):
    """Which webhooks are to be delivered again."""

    state: Annotated[Wanted, Field(description="`any` is failed and delivered ones.")] = "failed"
    endpoint_id: Annotated[Id | None, Field(description="Only what was delivered or tried there last.")] = None
    since: Annotated[Moment, Field(description="Received then or later.")]
    until: Annotated[Moment, Field(description="Received before.")]
    rate_per_second: Annotated[Whole, Field(ge=1, le=MAX_RATE)] = DEFAULT_RATE


class ReplayView(Shown):
    """A replay and how far it is."""

    id: str
    state: Literal["running", "cancelled", "completed"]
    wanted: Wanted
    endpoint_id: str | None = None
    since: str
    until: str
    rate_per_second: int
    examined: Annotated[int, Field(description="Messages looked at so far.")]
    replayed: Annotated[int, Field(description="Webhooks put on their way again so far.")]
    reached: Annotated[str | None, Field(description="Everything received before this has been looked at.")] = None
    created_at: str
    finished_at: str | None = None


class ReplayList(Shown):
    """The newest first."""

    data: list[ReplayView]


_UNKNOWN: Final = {404: "No such replay of this business."}
_ONE: Final = "/v1/replays/{replay_id}"

CREATE: Final = Operation(
    id="createReplay",
    method="POST",
    path="/v1/replays",
    scope="manage",
    summary="Deliver the webhooks of a span of time again",
    description=(
        "The oldest first, each with the `webhook-id` it had, in order within each conversation. It goes on where it "
        "was, whatever happens in between."
    ),
    body=(NewReplay,),
    status=202,
    outcome="It has begun.",
    answer=ReplayView,
    headers=("Location",),
    refusals={409: f"{MAX_RUNNING} replays are running already."},
    once=True,
)
LIST: Final = Operation(
    id="listReplays",
    method="GET",
    path="/v1/replays",
    scope="read",
    summary="Replays of the last week",
    outcome="The newest first.",
    answer=ReplayList,
)
GET: Final = Operation(
    id="getReplay",
    method="GET",
    path=_ONE,
    scope="read",
    summary="How far a replay is",
    outcome="The replay.",
    answer=ReplayView,
    refusals=_UNKNOWN,
)
CANCEL: Final = Operation(
    id="cancelReplay",
    method="POST",
    path=f"{_ONE}/cancel",
    scope="manage",
    summary="Stop a replay",
    description="What it has put on its way stays on its way.",
    outcome="The replay as it is now.",
    answer=ReplayView,
    refusals=_UNKNOWN | {409: "It is completed."},
    once=True,
)
RESUME: Final = Operation(
    id="resumeReplay",
    method="POST",
    path=f"{_ONE}/resume",
    scope="manage",
    summary="Let a replay go on",
    outcome="The replay as it is now.",
    answer=ReplayView,
    refusals=_UNKNOWN | {409: "It is completed, or too many are running."},
    once=True,
)

OPERATIONS: Final = (CREATE, LIST, GET, CANCEL, RESUME)
