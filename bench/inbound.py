"""`functions/inbound`: a customer's text, gzipped as Apple sends it (protocol/02 §1)."""

from __future__ import annotations

import gzip
import json
import time
from typing import TYPE_CHECKING

import jwt

from bench import calls, events, world
from bench.comparison import Case, compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.artefacts import Artefacts
    from bench.figure import Figure

NAME = "inbound"


def figures(made: Artefacts) -> Iterator[Figure]:
    """Cold start and warm time."""
    return compared(NAME, _case(), made)


def _case() -> Case:
    body = {
        "v": 1,
        "id": world.MESSAGE,
        "type": "text",
        "sourceId": world.CUSTOMER,
        "destinationId": world.BUSINESS,
        "body": world.TEXT,
        "locale": "en_US",
        "intent": "delivery",
        "group": "support",
    }
    token = jwt.encode({"aud": world.MSP, "iat": int(time.time())}, world.MSP_KEY, algorithm="HS256")
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "id": world.MESSAGE,
        "source-id": world.CUSTOMER,
        "destination-id": world.BUSINESS,
        "capability-list": ",".join(world.CAPABILITIES),
    }
    return Case(
        folder="InboundFunction",
        handler="app.handler",
        environment={
            "APPLE_SECRET_ID": world.APPLE_SECRET_ID,
            "BUCKET_NAME": "parley-payloads",
            "EVENTS_QUEUE_URL": f"{world.QUEUES}events.fifo",
            "TRANSFERS_QUEUE_URL": f"{world.QUEUES}transfers",
        },
        event=events.post("/message", headers, gzip.compress(json.dumps(body).encode())),
        answer={"statusCode": 200},
        cold=(calls.GET_SECRET, calls.GET_ITEM, calls.PUT_ITEM, calls.SEND_MESSAGE),
        warm=(calls.PUT_ITEM, calls.SEND_MESSAGE),
    )
