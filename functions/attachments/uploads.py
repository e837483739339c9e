"""uploads: bring businesses' files to Apple's store as soon as they lie in the bucket."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from parley.conversation import arrivals
from parley.errors import ParleyError, Retryable
from parley.runtime import compose
from parley.runtime.batch import Record, run_each
from parley.runtime.log import blame, facts, log

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_SPARE_SECONDS = 30.0
"""What is on its way by then is given up for another invocation."""

_COME_BACK_SECONDS = 10.0

compose.early(compose.upload)
compose.early(lambda: compose.visibility("UPLOADS_QUEUE_URL"))


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Each file for itself."""
    deadline = time.time() + context.get_remaining_time_in_millis() / 1000 - _SPARE_SECONDS

    def handle(record: Record) -> None:
        arrival = arrivals.read(record["body"])
        if arrival is None:
            return
        try:
            log.info("upload", extra=facts(compose.upload()(arrival, deadline=deadline)))
        except Retryable as problem:
            cause = problem.__cause__
            log.warning(
                "upload_waits",
                extra={
                    **blame(cause if isinstance(cause, Exception) else problem),
                    "attachment_id": arrival.attachment_id,
                    "after": problem.after,
                },
            )
            _come_back(record, problem)
            raise

    return run_each(event["Records"], handle)


def _come_back(record: Record, problem: Retryable) -> None:
    """As soon as it is worth it; otherwise the note would hide for the queue's full timeout."""
    after = _COME_BACK_SECONDS if problem.after is None else problem.after
    try:
        compose.visibility("UPLOADS_QUEUE_URL").come_back([record["receiptHandle"]], after=after)
    except ParleyError as fault:
        log.warning("visibility_unchanged", extra={"error": str(fault)})
