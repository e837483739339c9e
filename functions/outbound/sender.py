"""outbox.fifo: bring businesses' messages to Apple."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from parley.conversation.events import read_departure
from parley.runtime import compose
from parley.runtime.batch import Record, run_fifo
from parley.runtime.log import facts, log

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_SPARE_SECONDS = 75.0
"""What has not begun by then comes back. One send may take two calls of 36 s: connect and send 3 s each, head 10 s,
words 10 s and the last read of them 10 s."""

compose.early(compose.send)
compose.early(lambda: compose.visibility("OUTBOX_QUEUE_URL"))


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Conversations side by side, each strictly one after another (protocol/01 §3.3)."""
    deadline = time.time() + context.get_remaining_time_in_millis() / 1000 - _SPARE_SECONDS

    def handle(record: Record) -> None:
        redelivered = record["attributes"]["ApproximateReceiveCount"] != "1"
        for sent in compose.send()(read_departure(record["body"]), redelivered=redelivered):
            log.info("sent", extra=facts(sent))

    return run_fifo(
        event["Records"],
        handle,
        visibility=compose.visibility("OUTBOX_QUEUE_URL"),
        out_of_time=lambda: time.time() >= deadline,
    )
