"""Every minute: heal what a crash between two writes left behind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from parley.runtime import compose
from parley.runtime.log import facts, log

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_SPARE_SECONDS = 10.0

compose.early(compose.sweep)


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """One sweep; an error fails the invocation, which the schedule's alarm sees."""
    deadline = time.time() + context.get_remaining_time_in_millis() / 1000 - _SPARE_SECONDS
    log.info("swept", extra=facts(compose.sweep()(deadline=deadline)))
