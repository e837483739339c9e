"""`functions/routing`: how many webhooks one function brings out, and what each costs in calls to the table."""

from __future__ import annotations

import json
import time
import uuid
from statistics import median
from typing import TYPE_CHECKING, Final

from bench import calls, events, say, world
from bench.figure import Figure
from bench.instance import Instance
from bench.receiver import Receiver
from bench.stub import Stub
from parley.conversation.events import Event, Kind, write
from parley.conversation.identity import conversation_id, ulid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.artefacts import Artefacts

NAME: Final = "delivery"
RECEIVER_SECONDS: Final = 0.05
GROUPS: Final = 10
ROUNDS: Final = 40
_SECRET: Final = json.dumps({"webhook_secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="})
_PUT_BY_INBOUND: Final = 1
"""Before routing sees a message, inbound has put it into the table once; `inbound` shows that call."""


def figures(made: Artefacts) -> Iterator[Figure]:
    """Webhooks a second of one function against one webhook after another, and DynamoDB calls per message."""
    with (
        Receiver(seconds=RECEIVER_SECONDS) as receiver,
        Stub(items=world.stored_items(), lists=world.stored_lists(webhook_url=receiver.url), secret=_SECRET) as stub,
        Instance(made, made.function("RoutingFunction"), "app.handler", _environment(stub)) as instance,
    ):
        run = _Run(instance, stub, receiver)
        say(f"{NAME}: {ROUNDS} batches of {GROUPS} conversations, and as many of one …")
        run.once(1)
        together, alone = [], []
        for _ in range(ROUNDS):
            together.append(GROUPS / run.once(GROUPS))
            alone.append(1 / run.once(1))
        yield Figure(NAME, "webhooks per second", median(together), "1/s", median(alone))
        yield Figure(NAME, "dynamodb calls per message", _PUT_BY_INBOUND + run.calls_per_message, "calls")


class _Run:
    def __init__(self, instance: Instance, stub: Stub, receiver: Receiver) -> None:
        self._instance = instance
        self._stub = stub
        self._receiver = receiver
        self.calls_per_message = 0.0

    def once(self, groups: int) -> float:
        """Seconds one batch takes that has one message of each of `groups` conversations."""
        event = json.dumps(events.batch([_message(number) for number in range(groups)])).encode()
        before = self._receiver.received
        started = time.perf_counter()
        _, answer = self._instance.invoke(event)
        seconds = time.perf_counter() - started
        made = self._stub.take_calls()
        if answer != {"batchItemFailures": []} or self._receiver.received != before + groups:
            raise self._instance.failure(
                f"{groups} messages went out as {self._receiver.received - before} webhooks: {answer}"
            )
        table = [call for call in made if call.operation.startswith("dynamodb:")]
        self.calls_per_message = len([call for call in table if call.operation != calls.QUERY]) / groups
        return seconds


def _message(number: int) -> tuple[str, str]:
    now = time.time()
    customer = f"urn:mbid:bench-{number}"
    conversation = conversation_id(world.BUSINESS, customer)
    identity = str(uuid.uuid4())
    envelope = {
        "v": 1,
        "id": identity,
        "type": "text",
        "sourceId": customer,
        "destinationId": world.BUSINESS,
        "body": world.TEXT,
        "locale": "en_US",
    }
    note = Event(
        kind=Kind.MESSAGE,
        business_id=world.BUSINESS,
        conversation_id=conversation,
        message_id=identity,
        received_at=now,
        ulid=ulid(now),
        payload=json.dumps(envelope),
    )
    return conversation, write(note)


def _environment(stub: Stub) -> dict[str, str]:
    return world.environment(
        stub.url,
        {
            "ALLOW_LOOPBACK": "true",
            "BUCKET_NAME": "parley-payloads",
            "BUSINESS_SECRET_PREFIX": "parley/business/",
            "EVENTS_QUEUE_URL": f"{world.QUEUES}events.fifo",
            "STAGE": "local",
            "WAKEUPS_QUEUE_URL": f"{world.QUEUES}wakeups",
        },
    )
