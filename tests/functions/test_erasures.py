"""A customer asks to be forgotten: everything goes, nothing comes back, and there is a receipt."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

import functions.attachments.app
import functions.erasure.app
from parley.conversation import automations
from parley.conversation.attachments import Attachment, PartState, attachment_id, object_key
from parley.conversation.automations import Automation
from parley.conversation.events import Departure, Event, Forgetting, Kind, Timer, Transfer, write
from parley.conversation.identity import conversation_id
from parley.conversation.records import Direction
from parley.runtime import compose
from tests.functions.conftest import KEY_ID, Stack, a_context
from tests.functions.test_attachments import Apple
from tests.functions.test_every_kind import QUESTION
from tests.functions.test_sweeper import make_overdue
from tests.support import apple_requests as apple
from tests.support.cloud import BUCKET
from tests.support.console import Console
from tests.support.http_server import reply
from tests.support.talks import drain
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.support.fixtures import Logged

WORDS = "CANARY words of the customer"
OTHER_CONVERSATION = conversation_id(apple.BUSINESS, apple.OTHER_CUSTOMER)
FILE = "3f1c1f0e-8a55-4b6e-9c0f-2d1f6f0c7e90"


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def pump(stack: Stack, context: Any = None) -> Any:
    """One step of whatever is to be erased."""
    return stack.cloud.pump("ERASURES_QUEUE_URL", functions.erasure.app.handler, context or a_context(300_000))


def settled(stack: Stack) -> None:
    """Both looks, without the wait between them."""
    compose.erase()._settle_seconds = 0.0
    while pump(stack):
        pass


def dead(stack: Stack, queue: str, body: str, *, group: str = CONVERSATION) -> None:
    """A note that was given up."""
    fifo = {"MessageGroupId": group, "MessageDeduplicationId": body[-100:]} if "fifo" in _url(stack, queue) else {}
    stack.cloud.sqs.send_message(QueueUrl=_url(stack, queue), MessageBody=body, **fifo)  # type: ignore[arg-type]


def _url(stack: Stack, queue: str) -> str:
    return stack.cloud.queue_urls[f"{queue}_DLQ_URL"]


def everything(stack: Stack) -> str:
    """All that is kept, as text: items, objects, notes."""
    bodies = [stack.cloud.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in stack.cloud.objects()]
    notes = [body for name in stack.cloud.queue_urls if "DLQ" in name for body in _looked_at(stack, name)]
    return json.dumps([stack.cloud.items(), stack.cloud.objects(), list(map(str, bodies)), notes])


def _looked_at(stack: Stack, name: str) -> list[str]:
    """Put back at once."""
    records, url = stack.cloud.receive(name), stack.cloud.queue_urls[name]
    for record in records:
        handle = record["receiptHandle"]
        stack.cloud.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    return [record["body"] for record in records]


def a_rich_conversation(stack: Stack) -> list[str]:
    """Of every kind something: a file, a large body, a question, an attempt, held messages, an enclosed file."""
    served = Apple(stack)
    file = apple.envelope(body="￼", attachments=[served.put(b"CANARY file")])
    stack.post(file)
    stack.cloud.pump("TRANSFERS_QUEUE_URL", functions.attachments.app.handler, a_context(900_000))
    drain(stack)
    stack.gateway.answers[:] = [reply("503 Service Unavailable")]
    stack.api({"to": apple.CUSTOMER, "type": "text", "body": "CANARY answer"})
    stack.api({"to": apple.CUSTOMER, **QUESTION, "text": "CANARY?"})
    stack.send()
    compose.attachments().put(
        Attachment(FILE, apple.BUSINESS, Direction.OUTBOUND, PartState.READY, time.time(), settled_at=time.time())
    )
    stack.cloud.s3.put_object(Bucket=BUCKET, Key=object_key(apple.BUSINESS, FILE), Body=b"CANARY contract")
    stack.api({"to": apple.CUSTOMER, "body": "CANARY see", "attachments": [{"id": FILE}]})
    stack.endpoint.answers[:] = [reply("503 Service Unavailable", b"CANARY away")]
    large = apple.envelope(body="CANARY" * 40_000)
    held = apple.envelope("interactive", body=WORDS)
    for content in (large, held):
        stack.post(content)
        drain(stack)
    stack.endpoint.answers[:] = [reply("200 OK")]
    stack.endpoint.requests.clear()
    return [file["id"], large["id"], held["id"]]


def test_a_conversation_is_forgotten_in_every_place(stack: Stack, console: Console, logged: Logged) -> None:
    ids = a_rich_conversation(stack)
    part = attachment_id(apple.BUSINESS, ids[0], 0)
    for queue, body in {
        "EVENTS": write(Event(Kind.MESSAGE, apple.BUSINESS, CONVERSATION, payload=WORDS, received_at=1.5)),
        "OUTBOX": write(Departure(apple.BUSINESS, CONVERSATION, "x")),
        "WAKEUPS": write(Timer(apple.BUSINESS, CONVERSATION, 1.5)),
        "TRANSFERS": write(Transfer(apple.BUSINESS, CONVERSATION, ids[0])),
        "UPLOADS": json.dumps({"business_id": apple.BUSINESS, "attachment_id": FILE}),
        "AUTOMATIONS": automations.write(Automation(apple.BUSINESS, CONVERSATION, ids[0])),
    }.items():
        dead(stack, queue, body)
    assert "CANARY" in everything(stack)

    answer = console.delete(f"/v1/conversations/{CONVERSATION}")
    assert answer.status == 202
    assert answer.headers["Location"] == f"/v1/erasures/{answer.json['id']}"
    assert (answer.json["state"], answer.json["deleted"]["messages"]) == ("running", 0)
    settled(stack)

    receipt = console.get(f"/v1/erasures/{answer.json['id']}").json
    assert receipt["state"] == "completed"
    assert receipt["completed_at"] >= receipt["erased_at"] >= receipt["requested_at"]
    deleted = receipt["deleted"]
    assert (deleted["messages"], deleted["attachments"], deleted["dead_letters"]) == (6, 2, 6)
    assert deleted["attempts"] >= 2
    assert deleted["marks"] >= 4
    assert "unread_dead_letters" not in receipt
    left = everything(stack)
    for trace in ("CANARY", apple.CUSTOMER, part, FILE):
        assert trace not in left
    assert stack.cloud.objects() == []
    assert {key.partition("#")[0] for key in stack.cloud.item_keys()} == {"BIZ", "CONV", "ERASE", "KEY", "MSG"}
    (tombstone,) = [item for item in stack.cloud.items() if item["pk"]["S"].startswith("CONV#")]
    assert set(tombstone) == {"pk", "sk", "id", "business_id", "sequence", "erased_at", "expires_at"}
    for item in stack.cloud.items():
        if item["pk"]["S"].startswith("MSG#"):
            assert set(item) == {"pk", "sk", "state", "expires_at"}
    assert "CANARY" not in logged.everything()
    assert "urn:mbid" not in logged.everything()
    assert [line["result"] for line in logged.lines() if line["message"] == "forgotten"] == ["erased", "completed"]


def test_what_was_on_its_way_is_not_delivered_any_more(stack: Stack, console: Console) -> None:
    stack.post(apple.envelope(body="delivered"))
    drain(stack)
    late = apple.envelope(body=WORDS)
    stack.post(late)
    stack.post(apple.envelope(body=WORDS * 10_000))
    stack.api({"to": apple.CUSTOMER, "body": "never sent"})
    stack.endpoint.requests.clear()
    console.delete(f"/v1/conversations/{CONVERSATION}")
    pump(stack)

    drain(stack)
    stack.send()
    stack.wake()
    make_overdue(stack)
    stack.sweep()
    drain(stack)

    assert stack.webhooks() == []
    assert stack.gateway.requests == []
    assert console.get(f"/v1/conversations/{CONVERSATION}").code == "conversation_unknown"
    assert console.get(f"/v1/deliveries/{late['id']}").status == 404
    assert console.get(f"/v1/deliveries?conversation_id={CONVERSATION}").json["data"] == []
    assert json.loads(stack.ask(late["id"])["body"])["code"] == "message_unknown"


@pytest.mark.parametrize("looks", [1, 2])
def test_a_late_retry_of_apples_brings_nobody_back(stack: Stack, console: Console, looks: int) -> None:
    content = apple.envelope(body=WORDS)
    stack.post(content)
    drain(stack)
    console.delete(f"/v1/conversations/{CONVERSATION}")
    compose.erase()._settle_seconds = 0.0
    for _ in range(looks):
        pump(stack)
    stack.endpoint.requests.clear()

    assert stack.post(content)["statusCode"] == 200
    drain(stack)

    assert stack.webhooks() == []
    assert console.get(f"/v1/conversations/{CONVERSATION}").status == 404
    assert "CANARY" not in everything(stack)


def test_who_writes_again_begins_anew(stack: Stack, console: Console) -> None:
    stack.post(apple.envelope(body="before"))
    drain(stack)
    begun = console.delete(f"/v1/conversations/{CONVERSATION}").json
    compose.erase()._settle_seconds = 0.0
    pump(stack)
    again = apple.envelope(body="after", locale="de_DE")
    stack.post(again)
    drain(stack)

    settled(stack)

    assert console.get(f"/v1/erasures/{begun['id']}").json["state"] == "completed"
    known = console.get(f"/v1/conversations/{CONVERSATION}").json
    assert (known["locale"], known["state"], known["sequence"]) == ("de_DE", "open", 2)
    assert console.get(f"/v1/deliveries/{again['id']}").json["state"] == "delivered"
    (state,) = [item for item in stack.cloud.items() if item["sk"]["S"] == "STATE"]
    assert "expires_at" not in state


def test_a_customer_is_forgotten_by_their_own_name(stack: Stack, console: Console) -> None:
    stack.post()
    stack.post(apple.envelope(sourceId=apple.OTHER_CUSTOMER))
    drain(stack)

    begun = console.post("/v1/erasures", {"customer": apple.OTHER_CUSTOMER}, idempotency_key="k-1")
    assert console.post("/v1/erasures", {"customer": apple.OTHER_CUSTOMER}, idempotency_key="k-1").json == begun.json
    settled(stack)

    assert begun.json["conversation_id"] == OTHER_CONVERSATION
    assert console.get(f"/v1/conversations/{CONVERSATION}").status == 200
    assert console.get(f"/v1/conversations/{OTHER_CONVERSATION}").status == 404
    assert apple.OTHER_CUSTOMER not in everything(stack)


def test_somebody_unknown_is_forgotten_as_well(stack: Stack, console: Console) -> None:
    begun = console.post("/v1/erasures", {"customer": apple.CUSTOMER}).json

    settled(stack)

    receipt = console.get(f"/v1/erasures/{begun['id'].lower()}").json
    assert receipt["state"] == "completed"
    assert set(receipt["deleted"].values()) == {0}


def test_a_customer_who_never_answered_has_a_conversation_too(stack: Stack, console: Console) -> None:
    made = json.loads(stack.api({"to": apple.CUSTOMER, "body": "Hello"}, idempotency_key="greeting")["body"])
    assert console.delete(f"/v1/conversations/{made['conversation_id']}").status == 202

    settled(stack)

    stack.send()
    assert stack.gateway.requests == []
    again = stack.api({"to": apple.CUSTOMER, "body": "Hello"}, idempotency_key="greeting")
    assert (again["statusCode"], json.loads(again["body"])["code"]) == (409, "message_erased")


def test_a_file_that_went_to_others_stays_with_them(stack: Stack, console: Console) -> None:
    compose.attachments().put(
        Attachment(FILE, apple.BUSINESS, Direction.OUTBOUND, PartState.READY, time.time(), settled_at=time.time())
    )
    for customer in (apple.CUSTOMER, apple.OTHER_CUSTOMER, apple.CUSTOMER):
        assert stack.api({"to": customer, "body": "see", "attachments": [{"id": FILE}]})["statusCode"] == 202

    begun = console.post("/v1/erasures", {"customer": apple.CUSTOMER}).json
    settled(stack)

    receipt = console.get(f"/v1/erasures/{begun['id']}").json
    assert (receipt["kept_files"], receipt["deleted"]["attachments"]) == (2, 0)
    assert compose.attachments().get(apple.BUSINESS, FILE)


def test_another_business_can_neither_erase_nor_see_a_receipt(stack: Stack, console: Console) -> None:
    stack.register.business(apple.OTHER_BUSINESS, name="Boats", url=stack.endpoint.url)
    other = Console(apple.OTHER_BUSINESS)
    stack.post()
    drain(stack)

    assert other.delete(f"/v1/conversations/{CONVERSATION}").code == "conversation_unknown"
    begun = console.delete(f"/v1/conversations/{CONVERSATION}").json

    assert other.get(f"/v1/erasures/{begun['id']}").code == "erasure_unknown"
    assert console.get("/v1/erasures/none").code == "erasure_unknown"


def test_dead_letters_of_others_stay_and_are_seen_at_once(stack: Stack, console: Console) -> None:
    kept = {
        "EVENTS": write(Event(Kind.MESSAGE, apple.BUSINESS, OTHER_CONVERSATION, payload="{}", received_at=1.5)),
        "WAKEUPS": "no note at all",
        "UPLOADS": json.dumps({"detail": "of nobody"}),
        "TRANSFERS": json.dumps([1]),
        "OUTBOX": write(Departure(apple.BUSINESS, OTHER_CONVERSATION, "x")),
        "AUTOMATIONS": automations.write(Automation(apple.BUSINESS, OTHER_CONVERSATION, "x")),
    }
    for queue, body in kept.items():
        dead(stack, queue, body, group=OTHER_CONVERSATION)
    dead(stack, "UPLOADS", json.dumps({"business_id": apple.OTHER_BUSINESS, "attachment_id": "a"}))
    begun = console.post("/v1/erasures", {"customer": apple.CUSTOMER}).json

    settled(stack)

    assert console.get(f"/v1/erasures/{begun['id']}").json["deleted"]["dead_letters"] == 0
    for queue, body in kept.items():
        assert body in [record["body"] for record in stack.cloud.receive(f"{queue}_DLQ_URL")]


def test_a_queue_of_too_many_dead_letters_is_named(
    stack: Stack, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.storage.dead_letters.MOST_READ", 1)
    for number in range(3):
        dead(stack, "WAKEUPS", f'"{number}"')
    begun = console.post("/v1/erasures", {"customer": apple.CUSTOMER}).json

    settled(stack)

    assert console.get(f"/v1/erasures/{begun['id']}").json["unread_dead_letters"] == ["wakeups"]


def test_a_lost_note_is_found_by_the_sweeper(stack: Stack, console: Console) -> None:
    begun = console.post("/v1/erasures", {"customer": apple.CUSTOMER}).json
    stack.cloud.sqs.purge_queue(QueueUrl=stack.cloud.queue_urls["ERASURES_QUEUE_URL"])
    make_overdue(stack)

    stack.sweep()
    settled(stack)

    assert console.get(f"/v1/erasures/{begun['id']}").json["state"] == "completed"
    make_overdue(stack)
    stack.sweep()
    assert stack.cloud.waiting("ERASURES_QUEUE_URL") == 0


def test_a_worker_without_time_hands_over(stack: Stack, console: Console) -> None:
    stack.post()
    drain(stack)
    begun = console.delete(f"/v1/conversations/{CONVERSATION}").json

    pump(stack, a_context(1000))
    assert console.get(f"/v1/erasures/{begun['id']}").json["deleted"]["messages"] == 0
    settled(stack)

    assert console.get(f"/v1/erasures/{begun['id']}").json["deleted"]["messages"] == 1


def test_the_second_look_waits_until_it_is_time(stack: Stack, console: Console) -> None:
    begun = console.post("/v1/erasures", {"customer": apple.CUSTOMER}).json
    pump(stack)
    note = write(Forgetting(apple.BUSINESS, begun["id"]))
    stack.cloud.sqs.send_message(QueueUrl=stack.cloud.queue_urls["ERASURES_QUEUE_URL"], MessageBody=note)

    pump(stack)

    receipt = console.get(f"/v1/erasures/{begun['id']}").json
    assert (receipt["state"], "erased_at" in receipt) == ("running", True)


def test_a_note_of_nothing_is_skipped(stack: Stack, logged: Logged) -> None:
    note = write(Forgetting(apple.BUSINESS, "01KAQ3Z7E5V1W8X9Y0Z2A3B4C5"))
    stack.cloud.sqs.send_message(QueueUrl=stack.cloud.queue_urls["ERASURES_QUEUE_URL"], MessageBody=note)

    assert pump(stack) == {"batchItemFailures": []}

    (line,) = [line for line in logged.lines() if line["message"] == "forgotten"]
    assert line["result"] == "skipped"
    assert KEY_ID not in logged.everything()
