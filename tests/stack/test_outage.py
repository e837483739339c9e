"""Nothing is lost and nothing overtakes, whoever is away."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from parley.conversation.identity import conversation_id
from tests.stack.conftest import eventually

if TYPE_CHECKING:
    from tests.stack.conftest import Stack


def _received(stack: Stack, customer: str, count: int) -> list[str]:
    def all_of_them() -> list[dict[str, Any]] | None:
        hooks = [hook for hook in stack.webhooks(customer) if (hook["answered"] or 599) < 300]
        return hooks if len(hooks) >= count else None

    hooks = eventually(all_of_them, seconds=240)
    return [hook["body"]["data"]["message"]["body"] for hook in hooks]


def test_a_business_that_is_killed_and_comes_back_gets_everything_in_order(stack: Stack) -> None:
    customer = stack.new_customer()
    stack.writes(customer, "0")
    _received(stack, customer, 1)

    assert stack.parley("stop", "business").returncode == 0
    try:
        for number in range(1, 8):
            assert stack.writes(customer, str(number))["attempts"][0]["status"] == 200
        time.sleep(8)
        stack.writes(customer, "8")
    finally:
        assert stack.parley("start", "business").returncode == 0

    assert _received(stack, customer, 9) == [str(number) for number in range(9)]


def test_an_endpoint_that_fails_gets_the_same_webhook_id_again(stack: Stack) -> None:
    customer = stack.new_customer()

    stack.behave(status=503)
    try:
        sent = stack.writes(customer, "again")
        stack.writes(customer, "and on")
        eventually(lambda: any(hook["answered"] == 503 for hook in stack.webhooks(customer)))
    finally:
        stack.behave()

    assert _received(stack, customer, 2) == ["again", "and on"]
    tries = [hook for hook in stack.webhooks(customer) if hook["body"]["data"]["message"]["body"] == "again"]
    assert [tries[0]["answered"], tries[-1]["answered"]] == [503, 204]
    assert {try_["headers"]["webhook-id"] for try_ in tries} == {sent["id"]}


def test_a_gateway_that_fails_gets_the_same_id_again(stack: Stack) -> None:
    customer = stack.new_customer()
    stack.control("POST", "/faults", {"path": "/v1/message", "opaque_id": customer, "status": 503, "times": 1})
    stack.control("POST", "/faults", {"path": "/v1/message", "opaque_id": customer, "drop": "after", "times": 1})

    ids = [stack.api("POST", "/v1/messages", {"to": customer, "body": str(number)})[1]["id"] for number in range(3)]

    eventually(lambda: len(stack.phone(customer)) == 3)
    shown = stack.phone(customer)
    assert [message["id"] for message in shown] == ids
    assert [message["body"] for message in shown] == ["0", "1", "2"]
    assert shown[0]["posts"] == 2


def test_a_customer_who_left_is_left_alone_until_they_write_again(stack: Stack) -> None:
    customer = stack.new_customer()
    stack.behave(echo=False)
    try:
        stack.writes(customer, "Hello")
        stack.control("POST", "/messages", {"opaque_id": customer, "type": "close"})
        eventually(lambda: len(stack.webhooks(customer)) == 2)

        status, problem = stack.api("POST", "/v1/messages", {"to": customer, "body": "Wait!"})
        stack.writes(customer, "Me again")
        eventually(lambda: len(stack.webhooks(customer)) == 3)
        again, accepted = stack.api("POST", "/v1/messages", {"to": customer, "body": "Welcome back"})
    finally:
        stack.behave(echo=True)

    assert (status, problem["code"]) == (422, "opted_out")
    assert again == 202, accepted
    eventually(lambda: [message["body"] for message in stack.phone(customer)] == ["Welcome back"])


def test_the_sweeper_queues_what_a_crash_left_only_in_the_table(stack: Stack) -> None:
    customer, message_id = stack.new_customer(), str(uuid.uuid4())
    business = stack.facts["business"]["id"]
    payload = {
        "v": 1,
        "id": message_id,
        "type": "text",
        "sourceId": customer,
        "destinationId": business,
        "body": "left behind",
    }
    long_ago = time.time() - 300
    stack.dynamodb.put_item(
        TableName=stack.table,
        Item={
            "pk": {"S": f"MSG#{business}#{message_id}"},
            "sk": {"S": "MSG"},
            "id": {"S": message_id},
            "business_id": {"S": business},
            "conversation_id": {"S": conversation_id(business, customer)},
            "direction": {"S": "inbound"},
            "type": {"S": "text"},
            "state": {"S": "received"},
            "received_at": {"N": str(long_ago)},
            "ulid": {"S": "0" * 26},
            "payload": {"S": json.dumps(payload)},
            "due_shard": {"S": "DUE#3"},
            "due_at": {"N": str(long_ago)},
            "expires_at": {"N": str(int(time.time()) + 86_400)},
        },
    )

    # The schedule calls it every minute; the test does not wait for the minute.
    name = next(
        function["FunctionName"]
        for function in stack.functions.list_functions()["Functions"]
        if "Sweeper" in function["FunctionName"]
    )
    stack.functions.invoke(FunctionName=name, Payload=b"{}")

    assert _received(stack, customer, 1) == ["left behind"]
