"""Who asks to be forgotten, and what goes by itself."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Any

from parley.runtime import compose

if TYPE_CHECKING:
    from parley.services.erase import Erase
    from parley.services.erasures import Erasures
    from parley.services.expire import Expire
    from parley.services.privacy import Privacy
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


@cache
def privacy() -> Privacy:
    """For `functions/console`."""
    from parley.services.privacy import Privacy
    from parley.storage.privacy import DynamoPrivacy

    store = DynamoPrivacy(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"))
    return Privacy(store=store, most_days=compose.settings().number("RETENTION_DAYS"))


@cache
def expire() -> Expire:
    """For `functions/expiry`."""
    from parley.services.expire import Expire

    return Expire(objects=compose.objects())


def expired(image: dict[str, Any]) -> int:
    """One item as the table's stream shows it."""
    from parley.storage.attributes import decode_item

    return compose.expire()(decode_item(image))
