"""The queues, each with the one thing that is put into it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from parley.conversation import arrivals
from parley.conversation.events import Departure, Event, Forgetting, Timer, Transfer, write
from parley.errors import Retryable
from parley.storage.faults import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

    from parley.conversation.arrivals import Arrival

BATCH: Final = 10
MAX_DELAY_SECONDS: Final = 900
MAX_VISIBILITY_SECONDS: Final = 43_200


class SqsEvents:
    """`events.fifo`: one group per conversation, so one writer per conversation."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, event: Event, *, deduplication_id: str) -> None:
        """Queue a note behind the conversation's others; an equal id within 5 minutes is swallowed by SQS."""
        with translated("queue the event"):
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=write(event),
                MessageGroupId=event.group,
                MessageDeduplicationId=deduplication_id,
            )

    def send_all(self, notes: Sequence[tuple[Event, str]]) -> None:
        """Queue many notes with their deduplication ids, ten at a time. Raises Retryable unless all are queued."""
        for start in range(0, len(notes), BATCH):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {
                    "Id": str(place),
                    "MessageBody": write(event),
                    "MessageGroupId": event.group,
                    "MessageDeduplicationId": deduplication_id,
                }
                for place, (event, deduplication_id) in enumerate(notes[start : start + BATCH])
            ]
            with translated("queue the events"):
                refused = self._client.send_message_batch(QueueUrl=self._url, Entries=entries).get("Failed")
            if refused:
                raise Retryable("SQS did not take every event", code="queue_refused")


class SqsOutbox:
    """`outbox.fifo`: what is on its way to Apple, strictly one after another per conversation."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, departure: Departure, *, deduplication_id: str) -> None:
        """Queue a message behind the conversation's others."""
        with translated("queue the message"):
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=write(departure),
                MessageGroupId=departure.conversation_id,
                MessageDeduplicationId=deduplication_id,
            )


class SqsTimers:
    """`wakeups`: delayed notes. A delay is at most 15 minutes, so a long wait is made of several."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def set(self, timer: Timer, *, now: float) -> None:
        """Queue a wake-up for `timer.at`, or for as near to it as a delay reaches."""
        delay = min(max(math.ceil(timer.at - now), 0), MAX_DELAY_SECONDS)
        with translated("set the timer"):
            self._client.send_message(QueueUrl=self._url, MessageBody=write(timer), DelaySeconds=delay)


class SqsTransfers:
    """`transfers`: messages with bytes to fetch from Apple, at once."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, transfer: Transfer, *, after: float = 0.0) -> None:
        """Queue a transfer, to begin in `after` seconds, 15 minutes at most."""
        delay = min(max(math.ceil(after), 0), MAX_DELAY_SECONDS)
        with translated("queue the transfer"):
            self._client.send_message(QueueUrl=self._url, MessageBody=write(transfer), DelaySeconds=delay)


class SqsArrivals:
    """`uploads`: files of businesses that lie in the bucket. Most notes come from EventBridge."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, arrival: Arrival) -> None:
        """Queue a file again."""
        with translated("queue the upload"):
            self._client.send_message(QueueUrl=self._url, MessageBody=arrivals.write(arrival))


class SqsErasures:
    """`erasures`: who is to be forgotten, step by step."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, note: Forgetting, *, after: float = 0.0) -> None:
        """Queue the next step, to begin in `after` seconds, 15 minutes at most."""
        delay = min(max(math.ceil(after), 0), MAX_DELAY_SECONDS)
        with translated("queue the erasure"):
            self._client.send_message(QueueUrl=self._url, MessageBody=write(note), DelaySeconds=delay)


class SqsVisibility:
    """When a note that was not finished comes back."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def done(self, receipt_handles: Iterable[str]) -> None:
        """Take these notes out of the queue before the batch they came in is through."""
        with translated("take the notes out of the queue"):
            for handle in receipt_handles:
                self._client.delete_message(QueueUrl=self._url, ReceiptHandle=handle)

    def come_back(self, receipt_handles: Iterable[str], *, after: float) -> None:
        """Show these notes again after `after` seconds; a group's order is kept by SQS."""
        seconds = min(max(math.ceil(after), 0), MAX_VISIBILITY_SECONDS)
        with translated("put the notes back"):
            for handle in receipt_handles:
                self._client.change_message_visibility(
                    QueueUrl=self._url, ReceiptHandle=handle, VisibilityTimeout=seconds
                )
