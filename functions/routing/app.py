"""events.fifo: bring customers' events to the business."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from parley.conversation.events import read_event
from parley.runtime import compose
from parley.runtime.batch import Record, run_fifo
from parley.runtime.log import facts, log

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_SPARE_SECONDS = 20.0
"""One webhook may take 13 s; what has not begun by then comes back."""


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Conversations side by side, each in order."""
    deadline = time.time() + context.get_remaining_time_in_millis() / 1000 - _SPARE_SECONDS

    def handle(record: Record) -> None:
        redelivered = record["attributes"]["ApproximateReceiveCount"] != "1"
        for outcome in compose.deliver()(read_event(record["body"]), redelivered=redelivered, deadline=deadline):
            log.info("routed", extra=facts(outcome))

    return run_fifo(
        event["Records"],
        handle,
        visibility=compose.visibility("EVENTS_QUEUE_URL"),
        out_of_time=lambda: time.time() >= deadline,
    )
