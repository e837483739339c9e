"""transfers: fetch what customers' messages carry by reference."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from parley.apple import mmcs
from parley.conversation.events import read_transfer
from parley.errors import Retryable
from parley.runtime import compose
from parley.runtime.batch import Record, run_each
from parley.runtime.log import facts, log

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_SPARE_SECONDS: Final = 60.0
"""What is on its way by then is left for another invocation: a last read of 15 s, parts that S3 takes its time for."""

_COME_BACK_SECONDS: Final = 10.0


def _everything() -> None:
    """With what is otherwise loaded when the first file comes, and no file comes without: S3's client, the cipher."""
    compose.transfer()
    compose.client("s3")
    mmcs.Cipher(bytes(mmcs.KEY_BYTES))


compose.early(_everything)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One message after another; the queue hands over one at a time."""
    deadline = time.time() + context.get_remaining_time_in_millis() / 1000 - _SPARE_SECONDS

    def handle(record: Record) -> None:
        try:
            outcomes = compose.transfer()(read_transfer(record["body"]), deadline=deadline)
        except Retryable as fault:
            # Without it the note would hide for the queue's full timeout, an hour and a half.
            after = _COME_BACK_SECONDS if fault.after is None else fault.after
            compose.visibility("TRANSFERS_QUEUE_URL").come_back([record["receiptHandle"]], after=after)
            raise
        for outcome in outcomes:
            log.info("transferred", extra=facts(outcome))

    return run_each(event["Records"], handle)
