"""events.fifo: bring customers' events to the business."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from parley.conversation.events import Event, Kind, read_event
from parley.runtime import compose
from parley.runtime.batch import Record, run_fifo
from parley.runtime.log import facts, log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_lambda_powertools.utilities.typing import LambdaContext

_SPARE_SECONDS = 40.0
"""What has not begun by then comes back. An endpoint that drips its answer can hold one webhook for 36 s: connect
and send 3 s each, head 10 s, words 10 s and the last read of them 10 s."""

compose.early(compose.deliver)
compose.early(lambda: compose.visibility("EVENTS_QUEUE_URL"))


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Conversations side by side, each in order."""
    deadline = time.time() + context.get_remaining_time_in_millis() / 1000 - _SPARE_SECONDS

    def handle(record: Record) -> None:
        redelivered = record["attributes"]["ApproximateReceiveCount"] != "1"
        for outcome in _outcomes(read_event(record["body"]), redelivered=redelivered, deadline=deadline):
            log.info("routed", extra=facts(outcome))

    return run_fifo(
        event["Records"],
        handle,
        visibility=compose.visibility("EVENTS_QUEUE_URL"),
        out_of_time=lambda: time.time() >= deadline,
    )


def _outcomes(event: Event, *, redelivered: bool, deadline: float) -> Sequence[Any]:
    match event.kind:
        case Kind.PROBE:
            return [compose.probe()(event)]
        case Kind.RELEASE:
            return [compose.release()(event, deadline=deadline)]
        case Kind.REPLAY_RUN:
            compose.replay_run()(event)
            return []
        case _:
            return compose.deliver()(event, redelivered=redelivered, deadline=deadline)
