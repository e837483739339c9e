"""Notes in `transfers`: at once, or after a while."""

from __future__ import annotations

from typing import Any

import pytest

from parley.conversation.events import Transfer, read_transfer
from parley.storage.queues import SqsTransfers

NOTE = Transfer("b1", "c1", "m1")


class Client:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send_message(self, **call: Any) -> None:
        self.sent.append(call)


@pytest.mark.parametrize(("after", "delay"), [(0, 0), (-5, 0), (0.1, 1), (8, 8), (899.5, 900), (5000, 900)])
def test_a_note_waits_as_long_as_a_queue_can_hold_it_back(after: float, delay: int) -> None:
    client: Any = Client()

    SqsTransfers(client, "url").send(NOTE, after=after)

    (sent,) = client.sent
    assert (sent["QueueUrl"], sent["DelaySeconds"]) == ("url", delay)
    assert read_transfer(sent["MessageBody"]) == NOTE
