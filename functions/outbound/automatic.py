"""automations: what customers' messages set off is said, asked, handed over, kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.conversation.automations import read
from parley.runtime import compose
from parley.runtime.batch import Record, run_each
from parley.runtime.log import facts, log

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

compose.early(compose.react)
compose.early(lambda: compose.prepare().rehearse())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Each note for itself."""

    def handle(record: Record) -> None:
        note = read(record["body"])
        for reacted in compose.react()(note):
            log.info("reacted", extra={"business_id": note.business_id, **facts(reacted)})

    return run_each(event["Records"], handle)
