"""A business says how long things are kept, and their bytes go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import functions.expiry.app
from parley.conversation.retention import DAY
from parley.runtime import compose
from parley.storage import keys
from tests.functions.conftest import a_context
from tests.support import apple_requests as apple
from tests.support.cloud import BUCKET, TABLE
from tests.support.console import Console
from tests.support.http_server import reply
from tests.support.talks import drain
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def kept_days(stack: Stack, message_id: str) -> int:
    """From when it came until it expires."""
    (item,) = [item for item in stack.cloud.items() if item["pk"]["S"].endswith(f"#{message_id}") and "ulid" in item]
    return (int(item["expires_at"]["N"]) - int(float(item["received_at"]["N"]))) // DAY


def arrives(stack: Stack) -> str:
    content = apple.envelope()
    stack.post(content)
    drain(stack)
    return str(content["id"])


def test_nothing_is_set_until_it_is(console: Console, stack: Stack) -> None:
    before = console.get("/v1/privacy")
    assert (before.json, before.headers["ETag"]) == ({"installation_days": 90}, '"0"')

    after = console.put("/v1/privacy", {"retention_days": 30}, if_match='"0"')

    assert (after.json, after.headers["ETag"]) == ({"retention_days": 30, "installation_days": 90}, '"1"')
    assert console.put("/v1/privacy", {"retention_days": 20}, if_match='"0"').code == "precondition_failed"
    assert console.put("/v1/privacy", {"retention_days": 20}).headers["ETag"] == '"2"'
    assert console.put("/v1/privacy", {}).json == {"installation_days": 90}


@pytest.mark.parametrize(
    ("days", "code"), [(0, "out_of_range"), (3651, "out_of_range"), (91, "too_long"), ("7", "wrong_type")]
)
def test_only_what_can_be_kept_is_taken(console: Console, days: object, code: str) -> None:
    refused = console.put("/v1/privacy", {"retention_days": days})

    assert (refused.status, refused.faults) == (422, [("/retention_days", code)])
    assert console.get("/v1/privacy").json == {"installation_days": 90}


def test_what_comes_is_kept_as_long_as_the_business_says(console: Console, stack: Stack) -> None:
    assert kept_days(stack, arrives(stack)) == 90
    console.put("/v1/privacy", {"retention_days": 30})
    stack.register.business(apple.BUSINESS, name="Bikes anew", url=stack.endpoint.url + "/hook")
    fresh(stack)

    assert kept_days(stack, arrives(stack)) == 30


def test_a_note_is_kept_as_long_as_a_message(console: Console, stack: Stack) -> None:
    console.put("/v1/privacy", {"retention_days": 2})
    fresh(stack)
    arrives(stack)

    console.post(f"/v1/conversations/{CONVERSATION}/notes", {"body": "Promised a call back."})

    notes = [item for item in stack.cloud.items() if item.get("body", {}).get("S") == "Promised a call back."]
    assert [int(note["expires_at"]["N"]) - int(float(note["created_at"]["N"])) for note in notes] == [2 * DAY]


def test_an_installation_that_keeps_less_since_is_the_one_that_counts(stack: Stack) -> None:
    stack.cloud.dynamodb.update_item(
        TableName=TABLE,
        Key=keys.business(apple.BUSINESS, "PROFILE"),
        UpdateExpression="SET retention_days = :then",
        ExpressionAttributeValues={":then": {"N": "400"}},
    )
    fresh(stack)

    assert kept_days(stack, arrives(stack)) == 90


def test_a_day_begins_when_a_message_is_delivered(console: Console, stack: Stack) -> None:
    console.put("/v1/privacy", {"retention_days": 1})
    fresh(stack)
    assert kept_days(stack, arrives(stack)) == 1
    stack.endpoint.answers[:] = [reply("503 Service Unavailable")]
    held = arrives(stack)
    assert kept_days(stack, held) == 4
    stack.endpoint.answers[:] = [reply("200 OK")]

    conversation = console.get(f"/v1/deliveries/{held}").json["conversation_id"]
    console.put(f"/v1/conversations/{conversation}/handler", {"endpoint_id": "default"})
    drain(stack)

    assert console.get(f"/v1/deliveries/{held}").json["state"] == "delivered"
    assert kept_days(stack, held) == 1


def test_the_happy_path_of_a_message_is_three_calls_all_the_same(console: Console, stack: Stack) -> None:
    console.put("/v1/privacy", {"retention_days": 1})
    fresh(stack)
    arrives(stack)
    calls: list[str] = []
    for client in {id(each): each for each in (compose.client("dynamodb"), compose.messages()._client)}.values():
        client.meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))

    assert kept_days(stack, arrives(stack)) == 1

    assert calls == ["PutItem", "UpdateItem", "UpdateItem"]


def fresh(stack: Stack) -> None:
    """As if a minute had gone by."""
    compose.businesses()._known.clear()


def removed(**item: Any) -> dict[str, Any]:
    return {
        "eventName": "REMOVE",
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
        "dynamodb": {"SequenceNumber": "7", "OldImage": {name: {"S": value} for name, value in item.items()}},
    }


def test_what_has_expired_takes_its_bytes_along(stack: Stack, logged: Logged) -> None:
    gone = ["attachments/b/a", "renditions/b/a.jpg", "uploads/b/a", "payloads/b/m.json"]
    for key in [*gone, "attachments/b/other"]:
        stack.cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    records = [
        removed(sk="ATT", business_id="b", id="a"),
        removed(sk="MSG", payload_key="payloads/b/m.json"),
        removed(sk="MSG", id="without"),
        removed(sk="TRY#default#0001"),
        {"dynamodb": {"SequenceNumber": "9"}},
    ]

    assert functions.expiry.app.handler({"Records": records}, a_context()) == {"batchItemFailures": []}

    assert stack.cloud.objects() == ["attachments/b/other"]
    (line,) = logged.lines()
    assert (line["message"], line["items"], line["objects"]) == ("expired", 5, 4)


def test_from_the_first_that_fails_on_all_come_again(stack: Stack, logged: Logged) -> None:
    stack.cloud.s3.delete_bucket(Bucket=BUCKET)

    answer = functions.expiry.app.handler({"Records": [removed(sk="ATT", business_id="b", id="a")]}, a_context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "7"}]}
    assert logged.lines()[-1]["message"] == "not_expired"
