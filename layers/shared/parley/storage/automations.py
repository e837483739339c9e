"""`automations`: what customers' messages set off. Apart from the other queues: most functions have no use for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.conversation import automations
from parley.storage.faults import translated

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from parley.conversation.automations import Automation


class SqsAutomations:
    """A standard queue: what one message sets off stands in one note, and is the same when it comes twice."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, note: Automation) -> None:
        """Queue what one message sets off."""
        with translated("queue what is set off"):
            self._client.send_message(QueueUrl=self._url, MessageBody=automations.write(note))
