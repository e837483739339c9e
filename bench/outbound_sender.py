"""`functions/outbound/sender.py`: one queued message goes to Apple."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench import calls, events, world
from bench.comparison import Case, compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.artefacts import Artefacts
    from bench.figure import Figure

NAME = "outbound-sender"


def figures(made: Artefacts) -> Iterator[Figure]:
    """Cold start and warm time."""
    return compared(NAME, _case(), made)


def _case() -> Case:
    note = {
        "business_id": world.BUSINESS,
        "conversation_id": world.CONVERSATION,
        "message_id": world.MESSAGE,
    }
    return Case(
        folder="OutboundSenderFunction",
        handler="sender.handler",
        environment={
            "APPLE_GATEWAY_URL": "{stub}/v1",
            "APPLE_SECRET_ID": world.APPLE_SECRET_ID,
            "BUCKET_NAME": "parley-payloads",
            "EVENTS_QUEUE_URL": f"{world.QUEUES}events.fifo",
            "OUTBOX_QUEUE_URL": f"{world.QUEUES}outbox.fifo",
        },
        event=events.queued(world.CONVERSATION, json.dumps(note)),
        answer={"batchItemFailures": []},
        cold=(
            calls.GET_ITEM,
            calls.GET_ITEM,
            calls.GET_SECRET,
            calls.POST_TO_APPLE,
            calls.QUERY,
            calls.UPDATE_ITEM,
        ),
        warm=(calls.GET_ITEM, calls.GET_ITEM, calls.POST_TO_APPLE, calls.UPDATE_ITEM),
    )
