"""Replays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business.operations import replays as operations
from parley.business.operations.replays import NewReplay, ReplayList, ReplayView
from parley.business.webhooks import iso
from parley.conversation.ulids import Span, is_ulid, time_of
from parley.errors import Fault, Invalid, NotFound
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, shown

if TYPE_CHECKING:
    from parley.business.calls import Answer
    from parley.business.operations.operation import Operation
    from parley.conversation.runs import Run


def create(call: Call) -> Answer:
    """POST /v1/replays."""
    new: NewReplay = call.body
    span = Span.of(new.since, new.until)
    if span is None or span.is_empty:
        raise Invalid([Fault("/until", "out_of_order", "name a moment after since")])
    run = compose.replays().create(
        call.business_id,
        wanted=new.state,
        endpoint_id=new.endpoint_id,
        span=span,
        since=new.since.timestamp(),
        until=new.until.timestamp(),
        rate=new.rate_per_second,
    )
    return _one(operations.CREATE, run, {"Location": f"/v1/replays/{run.id}"})


def newest(call: Call) -> Answer:
    """GET /v1/replays."""
    runs = compose.replays().newest(call.business_id)
    return shown(operations.LIST, ReplayList(data=[_view(run) for run in runs]))


def get(call: Call) -> Answer:
    """GET /v1/replays/{replay_id}."""
    return _one(operations.GET, compose.replays().get(call.business_id, _run_id(call)))


def cancel(call: Call) -> Answer:
    """POST /v1/replays/{replay_id}/cancel."""
    return _one(operations.CANCEL, compose.replays().cancel(call.business_id, _run_id(call)))


def resume(call: Call) -> Answer:
    """POST /v1/replays/{replay_id}/resume."""
    return _one(operations.RESUME, compose.replays().resume(call.business_id, _run_id(call)))


def _run_id(call: Call) -> str:
    run_id = call.path["replay_id"].upper()
    if not is_ulid(run_id):
        raise NotFound("no such replay", code="replay_unknown")
    return run_id


def _one(operation: Operation, run: Run, headers: dict[str, str] | None = None) -> Answer:
    return shown(operation, _view(run), headers)


def _view(run: Run) -> ReplayView:
    reached = run.until if run.left is None else time_of(run.reached) if run.reached is not None else None
    return ReplayView(
        id=run.id,
        state=run.state.value,
        wanted=run.wanted,
        endpoint_id=run.endpoint_id,
        since=iso(run.since),
        until=iso(run.until),
        rate_per_second=run.rate,
        examined=run.examined,
        replayed=run.replayed,
        reached=iso(reached) if reached is not None else None,
        created_at=iso(run.created_at),
        finished_at=iso(run.finished_at) if run.finished_at is not None else None,
    )


ROUTES = (
    Route(operations.CREATE, create),
    Route(operations.LIST, newest),
    Route(operations.GET, get),
    Route(operations.CANCEL, cancel),
    Route(operations.RESUME, resume),
)
