"""Who asks to be forgotten."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from parley.runtime import compose

if TYPE_CHECKING:
    from parley.services.erase import Erase
    from parley.services.erasures import Erasures
    from parley.storage.erasures import DynamoErasures

_DEAD_LETTERS = {
    "events": "EVENTS_DLQ_URL",
    "outbox": "OUTBOX_DLQ_URL",
    "wakeups": "WAKEUPS_DLQ_URL",
    "automations": "AUTOMATIONS_DLQ_URL",
    "transfers": "TRANSFERS_DLQ_URL",
    "uploads": "UPLOADS_DLQ_URL",
}


@cache
def erasure_store() -> DynamoErasures:
    """Erasures and their receipts."""
    from parley.storage.erasures import DynamoErasures

    return DynamoErasures(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"), clock=time.time)


@cache
def erasures() -> Erasures:
    """For `functions/console`."""
    from parley.conversation.identity import ulid
    from parley.services.erasures import Erasures

    return Erasures(
        erasures=compose.erasure_store(),
        conversations=compose.conversations(),
        store=compose.delivery_store(),
        notes=compose.erasure_notes(),
        clock=time.time,
        new_ulid=lambda: ulid(time.time()),
    )


@cache
def erase() -> Erase:
    """For `functions/erasure`."""
    from parley.services.erase import Erase
    from parley.storage.dead_letters import SqsDeadLetters
    from parley.storage.remains import DynamoRemains

    settings = compose.settings()
    return Erase(
        erasures=compose.erasure_store(),
        remains=DynamoRemains(
            compose.client("dynamodb"), table=settings.text("TABLE_NAME"), objects=compose.objects(), clock=time.time
        ),
        objects=compose.objects(),
        dead_letters=SqsDeadLetters(
            compose.client("sqs"), urls={name: settings.text(variable) for name, variable in _DEAD_LETTERS.items()}
        ),
        notes=compose.erasure_notes(),
        settle_seconds=settings.number("ERASURE_SETTLE_SECONDS"),
        clock=time.time,
    )
