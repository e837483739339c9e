"""Every minute: what should have moved and has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parley.errors import ParleyError
from tests.functions.conftest import a_context
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged


def make_overdue(stack: Stack) -> None:
    """As if everything that is due had been so for a while."""
    for item in stack.cloud.items():
        if "due_at" in item:
            stack.cloud.dynamodb.update_item(
                TableName=TABLE,
                Key={"pk": item["pk"], "sk": item["sk"]},
                UpdateExpression="SET due_at = :past",
                ExpressionAttributeValues={":past": {"N": "1000"}},
            )


def test_nothing_overdue_is_a_quiet_minute(stack: Stack, logged: Logged) -> None:
    stack.sweep()

    (line,) = logged.lines()
    assert (line["message"], line["healed"], line["oldest"]) == ("swept", 0, 0.0)


def test_messages_nobody_was_told_of_reach_both_sides(stack: Stack, logged: Logged) -> None:
    stack.post(apple.envelope(body="in"))
    stack.api({"to": apple.CUSTOMER, "body": "out"})
    for queue in ("EVENTS_QUEUE_URL", "OUTBOX_QUEUE_URL"):
        stack.cloud.sqs.purge_queue(QueueUrl=stack.cloud.queue_urls[queue])
    make_overdue(stack)

    stack.sweep()
    assert logged.lines()[-1]["healed"] == 2
    stack.route()
    stack.send()

    stack.route()

    assert [event["type"] for event in stack.webhooks()] == ["message.received", "message.sent"]
    assert len(stack.gateway.requests) == 1
    make_overdue(stack)
    stack.sweep()
    assert logged.lines()[-1]["healed"] == 0


def test_a_sweep_that_cannot_work_fails_so_that_the_alarm_sees_it(stack: Stack) -> None:
    stack.cloud.dynamodb.delete_table(TableName=TABLE)

    with pytest.raises(ParleyError):
        stack.sweep()


def test_when_time_is_short_nothing_is_begun(stack: Stack, logged: Logged) -> None:
    stack.post(apple.envelope())
    make_overdue(stack)
    stack.context = a_context(milliseconds=9_000)

    stack.sweep()

    assert logged.lines()[-1]["healed"] == 0
