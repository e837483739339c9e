"""erasures: forget who asked to be forgotten."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from parley.conversation.events import read_forgetting
from parley.runtime import compose
from parley.runtime.batch import Record, run_each
from parley.runtime.log import facts, log

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_SPARE_SECONDS: Final = 60.0
"""For reading dead letters, which is not stopped in the middle."""

compose.early(compose.erase)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One step of one erasure; what an auditor wants to see is in its receipt, and here with the same ids."""
    deadline = time.time() + context.get_remaining_time_in_millis() / 1000 - _SPARE_SECONDS

    def handle(record: Record) -> None:
        log.info("forgotten", extra=facts(compose.erase()(read_forgetting(record["body"]), deadline=deadline)))

    return run_each(event["Records"], handle)
