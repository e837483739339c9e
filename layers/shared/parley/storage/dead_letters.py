"""Notes that were given up: read one by one, and those about one conversation taken away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from parley.storage.faults import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_sqs import SQSClient

MOST_READ: Final = 10_000
"""Notes of one queue that are looked at; a queue with more is an operator's to empty."""

HIDDEN_SECONDS: Final = 120
"""Longer than one pass takes, so that no note is seen twice in it."""

type About = Callable[[dict[str, Any]], bool]
"""Whether a note, which is JSON of any kind, is to be taken away."""


class SqsDeadLetters:
    """The dead-letter queues by the names operators know them by."""

    def __init__(self, client: SQSClient, *, urls: Mapping[str, str]) -> None:
        self._client = client
        self._urls = urls

    def remove(self, about: About) -> tuple[int, list[str]]:
        """How many notes were taken away, and the queues that were too long to be read to their end.

        What stays is shown again at once, for an alarm stands on it.
        """
        removed, unread = 0, []
        for name, url in self._urls.items():
            gone, whole = self._pass(url, about)
            removed += gone
            if not whole:
                unread.append(name)
        return removed, unread

    def _pass(self, url: str, about: About) -> tuple[int, bool]:
        removed, kept = 0, list[str]()
        try:
            while removed + len(kept) < MOST_READ:
                with translated("read the dead letters"):
                    found = self._client.receive_message(
                        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=HIDDEN_SECONDS
                    ).get("Messages", [])
                if not found:
                    return removed, True
                for message in found:
                    if about(_note(message["Body"])):
                        with translated("take a dead letter away"):
                            self._client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                        removed += 1
                    else:
                        kept.append(message["ReceiptHandle"])
            return removed, False
        finally:
            with translated("put the dead letters back"):
                for handle in kept:
                    self._client.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)


def _note(body: str) -> dict[str, Any]:
    try:
        note = json.loads(body)
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}
