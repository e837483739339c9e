"""`functions/outbound/api.py`: a business writes to a customer it has a conversation with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench import calls, events, world
from bench.comparison import Case, compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.artefacts import Artefacts
    from bench.figure import Figure

NAME = "outbound-api"


def figures(made: Artefacts) -> Iterator[Figure]:
    """Cold start and warm time."""
    return compared(NAME, _case(), made)


def _case() -> Case:
    headers = {
        "Authorization": "Bearer k7Qm2x9Zp4Lw.bench-bench-bench-bench",
        "Content-Type": "application/json",
        "Idempotency-Key": "parcel-4711-answer-1",
    }
    body = json.dumps({"to": world.CONVERSATION, "type": "text", "body": world.TEXT, "agent": "parcel-desk"})
    authorizer = {"business_id": world.BUSINESS, "key_id": "k7Qm2x9Zp4Lw", "scopes": "read send", "mode": "live"}
    return Case(
        folder="OutboundApiFunction",
        handler="api.handler",
        environment={"BUCKET_NAME": "parley-payloads", "OUTBOX_QUEUE_URL": f"{world.QUEUES}outbox.fifo"},
        event=events.post("/v1/messages", headers, body, authorizer),
        answer={"statusCode": 202},
        cold=(calls.GET_ITEM, calls.GET_ITEM, calls.GET_ITEM, calls.PUT_ITEM, calls.SEND_MESSAGE),
        warm=(calls.GET_ITEM, calls.GET_ITEM, calls.PUT_ITEM, calls.SEND_MESSAGE),
    )
