"""What happens seldom and needs rights of its own: large contents, files in messages, replays, lost transfers."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

import functions.outbound.api
import functions.outbound.sender
import functions.sweeper.app
from parley.runtime import compose
from parley.storage.objects import PART_BYTES
from tests.functions.conftest import a_context
from tests.functions.test_attachments import Apple, transfer
from tests.functions.test_attachments_of_businesses import desk
from tests.support import apple_requests as apple
from tests.support import pictures
from tests.support.callers import caller
from tests.support.cloud import TABLE
from tests.support.console import Console
from tests.support.http_server import reply

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.functions.test_attachments_of_businesses import Desk
    from tests.support.cloud import Cloud
    from tests.support.http_server import Exchange

__all__ = ["desk"]


def _overdue(cloud: Cloud, sort_key: str) -> int:
    """Everything of one kind should have moved long ago; how many there are."""
    found = [item for item in cloud.items() if item["sk"]["S"] == sort_key and "due_at" in item]
    for item in found:
        cloud.dynamodb.update_item(
            TableName=TABLE,
            Key={"pk": item["pk"], "sk": item["sk"]},
            UpdateExpression="SET due_at = :long_ago",
            ExpressionAttributeValues={":long_ago": {"N": "1"}},
        )
    return len(found)


def _send(content: dict[str, Any]) -> dict[str, Any]:
    event = {
        "httpMethod": "POST",
        "headers": {},
        "body": json.dumps({"to": apple.CUSTOMER, **content}),
        "isBase64Encoded": False,
        "requestContext": {"authorizer": caller(apple.BUSINESS)},
    }
    answer = functions.outbound.api.handler(event, a_context())
    assert answer["statusCode"] == 202, answer["body"]
    accepted: dict[str, Any] = json.loads(answer["body"])
    return accepted


def _picker(*images: dict[str, str]) -> dict[str, Any]:
    items = [{"identifier": str(n), "title": f"Number {n}", "image": image} for n, image in enumerate(images)]
    return {"type": "list_picker", "title": "Choose", "sections": [{"title": "All", "items": items}]}


def _picture(width: int) -> bytes:
    return pictures.written(pictures.noise(width, 180))


def test_a_message_too_large_for_the_table_reaches_apple_whole(stack: Stack) -> None:
    stack.post()
    images = [{"data": base64.b64encode(_picture(180 + number)).decode()} for number in range(3)]

    _send(_picker(*images))
    stack.send()

    assert [key.partition("/")[0] for key in stack.cloud.objects()] == ["payloads"]
    (posted,) = [request for request in stack.gateway.requests if request.line.startswith("POST /v1/message")]
    assert len(json.loads(posted.body)["interactiveData"]["data"]["images"]) == 3


def test_a_file_goes_along_with_a_text(desk: Desk) -> None:
    attachment_id = desk.ready()

    _send({"body": "Your receipt", "attachments": [{"id": attachment_id}]})
    answer = desk.cloud.pump("OUTBOX_QUEUE_URL", functions.outbound.sender.handler, a_context())

    assert answer == {"batchItemFailures": []}
    (sent,) = [call for call in desk.gateway.journal.since(0) if call["path"] == "/v1/message"]
    assert sent["type"] == "text"


def test_a_file_serves_as_a_picture(desk: Desk) -> None:
    attachment_id = desk.ready(_picture(90), name="p.png", content_type="image/png")

    accepted = _send(
        {
            "type": "rich_link",
            "url": "https://shop.example/",
            "title": "Look",
            "image": {"attachment_id": attachment_id},
        }
    )

    assert accepted["state"] == "queued"


def test_a_large_message_with_a_file_is_read_back_from_the_bucket(stack: Stack) -> None:
    served = Apple(stack)
    stack.post(apple.envelope(body="x" * 300_000, attachments=[served.put(b"file")]))
    for made in (compose.transfer, compose.apple_credentials):
        made.cache_clear()  # on Lambda the function does not share what inbound has read

    transfer(stack)
    stack.route()

    (hook,) = stack.webhooks()
    assert len(hook["data"]["message"]["body"]) == 300_000
    assert [file["status"] for file in hook["data"]["message"]["attachments"]] == ["ready"]


def test_what_a_reference_held_is_in_the_webhook(stack: Stack) -> None:
    served = Apple(stack)
    reference = served.put(gzip.compress(b"plist"), bid="b", title="A title")
    stack.post(apple.envelope("interactive", interactiveDataRef=reference))

    transfer(stack)
    stack.route()

    assert len(stack.webhooks()) == 1


def test_a_store_that_breaks_off_leaves_no_half_object(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.conversation.schedule.TRANSFER_WAITS", (0.01,))
    served = Apple(stack)
    stack.post(apple.envelope(attachments=[served.put(bytes(PART_BYTES * 2))]))
    whole = served.answer

    def broken(exchange: Exchange) -> None:
        if "/store/" not in exchange.request.line:
            whole(exchange)
            return
        exchange.send(reply("200 OK", bytes(PART_BYTES * 2))[: PART_BYTES + 50_000])
        exchange.hang_up()

    stack.gateway.answers[:] = [broken]

    transfer(stack)

    assert stack.cloud.objects() == []
    assert "Uploads" not in stack.cloud.s3.list_multipart_uploads(Bucket="parley-bucket")


def test_a_note_about_files_that_cannot_be_told_comes_back_soon(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import EndpointConnectionError

    served = Apple(stack)
    stack.post(apple.envelope(attachments=[served.put(b"file")]))

    def away(**_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://sqs")

    with monkeypatch.context() as patch:
        patch.setattr(compose.events()._client, "send_message", away)
        failed = transfer(stack)

    assert len(failed["batchItemFailures"]) == 1


@pytest.mark.parametrize("state", ["any", "failed"])
def test_a_replay_is_worked_off_by_routing(stack: Stack, state: str) -> None:
    stack.post()
    while stack.route():
        pass

    since = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    assert Console().post("/v1/replays", {"state": state, **since}).status == 202
    while stack.route() or stack.wake():
        pass

    assert len(stack.webhooks()) == (2 if state == "any" else 1)


def test_a_lost_note_about_a_customers_file_is_queued_again(stack: Stack) -> None:
    served = Apple(stack)
    stack.post(apple.envelope(attachments=[served.put(b"file")]))
    records = stack.cloud.receive("TRANSFERS_QUEUE_URL")
    for record in records:
        stack.cloud.sqs.delete_message(
            QueueUrl=stack.cloud.queue_urls["TRANSFERS_QUEUE_URL"], ReceiptHandle=record["receiptHandle"]
        )
    assert _overdue(stack.cloud, "MSG") == 1

    stack.sweep()

    assert stack.cloud.waiting("TRANSFERS_QUEUE_URL") == 1


def test_a_lost_note_about_a_businesss_file_is_queued_again(desk: Desk) -> None:
    made = desk.announce()
    desk.fault(path="/v1/preUpload", status=503, times=0)
    desk.upload(made["id"])
    desk.work()
    desk.cloud.sqs.purge_queue(QueueUrl=desk.cloud.queue_urls["UPLOADS_QUEUE_URL"])
    _overdue(desk.cloud, "ATT")

    functions.sweeper.app.handler({}, a_context())

    assert desk.cloud.waiting("UPLOADS_QUEUE_URL") == 1
