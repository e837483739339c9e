"""wakeups: timers that wake a conversation when its next attempt is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.conversation.events import read_timer
from parley.runtime import compose
from parley.runtime.batch import Record, run_each
from parley.runtime.log import log

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

compose.early(compose.wake)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Each timer for itself."""

    def handle(record: Record) -> None:
        timer = read_timer(record["body"])
        woken = compose.wake()(timer)
        log.info("timer", extra={"conversation_id": timer.conversation_id, "woken": woken})

    return run_each(event["Records"], handle)
