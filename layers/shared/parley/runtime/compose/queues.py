"""The queues."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from parley.runtime import compose

if TYPE_CHECKING:
    from parley.storage.queues import SqsErasures, SqsEvents, SqsOutbox, SqsTimers, SqsTransfers, SqsVisibility


@cache
def visibility(queue_url_variable: str) -> SqsVisibility:
    """Puts notes of one queue back."""
    from parley.storage.queues import SqsVisibility

    return SqsVisibility(compose.client("sqs"), compose.settings().text(queue_url_variable))


@cache
def events() -> SqsEvents:
    """`events.fifo`."""
    from parley.storage.queues import SqsEvents

    return SqsEvents(compose.client("sqs"), compose.settings().text("EVENTS_QUEUE_URL"))


@cache
def timers() -> SqsTimers:
    """`wakeups`."""
    from parley.storage.queues import SqsTimers

    return SqsTimers(compose.client("sqs"), compose.settings().text("WAKEUPS_QUEUE_URL"))


@cache
def outbox() -> SqsOutbox:
    """`outbox.fifo`."""
    from parley.storage.queues import SqsOutbox

    return SqsOutbox(compose.client("sqs"), compose.settings().text("OUTBOX_QUEUE_URL"))


@cache
def transfers() -> SqsTransfers:
    """`transfers`."""
    from parley.storage.queues import SqsTransfers

    return SqsTransfers(compose.client("sqs"), compose.settings().text("TRANSFERS_QUEUE_URL"))


@cache
def erasure_notes() -> SqsErasures:
    """`erasures`."""
    from parley.storage.queues import SqsErasures

    return SqsErasures(compose.client("sqs"), compose.settings().text("ERASURES_QUEUE_URL"))
